"""lm-eval's Hugging Face model, answering through a journal, with seconds, tokens and token accuracy."""

from __future__ import annotations

import json
import time
from collections import defaultdict, deque
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lm_eval.api.model import CacheHook
from lm_eval.models.huggingface import HFLM

from eval.bridge import Journalled, seed_of
from eval.journal import Entry, Key
from prep.errors import UserError

if TYPE_CHECKING:
    import torch
    from lm_eval.api.instance import Instance


class Local(HFLM):
    """`four_bit` loads the weights in NF4, as QLoRA trains on them."""

    def __init__(self, journal: str, sampling_seed: int = 0, four_bit: bool = False, **options: Any) -> None:
        self._four_bit = four_bit
        super().__init__(**options, logits_cache=False)  # its cache would answer equal items at once, in no time
        self._journal, self._sampling_seed = Journalled(Path(journal)), int(sampling_seed)
        self._open: dict[str, deque[Key]] = defaultdict(deque)  # by what is asked, in the order of lm-eval
        self._batch: deque[tuple[float, int]] = deque()  # seconds and tokens of what was written and not yet noted
        self._answers: dict[tuple[str, str], list[int]] = {}  # the tokens of each answer whose likelihood is asked
        self._greedy: list[int] = []  # what the model would have written in the place of the one asked last
        self.cache_hook = Hook(self._note)

    def set_cache_hook(self, cache_hook: CacheHook) -> None:
        """Left out: lm-eval tells its cache of each answer at once, and so it tells the journal."""

    def generate_until(self, requests: list[Instance], disable_tqdm: bool = False) -> list[str]:
        return self._journal.complete(
            requests, lambda rest: HFLM.generate_until(self, self._opened(rest), disable_tqdm)
        )

    def loglikelihood(self, requests: list[Instance], disable_tqdm: bool = False) -> list[tuple[float, bool]]:
        return self._journal.complete(requests, lambda rest: HFLM.loglikelihood(self, self._opened(rest), disable_tqdm))

    def _opened(self, rest: list[tuple[Key, Instance]]) -> list[Instance]:
        for key, one in rest:
            self._open[_asked(*one.args)].append(key)
        return [one for _, one in rest]

    def _first(self, prompt: str) -> Key:
        """The next open question of this prompt, which is the next sample where it is asked several times."""
        start = json.dumps([prompt])[:-1] + ","
        return next(keys[0] for asked, keys in self._open.items() if keys and asked.startswith(start))

    def _create_model(self, pretrained: str, **options: Any) -> None:
        if self._four_bit:
            import torch
            from transformers import BitsAndBytesConfig

            options["quantization_config"] = BitsAndBytesConfig(
                load_in_4bit=True,
                bnb_4bit_quant_type="nf4",
                bnb_4bit_use_double_quant=True,
                bnb_4bit_compute_dtype=torch.float32 if options.get("dtype") == "float32" else torch.bfloat16,
            )
        super()._create_model(pretrained, **options)

    def tok_batch_encode(self, strings: list[str], **options: Any) -> Any:
        self._prompts = strings  # of the batch that is written next
        return super().tok_batch_encode(strings, **options)

    def _model_generate(self, context: torch.Tensor, max_length: int, stop: list[str], **options: Any) -> torch.Tensor:
        import torch

        if options.get("do_sample"):
            torch.manual_seed(seed_of(self._sampling_seed, self._first(self._prompts[0])))
        began = time.perf_counter()
        found = super()._model_generate(context, max_length, stop, **options)
        rows = found[:, context.shape[1] :].tolist()  # waits for the card
        seconds = (time.perf_counter() - began) / len(rows)
        ends = self.model.generation_config.eos_token_id
        ends = {*(ends if isinstance(ends, list) else [ends]), self.eot_token_id, self.tokenizer.pad_token_id}
        self._batch.extend((seconds, _length(row, ends)) for row in rows)
        return found

    def _loglikelihood_tokens(self, requests: list[Any], **options: Any) -> list[tuple[float, bool]]:
        for (_, answer), _, tokens in requests:
            if len(tokens) > self.max_length:
                raise UserError(
                    f"an answer has {len(tokens)} tokens ({answer[:40]!r} ...) and the model takes {self.max_length}: "
                    "build the dataset with a smaller max_chars"
                )
        self._answers = {text: tokens for text, _, tokens in requests}
        return super()._loglikelihood_tokens(requests, **options)

    def _model_call(self, inps: torch.Tensor, *more: Any, **options: Any) -> torch.Tensor:
        import torch

        began = time.perf_counter()
        logits = super()._model_call(inps, *more, **options)
        if logits.is_cuda:
            torch.cuda.synchronize(logits.device)
        self._seconds = (time.perf_counter() - began) / len(inps)
        return logits

    def _select_cont_toks(self, logits: torch.Tensor, *lengths: Any, **options: Any) -> torch.Tensor:
        found = super()._select_cont_toks(logits, *lengths, **options)
        self._greedy = found.argmax(dim=-1).tolist()
        return found

    def _note(self, kind: str, asked: tuple[str, Any], answer: Any) -> None:
        key = self._open[_asked(*asked)].popleft()
        if kind == "generate_until":
            self._journal.add(Entry(key, answer, *self._batch.popleft()))
        else:
            tokens = self._answers[asked]
            hits = sum(a == b for a, b in zip(self._greedy, tokens, strict=True))
            self._journal.add(Entry(key, list(answer), self._seconds, len(tokens), hits))


class Hook(CacheHook):
    def __init__(self, note: Any) -> None:
        super().__init__(None)
        self.add_partial = note


def _asked(prompt: str, how: Any) -> str:
    return json.dumps([prompt, how], sort_keys=True, default=str)


def _length(row: list[int], ends: set[int]) -> int:
    """How many tokens of a row the model wrote before its end; the rest is padding."""
    return next((place for place, token in enumerate(row) if token in ends), len(row))

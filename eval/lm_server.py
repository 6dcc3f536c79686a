"""An OpenAI-compatible server as a model of lm-eval, answering through a journal: chat, or completions with echo.

lm-eval's own classes for servers have no limit on one answer's time and lose what was answered when one fails.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from lm_eval.api.model import LM

from eval import endpoint
from eval.bridge import Journalled, seed_of
from eval.endpoint import Endpoint
from eval.journal import Entry, Key
from prep.errors import UserError

if TYPE_CHECKING:
    from lm_eval.api.instance import Instance

_STOPS = 4  # as many texts that end an answer does OpenAI take


class Server(LM):
    """A prompt for chat is the JSON of its messages."""

    def __init__(
        self, journal: str, url: str, model: str, seconds: float = 300, at_once: int = 1, sampling_seed: int = 0
    ) -> None:
        super().__init__()
        self._journal, self._seed = Journalled(Path(journal)), int(sampling_seed)
        self._failed = Event()
        self._endpoint, self._at_once = Endpoint(url, str(model), float(seconds)), int(at_once)

    @classmethod
    def create_from_arg_obj(cls, arg_dict: dict[str, Any], additional_config: dict[str, Any] | None = None) -> Server:
        """lm-eval adds a batch size and a device, which are the server's own."""
        return cls(**arg_dict)

    def generate_until(self, requests: list[Instance]) -> list[str]:
        return self._journal.complete(requests, lambda rest: self._ask_all(rest, self._write))

    def loglikelihood(self, requests: list[Instance]) -> list[tuple[float, bool]]:
        return self._journal.complete(requests, lambda rest: self._ask_all(rest, self._score))

    def loglikelihood_rolling(self, requests: list[Instance]) -> list[float]:
        raise NotImplementedError("no task of this kit asks for the likelihood of a whole text")

    def _ask_all(self, rest: list[tuple[Key, Instance]], ask: Callable[[Key, str, Any], Entry]) -> None:
        """Several at once; the journal has each answer as it comes. The first that fails ends the others."""
        with ThreadPoolExecutor(self._at_once) as pool:
            asked = [pool.submit(ask, key, *one.args) for key, one in rest]
            try:
                for done in as_completed(asked):
                    self._journal.add(done.result())
            except BaseException:
                self._failed.set()
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _ask(self, payload: dict[str, Any]) -> dict[str, Any]:
        """One question, not asked again once another has failed for good."""

        def say(text: str) -> None:
            if self._failed.is_set():
                raise UserError("another question has failed", 1)
            print(f"kit: {text}", file=sys.stderr, flush=True)  # noqa: T201 - into the log, where `eval run` sees it

        if self._failed.is_set():
            raise UserError("another question has failed", 1)
        return endpoint.ask(self._endpoint, payload, say)

    def _write(self, key: Key, prompt: str, options: dict[str, Any]) -> Entry:
        """`options` as eval.asked writes them: max_gen_toks, until, and what is the server's own."""
        more = {name: value for name, value in options.items() if name not in ("max_gen_toks", "until", "do_sample")}
        payload = {
            **({"messages": json.loads(prompt)} if self._endpoint.chat else {"prompt": prompt}),
            "model": self._endpoint.model,
            "max_tokens": options["max_gen_toks"],
            "seed": seed_of(self._seed, key),
            **({"stop": options["until"][:_STOPS]} if options.get("until") else {}),
            **more,
        }
        began = time.perf_counter()
        found = self._ask(payload)
        text = endpoint.text_of(found)
        for stop in options.get("until") or []:  # not every server knows them
            text = text.split(stop)[0]
        return Entry(key, text, time.perf_counter() - began, endpoint.tokens_of(found))

    def _score(self, key: Key, prompt: str, answer: str) -> Entry:
        text = prompt + answer
        payload = {"model": self._endpoint.model, "prompt": text, "max_tokens": 1, "temperature": 0}
        began = time.perf_counter()
        found = self._ask(payload | {"echo": True, "logprobs": 1})
        likelihood, tokens, hits = endpoint.likelihood_of(found, len(prompt.rstrip()), len(text))
        return Entry(key, [likelihood, hits == tokens], time.perf_counter() - began, tokens, hits)

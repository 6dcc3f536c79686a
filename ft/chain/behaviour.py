"""What a model says when it is asked: does it end by itself, is it another than the base, does its code load."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING, Any

from ft import fences
from ft.chain import corpus
from ft.chain.hops import Hop, Work

if TYPE_CHECKING:
    from ft.chain.golden import Golden

FEWER = 1  # answers that a file may fail where the merged model does not; of many, a quarter
LENGTH = 384  # tokens of an answer to a golden prompt, at most


def questions(found: corpus.Corpus, golden: Iterable[Golden], values: dict[str, Any]) -> list[tuple[list[int], int]]:
    """(token ids, tokens of the answer at most): of the run's own examples, then of the golden prompts."""
    from ft.chain.golden import token_ids

    own = [(ids, corpus.ANSWER) for ids in found.asked()]
    return own + [(token_ids(one, values, found.tokenizer, found.chats), LENGTH) for one in golden]


def greedy(model: Any, asked: list[tuple[list[int], int]], ends: set[int]) -> list[dict[str, Any]]:
    """The model's greedy answers: their tokens, and whether each ended by itself."""
    found = []
    for most, group in groupby(asked, key=lambda question: question[1]):
        made = _generate(model, [ids for ids, _ in group], sorted(ends), most)
        for answer in made:
            end = next((place for place, token in enumerate(answer) if token in ends), None)
            found.append({"tokens": answer[:end], "stopped": end is not None})
    return found


def _generate(model: Any, prompts: list[list[int]], ends: list[int], most: int) -> list[list[int]]:
    """What follows each prompt, all in one batch, filled up on the left."""
    import torch

    width = max(map(len, prompts))
    ids = torch.tensor([[0] * (width - len(row)) + row for row in prompts], device=model.device)
    mask = torch.tensor([[0] * (width - len(row)) + [1] * len(row) for row in prompts], device=model.device)
    with torch.inference_mode():
        out = model.generate(
            ids,
            attention_mask=mask,
            do_sample=False,
            max_new_tokens=most,
            eos_token_id=ends or None,
            pad_token_id=ends[0] if ends else 0,
        )
    return [list(row) for row in out[:, width:].tolist()]


def understood(work: Work, model: str, answers: list[dict[str, Any]]) -> None:
    """Keep a model's answers, those to golden prompts with their text and whether its code loads."""
    golden = answers[len(answers) - len(work.golden) :]
    texts = [said(work.corpus.tokenizer, answer["tokens"]) for answer in golden]
    checked = fences.check_all([(text, one.language) for text, one in zip(texts, work.golden, strict=True)], bare=True)
    for answer, text, blocks in zip(golden, texts, checked, strict=True):
        answer["text"], (answer["loads"], answer["why"]) = text, loads(blocks)
    work.answers[model] = answers


def loads(blocks: list[fences.Block]) -> tuple[bool | None, str]:
    """Whether all code of an answer loads, and what the interpreter says; None where there is none, or no judge."""
    from prep.languages.written import FAILS, UNJUDGED

    for verdict, answer in ((FAILS, False), (UNJUDGED, None)):
        if wrong := [block.reason for block in blocks if block.verdict == verdict]:
            return answer, wrong[0]
    return (True, "") if blocks else (None, "no code")


def said(tokenizer: Any, tokens: list[int]) -> str:
    """An answer as a person reads it: of harmony's channels, the last."""
    message = tokenizer.convert_tokens_to_ids("<|message|>")
    if message in tokens and message != tokenizer.unk_token_id:
        tokens = tokens[len(tokens) - tokens[::-1].index(message) :]
    return str(tokenizer.decode(tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False)).strip()


def another_than_base(work: Work) -> Hop:
    """The merged model does not answer every question as the base does."""
    name = "merged answers"
    count, other = len(work.answers["merged"]), _different(work, "merged")
    found = f"{other} of {count} are not the base's{_code(work, 'merged')}"
    if count and not other:
        cause = "nothing was learnt that shows: train longer, or raise the learning rate; look at the loss"
        return Hop(name, found, f"{count} questions, and it answers each as the base does", cause)
    return Hop(name, found)


def same(form: str, work: Work, file: str) -> Hop:
    """The file ends its answers where the merged model does, both its own and those that were trained, is no nearer to
    the base, and its code loads where the merged model's does."""
    name, count = f"{form} answers", len(work.answers[file])
    ours, theirs = (sum(answer["stopped"] for answer in work.answers[model]) for model in ("merged", file))
    (before, trained), (after, _) = (would_end(work, model) for model in ("merged", file))
    ended = f"{theirs} of {count} end by themselves, merged {ours}"
    ended += f"; {after} of {trained} trained answers would end where they do, merged {before}"
    if _fewer(theirs, ours) or _fewer(after, before):
        return Hop(name, ended, f"only {ended}", "a stop token that llama.cpp does not know, or logits that are off")
    if _different(work, "merged") and not _different(work, file):
        return Hop(
            name, ended, "it answers every question as the base does", "made of the base, not of the merged model"
        )
    good, would = (sum(answer.get("loads") is True for answer in work.answers[model]) for model in (file, "merged"))
    if _fewer(good, would):
        problem = f"the code of {good} answers loads, the merged model's of {would}"
        return Hop(name, ended, problem, "logits that are off, or a quantisation that is too coarse")
    return Hop(name, ended + _code(work, file))


def _fewer(one: int, other: int) -> bool:
    return one < other - max(FEWER, other // 4)


def _different(work: Work, model: str) -> int:
    pairs = zip(work.answers[model], work.answers["base"], strict=True)
    return sum(one["tokens"] != other["tokens"] for one, other in pairs)


def _code(work: Work, model: str) -> str:
    judged = [answer["loads"] for answer in work.answers[model] if answer.get("loads") is not None]
    return f"; the code of {sum(judged)} of {len(judged)} loads" if judged else ""


def would_end(work: Work, model: str) -> tuple[int, int]:
    """Behind how many whole trained answers, and of how many, the model's most likely token is one that ends."""
    ends, good, count = work.corpus.ends(), 0, 0
    for row, logits in zip(work.corpus.sampled(), work.logits[model], strict=True):
        if row["labels"][row["positions"][-1] + 1] in ends:
            count += 1
            good += int(logits[-1].argmax()) in ends
    return good, count


def transcript(work: Work, names: dict[str, str]) -> list[dict[str, Any]]:
    """Each golden prompt with what every model answered; `names` are theirs, by how `work.answers` has them."""
    found = []
    for number, golden in enumerate(work.golden):
        place = number - len(work.golden)
        answers = {names.get(model, model): made[place] for model, made in work.answers.items()}
        told = {
            model: {key: answer[key] for key in ("text", "stopped", "loads", "why")}
            for model, answer in answers.items()
        }
        found.append({"prompt": golden.prompt, "source": golden.source, "answers": told})
    return found

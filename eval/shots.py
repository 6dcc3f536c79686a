"""Few-shot examples: questions and answers of the training split, put before a question as turns of a conversation."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from eval.task import Message, Question, Task
from eval.training import Example
from prep.errors import UserError

CODE = ("write", "complete", "convert", "repair")  # kinds of training examples whose answer is code
FACTS = ("reference", "exists")
ALIKE = 0.6  # a training example this much like a question would give its answer away

Tokens = Callable[[str], int]


def kinds(task: Task, question: Question) -> tuple[str, ...]:
    """The kinds of training examples that are like a question; none: any."""
    if task.scorer == "execute":
        return CODE
    if task.scorer == "checks":
        return FACTS
    return (question.category,) if question.category else task.kinds


def without_questions(pool: Sequence[Example], asked: Sequence[Question]) -> list[Example]:
    """The examples that are not near one of the questions, by question or by answer."""
    from prep.similarity import Shelf, shingles

    texts = [text for one in asked for text in (one.messages[-1]["content"], one.reference) if text.strip()]
    shelf = Shelf([shingles(text) for text in texts])
    return [
        one
        for one in pool
        if not any(len(shelf.alike(shingles(text), ALIKE)[0]) for text in (one.question, one.answer) if text.strip())
    ]


def choose(
    pool: Sequence[Example], wanted: Sequence[str], count: int, budget: int, tokens: Tokens, seed: int
) -> list[Example]:
    """`count` examples of the wanted kinds that fit the budget together, drawn by the seed, each within its share.

    Where no example is of such a kind, any will do. Raises UserError where not even one fits.
    """
    of_kind = [one for one in pool if one.kind in wanted] or list(pool)
    drawn = random.Random(seed).sample(of_kind, len(of_kind))  # noqa: S311 - a sample, no secret
    chosen: list[Example] = []
    for one in drawn:
        if len(chosen) < count and tokens(f"{one.question}\n{one.answer}") <= budget // count:
            chosen.append(one)
    if not chosen:
        raise UserError(
            f"no training example ({', '.join(wanted) or 'of any kind'}) fits in {budget // count} tokens: "
            "raise --budget or lower --shots"
        )
    return chosen


def lead(chosen: Sequence[Example]) -> list[Message]:
    """The turns to put before a question."""
    return [
        {"role": role, "content": text}
        for one in chosen
        for role, text in (("user", one.question), ("assistant", one.answer))
    ]

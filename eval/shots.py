"""Few-shot examples: questions and answers of the training split, put before a question as turns of a conversation."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from eval.task import Message, Question, Task
from eval.training import Example
from prep.errors import UserError

CODE = ("write", "complete", "convert", "repair")  # kinds of training examples whose answer is code
FACTS = ("reference", "exists")
DRAWN = 200  # examples that are looked at
ALIKE = 0.9  # a training example this much like a question, or like its answer, would give the answer away
SHORT = 8  # words; shorter answers (yes, no) are alike without meaning anything

Tokens = Callable[[str], int]


def kinds(task: Task, question: Question) -> tuple[str, ...]:
    """The kinds of training examples that are like a question; none: any."""
    if task.scorer == "execute":
        return CODE
    if task.scorer == "checks":
        return FACTS
    return (question.category,) if question.category else task.kinds


def draw(pool: Sequence[Example], wanted: Sequence[str], seed: int) -> list[Example]:
    """DRAWN examples of the wanted kinds in the seed's order. Where no example is of such a kind, any will do."""
    of_kind = [one for one in pool if one.kind in wanted] or list(pool)
    return random.Random(seed).sample(of_kind, min(len(of_kind), DRAWN))  # noqa: S311 - a sample, no secret


def without_questions(drawn: Sequence[Example], asked: Sequence[Question]) -> list[Example]:
    """The examples that are not near one of the questions, nor near the answer to one.

    The dataset's splits have no such examples, by its own audit; a suite of other questions may.
    """
    from prep.similarity import Shelf, shingles

    questions = Shelf([shingles(one.messages[-1]["content"]) for one in asked])
    answers = Shelf([shingles(one.reference) for one in asked if len(one.reference.split()) >= SHORT])

    def near(one: Example) -> bool:
        if len(questions.alike(shingles(one.question), ALIKE)[0]):
            return True
        return len(one.answer.split()) >= SHORT and len(answers.alike(shingles(one.answer), ALIKE)[0]) > 0

    return [one for one in drawn if not near(one)]


def choose(drawn: Sequence[Example], count: int, budget: int, tokens: Tokens) -> list[Example]:
    """The first `count` that fit the budget together, each within its share; or fewer, where none fits in that.

    Raises UserError where not even one fits.
    """
    sized = [(tokens(f"{one.question}\n{one.answer}"), one) for one in drawn]
    chosen: list[Example] = []
    for most in (budget // count, budget):
        left = budget
        for size, one in sized if not chosen else ():
            if len(chosen) < count and size <= min(most, left):
                chosen.append(one)
                left -= size
    if not chosen:
        raise UserError(f"of {len(drawn)} training examples of the kind none fits in {budget} tokens: raise --budget")
    return chosen


def lead(chosen: Sequence[Example]) -> list[Message]:
    """The turns to put before a question."""
    return [
        {"role": role, "content": text}
        for one in chosen
        for role, text in (("user", one.question), ("assistant", one.answer))
    ]

"""How an Example is written: one JSON object a line, for the shapes the trainers read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from prep.recipe import Recipe
from prep.record import CLUSTER_MARK, Example

Row = dict[str, Any]


def alpaca(example: Example) -> Row:
    return {
        "instruction": example.instruction,
        "input": example.input,
        "output": example.output,
        "metadata": dict(example.metadata),
    }


def chat(example: Example) -> Row:
    """Messages of role and content.

    The answer also carries an empty `thinking`. A harmony model (gpt-oss) learns from it to leave its analysis channel
    and answer; without the key its template renders no such turn. Templates that know no `thinking` ignore it.
    """
    asked = f"{example.instruction}\n\n{example.input}" if example.input else example.instruction
    return {
        "messages": [
            {"role": "user", "content": asked},
            {"role": "assistant", "thinking": "", "content": example.output},
        ],
        "metadata": dict(example.metadata),
    }


def fim(example: Example) -> Row:
    """Axolotl's `input_output`: no template, and only the middle is learnt."""
    segments = [{"label": False, "text": example.instruction}, {"label": True, "text": example.output}]
    return {"segments": segments, "metadata": dict(example.metadata)}


COMMON = ("alpaca", "chat")
FIM = "fim"  # also the task whose examples it is for
ALL: dict[str, Callable[[Example], Row]] = {"alpaca": alpaca, "chat": chat, FIM: fim}


def of_recipe(recipe: Recipe) -> list[str]:
    """The formats that a recipe's examples are written in."""
    return [*COMMON, *([FIM] if recipe.tasks.fim else [])]


_encode = json.JSONEncoder(ensure_ascii=False).encode  # json.dumps would make an encoder for each row
_MARKED = f'"cluster": "{CLUSTER_MARK}"'.encode()  # inside a text its quotes would be escaped: only metadata can match


def json_line(row: Row) -> str:
    return _encode(row) + "\n"


def lines(format_: str, examples: Iterable[Example]) -> bytes:
    """The lines of those examples that have this format; their cluster is still open."""
    row, common = ALL[format_], format_ in COMMON
    wanted = (example for example in examples if example.format == format_ or (common and not example.format))
    return "".join(json_line(row(example)) for example in wanted).encode("utf-8", "backslashreplace")


def in_cluster(made: bytes, cluster: str) -> bytes:
    """Lines of `lines` with their cluster named."""
    return made.replace(_MARKED, f'"cluster": "{cluster}"'.encode())

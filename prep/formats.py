"""How an Example is written: one JSON object a line, for the two shapes the trainers read."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from prep.record import Example

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


FORMATS: dict[str, Callable[[Example], Row]] = {"alpaca": alpaca, "chat": chat}


_encode = json.JSONEncoder(ensure_ascii=False).encode  # json.dumps would make an encoder for each row


def json_line(row: Row) -> str:
    return _encode(row) + "\n"

"""What is asked of the model: one module for each task of a recipe. It turns a Document into Examples, or drops it.

`count` is how many examples the task's weight gives this document, at least one.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib import import_module
from typing import Any, Protocol

from prep.quality import Drop
from prep.record import Document, Example


class Task(Protocol):
    def examples(self, document: Document, options: Any, count: int) -> list[Example] | Drop: ...


@cache
def task(name: str) -> Task:
    """The module of a task, loaded when it is first asked for."""
    module: Any = import_module(f"prep.tasks.{name}")
    return module


def count(document: Document, name: str, weight: float) -> int:
    """The whole part of the weight for every document, and one more for so many of them as its fraction says."""
    drawn = int(sha256(f"{name} {document.key}".encode()).hexdigest()[:8], 16) / 2**32 if weight % 1 else 1
    return int(weight) + (drawn < weight % 1)

"""What is asked of the model: one module for each task of a recipe. It turns a Document into Examples, or drops it."""

from __future__ import annotations

from typing import Any, Protocol

from prep.quality import Drop
from prep.record import Document, Example
from prep.tasks import reference, write


class Task(Protocol):
    def examples(self, document: Document, options: Any) -> list[Example] | Drop: ...


TASKS: dict[str, Task] = {"write": write, "reference": reference}

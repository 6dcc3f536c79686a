"""Where documents come from: one module for each `kind` of source in a recipe.

A source lists its units in a stable order (`find`), and turns one unit into a Document and perhaps a Drop (`load`).
`find` runs once, in the main process; `load` may run in a worker, so a unit is small and plain. `identity` is the
hash of all that `load` reads of a unit: what was made of it can be kept under that.
"""

from __future__ import annotations

from typing import Any, Protocol

from prep.quality import Drop
from prep.record import Document
from prep.sources import removed, scripts, table


class SourceKind(Protocol):
    def find(self, source: Any) -> list[Any]: ...

    def identity(self, source: Any, unit: Any) -> str | None: ...

    def load(self, source: Any, unit: Any) -> tuple[Document, Drop | None]: ...


SOURCES: dict[str, SourceKind] = {"scripts": scripts, "table": table, "removed": removed}

"""What the command line says besides model and tasks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from prep.errors import UserError

Say = Callable[[str], None]


@dataclass(frozen=True)
class Options:
    """None is the task's own."""

    parts: tuple[str, ...] = ()
    limit: int | None = None
    samples: int | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    seed: int = 42
    suite: Path | None = None
    out: Path | None = None
    fresh: bool = False
    model_name: str = ""
    seconds: float = 300  # for one answer of a server
    at_once: int = 4  # questions to a server


PLAIN = Options()


def refuse(options: Options) -> None:
    """Raises UserError for a number that would be no measurement."""
    for name in ("limit", "samples", "max_tokens", "at_once"):
        value = getattr(options, name)
        if value is not None and value < 1:
            flag = name.replace("_", "-")
            raise UserError(
                f"--{flag} must be at least 1: zero {'items' if name == 'limit' else flag} would be no result"
            )
    if options.temperature is not None and not 0 <= options.temperature <= 2:  # NaN too
        raise UserError("--temperature must be between 0 (the likeliest answer) and 2")
    if not 1 <= options.seconds <= 86_400:
        raise UserError("--timeout must be between 1 and 86400 seconds")

"""What is told of a run to others: no place on this machine, nobody's name, no secret."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

TRACKERS = ("wandb", "mlflow", "comet", "trackio", "hub_", "neptune", "swanlab")  # keys that name accounts
# Folders of an absolute path. Template text such as [/INST]x</s> is none.
_FOLDERS = re.compile(r"(?<![\w.~:/<])(?:~|[A-Za-z]:)?/(?:[\w.@+-]+/)+(?=[\w.])")


def text(value: str) -> str:
    """A sentence or a command: paths as seen from the current folder, or without their folders; no secrets."""
    from prep.secrets import redact

    for known in sorted({str(Path.cwd()), str(Path.cwd().resolve()), str(Path.home())}, key=len, reverse=True):
        value = value.replace(f"{known}/", "") if known != "/" else value
    return redact(_FOLDERS.sub("", value))[0]


def path(value: str | Path) -> str:
    """A path from the current folder; only its last part where it lies elsewhere."""
    place = Path(value)
    if not place.is_absolute() and not str(value).startswith("~"):
        return place.as_posix()
    for here in (Path.cwd(), Path.cwd().resolve()):
        if place.is_relative_to(here):
            return place.relative_to(here).as_posix()
    return place.name


def values(found: Any) -> Any:
    """A recipe's values, or a part of them; what names an account of a tracker or of the Hub is left out."""
    if isinstance(found, Mapping):
        return {key: values(one) for key, one in found.items() if not str(key).startswith(TRACKERS)}
    if isinstance(found, list | tuple):
        return [values(one) for one in found]
    if not isinstance(found, str):
        return found
    return path(found) if found.startswith(("/", "~/")) and "\n" not in found else text(found)

"""AutoHotkeyV2.exe as the package ahk-binary installs it: an external program."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path


def interpreter() -> Path | None:
    """AutoHotkeyV2.exe as the package ahk-binary installed it, or None."""
    try:
        files = importlib.metadata.files("ahk-binary") or []
    except importlib.metadata.PackageNotFoundError:
        return None
    found = (Path(str(file.locate())).resolve() for file in files if file.name == "AutoHotkeyV2.exe")
    return next((path for path in found if path.is_file()), None)


def name() -> str:
    """The interpreter as outputs show it."""
    try:
        package = importlib.metadata.version("ahk-binary")
    except importlib.metadata.PackageNotFoundError:
        package = "none"
    return f"AutoHotkey of ahk-binary {package}"

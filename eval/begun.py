"""Whether a folder holds this very evaluation, begun or whole: only then may its answers be gone on with."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eval.results import ANSWERS, PAGE, RESULTS, RUNGS, flat
from eval.subjects import Subject
from ft.checkpoint import file_fingerprint, fingerprint
from prep.errors import UserError
from prep.files import write_json

SETTINGS, JOURNALS, HARNESS = "settings.json", "journal", "harness"


def begin(target: Path, settings: Mapping[str, Any], fresh: bool) -> bool:
    """Put the folder in order; True when it is whole already. Raises UserError for one with other settings."""
    settings = json.loads(json.dumps(settings))
    path = target / SETTINGS
    if fresh:
        clear(target)
    if path.is_file() or (target / RESULTS).exists():
        if differences := _differences(_read(path), settings):
            shown = "; ".join(differences[:4]) + (f"; and {len(differences) - 4} more" if len(differences) > 4 else "")
            raise UserError(f"{target} holds another evaluation ({shown}): --fresh begins anew, --out goes elsewhere")
        return (target / RESULTS).is_file()
    write_json(path, settings)
    return False


def clear(target: Path) -> None:
    """Remove what an evaluation writes, and nothing else: --out may name any folder."""
    for name in (RESULTS, ANSWERS, SETTINGS, PAGE, RUNGS):
        (target / name).unlink(missing_ok=True)
    for name in (JOURNALS, HARNESS):
        shutil.rmtree(target / name, ignore_errors=True)


def identity(subject: Subject) -> dict[str, Any]:
    """What tells a model from another of the same name: hashes of weights where they are on this disk."""
    paths = [path for path in (subject.path, subject.adapter) if path]
    found = {"kind": subject.kind, "path": subject.path, "hash": "+".join(filter(None, map(_hash, paths))) or None}
    more = {"adapter": subject.adapter, "four_bit": subject.four_bit, "model_name": subject.model_name}
    return found | {name: value for name, value in more.items() if value}


def _hash(name: str) -> str | None:
    path = Path(name)
    return file_fingerprint(path) if path.is_file() else fingerprint(path)


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Each value that is not the same, by its dotted name."""
    old, new = flat(before), flat(after)
    return [
        f"{name}: {_short(old.get(name))} there, {_short(new.get(name))} now"
        for name in sorted(old | new)
        if old.get(name) != new.get(name)
    ]


def _short(value: Any) -> str:
    text = "none" if value is None else str(value)
    return text if len(text) <= 24 else text[:10] + "..."

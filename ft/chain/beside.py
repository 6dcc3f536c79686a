"""What other exports of a run hold: Ollama's Modelfile, the adapter alone, LM Studio's copy. Each may be older than the
files that are looked through, or edited."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ft import export, ship
from ft.chain.hops import Hop, Work
from prep.files import sha256_file


def shipped(work: Work) -> Iterator[Hop]:
    """A hop for each that is there."""
    if (work.folder / "gguf" / ship.MODELFILE).is_file():
        yield _hop("Modelfile", _modelfile(work), f"edited, or of an older export: {_again(work, 'ollama')}")
    if (work.folder / "adapter").is_dir():
        yield _hop("adapter folder", _adapter(work), f"of an older training, or edited: {_again(work, 'adapter')}")
    if (work.folder / "lmstudio").is_dir():
        yield _hop("LM Studio", _lmstudio(work), f"of an older export: {_again(work, 'lmstudio')}")


def _hop(name: str, problem: str, cause: str) -> Hop:
    return Hop(name, "" if problem else "as exported", problem, cause if problem else "")


def _again(work: Work, to: str) -> str:
    return f"python -m ft export {shlex.quote(work.folder.name)} --to {to}"


def hashes(folder: Path) -> dict[str, str]:
    """Of what goes to the Hub beside the GGUF files."""
    path = folder / "gguf" / ship.MODELFILE
    return {path.name: sha256_file(path)} if path.is_file() else {}


def _modelfile(work: Work) -> str:
    path = work.folder / "gguf" / ship.MODELFILE
    found = path.read_text(encoding="utf-8", errors="replace")
    name = found.partition("\n")[0].removeprefix("FROM ./")
    if name not in work.record["files"]:
        return f"{path} begins {found[:60].splitlines()[:1]}, and no such file was exported"
    wanted = ship.modelfile_of(work.folder, path.with_name(name))
    if found == wanted:
        return ""
    pairs = zip([*found.splitlines(), ""], [*wanted.splitlines(), ""], strict=False)
    one, other = next(((one, other) for one, other in pairs if one != other), ("", ""))
    return f"{path} has {one[:60]!r}, where training gives {other[:60]!r}"


def _adapter(work: Work) -> str:
    folder = work.folder / "adapter"
    for name in (name for name in ship.ADAPTER if (work.folder / name).is_file()):
        ours, theirs = work.folder / name, folder / name
        if not theirs.is_file() or _content(ours) != _content(theirs):
            return f"{theirs} is not the run's"
    return ""


def _content(path: Path) -> Any:
    """What must be the same: of adapter_config.json all but where its base is."""
    if path.name != "adapter_config.json":
        return sha256_file(path)
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return path
    return {key: value for key, value in found.items() if key not in ("base_model_name_or_path", "revision")}


def _lmstudio(work: Work) -> str:
    for path in sorted((work.folder / "lmstudio").rglob("*.gguf")):
        entry = work.record["files"].get(path.name)
        if entry is None or not export.is_as_recorded(path, entry):
            return f"{path} is not the file of {work.folder / 'gguf'}"
    return ""

"""Files that appear whole or not at all, and their hashes."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from prep.errors import UserError


def sha256_bytes(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def file_bytes(path: Path) -> bytes:
    """A file's bytes; OSError for what is none: a pipe would be waited for, a device never ends."""
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise OSError(0, "not a regular file")
    return path.read_bytes()


def sha256_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8, as write_bytes does."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write `data` under a temporary name beside `path`, then rename. A link keeps its place, a device is used."""
    path = real(path) if path.is_symlink() else path
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        temporary.chmod(mode)
        temporary.replace(path)
    except BaseException:  # also on Ctrl+C: the temporary file must not stay
        temporary.unlink(missing_ok=True)
        raise


def real(path: Path) -> Path:
    """Where a path leads through all its links."""
    try:
        return path.resolve()
    except RuntimeError:
        raise UserError(f"{path}: a link that leads to itself: choose another place") from None


def write_json(path: Path, value: Any) -> None:
    write_text(path, json.dumps(value, ensure_ascii=False, indent=1) + "\n")


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Yield a temporary folder beside `path`; on success it takes the place of `path`, on any error it is removed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
    temporary.chmod(0o755)
    old = temporary.with_name(temporary.name + ".old")
    try:
        yield temporary
        if path.exists():
            path.rename(old)
        temporary.rename(path)
    except BaseException:  # also on Ctrl+C
        if old.exists() and not path.exists():
            old.rename(path)
        raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        if path.exists():
            shutil.rmtree(old, ignore_errors=True)


def cache_folder() -> Path:
    """What can be made again: in the user's cache folder or, if that cannot be written, in a temporary one."""
    home = os.path.expanduser("~/.cache")  # noqa: PTH111 - as it stands where there is no home; Path's own raises
    for parent in (os.environ.get("XDG_CACHE_HOME") or home, tempfile.gettempdir()):
        if not Path(parent).is_absolute():  # as XDG says
            continue
        folder = Path(parent) / "niche-tuner"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK | os.X_OK):
            return folder
    raise UserError("no folder for what is cached: set XDG_CACHE_HOME to one that can be written", code=1)

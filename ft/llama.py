"""llama.cpp, as docker/llama.py installs it: where its parts are, and its processes.

Its library ends a process where it meets what it does not expect, so that it never runs in the process of a command.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from ft import lock, process
from ft.standin import MARK
from prep.errors import UserError

PACKAGE = "llama-cpp-python"
SHARE = Path(sys.prefix) / "share" / "llama.cpp"
CONVERTER = SHARE / "convert_hf_to_gguf.py"


def require() -> str:
    """The version of the package. Raises UserError where it, or the converter, is not installed."""
    try:
        found = version(PACKAGE)
    except PackageNotFoundError:
        found = ""
    if not found or not CONVERTER.is_file():
        raise UserError("llama.cpp is not installed: make setup (it needs a C++ compiler: apt install g++)")
    return found


def architectures() -> set[str]:
    """The architectures that the converter knows, read from its source: importing it takes as long as torch."""
    tree = ast.parse((SHARE / "conversion" / "__init__.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == "TEXT_MODEL_MAP":
            return set(ast.literal_eval(node.value or ast.Dict([], [])))
    raise UserError(f"{SHARE}: not the converter that this kit knows: make setup")


def run(module: str, *arguments: str | Path, log: Path) -> None:
    """`python -m MODULE ARGUMENTS` to its end, log beside what it works on. Raises UserError with the cause that its
    log gives. Where this command holds the log's folder, the process ends with it, however that ends."""
    env = process.environment(offline=True, cpu=False) | lock.environment(log.parent)
    code = process.run([sys.executable, "-m", module, *map(str, arguments)], log, env)
    if code:
        raise UserError(f"{cause(log, code)}\n  the whole log: {log}", 1)


def cause(log: Path, code: int) -> str:
    """Why one of its processes ended with `code`."""
    text = log.read_text(encoding="utf-8", errors="replace")
    if "pre-tokenizer was not recognized" in text:
        return (
            "llama.cpp's converter does not know this tokenizer: it takes published ones, as they were published "
            "(was a token added, tokenizer.json changed, or its class?)"
        )
    if re.search(r"iostream error|\d+ requested and \d+ written", text):  # all that its writers say
        return "the disk is full: free some space, then export again"
    if said := re.search(r"(?:failed to quantize|error loading model): (.+)", text):
        return f"llama.cpp refuses the file: {said[1]}"
    if code < 0 and not text.strip():
        return f"llama.cpp ended with signal {-code}: out of memory?"
    return process.cause(log)


@contextmanager
def reader(path: Path) -> Iterator[Any]:
    """A GGUF file by its own library: `fields` and `tensors`. Raises UserError where the file is not whole."""
    if str(SHARE / "gguf-py") not in sys.path:
        sys.path.append(str(SHARE / "gguf-py"))
    import gguf

    try:
        found = gguf.GGUFReader(path)
        last = max((tensor.data_offset + tensor.n_bytes for tensor in found.tensors), default=0)
    except FileNotFoundError:
        raise UserError(f"{path}: no such file: python -m ft export MODEL --to gguf") from None
    except (ValueError, IndexError, KeyError, UnicodeDecodeError, OverflowError) as error:
        raise UserError(f"{path}: not a whole GGUF file ({error}): export it again", 1) from None
    if not last or last > path.stat().st_size:
        raise UserError(f"{path}: cut off, {path.stat().st_size} of {last} bytes: export it again", 1)
    yield found


def text(found: Any, key: str) -> str | None:
    """A string of a GGUF file's metadata."""
    field = found.get_field(key)
    return field.contents() if field else None


def number(found: Any, key: str) -> int | None:
    """A number of a GGUF file's metadata."""
    field = found.get_field(key)
    return int(field.contents()) if field else None


def standin(base: Path) -> dict[str, str]:
    """What a stand-in says of itself, as ft/standin.py made it; nothing for a real model."""
    path = base / MARK
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}

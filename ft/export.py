"""The merged model as GGUF files: one of 16 bits, made by llama.cpp's own converter, and the quantised ones from it.

Each file is written under a temporary name, looked through, and renamed; export.json, which says what each was made of
and by which command, is written last.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ft import checkpoint, llama, lock, merge, quants, runs
from ft.recipe import read_yaml, run_folder
from prep.errors import UserError
from prep.files import sha256_file, write_json

LOG = "export.log"
RECORD = "export.json"
_TEMPORARY = ".unfinished-"
_DTYPES = {
    "BF16": "bf16",
    "F16": "f16",
    "F32": "f16",
}  # of a checkpoint -> of its 16-bit file, without loss but for F32


def merged_folder(folder: Path) -> Path:
    """The merged model of a run. Raises UserError where there is none."""
    merged = folder / "merged"
    if not (merged / "config.json").is_file():
        raise UserError(f"{folder}: no merged model: merge it first, python -m ft merge {folder.name}")
    return merged


def gguf(model: str, quant: str = "", say: Callable[[str], None] = print) -> Path:
    """Write outputs/MODEL/gguf; returns that folder. What is there already of this merged model is kept."""
    version_of_llama = llama.require()
    folder = run_folder(model)
    names, merged = quants.parse(quant), merged_folder(folder)
    check_architecture(merged)
    with lock.hold(folder, "export"):
        out = folder / "gguf"
        out.mkdir(exist_ok=True)
        remove_unfinished(out)
        record = begun(out, merged, version_of_llama)
        whole = whole_file_of(folder)
        files = {whole.name: whole, **{name: out / f"{folder.name}-{name}.gguf" for name in names}}
        wanted = {name: path for name, path in files.items() if path.name not in record["files"]}
        check_disk(merged, wanted, out)
        for name, path in wanted.items():
            say(f"{path}  (log: {folder / LOG})")
            argv = quantising(whole, name, merged) if path is not whole else converting(merged, whole, folder)
            record["files"][path.name] = make(path, argv, folder / LOG)
            record["files"] = {whole.name: record["files"][whole.name], **record["files"]}  # the first, also anew
            write_json(out / RECORD, record)
    return out


def whole_file_of(folder: Path) -> Path:
    """The 16-bit file of a run, from which the others are made."""
    return folder / "gguf" / f"{folder.name}-{dtype_of(merged_folder(folder))}.gguf"


def form_of(folder: Path, name: str) -> str:
    """MODEL-Q4_K_M.gguf is Q4_K_M."""
    return name.removesuffix(".gguf").removeprefix(f"{folder.name}-")


def converting(merged: Path, whole: Path, folder: Path) -> list[str]:
    """The module and its arguments that convert, OUT for the file to write."""
    pre = llama.standin(merge.target(read_yaml(folder / "recipe.yaml"))).get("pre_tokenizer", "")
    return ["ft.converter", str(merged), "OUT", dtype_of(merged), *([pre] if pre else [])]


def quantising(whole: Path, quant: str, merged: Path) -> list[str]:
    return ["ft.quantiser", str(whole), "OUT", quant, *(["--keep-mxfp4"] if keeps_mxfp4(merged) else [])]


def make(path: Path, argv: list[str], log: Path) -> dict[str, Any]:
    """Run one step; returns what export.json says of its file."""
    began = time.monotonic()
    with whole_file(path) as temporary:
        llama.run(*[str(temporary) if part == "OUT" else part for part in argv], log=log)
        with llama.reader(temporary) as found:
            tensors = len(found.tensors)
        size, digest = temporary.stat().st_size, sha256_file(temporary)
    command = " ".join(["python", "-m", *(str(path) if part == "OUT" else part for part in argv)])
    seconds = round(time.monotonic() - began, 1)
    return {"bytes": size, "sha256": digest, "tensors": tensors, "command": command, "seconds": seconds}


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yield a temporary name beside `path`; on success it takes the place of `path`, on any error it is removed."""
    temporary = Path(tempfile.mkdtemp(dir=path.parent, prefix=_TEMPORARY))
    try:
        yield temporary / path.name
        (temporary / path.name).replace(path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def remove_unfinished(out: Path) -> None:
    """What a killed export left; the caller has the folder's lock."""
    for folder in out.glob(f"{_TEMPORARY}*"):
        shutil.rmtree(folder, ignore_errors=True)


def begun(out: Path, merged: Path, llama_version: str) -> dict[str, Any]:
    """The record to go on from: that of this folder where it is of this merged model, with the files that are whole."""
    made_of = {
        "merged": fingerprint(merged),
        "llama_cpp_python": llama_version,
        "versions": runs.versions() | {name: version(name) for name in ("sentencepiece", "numpy")},
    }
    before = read(out)
    if any(before.get(key) != value for key, value in made_of.items()):
        return {"model": str(merged), **made_of, "files": {}}
    kept = {name: entry for name, entry in before["files"].items() if is_as_recorded(out / name, entry)}
    return {**before, "files": kept}


def read(out: Path) -> dict[str, Any]:
    """export.json; empty without one, or where it is damaged: then all is made anew."""
    try:
        found = json.loads((out / RECORD).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) and _are_entries(found.get("files")) else {}


def _are_entries(files: Any) -> bool:
    """By name, of files of this very folder, each with its size and its hash."""
    return isinstance(files, dict) and all(
        Path(name).name == name and isinstance(entry, dict) and {"bytes", "sha256"} <= entry.keys()
        for name, entry in files.items()
    )


def is_as_recorded(path: Path, entry: dict[str, Any]) -> bool:
    return path.is_file() and path.stat().st_size == entry.get("bytes") and sha256_file(path) == entry.get("sha256")


def fingerprint(merged: Path) -> dict[str, str]:
    """The hash of every file that goes into a GGUF file; weights as `checkpoint.fingerprint` has them."""
    small = [path for path in sorted(merged.iterdir()) if path.suffix in (".json", ".jinja", ".model", ".txt")]
    return {path.name: sha256_file(path) for path in small} | {"weights": checkpoint.fingerprint(merged) or ""}


def check_architecture(merged: Path) -> None:
    """Refuse what the converter does not know before it is started; the tokenizer is its own first look."""
    named = checkpoint.read_config(merged).get("architectures") or ["none"]
    if named[0] not in llama.architectures():
        raise UserError(f"{merged}: llama.cpp {llama.require()} has no {named[0]}: no GGUF file can be made of it")
    if not any((merged / name).is_file() for name in ("tokenizer.json", "tokenizer.model")):
        raise UserError(f"{merged}: no tokenizer.json: merge it again, python -m ft merge {merged.parent.name}")


def sizes(merged: Path) -> tuple[dict[str, int], int]:
    """Values by the checkpoint's dtype, and the bytes of what is stored in MXFP4 and stays so."""
    counts: dict[str, int] = {}
    kept = 0
    for file in sorted(set(checkpoint.weight_map(merged).values())):
        with checkpoint.opened(file) as tensors:
            for name in tensors.keys():  # noqa: SIM118 (not a dict)
                piece = tensors.get_slice(name)
                count = 1
                for side in piece.get_shape():
                    count *= side
                if piece.get_dtype() == "U8":
                    kept += count
                else:
                    counts[piece.get_dtype()] = counts.get(piece.get_dtype(), 0) + count
    return counts, kept


def keeps_mxfp4(merged: Path) -> bool:
    return sizes(merged)[1] > 0


def dtype_of(merged: Path) -> str:
    """f16 or bf16: what most of the checkpoint is stored in."""
    counts, _ = sizes(merged)
    most = max(counts, key=lambda name: counts[name])
    if most not in _DTYPES:
        raise UserError(f"{merged}: its weights are {most}; bf16, f16 and f32 can be converted")
    return _DTYPES[most]


def check_disk(merged: Path, wanted: dict[str, Path], out: Path) -> None:
    """Refuse before the first byte when what is to be made will not fit; names what takes how much."""
    counts, kept = sizes(merged)
    values = sum(counts.values())
    needs = {path.name: int(kept + values * quants.QUANTS.get(name, 16) / 8 * 1.02) for name, path in wanted.items()}
    needed, free = sum(needs.values()) + (8 << 20 if needs else 0), shutil.disk_usage(out).free
    if needed > free:
        each = ", ".join(f"{name} {size / 1e9:.1f}" for name, size in needs.items())
        raise UserError(
            f"the GGUF files need {needed / 1e9:.1f} GB ({each}) and {os.path.relpath(out)} has {free / 1e9:.1f} GB "
            "free: free some space, or name fewer with --quant",
            code=1,
        )

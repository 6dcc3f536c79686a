"""Going on from the newest checkpoint that is whole; the others are set aside, and every difference is said."""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path
from typing import Any

from ft import runs
from ft.checkpoint import fingerprint
from ft.recipe import Recipe, read_yaml, short
from prep.errors import UserError
from prep.files import sha256_file, write_text

_OWN = {"plugins", "dataset_prepared_path", "resume_from_checkpoint"}  # the launcher's, not the user's
_SHARDED = ("global_step*", "optimizer_*", "pytorch_model_fsdp_*")  # where DeepSpeed and FSDP keep the optimizer


def newest_checkpoint(folder: Path) -> Path:
    """The newest whole checkpoint. Newer ones that are not are renamed to broken-checkpoint-N, and said.

    Raises UserError when none is whole.
    """
    for checkpoint in reversed(runs.checkpoints(folder)):
        found = flaw(checkpoint)
        if found is None:
            return checkpoint
        kept = checkpoint.rename(_free(checkpoint.with_name(f"broken-{checkpoint.name}")))
        _say(f"{checkpoint.name} is not whole ({found}): set aside as {kept}")
    raise UserError(f"{folder}: no whole checkpoint to resume from: train without --resume")


def flaw(checkpoint: Path) -> str | None:
    """What makes a checkpoint useless, in words; None when it is whole. Nothing is unpickled.

    The trainer writes trainer_state.json last. Safetensors: the header, and the size that it promises. Files of
    torch.save: each entry of the zip against its checksum.
    """
    step = int(checkpoint.name.rpartition("-")[2])
    try:
        state = json.loads((checkpoint / "trainer_state.json").read_bytes())
        if state["global_step"] != step:
            return f"trainer_state.json says step {state['global_step']}"
    except FileNotFoundError:
        return "no trainer_state.json: it was being written"
    except (ValueError, KeyError, TypeError):
        return "trainer_state.json is no JSON of a trainer"
    sharded = any(next(checkpoint.glob(pattern), None) for pattern in _SHARDED)
    needed = [] if sharded else ["adapter_model.safetensors", "optimizer.pt", "scheduler.pt"]
    missing = [name for name in needed if not (checkpoint / name).is_file()]
    if missing:
        return f"no {missing[0]}"
    files = sorted(path for path in checkpoint.rglob("*") if path.is_file())
    return next((f"{path.name} {found}" for path in files if (found := _flaw_of(path))), None)


def _flaw_of(path: Path) -> str | None:
    if path.suffix == ".safetensors":
        return _tensors(path)
    if path.suffix in (".pt", ".pth", ".bin"):
        try:
            with zipfile.ZipFile(path) as entries:
                bad = entries.testzip()
        except (zipfile.BadZipFile, OSError, EOFError):
            return "is cut off or damaged"
        return f"is damaged in {bad}" if bad else None
    if path.suffix == ".json":
        try:
            json.loads(path.read_bytes())
        except ValueError:
            return "is no JSON"
    return None


def _tensors(path: Path) -> str | None:
    """A safetensors file is 8 bytes of length, a JSON header, and as many bytes as its offsets say."""
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if not 0 < length <= size - 8:
            return "is cut off in its header"
        try:
            header = json.loads(file.read(length))
            ends = [entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__"]
        except (ValueError, KeyError, TypeError, AttributeError, IndexError):
            return "has a damaged header"
    expected = 8 + length + max(ends, default=0)
    return None if size == expected else f"has {size:,} bytes of {expected:,}"


def differences(recipe: Recipe, record: dict[str, Any]) -> list[str]:
    """In what a run that goes on differs from how it began: recipe, data, base, versions of packages."""
    before = read_yaml(recipe.output_dir / "recipe.yaml")
    keys = sorted(k for k in {*before, *recipe.values} - _OWN if before.get(k) != recipe.values.get(k))
    found = [f"{key}: {short(before.get(key))} -> {short(recipe.values.get(key))}" for key in keys]
    found += [f"{name}: other rows than then" for name, key in record.get("data", {}).items() if _changed(name, key)]
    base = fingerprint(Path(str(recipe.values.get("base_model"))))
    if record.get("base") and base and record["base"] != base:
        found.append(f"base_model {recipe.values['base_model']}: other weights than then")
    then, now = record.get("versions", {}), runs.versions()
    return found + [f"{name}: {then[name]} -> {now.get(name, 'gone')}" for name in then if then[name] != now.get(name)]


def longer(recipe: Recipe) -> bool:
    """Whether the recipe has more steps, or more epochs, than the finished run in its folder had, whose last step is
    there as a checkpoint to go on from."""
    folder, file = recipe.output_dir, recipe.output_dir / "recipe.yaml"
    if not file.is_file() or not (folder / f"checkpoint-{runs.read(folder).get('steps')}").is_dir():
        return False
    key = "max_steps" if recipe.values.get("max_steps") else "num_epochs"
    then, now = read_yaml(file).get(key), recipe.values.get(key)
    return isinstance(then, int | float) and isinstance(now, int | float) and now > then


def _changed(name: str, sha256: str) -> bool:
    return not Path(name).is_file() or sha256_file(Path(name)) != sha256


def rewind(folder: Path, step: int) -> None:
    """Take the progress rows after `step` out, for those steps are done again; also a row that was cut off."""
    path = folder / runs.PROGRESS
    if path.is_file() and not path.is_symlink():
        rows = [row for row in runs.progress(folder) if row.get("step", 0) <= step]
        write_text(path, "".join(json.dumps(row) + "\n" for row in rows))


def _free(path: Path) -> Path:
    number, free = 1, path
    while free.exists():
        free, number = path.with_name(f"{path.name}.{number}"), number + 1
    return free


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201

"""Adapter -> merged model by Axolotl's own merge, without NF4 noise, into the published checkpoint; pairs counted."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ft import base, hardware, lock, process, runs
from ft.checkpoint import check_room, fingerprint, lora_pairs, tensor_bytes
from ft.launch import environment
from ft.recipe import Recipe, read_yaml, run_folder
from prep.errors import UserError
from prep.files import whole_folder, write_text

LOG = "merge.log"


def command(folder: Path, values: dict[str, Any], out: Path) -> list[str]:
    """The argv of Axolotl's merge. As plain LoRA: the QLoRA path would push tensors that training never quantised
    (embeddings, head, attention) through an NF4 round trip, about 9 % of noise."""
    argv = [sys.executable, "-m", "axolotl.cli.merge_lora", str(folder / "recipe.yaml")]
    argv += [f"--lora_model_dir={folder}", f"--output_dir={out}", "--adapter=lora", "--load_in_4bit=False"]
    if values.get("quantize_moe_experts"):
        argv += ["--quantize_moe_experts=False"]
    if values.get("merge_method") == "legacy":  # it stores what it computes in, and bases are published in bf16
        argv += ["--bf16=True", "--tf32=False"]
    elif values.get("bf16") and not hardware.gpus():  # trained on a card, merged without one
        argv += ["--bf16=False", "--tf32=False"]
    return [*argv, f"--base_model={target(values)}"]


def target(values: dict[str, Any]) -> Path:
    """The checkpoint that the adapter is merged into: the published one where training used a copy of it."""
    return base.download(base.published(values) or str(values["base_model"]))


def merge(model: str, say: Callable[[str], None] = print) -> Path:
    """Merge the adapter of a finished run into outputs/MODEL/merged; returns that folder."""
    folder = run_folder(model)
    with lock.hold(folder, "merge"):
        return _merge(folder, say)


def _merge(folder: Path, say: Callable[[str], None]) -> Path:
    values = read_yaml(folder / "recipe.yaml")
    if not runs.is_finished(folder):
        status = runs.read(folder).get("status", "unknown")
        raise UserError(f"{folder}: its run is '{status}', not finished: train it to the end first (--resume)")
    _check_base(values, folder)
    check_room(tensor_bytes(target(values)), folder, "the merged model")
    say(f"merging {folder} into {base.published(values) or values['base_model']}  (log: {folder / LOG})")
    with whole_folder(folder / "merged") as temporary:
        _run(folder, values, temporary)
        merged = temporary / "merged"
        _count_pairs(folder, values)
        _keep_tokenizer_class(merged, values)
        _keep_template(merged, folder)
        for file in merged.iterdir():
            file.chmod(0o644)
            file.rename(temporary / file.name)
        merged.rmdir()
        for name in ("debug.log", "progress.jsonl"):
            (temporary / name).unlink(missing_ok=True)
    return folder / "merged"


def _run(folder: Path, values: dict[str, Any], out: Path) -> None:
    recipe = Recipe(folder.name, folder / "recipe.yaml", values)
    env = environment(recipe, cpu=not hardware.gpus()) | lock.environment(folder)
    code = process.run(command(folder, values, out), folder / LOG, env)
    if code or not list((out / "merged").glob("*.safetensors")):
        raise UserError(f"merging failed: {process.cause(folder / LOG)}\n  the whole log: {folder / LOG}", code=1)


def _count_pairs(folder: Path, values: dict[str, Any]) -> None:
    """Axolotl drops pairs it cannot place without an error: the count it logs must be the adapter's."""
    expected = len(lora_pairs(folder))
    found = re.search(
        r"Applied LoRA to (\d+)/\d+ tensors", (folder / LOG).read_text(encoding="utf-8", errors="replace")
    )
    applied = int(found[1]) if found else None
    if applied is None and values.get("merge_method") != "legacy":
        raise UserError(f"{folder}: Axolotl did not say how many LoRA pairs it merged; see {folder / LOG}", code=1)
    if applied is not None and applied != expected:
        raise UserError(
            f"{folder}: the adapter holds {expected} LoRA pairs and {applied} were merged: lora_target_modules reach "
            "tensors that this base stores in another form (experts in MXFP4?); nothing was kept",
            code=1,
        )


def _keep_tokenizer_class(merged: Path, values: dict[str, Any]) -> None:
    """A recipe that had to name the tokenizer's class needs it named in the merged folder as well."""
    path, kind = merged / "tokenizer_config.json", values.get("tokenizer_type")
    if kind and kind != "AutoTokenizer" and path.is_file():
        config = json.loads(path.read_text(encoding="utf-8"))
        write_text(path, json.dumps({**config, "tokenizer_class": kind}, indent=2, ensure_ascii=False) + "\n")


def _keep_template(merged: Path, folder: Path) -> None:
    """The chat template that was trained, where the merge took the base's (a recipe may name one of its own)."""
    trained = folder / "chat_template.jinja"
    if trained.is_file():
        shutil.copyfile(trained, merged / trained.name)


def _check_base(values: dict[str, Any], folder: Path) -> None:
    """The base on this disk is still the one that was trained on."""
    before = runs.read(folder).get("base")
    if before and before != fingerprint(Path(str(values["base_model"]))):
        raise UserError(f"{values['base_model']} is not what it was when {folder} was trained: train again", code=1)

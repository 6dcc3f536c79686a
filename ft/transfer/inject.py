"""What an adapter learnt on a base model, carried onto its instruct sibling: W_sibling + weight * scale * B A.

Task arithmetic (Ilharco et al. 2023, arXiv:2212.04089) with the deltas of an adapter. The result is laid out as a run,
whose base is the sibling: merged model, adapter, recipe, examples in the sibling's template. So export, verify --all
and eval take it as any other.
"""

from __future__ import annotations

import json
import math
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ft import base, checkpoint, lock, modelfile, runs
from ft.recipe import OUTPUTS, Recipe, dump, read_yaml, run_folder
from ft.transfer import carried, chats, deltas, sibling
from ft.transfer.chats import Row
from ft.transfer.deltas import Deltas
from prep.errors import UserError
from prep.files import sha256_file, whole_folder, write_json, write_text

RECORD = "inject.json"
_SMALL = (".json", ".jinja", ".model", ".txt")  # of the sibling: config, tokenizer, template, stop tokens
# Of the run's recipe: what says how its base was asked and stored. The sibling has ways of its own.
_BASES_OWN = ["tokenizer_config", "chat_template", "chat_template_jinja", "chat_template_kwargs", "eot_tokens"]
_BASES_OWN += ["tokens", "val_set_size", "resume_from_checkpoint", "quantize_moe_experts"]
_BASES_OWN += ["bnb_config_kwargs"]
# Without a run: what a recipe must have.
_LEAST = {"micro_batch_size": 1, "gradient_accumulation_steps": 1, "num_epochs": 1, "learning_rate": 0.0001, "seed": 42}
_HEAD = (
    "# Made by ft inject: not trained. What {name} learnt, carried onto the base_model below; inject.json says how.\n"
    "# The examples are chats, in this model's own template; export, verify and eval read them here.\n"
)


@dataclass(frozen=True)
class Source:
    """An adapter, and the recipe of its run: empty where its folder has none."""

    name: str
    folder: Path
    values: dict[str, Any]
    record: dict[str, Any]  # run.json


@dataclass(frozen=True)
class Options:
    weight: float = 1.0
    out: Path | None = None
    force: bool = False


def inject(adapter: str, onto: str, options: Options, say: Callable[[str], None] = print) -> dict[str, Any]:
    """Write the folder; returns inject.json's content with its `folder`. Where `failures` are in it, nothing was kept.

    Raises UserError where it is no sibling, or where the adapter is more than deltas of linear layers.
    """
    if not math.isfinite(options.weight) or not options.weight:
        raise UserError(f"--weight {options.weight}: a number, and not 0: how much of what was learnt is carried over")
    source = find(adapter)
    loaded = deltas.read(source.folder)
    short = (Path(onto).resolve() if base.is_local(onto) else Path(onto)).name
    target = options.out or OUTPUTS / f"{source.name}-onto-{short}"
    with lock.hold(target, "inject"):
        if target.exists() or target.is_symlink():
            raise UserError(f"{target}: is there already: remove it, or name another folder with --out")
        _remove_unfinished(target)
        return _inject(Work(source, loaded, onto, options.weight), target, options.force, say)


def _remove_unfinished(target: Path) -> None:
    """What a killed one left, gigabytes; the caller has the lock."""
    temporary = re.compile(rf"\.{re.escape(target.name)}\.[a-z0-9_]{{8}}")
    for left in target.parent.iterdir():
        if temporary.fullmatch(left.name) and (left / "merged").is_dir():
            shutil.rmtree(left)


def find(adapter: str) -> Source:
    """A run's name or folder, or an adapter's folder; its recipe stands in it, or in the run that it belongs to."""
    folder = Path(adapter)
    if not (folder / "adapter_model.safetensors").is_file():
        try:
            folder = run_folder(adapter)
        except UserError:
            raise UserError(
                f"--adapter {adapter}: neither a run's name or folder, nor a folder with adapter_model.safetensors"
            ) from None
    run = next((place for place in (folder, folder.parent) if (place / "recipe.yaml").is_file()), None)
    values, record = (read_yaml(run / "recipe.yaml"), runs.read(run)) if run else ({}, {})
    return Source((run or folder).resolve().name, folder, values, record)


@dataclass
class Work:
    """What is carried onto what."""

    source: Source
    deltas: Deltas
    onto: str
    weight: float

    @property
    def base(self) -> str:
        """What the adapter was trained on: a folder or a name on the Hub."""
        return str(self.source.values.get("base_model") or self.deltas.config.get("base_model_name_or_path"))

    @property
    def data(self) -> Path:
        """Where the examples go: in a folder of the name that the dataset has, for golden prompts have it, too."""
        listed = self.source.values.get("datasets")
        return Path("data") / ((Path(str(listed[0]["path"])).parent.name if listed else "") or "samples")

    @property
    def kind(self) -> str | None:
        """The tokenizer's class where the run had to name it; without a run, the one that takes tokenizer.json as it
        is (AutoTokenizer may make another one of it)."""
        found = self.source.values.get("tokenizer_type") if self.source.values else "PreTrainedTokenizerFast"
        return None if found in (None, "AutoTokenizer") else str(found)


def _inject(work: Work, target: Path, force: bool, say: Callable[[str], None]) -> dict[str, Any]:
    began = time.monotonic()
    proof, place, tokenizer, examples = prove(work, force, say)
    checkpoint.check_room(checkpoint.tensor_bytes(place), target, "the model", ", or choose another folder with --out")
    say(f"writing {target}")
    result: dict[str, Any] = {}
    try:
        with whole_folder(target) as temporary:
            norms = deltas.add(work.deltas, work.weight, place, temporary / "merged")
            text = _write_beside(work, place, temporary, target, examples)
            say("verifying: weights, and logits of sibling, sibling + adapter, injected")
            verified = carried.check(place, temporary, tokenizer, examples)
            result = _record(work, place, proof) | {"added": norms, **verified}
            write_json(temporary / RECORD, result)
            runs.write(temporary, _run(work, target, text, temporary / work.data, began))
            if verified["failures"]:
                raise _NotKeptError
    except _NotKeptError:
        pass
    return result | {"folder": str(target)}


class _NotKeptError(Exception):
    """The verification failed: the folder goes."""


def prove(work: Work, force: bool, say: Callable[[str], None]) -> tuple[sibling.Proof, Path, Any, dict[str, list[Row]]]:
    """The checks before the first byte: what they found, the sibling's folder, its tokenizer, the examples."""
    source, proof = work.source, sibling.Proof()
    ours = sibling.base_at_hand(work.base, source.folder, source.record.get("base"))
    small = base.download(work.onto, ["config.json"])
    sibling.same_kind(ours, small, proof)  # before gigabytes are fetched
    place = base.download(work.onto)
    sibling.same_shapes(work.deltas, place, proof)
    theirs = sibling.tokenizer(place, work.kind)
    if not theirs.chat_template:
        raise UserError(f"{place}: no chat template: no instruct model, its answers would not end")
    modelfile.stops(place, theirs)
    examples = chats.of_recipe(source.values)
    proof.found["examples"] = (
        f"{sum(map(len, examples.values()))} of the run's data"
        if examples
        else (f"{source.folder} names no data that is here: shipped scripts take their place")
    )
    examples = examples or chats.samples()
    mine = sibling.tokenizer(ours.tokenizer, work.kind) if ours.tokenizer else None
    sibling.same_tokens(ours, mine, theirs, examples, proof)
    sibling.same_values(ours, work.deltas, place, proof)
    for check, found in proof.found.items():
        say(f"  {check}: {found}")
    if wrong := sibling.unrelated(ours, place, proof):
        if not force:
            raise UserError(wrong)
        say(f"  forced: {wrong}")
    return proof, place, theirs, examples


def _write_beside(work: Work, onto: Path, folder: Path, target: Path, examples: dict[str, list[Row]]) -> str:
    """All but the weights: the sibling's own small files, the adapter as it was carried, the examples, the recipe."""
    for file in sorted(onto.iterdir()):
        if file.suffix in _SMALL and not file.name.startswith("adapter_"):
            shutil.copyfile(file, folder / "merged" / file.name)
    if work.kind:  # a run that had to name the tokenizer's class needs it named here as well
        path = folder / "merged" / "tokenizer_config.json"
        write_json(path, {**json.loads(path.read_text(encoding="utf-8")), "tokenizer_class": work.kind})
    shutil.copyfile(work.source.folder / "adapter_model.safetensors", folder / "adapter_model.safetensors")
    write_json(folder / "adapter_config.json", _adapter_config(work))
    for split, rows in examples.items():
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
        write_text(folder / work.data / f"{split}.chat.jsonl", "".join(lines))
    text = _HEAD.format(name=work.source.folder) + dump(_recipe(work, target, examples))
    write_text(folder / "recipe.yaml", text)
    return text


def _adapter_config(work: Work) -> dict[str, Any]:
    """Of the sibling, and with the weight in its alpha: base_model + adapter is the injected model."""
    config = {**work.deltas.config, "base_model_name_or_path": work.onto, "revision": None}
    if work.weight != 1:
        config["lora_alpha"] *= work.weight
        config["alpha_pattern"] = {k: v * work.weight for k, v in (config.get("alpha_pattern") or {}).items()}
    return config


def _recipe(work: Work, target: Path, splits: Iterable[str]) -> dict[str, Any]:
    """The run's recipe as it would train the sibling: its base, its template, the examples as chats, in 16 bits."""
    config = work.deltas.config
    plain = {"lora_r": config["r"], "lora_alpha": config["lora_alpha"], "sequence_len": 2048}
    plain |= {"lora_target_modules": config.get("target_modules")}
    values = {key: value for key, value in ({**_LEAST, **plain} | work.source.values).items() if key not in _BASES_OWN}
    pad = (values.pop("special_tokens", None) or {}).get("pad_token")
    values |= {"base_model": work.onto, "adapter": "lora", "load_in_4bit": False, "output_dir": str(target)}
    values |= {"dataset_prepared_path": str(target / "prepared")}
    values |= {"special_tokens": {"pad_token": pad}} if pad else {}
    values |= {"tokenizer_type": work.kind} if work.kind else {}
    values.pop("test_datasets", None)
    for split, key in ((split, chats.SPLITS[split]) for split in splits if chats.SPLITS[split]):
        values[key] = [
            {
                "path": str(target / work.data / f"{split}.chat.jsonl"),
                "ds_type": "json",
                "split": "train",
                "type": "chat_template",
                "field_messages": "messages",
                "roles_to_train": ["assistant"],
                "train_on_eos": "turn",
            }
        ]
    return values


def _run(work: Work, target: Path, text: str, data: Path, began: float) -> dict[str, Any]:
    """run.json: what the other commands look up of a run."""
    record = runs.start(Recipe(target.name, target / "recipe.yaml", {"base_model": work.onto}), sys.argv, text)
    return record | {
        "data": {str(target / work.data / path.name): sha256_file(path) for path in sorted(data.iterdir())},
        "manifests": work.source.record.get("manifests", {}),
        "injected": {"adapter": str(work.source.folder), "weight": work.weight},
        "status": "finished",
        "seconds": round(time.monotonic() - began, 1),
        "steps": 0,
    }


def _record(work: Work, onto: Path, proof: sibling.Proof) -> dict[str, Any]:
    source = work.source
    hashes = {name: sha256_file(source.folder / name) for name in ("adapter_model.safetensors", "adapter_config.json")}
    return {
        "adapter": {"folder": str(source.folder), "sha256": hashes, "run": source.record.get("recipe_sha256")},
        "base": {"model": work.base, "fingerprint": source.record.get("base")},
        "onto": {
            "model": work.onto,
            "revision": onto.name if onto.parent.name == "snapshots" else None,
            "fingerprint": checkpoint.fingerprint(onto),
        },
        "weight": work.weight,
        "checks": proof.found,
        "distance": proof.distance,
        "versions": runs.versions(),
        "command": sys.argv,
    }

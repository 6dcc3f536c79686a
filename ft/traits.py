"""What a recipe is: the kind of its model, of its data and of its numbers, as the rules ask for it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ft.checkpoint import read_config

Values = Mapping[str, Any]


def model_config(values: Values) -> dict[str, Any]:
    """config.json of the base where it is on this disk, else of the tokenizer's folder; empty where neither is."""
    for key in ("base_model", "tokenizer_config"):
        folder = Path(str(values.get(key)))
        if (folder / "config.json").is_file():
            return read_config(folder)
    return {}


def gpt_oss(v: Values) -> bool:
    names = f"{v.get('base_model')} {v.get('tokenizer_config')}"
    return model_config(v).get("model_type") == "gpt_oss" or bool(re.search(r"gpt[-_]oss", names, flags=re.I))


def mixture(v: Values) -> bool:
    """Whether the base has experts, by its config or, where that is not here, by the recipe's own words."""
    config = model_config(v)
    return bool(config.get("num_local_experts") or config.get("n_routed_experts") or config.get("num_experts"))


def mxfp4(v: Values) -> bool:
    """Whether the adapter is merged into MXFP4 weights: those of gpt-oss as published."""
    source = str(v.get("tokenizer_config") or v.get("base_model"))
    if (Path(source) / "config.json").is_file():
        kind = (read_config(Path(source)).get("quantization_config") or {}).get("quant_method")
        return bool(kind == "mxfp4")
    return gpt_oss(v) and "bf16" not in source.lower()


def chat(v: Values) -> bool:
    return any(entry.get("type") == "chat_template" for entry in v.get("datasets") or [])


def evaluated(v: Values) -> bool:
    return bool(v.get("test_datasets") or v.get("val_set_size"))


def parts(v: Values, key: str) -> set[tuple[str, str]]:
    """(path, split) of each entry; a file of rows has one split, whatever it is called."""
    usual = "train" if key == "datasets" else "test"
    return {_part(str(entry.get("path")), str(entry.get("split") or usual)) for entry in v.get(key) or []}


def _part(path: str, split: str) -> tuple[str, str]:
    cut = "[" + split.partition("[")[2] if "[" in split else ""
    return (str(Path(path).resolve()), cut) if Path(path).suffix else (path, split)


def prompts(v: Values) -> list[str]:
    """The formats of the prompts that the recipe's entries define themselves."""
    kinds = [entry.get("type") for entry in [*(v.get("datasets") or []), *(v.get("test_datasets") or [])]]
    names = ("format", "no_input_format")
    return [kind[name] for kind in kinds if isinstance(kind, dict) for name in names if kind.get(name)]


def file(entry: Values) -> bool:
    return Path(str(entry.get("path"))).is_file()


def twice(v: Values) -> bool:
    """Whether an entry of the training data is there again with nothing to tell the two apart."""
    entries = [str(entry) for entry in v.get("datasets") or [] if isinstance(entry, dict)]
    return len(entries) != len(set(entries))


def templates(v: Values) -> list[str]:
    """The chat templates that the recipe and its data's entries give themselves: as text, or as a file's name."""
    entries = [*(v.get("datasets") or []), *(v.get("test_datasets") or [])]
    return [str(one["chat_template_jinja"]) for one in [v, *entries] if one.get("chat_template_jinja")]


def lost_template(text: str) -> bool:
    """Whether a template is the name of a file that is not there, or empty; a template's text has Jinja's braces."""
    return "{" not in text and not (Path(text).is_file() and Path(text).stat().st_size)


def wrong_way(v: Values) -> bool:
    """Whether more of the metric is called better although it is a loss, or less although it is a share of hits."""
    metric, greater = str(v.get("metric_for_best_model") or "loss"), v.get("greater_is_better")
    return greater is not None and bool(greater) == metric.endswith("loss")


def missing(v: Values, key: str) -> bool:
    """Whether a key names a path, and nothing is there."""
    return isinstance(v.get(key), str) and not Path(v[key]).exists()


def sharding_nothing(v: Values) -> bool:
    """Whether `deepspeed` is a file that is there, and not one of JSON with a stage of ZeRO in it."""
    if not v.get("deepspeed") or missing(v, "deepspeed"):
        return False
    try:
        found = v["deepspeed"] if isinstance(v["deepspeed"], dict) else json.loads(Path(v["deepspeed"]).read_bytes())
    except (ValueError, OSError):
        return True
    zero = found.get("zero_optimization") if isinstance(found, dict) else None
    return not (isinstance(zero, dict) and zero.get("stage") in (1, 2, 3))


def expert_lora(v: Values) -> bool:
    targets = v.get("lora_target_modules") or []
    experts = {"gate_up_proj", "down_proj", "gate_proj", "up_proj"} & set(targets if isinstance(targets, list) else [])
    return bool(experts or v.get("lora_target_parameters") or v.get("lora_target_linear"))


def text_numbers(v: Values) -> list[str]:
    numbers = re.compile(r"[-+]?[\d.]+[eE][-+]?\d+")
    return [key for key, value in v.items() if isinstance(value, str) and numbers.fullmatch(value)]


def uneven_saves(v: Values) -> bool:
    """Whether some checkpoint has no evaluation of its own, so that the best cannot be told."""
    pairs = [(v.get("save_steps"), v.get("eval_steps")), (v.get("evals_per_epoch"), v.get("saves_per_epoch"))]
    return any(more and less and more % less for more, less in pairs if number(more) and number(less))


def number(value: Any) -> bool:
    return isinstance(value, int | float)


def whole(value: Any) -> bool:
    return isinstance(value, int) and value > 0

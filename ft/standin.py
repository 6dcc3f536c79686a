"""A tiny random model of a recipe's own architecture, made here: a recipe can be rehearsed without a download.

Weights are random, sizes are small; what a recipe depends on is as published (`ft/families.py`): the class, the tensor
names, the tokenizer's kind and special tokens, the chat template, and for gpt-oss the MXFP4 storage of the experts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ft import tokenizers
from ft.families import Family, family
from ft.noise import noise_to
from ft.recipe import OUTPUTS, Recipe
from prep.errors import UserError
from prep.files import whole_folder, write_json

if TYPE_CHECKING:
    from rich.console import Console

SAMPLES = Path(__file__).parent.parent / "prep" / "samples"
SEED = 42
MARK = "standin.json"  # what a stand-in says of itself: llama.cpp's name of its pre-tokenizer, for `ft export`
PRETRAINING_STEPS = 160  # about a minute on two cores
_NOT_MXFP4 = ("layers.*.self_attn", "layers.*.mlp.router", "embed_tokens")


def default_folder(recipe: Recipe) -> Path:
    """outputs/standin/NAME, or the recipe's own base where that is a stand-in already (tiny, and copies of it)."""
    own = Path(str(recipe.values.get("base_model")))
    return own if own.parent == OUTPUTS / "standin" else OUTPUTS / "standin" / recipe.name


def make(recipe: Recipe, out: Path) -> dict[str, str]:
    """Write the stand-in under `out`; returns the recipe values that use it (base_model, ...)."""
    kind = family(recipe)
    log = out.with_name(f"{out.name}.log")
    with noise_to(log) as console, whole_folder(out) as folder:
        texts = list(sample_texts())
        if kind.config["model_type"] == "gpt_oss":
            from ft.mxfp4 import convert

            _write_model(folder / "published", kind, texts)
            _store_as_mxfp4(folder / "published")
            convert(folder / "published", folder / "bf16")
        else:
            _write_model(folder, kind, texts)
            if kind.pretrained:
                pretrain(folder, training_texts(recipe), console)
    if kind.config["model_type"] == "gpt_oss":
        return {"base_model": str(out / "bf16"), "tokenizer_config": str(out / "published")}
    return {"base_model": str(out)}


def sample_texts() -> Iterable[str]:
    """The shipped sources: what the stand-ins' tokenizers are trained on."""
    files = sorted([*SAMPLES.rglob("*.ahk"), *SAMPLES.rglob("*.csv")])
    if not files:
        raise UserError(f"no shipped sources under {SAMPLES}: is the checkout whole?")
    return (file.read_text(encoding="utf-8") for file in files)


def training_texts(recipe: Recipe) -> list[str]:
    """The scripts in the recipe's training split (all its answers when none is named a script): no held-out document,
    and none of the questions that the fine-tune is to learn."""
    path = Path(recipe.values["datasets"][0]["path"])
    if not path.is_file():
        raise UserError(f"no dataset {path}: build it first, make dataset")
    with path.open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    scripts = [row for row in rows if (row.get("metadata") or {}).get("task") == "write"]
    return list(dict.fromkeys(row["output"] for row in scripts or rows))  # a script may be asked for in several ways


def describe(kind: Family, texts: list[str], folder: Path) -> Any:
    """Write the stand-in's tokenizer and config, all of it but the weights; returns the config."""
    from transformers import AutoConfig

    folder.mkdir(exist_ok=True)
    special = tokenizers.make(kind.tokenizer, texts, folder)
    special["vocab_size"] += kind.spare_rows
    config = AutoConfig.for_model(**kind.config, rope_parameters=kind.rope, **special)
    config.save_pretrained(folder)
    return config


def _write_model(folder: Path, kind: Family, texts: list[str]) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    config = describe(kind, texts, folder)
    write_json(folder / MARK, {"pre_tokenizer": kind.tokenizer.pre_tokenizer})
    torch.manual_seed(SEED)
    model = AutoModelForCausalLM.from_config(config).to(torch.bfloat16)
    model.save_pretrained(folder)


def _store_as_mxfp4(folder: Path) -> None:
    """Replace the experts by random MXFP4 blocks and scales, named and shaped as in the published checkpoint."""
    import torch
    from safetensors.torch import load_file, save_file

    path = folder / "model.safetensors"
    tensors = load_file(path)
    generator = torch.Generator().manual_seed(SEED)
    for name in [n for n in tensors if n.endswith((".gate_up_proj", ".down_proj"))]:
        experts, inner, outer = tensors.pop(name).shape  # [experts, in, out]; stored transposed, 32 values a block
        blocks = torch.randint(0, 256, (experts, outer, inner // 32, 16), generator=generator, dtype=torch.uint8)
        scales = torch.randint(120, 124, (experts, outer, inner // 32), generator=generator, dtype=torch.uint8)
        tensors[f"{name}_blocks"], tensors[f"{name}_scales"] = blocks, scales
    save_file(tensors, path, metadata={"format": "pt"})
    config = json.loads((folder / "config.json").read_text())
    config["quantization_config"] = {
        "quant_method": "mxfp4",
        "modules_to_not_convert": [f"model.{name}" for name in _NOT_MXFP4] + ["lm_head"],
    }
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")


def pretrain(folder: Path, texts: list[str], console: Console, steps: int = PRETRAINING_STEPS) -> None:
    """About a minute of plain language modelling on `texts`, so that a fine-tune visibly learns. CPU, fp32."""
    batch, length = 8, 256
    import torch
    from rich.progress import track
    from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast

    torch.manual_seed(SEED)
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    ids = [token for text in texts for token in [*tokenizer(text)["input_ids"], tokenizer.eos_token_id]]
    stream = torch.tensor(ids)
    if len(stream) <= length:
        raise UserError(f"the training split holds {len(stream)} tokens; pretraining needs more than {length}")
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, total_steps=steps, pct_start=0.1)
    for _ in track(range(steps), description="pretraining the tiny model", console=console):
        starts = torch.randint(0, len(stream) - length, (batch,))
        rows = torch.stack([stream[s : s + length] for s in starts.tolist()])
        loss = model(input_ids=rows, labels=rows).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
    model.save_pretrained(folder)

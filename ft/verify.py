"""Is the merged model the trained one? Weights and logits of base, base + adapter and merged, in numbers.

The yardstick is the base at full precision with the adapter on top: against it a merge is exact up to the rounding of
the stored weights. Training saw a 4-bit base; how far that is away is reported apart and judged by nobody.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ft import base, hardware, runs
from ft.checkpoint import Tensors, lora_pairs, lora_scales, tensor_bytes
from ft.launch import PLUGIN, environment
from ft.merge import target
from ft.noise import noise_to
from ft.recipe import CONFIGS, Recipe, read_yaml, run_folder
from prep.errors import UserError
from prep.files import write_text

if TYPE_CHECKING:
    import torch

PROMPTS, TOKENS, ANSWER = 8, 512, 64  # examples of the evaluation data; tokens of each; places in its answer, at most
LOG = "verify.log"
FP32 = 2.2  # memory that a model of 16 bits takes in fp32, in sizes of its files
MAX_GAP = 0.25  # merged may be away from the adapter by this share of the adapter's own effect, both as means: where
# experts are routed, the rounding of a weight may send single tokens another way
MIN_AGREEMENT = 0.95  # share of positions at which both would write the same token


@dataclass
class Weights:
    """What the merge did to the stored tensors."""

    expected: int  # LoRA pairs of the adapter
    changed: int = 0  # tensors whose bytes differ from the base's
    off: list[str] = field(default_factory=list)  # changed, and not to round(W + scale * B @ A)
    unexpected: list[str] = field(default_factory=list)  # changed without a pair, missing, added, of another dtype
    unchanged: list[str] = field(default_factory=list)  # kept the base's bytes, and their pair is more than a rounding
    largest_error: float = 0.0  # of a changed tensor, in roundings of W + scale * B @ A


@dataclass(frozen=True)
class Gap:
    """How far two models are apart on the same tokens."""

    max_logit: float
    mean_logit: float
    agreement: float  # greedy: share of positions with the same most likely token


def verify(model: str, say: Callable[[str], None] = print) -> dict[str, Any]:
    """Compare weights and logits; writes verify.json; the result's `failures` are empty when all is well."""
    folder = run_folder(model)
    merged = folder / "merged"
    if not (merged / "config.json").is_file():
        raise UserError(f"{folder}: no merged model: merge it first, make merge MODEL={model}")
    values = read_yaml(folder / "recipe.yaml")
    say(f"weights: {merged} against {target(values)}")
    weights = compare_weights(target(values), merged, folder)
    recipe = Recipe(folder.name, folder / "recipe.yaml", values)
    os.environ.update(environment(recipe, cpu=not hardware.gpus()))
    say(f"logits: base, base + adapter, merged, and the 4-bit base that training saw  (log: {folder / LOG})")
    with noise_to(folder / LOG):
        config, rows = training_rows(folder)
        logits = adapter_logits(base.download(str(config.base_model)), folder, rows)
        free_memory()
        logits["merged"] = forward(load(merged), rows)
        free_memory()
        logits["trained"] = trained_logits(config, rows)
    gaps = {
        "adapter - base": gap(logits["adapter"], logits["base"]),
        "merged - adapter": gap(logits["merged"], logits["adapter"]),
        "4-bit trained - adapter": gap(logits["trained"], logits["adapter"]),
    }
    result = {
        "weights": asdict(weights),
        "gaps": {name: asdict(found) for name, found in gaps.items()},
        "failures": failures(weights, gaps),
        "limits": {"max_gap": MAX_GAP, "min_agreement": MIN_AGREEMENT},
        "prompts": len(rows),
        "positions": sum(len(row["positions"]) for row in rows),
        "run": runs.read(folder).get("recipe_sha256"),
    }
    write_text(folder / "verify.json", json.dumps(result, indent=2) + "\n")
    return result


def failures(weights: Weights, gaps: dict[str, Gap]) -> list[str]:
    """Every way in which the merged model is not base + adapter, or the adapter is not there."""
    effect, merge = gaps["adapter - base"], gaps["merged - adapter"]
    found = []
    if not weights.changed:
        found.append("the merged model is the base, byte for byte")
    if weights.unchanged:
        found.append(f"{len(weights.unchanged)} tensors with an adapter were not changed: {_some(weights.unchanged)}")
    if weights.unexpected:
        found.append(f"{len(weights.unexpected)} tensors differ that have no adapter: {_some(weights.unexpected)}")
    if weights.off:
        found.append(f"{len(weights.off)} merged tensors are not base + adapter: {_some(weights.off)}")
    if not effect.max_logit > 0:
        found.append("the adapter changes nothing: base and base + adapter give the same logits")
    elif not merge.mean_logit <= MAX_GAP * effect.mean_logit:  # NaN fails too
        share = merge.mean_logit / effect.mean_logit
        found.append(f"merged is away from the adapter by {share:.0%} of the adapter's effect, limit {MAX_GAP:.0%}")
    if not merge.agreement >= MIN_AGREEMENT:
        found.append(f"merged and adapter agree on {merge.agreement:.1%} of the tokens, limit {MIN_AGREEMENT:.0%}")
    return found


def compare_weights(before: Path, after: Path, adapter: Path) -> Weights:
    """Tensor by tensor: names, dtypes, bytes, and each changed one against round(W + scale * B @ A)."""
    import torch

    pairs, scales = lora_pairs(adapter), lora_scales(adapter)
    result = Weights(expected=len(pairs))
    with Tensors(before) as old, Tensors(after) as new:
        result.unexpected += sorted(set(old) ^ set(new))
        for name in sorted(set(old) & set(new)):
            w, merged = old[name], new[name]
            if w.dtype != merged.dtype or w.shape != merged.shape:
                result.unexpected.append(name)
            elif torch.equal(w.contiguous().view(torch.uint8), merged.contiguous().view(torch.uint8)):
                if name in pairs and (scales is None or _units_off(w, merged, *pairs[name], scales[name]) > 1):
                    result.unchanged.append(name)
            elif name not in pairs:
                result.unexpected.append(name)
            else:
                result.changed += 1
                if scales is not None:
                    error = _units_off(w, merged, *pairs[name], scales[name])
                    result.largest_error = max(result.largest_error, error)
                    result.off += [] if error <= 1 else [name]
    return result


def _units_off(w: torch.Tensor, merged: torch.Tensor, a: torch.Tensor, b: torch.Tensor, scale: float) -> float:
    """Largest distance to the exact sum, in roundings: one of the result in its stored format, and those of fp32
    arithmetic over the terms of the sum. At most 1 for a right merge; about 0.5 for bf16."""
    import torch

    w, merged, a, b, eps = w.double(), merged.double(), a.double(), b.double(), torch.finfo(w.dtype).eps
    exact = w + scale * (b @ a)
    terms = w.abs() + abs(scale) * (b.abs() @ a.abs())
    allowed = eps * exact.abs() + 4 * torch.finfo(torch.float32).eps * terms
    return float(((merged - exact).abs() / allowed.clamp(min=1e-30)).max())


def training_rows(folder: Path) -> tuple[Any, list[dict[str, Any]]]:
    """The run's recipe as Axolotl reads it, and the first evaluation examples exactly as training tokenised them."""
    from axolotl.cli.args import TrainerCliArgs
    from axolotl.cli.config import load_cfg
    from axolotl.common.datasets import load_datasets

    changes: dict[str, Any] = {"lora_model_dir": str(folder)}
    if not hardware.gpus():  # trained on a card, verified without one
        changes |= {**read_yaml(CONFIGS / "hardware" / "cpu.yaml"), "plugins": [PLUGIN]}
    config = load_cfg(str(folder / "recipe.yaml"), **changes)
    meta = load_datasets(cfg=config, cli_args=TrainerCliArgs())
    held = meta.eval_dataset if meta.eval_dataset is not None else meta.train_dataset
    rows = [
        sampled(held[i]["input_ids"][:TOKENS], held[i]["labels"][:TOKENS], ANSWER)
        for i in range(min(PROMPTS, len(held)))
    ]
    rows = [row for row in rows if row["positions"]]
    if not rows:
        raise UserError(f"{folder}: no evaluation example has a trained token in its first {TOKENS}", 1)
    return config, rows


def sampled(ids: list[int], labels: list[int], most: int) -> dict[str, Any]:
    """An example with the positions that are compared: those before at most `most` of its trained tokens, spread over
    all of them, the first and the last included: whether a model ends its answer shows at the last."""
    trained = [place for place, label in enumerate(labels[1:]) if label != -100]
    count = min(most, len(trained))
    chosen = [trained[number * (len(trained) - 1) // max(1, count - 1)] for number in range(count)]
    return {"input_ids": list(ids), "labels": list(labels), "positions": chosen}


def gap(one: list[torch.Tensor], other: list[torch.Tensor]) -> Gap:
    """Both: per example, logits [trained tokens, vocabulary] in fp32."""
    size = min(one[0].shape[-1], other[0].shape[-1])  # a vocabulary may be padded in one of the two
    differences = [(a[:, :size] - b[:, :size]).abs() for a, b in zip(one, other, strict=True)]
    same = [(a[:, :size].argmax(-1) == b[:, :size].argmax(-1)) for a, b in zip(one, other, strict=True)]
    count = sum(len(s) for s in same)
    return Gap(
        max_logit=max(float(d.max()) for d in differences),
        mean_logit=sum(float(d.mean()) * len(d) for d in differences) / count,
        agreement=sum(int(s.sum()) for s in same) / count,
    )


def adapter_logits(model: Path, adapter: Path, rows: list[dict[str, Any]]) -> dict[str, list[torch.Tensor]]:
    """Base and base + adapter, at full precision, from one load of the base."""
    tuned = with_adapter(model, adapter)
    with tuned.disable_adapter():
        without = forward(tuned, rows)
    return {"base": without, "adapter": forward(tuned, rows)}


def with_adapter(model: Path, adapter: Path) -> Any:
    """A PeftModel of the base at full precision; `disable_adapter()` is the base."""
    from peft import PeftModel

    return PeftModel.from_pretrained(load(model), adapter).eval()


def trained_logits(config: Any, rows: list[dict[str, Any]]) -> list[torch.Tensor]:
    """The 4-bit base with the adapter, loaded by Axolotl as in training."""
    from axolotl.cli.utils import load_model_and_tokenizer

    model, _, _ = load_model_and_tokenizer(cfg=config, inference=True)
    return forward(model.eval(), rows)


def load(folder: Path) -> Any:
    """A model at full precision: fp32 on a CPU whose memory holds that, else bf16; bf16 spread over the cards and the
    memory where there is a GPU."""
    import psutil
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM, Mxfp4Config

    config = AutoConfig.from_pretrained(folder)
    gpu = torch.cuda.is_available()
    small = gpu or psutil.virtual_memory().available < FP32 * tensor_bytes(folder)
    options: dict[str, Any] = {"dtype": torch.bfloat16 if small else torch.float32}
    if config.model_type == "gpt_oss":
        options["attn_implementation"] = "eager"
    if getattr(config, "quantization_config", None):
        options["quantization_config"] = Mxfp4Config(dequantize=True)
    if gpu:
        options["device_map"] = "auto"
    return AutoModelForCausalLM.from_pretrained(folder, **options).eval()


def free_memory() -> None:
    """Between two models: the first is no longer named, but modules refer to each other in circles."""
    import gc

    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def forward(model: Any, rows: list[dict[str, Any]]) -> list[torch.Tensor]:
    """Per example, the logits after its `positions`: [positions, vocabulary], fp32 on the CPU."""
    import torch

    result = []
    with torch.inference_mode():
        for row in rows:
            ids = torch.tensor([row["input_ids"]], device=model.device)
            result.append(model(input_ids=ids).logits[0, row["positions"]].float().cpu())
    return result


def _some(names: list[str]) -> str:
    return ", ".join(names[:3]) + (" ..." if len(names) > 3 else "")

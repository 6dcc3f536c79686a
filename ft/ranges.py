"""Values that no run can be right with, whatever the model: wrong types, numbers out of range. Axolotl's schema takes
most of them: a batch of 0, a negative learning rate, a dropout of 5.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from prep.errors import UserError

FASTEST = 0.02  # a learning rate from which on no adapter learns; usual are 0.00001 to 0.001


def wrong(values: Mapping[str, Any]) -> dict[str, str]:
    """Key -> what it must be, of each value that is out of range. A key that is not there, or null, is none."""
    return {
        key: what
        for keys, right, what in _RANGES
        for key in keys
        if values.get(key) is not None and not right(values[key])
    }


def problems(values: Mapping[str, Any]) -> list[str]:
    """A line for each value that is out of range, or that is Python's word for nothing."""
    found = [f"{key} must be {what}, not {values[key]!r}" for key, what in wrong(values).items()]
    none = [key for key, value in values.items() if value == "None" and key not in wrong(values)]
    return [*found, *(f"{key}: None is a text to YAML: leave the key out, or write null" for key in none)]


def refuse(values: Mapping[str, Any], where: str) -> None:
    """Raise UserError with every value that is out of range."""
    if found := problems(values):
        raise UserError("\n".join(f"{where}: {line}" for line in found))


def number(value: Any) -> float | None:
    """A number, also one like 2e-4 that YAML 1.1 takes for a text; None for anything else."""
    if isinstance(value, str):
        with suppress(ValueError):
            return float(value)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _whole(least: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= least


def _from(least: float, below: float = float("inf")) -> Callable[[Any], bool]:
    return lambda value: (found := number(value)) is not None and least <= found < below


def _above(least: float, below: float = float("inf")) -> Callable[[Any], bool]:
    return lambda value: (found := number(value)) is not None and least < found < below


def _names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _steps(value: Any) -> bool:
    found = number(value)
    return found is not None and (0 < found < 1 or (found >= 1 and float(found).is_integer()))


# What is held against true and false here, and to which Axolotl takes a text as well.
_SWITCHES = (
    "load_in_4bit",
    "load_in_8bit",
    "sample_packing",
    "eval_sample_packing",
    "pad_to_sequence_len",
    "train_on_inputs",
    "lora_target_linear",
    "quantize_moe_experts",
    "load_best_model_at_end",
    "trust_remote_code",
    "fp16",
    "flash_attention",
    "use_wandb",
)
_COUNT = "a whole number above 0"
_RANGES: tuple[tuple[tuple[str, ...], Callable[[Any], bool], str], ...] = (
    (
        ("micro_batch_size", "gradient_accumulation_steps", "sequence_len", "lora_r"),
        _whole(1),
        "a whole number above 0",
    ),
    (("eval_batch_size", "eval_sequence_len", "max_steps", "save_total_limit"), _whole(1), _COUNT),
    (("warmup_steps", "dataloader_num_workers"), _whole(0), "a whole number, 0 or more"),
    (("seed",), lambda v: _whole(0)(v) and v < 1 << 32, "a whole number, 0 or more and below 2 to the power of 32"),
    (("dataset_num_proc", "min_sample_len"), _whole(1), _COUNT),
    (("num_epochs", "lora_alpha"), _above(0), "a number above 0"),
    (("logging_steps", "save_steps", "eval_steps"), _steps, "a whole number above 0, or a share of the run below 1"),
    (("saves_per_epoch", "evals_per_epoch", "neftune_noise_alpha"), _above(0), "a number above 0"),
    (("learning_rate",), _above(0, FASTEST), f"above 0 and below {FASTEST} (usual are 0.00001 to 0.001)"),
    (("warmup_ratio", "lora_dropout", "weight_decay"), _from(0, 1), "a share, 0 or more and below 1"),
    (("val_set_size",), lambda v: _whole(1)(v) or _from(0, 1)(v), "a share below 1, or a number of examples"),
    (("adam_beta1", "adam_beta2", "cosine_min_lr_ratio"), _from(0, 1), "a share, 0 or more and below 1"),
    (("adam_epsilon",), _above(0, 0.01), "above 0 and below 0.01 (usual is 0.00000001)"),
    (("embedding_lr", "loraplus_lr_embedding"), _above(0, FASTEST), f"above 0 and below {FASTEST}"),
    (("loraplus_lr_ratio",), _above(0), "a number above 0"),
    (("max_grad_norm",), _from(0), "a number, 0 or more"),
    (_SWITCHES, lambda v: not isinstance(v, str), "true or false, without quotes"),
    (("lora_target_modules",), lambda v: isinstance(v, str) or _names(v), "a list of names"),
    (("lora_target_parameters", "lora_modules_to_save", "eot_tokens"), _names, "a list of names"),
    (("bnb_config_kwargs",), lambda v: isinstance(v, dict), "a mapping"),
    (("deepspeed",), lambda v: isinstance(v, str | dict), "the path of a JSON file"),
    (("optimizer", "base_model"), lambda v: isinstance(v, str), "a name"),
)

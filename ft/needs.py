"""What a recipe needs that is no part of Axolotl's own installation: packages, and the key of a tracker."""

from __future__ import annotations

import netrc
import os
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

from prep.errors import UserError

NO_KEY = "use_wandb: there is no key for Weights & Biases here: wandb login, or wandb_mode=offline"

# key -> what is set there -> the package that it is imported from; True: any value that is not empty
_PACKAGES: dict[str, dict[Any, str]] = {
    "attn_implementation": {
        "flash_attention_2": "flash_attn",
        "flash_attention_3": "flash_attn_interface",
        "xformers": "xformers",
        "sage": "sageattention",
    },
    "flash_attention": {True: "flash_attn"},
    "xformers_attention": {True: "xformers"},
    "sage_attention": {True: "sageattention"},
    "deepspeed": {True: "deepspeed"},
    "use_wandb": {True: "wandb"},
    "use_mlflow": {True: "mlflow"},
    "use_comet": {True: "comet_ml"},
    "use_trackio": {True: "trackio"},
    "use_tensorboard": {True: "tensorboard"},
}


def refuse(values: Mapping[str, Any], where: str) -> None:
    """Raise UserError with what is missing here and the run would end for, most of it after the model is loaded."""
    found = [f"{what} needs the package {package}, which is not installed here" for what, package in absent(values)]
    found += [NO_KEY] * no_key(values)
    if found:
        raise UserError("\n".join(f"{where}: {line}" for line in found))


def absent(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(what the recipe says, the package it needs) where that is not installed."""
    found = []
    for key, packages in _PACKAGES.items():
        value = values.get(key)
        package = packages.get(True) if value and True in packages else packages.get(str(value))
        if package and find_spec(package) is None:
            found.append((f"{key}: {value}", package))
    return found


def no_key(values: Mapping[str, Any]) -> bool:
    """Whether the recipe sends to Weights & Biases, and nothing here says as whom: it would ask, and nobody answers."""
    quiet = {"offline", "disabled"} & {str(values.get("wandb_mode")), os.environ.get("WANDB_MODE")}
    if not values.get("use_wandb") or quiet or os.environ.get("WANDB_API_KEY"):
        return False
    try:
        return netrc.netrc().authenticators("api.wandb.ai") is None
    except (OSError, netrc.NetrcParseError):
        return True

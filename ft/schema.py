"""The recipe against Axolotl's own schema: key names (quick, cached) and everything that Axolotl validates."""

from __future__ import annotations

import difflib
import importlib
import json
import os
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from ft.noise import noise_to
from ft.recipe import OUTPUTS
from prep.errors import UserError
from prep.files import write_text

# sm_89 is the least card that the recipes are meant for with bf16 and fp8; validation needs one when none is there.
_CARD = {"bf16": True, "fp8": False, "tf32": True, "n_gpu": 1, "compute_capability": "sm_89"}
_NO_CARD = {"bf16": False, "fp8": False, "tf32": False, "n_gpu": 1, "compute_capability": None}


def check_keys(values: Mapping[str, Any], where: str) -> None:
    """Raise UserError naming every top-level key that Axolotl does not know: it would ignore them in silence."""
    known = known_keys(values)
    problems = []
    for key in values:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f": did you mean '{near[0]}'?" if near else ""
            problems.append(f"{where}: Axolotl knows no key '{key}'{hint}")
    if problems:
        raise UserError("\n".join(problems))


def validate(values: Mapping[str, Any], gpu: bool) -> None:
    """Run Axolotl's own validation on the resolved recipe, for a machine with or without a card. Takes seconds."""
    from pydantic import ValidationError

    os.environ.setdefault("AXOLOTL_DO_NOT_TRACK", "1")
    try:
        with noise_to(OUTPUTS / ".cache" / "schema.log"):
            _validate(dict(values), _CARD if gpu else _NO_CARD)
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, e['loc'])) or 'recipe'}: {e['msg']}" for e in error.errors()]
        raise UserError("Axolotl refuses the recipe:\n" + "\n".join(f"  {line}" for line in lines)) from None
    except (ValueError, ImportError) as error:
        raise UserError(f"Axolotl refuses the recipe: {error}") from None


def _validate(values: dict[str, Any], capabilities: dict[str, Any]) -> None:
    from axolotl.cli.config import prepare_plugins
    from axolotl.utils.config import validate_config
    from axolotl.utils.dict import DictDefault

    config = DictDefault(json.loads(json.dumps(values)))
    config["plugins"] = [name for name in values.get("plugins") or [] if name.startswith("axolotl.")]
    prepare_plugins(config)
    validate_config(config, capabilities=capabilities, env_capabilities={"torch_version": version("torch")})


def known_keys(values: Mapping[str, Any]) -> list[str]:
    """Every top-level key that Axolotl and the recipe's plugins know; cached, for the look-up costs seconds."""
    plugins = [str(plugin) for plugin in values.get("plugins") or ()]
    cache = OUTPUTS / ".cache" / f"axolotl-{version('axolotl')}-keys.json"
    cached: dict[str, list[str]] = json.loads(cache.read_text(encoding="utf-8")) if cache.is_file() else {}
    wanted = ["", *(plugin for plugin in plugins if plugin.startswith("axolotl."))]
    if any(name not in cached for name in wanted):
        cached |= {name: _keys_of(name) for name in wanted}
        write_text(cache, json.dumps(cached))
    return [key for name in wanted for key in cached[name]]


def _keys_of(plugin: str) -> list[str]:
    """Field names and aliases of Axolotl's input model, or of a plugin's arguments."""
    path = "axolotl.utils.schemas.config.AxolotlInputConfig"
    if plugin:
        path = _attribute(plugin)().get_input_args()
    if path is None:
        return []
    fields = _attribute(path).model_fields
    aliases = [str(field.alias or field.validation_alias) for field in fields.values()]
    return sorted({*fields, *aliases} - {"None"})


def _attribute(path: str) -> Any:
    module, _, name = path.rpartition(".")
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError):
        raise UserError(f"plugins: there is no '{path}'") from None

"""The recipe against Axolotl's own schema: key names at every level (quick, cached) and everything it validates."""

from __future__ import annotations

import copy
import difflib
import importlib
import importlib.util
import inspect
import json
import os
import re
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, get_args

import yaml

from ft.noise import noise_to
from ft.recipe import OUTPUTS
from prep.errors import UserError
from prep.files import write_text

# Known names below a key; None where Axolotl reads no names: a plain value, or a mapping that it hands on as it is.
Names = dict[str, Any]
Place = tuple[str | int, ...]

# sm_89 is the least card that the recipes are meant for with bf16 and fp8; validation needs one when none is there.
_CARD = {"bf16": True, "fp8": False, "tf32": True, "n_gpu": 1, "compute_capability": "sm_89"}
_NO_CARD = {"bf16": False, "fp8": False, "tf32": False, "n_gpu": 1, "compute_capability": None}
BREAKS = (ArithmeticError, TypeError, LookupError, AttributeError)
_INPUT = "axolotl.utils.schemas.config.AxolotlInputConfig"
# Mappings that go to a function of another library, whose parameters are the names they may hold.
_HANDED_ON = {
    "gradient_checkpointing_kwargs": "torch.utils.checkpoint.checkpoint",
    "bnb_config_kwargs": "transformers.BitsAndBytesConfig",
    "accelerator_config": "transformers.trainer_pt_utils.AcceleratorConfig",
}


def check_keys(values: Mapping[str, Any], where: str) -> None:
    """Raise UserError naming every key, at any level, that Axolotl does not know: it would ignore them in silence."""
    if problems := unknown_keys(values, Path(where)):
        raise UserError("\n".join(problems))


# What a key that a plugin brings begins with, and the plugin.
_BROUGHT = {
    "liger_": "axolotl.integrations.liger.LigerPlugin",
    "cut_cross_entropy": "axolotl.integrations.cut_cross_entropy.CutCrossEntropyPlugin",
    "spectrum_": "axolotl.integrations.spectrum.SpectrumPlugin",
    "kd_": "axolotl.integrations.kd.KDPlugin",
    "grokfast_": "axolotl.integrations.grokfast.GrokfastPlugin",
    "swanlab_": "axolotl.integrations.swanlab.SwanLabPlugin",
}


def unknown_keys(values: Mapping[str, Any], path: Path) -> list[str]:
    """One line for each key that Axolotl does not know, with the nearest name and the line in the file at `path`."""
    lines, twice = key_lines(path)
    known = known_keys(values)
    problems = [f"{path}:{line}: '{place[-1]}' stands twice here: the last one counts" for place, line in twice]
    for place in _unknown(values, known, ()):
        line = f":{lines[place]}" if place in lines else ""
        problems.append(f"{path}{line}: Axolotl knows no key '{place[-1]}'{_under(place)}{_hint(place, known)}")
    return problems


def _unknown(value: Any, known: Names | None, place: Place) -> Iterator[Place]:
    if known is None:
        return
    if isinstance(value, list):
        for index, entry in enumerate(value):
            yield from _unknown(entry, known, (*place, index))
    elif isinstance(value, Mapping):
        for key, child in value.items():
            if str(key) not in known:
                yield (*place, str(key))
            else:
                yield from _unknown(child, known[str(key)], (*place, str(key)))


def _under(place: Place) -> str:
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in place[:-1]]
    return f" under {''.join(parts).removeprefix('.')}" if parts else ""


def _hint(place: Place, known: Names) -> str:
    """The nearest name at that level, or the level that has a key of this very name."""
    here: Names = known
    for part in place[:-1]:
        here = here if isinstance(part, int) else here[part]
    if len(place) > 1 and place[-1] in known:
        return ": it belongs to the top level"
    if plugin := next((p for key, p in _BROUGHT.items() if len(place) == 1 and str(place[0]).startswith(key)), None):
        near = difflib.get_close_matches(str(place[0]), here, n=1, cutoff=0.8)
        return f": did you mean '{near[0]}'?" if near else f": it needs plugins: [{plugin}]"
    if homes := [name for name, below in known.items() if below and place[-1] in below]:
        return f": it belongs under {' or '.join(homes[:2])}"
    near = difflib.get_close_matches(str(place[-1]), here, n=1)
    return f": did you mean '{near[0]}'?" if near else ""


def key_lines(path: Path) -> tuple[dict[Place, int], list[tuple[Place, int]]]:
    """The line of each key of a YAML file, and the keys that stand twice in one mapping with the line of the second."""
    lines: dict[Place, int] = {}
    twice: list[tuple[Place, int]] = []

    def walk(node: yaml.Node | None, place: Place) -> None:
        if isinstance(node, yaml.SequenceNode):
            for index, child in enumerate(node.value):
                walk(child, (*place, index))
        elif isinstance(node, yaml.MappingNode):
            for key, child in node.value:
                here, line = (*place, str(key.value)), key.start_mark.line + 1
                if here in lines and key.value != "<<":
                    twice.append((here, line))
                lines[here] = line
                walk(child, here)

    if path.is_file():
        walk(yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader), ())
    return lines, twice


def known_keys(values: Mapping[str, Any]) -> Names:
    """Every key that Axolotl and the recipe's plugins know, with those below it; cached, the look-up costs seconds."""
    plugins = values.get("plugins") or []
    if not isinstance(plugins, list) or not all(isinstance(plugin, str) for plugin in plugins):
        raise UserError("plugins: must be a list of names, such as [axolotl.integrations.liger.LigerPlugin]")
    cache = OUTPUTS / ".cache" / f"axolotl-{version('axolotl')}-keys.json"
    cached: dict[str, Names] = json.loads(cache.read_text(encoding="utf-8")) if cache.is_file() else {}
    wanted = ["", *(plugin for plugin in plugins if plugin.startswith("axolotl."))]
    if any(name not in cached for name in wanted):
        with noise_to(OUTPUTS / ".cache" / "schema.log"):
            cached |= {name: _keys_of(name) for name in wanted}
        write_text(cache, json.dumps(cached))
    return {key: below for name in wanted for key, below in cached[name].items()}


def _keys_of(plugin: str) -> Names:
    """The names of Axolotl's input model, or of a plugin's arguments."""
    path = _attribute(plugin)().get_input_args() if plugin else _INPUT
    if path is None:
        return {}
    found = _names(_attribute(path))
    return found if plugin else found | {key: _parameters(target) for key, target in _HANDED_ON.items()}


def _names(model: Any) -> Names:
    """Field names and aliases of a pydantic model; where a field holds models (in a list, a union), theirs below it."""
    found: Names = {}
    for name, field in model.model_fields.items():
        below: Names = {}
        for inner in _models(field.annotation):
            _lay(_names(inner), below)
        aliases = [field.alias, *getattr(field.validation_alias, "choices", [field.validation_alias])]
        found |= dict.fromkeys([name, *(str(alias) for alias in aliases if alias)], below or None)
    if "fsdp_config" in found:  # Axolotl still takes the prefix that these names once had
        found["fsdp_config"] |= {f"fsdp_{name}": None for name in found["fsdp_config"]}
    return found


def _lay(more: Names, over: Names) -> None:
    """Put names into others, level by level: of one key's several forms, each has names of its own below it."""
    for name, below in more.items():
        if below and over.get(name):
            _lay(below, over[name])
        else:
            over[name] = below or over.get(name)


def _models(annotation: Any) -> list[Any]:
    if hasattr(annotation, "model_fields"):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models(part)]


def _parameters(path: str) -> Names:
    names = [p.name for p in inspect.signature(_attribute(path)).parameters.values() if p.kind != p.VAR_KEYWORD]
    return dict.fromkeys([*names, "preserve_rng_state"] if "checkpoint" in path else names)


def _attribute(path: str) -> Any:
    module, _, name = path.rpartition(".")
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError):
        raise UserError(f"plugins: there is no '{path}'") from None


def plugins_nobody_has(values: Mapping[str, Any]) -> list[str]:
    """A line for each plugin, not of Axolotl's own, whose module is not there to import."""
    names = [str(name) for name in values.get("plugins") or [] if not str(name).startswith("axolotl.")]
    return [f"plugins: there is no '{name}'" for name in names if not _importable(name.rpartition(".")[0])]


def _importable(module: str) -> bool:
    try:
        return bool(module) and importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def validate(values: Mapping[str, Any], gpu: bool) -> None:
    """Run Axolotl's own validation on the resolved recipe, for a machine with or without a card. Takes seconds; raises
    UserError with everything that it refuses."""
    if found := errors(values, gpu):
        raise UserError("Axolotl refuses the recipe:\n" + "\n".join(f"  {line}" for line in found))


def errors(values: Mapping[str, Any], gpu: bool) -> list[str]:
    """All that Axolotl refuses in a recipe, a line each. Its validators run one after the other and the first that
    refuses hides the rest: where one did, each is asked by itself."""
    from pydantic import ValidationError

    os.environ.setdefault("AXOLOTL_DO_NOT_TRACK", "1")
    with noise_to(OUTPUTS / ".cache" / "schema.log"):
        try:
            validated(values, gpu)
            return names_nobody_knows(values)
        except ValidationError as error:
            whole = any(not e["loc"] for e in error.errors())
            return list(dict.fromkeys([*_lines(error), *(_each(values) if whole else [])]))
        except (ValueError, ImportError) as error:
            return [str(error)]
        except BREAKS as error:  # Axolotl counts with a value of a wrong type or 0 before it looks at it
            return [f"its validation breaks on a value ({type(error).__name__}: {error})"]


def names_nobody_knows(values: Mapping[str, Any]) -> list[str]:
    """A line for an optimizer or a schedule that there is not: to the schema both are any text."""
    from axolotl.utils.schemas.enums import CustomSupportedOptimizers
    from transformers import SchedulerType
    from transformers.training_args import OptimizerNames

    known = {
        "optimizer": [*(o.value for o in OptimizerNames), *(o.value for o in CustomSupportedOptimizers)],
        "lr_scheduler": [*(s.value for s in SchedulerType), "one_cycle", "rex"],
    }
    if isinstance(values.get("peft_init_lora_weights"), str):
        known["peft_init_lora_weights"] = [*_INITIAL, *[values["peft_init_lora_weights"]] * _pissa(values)]
    found = _schedule(values)
    for key, names in known.items():
        if values.get(key) is not None and values[key] not in names:
            near = difflib.get_close_matches(str(values[key]), names, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(names)}"
            found.append(f"{key}: there is no '{values[key]}': {hint}")
    return found


# PEFT's own; pissa_niter_N besides
_INITIAL = ("gaussian", "eva", "olora", "pissa", "corda", "loftq", "orthogonal", "mica", "lora_ga")


def _pissa(values: Mapping[str, Any]) -> bool:
    return bool(re.fullmatch(r"pissa_niter_\d+", values["peft_init_lora_weights"]))


def _schedule(values: Mapping[str, Any]) -> list[str]:
    """A line for each name in lr_scheduler_kwargs that its schedule does not take: the run would end at its start."""
    from transformers import SchedulerType
    from transformers.optimization import TYPE_TO_SCHEDULER_FUNCTION

    given, name = values.get("lr_scheduler_kwargs"), values.get("lr_scheduler") or "cosine"
    if not isinstance(given, dict) or name not in [kind.value for kind in SchedulerType]:
        return []
    takes = list(inspect.signature(TYPE_TO_SCHEDULER_FUNCTION[SchedulerType(name)]).parameters)
    found = []
    for key in given:
        if key not in takes:
            near = difflib.get_close_matches(str(key), takes, n=1)
            hint = f": did you mean '{near[0]}'?" if near else ""
            found.append(f"lr_scheduler_kwargs: the schedule {name} knows no '{key}'{hint}")
    return found


def validated(values: Mapping[str, Any], gpu: bool) -> Any:
    """The recipe as Axolotl's own schema completes it (a DictDefault). Raises pydantic's ValidationError and others."""
    from axolotl.cli.config import prepare_plugins
    from axolotl.utils.config import validate_config
    from axolotl.utils.dict import DictDefault

    config = DictDefault(json.loads(json.dumps(values)))
    config["plugins"] = [name for name in values.get("plugins") or [] if name.startswith("axolotl.")]
    prepare_plugins(config)
    torch = {"torch_version": version("torch").partition("+")[0]}
    return validate_config(config, capabilities=_CARD if gpu else _NO_CARD, env_capabilities=torch)


def _each(values: Mapping[str, Any]) -> list[str]:
    """What each of Axolotl's fields and of its validators of the raw recipe says by itself."""
    from pydantic import TypeAdapter, ValidationError

    model, found = _attribute(_INPUT), []
    for name, value in values.items():
        if name in model.model_fields:
            try:
                TypeAdapter(model.model_fields[name].annotation).validate_python(copy.deepcopy(value))
            except ValidationError as error:
                found += _lines(error, name)
    for validator in model.__pydantic_decorators__.model_validators.values():
        if validator.info.mode == "before":
            try:
                validator.func(copy.deepcopy(dict(values)))
            except ValueError as error:
                found.append(f"recipe: {error}")
            except (KeyError, TypeError, AttributeError):  # it counts on what another one fills in
                continue
    return found


def _lines(error: Any, *above: str) -> list[str]:
    """A line for each fault; the branches of a union that a value did not take are not told apart."""
    return [
        f"{'.'.join([*above, *map(str, e['loc'])]) or 'recipe'}: {e['msg'].removeprefix('Value error, ')}"
        for e in error.errors()
    ]

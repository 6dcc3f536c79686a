"""What a model computes with besides its weights: config.json against the base's, a GGUF file's metadata against it.

Some of it cannot be seen in the logits of short texts: a lost rope scaling shows behind thousands of tokens alone.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from ft import checkpoint, llama, merge
from ft.chain.hops import Hop, Work, form_of

# What a merge may change: names and versions, how weights are stored, and what the hop of the stop tokens looks at.
_FREE = {"_name_or_path", "architectures", "dtype", "quantization_config", "torch_dtype", "transformers_version"}
_FREE |= {"bos_token_id", "eos_token_id", "pad_token_id", "use_cache", "vocab_size"}
_OF_FORM = ("general.file_type", "general.quantization_version")
_NUMBERS = {
    "context_length": "max_position_embeddings",
    "attention.layer_norm_rms_epsilon": "rms_norm_eps",
    "expert_used_count": "num_experts_per_tok",
    "rope.freq_base": "rope_theta",
}
_UNSAID = 10000.0  # what llama.cpp and transformers take where a file or config.json has no rope_theta
_SCALED = {"rope.scaling.factor": "factor", "rope.scaling.original_context_length": "original_max_position_embeddings"}


def same_config(work: Work) -> Hop:
    """config.json of the merged model says what the base's does, but for what the recipe changes of it."""
    changes = dict(work.values.get("overrides_of_model_config") or {})
    wanted, found = config(merge.target(work.values), **changes), config(work.merged)
    for key in sorted({*wanted, *found} - _FREE):
        if wanted.get(key) != found.get(key):
            problem = f"{key} is {found.get(key)!r}, and the base has {wanted.get(key)!r}"
            return Hop("config", "", problem, "config.json of merged/ is not the one of the base: merge again")
    return Hop("config", "as the base's")


def config(folder: Path, **changes: Any) -> dict[str, Any]:
    """config.json as transformers reads it: an older form says the same."""
    from transformers import AutoConfig

    return dict(AutoConfig.from_pretrained(folder, **changes).to_dict())


def same_settings(work: Work, name: str, whole: str) -> Hop:
    """The 16-bit file's metadata says what config.json does; a quantised file's, what the 16-bit one's does."""
    folder, hop = work.folder / "gguf", f"{form_of(work, name)} settings"
    found = metadata(folder / name)
    if name == whole:
        problem = unlike(found, config(work.merged)) or _other_marks(found, work)
        cause = "the conversion: export again"
    else:
        problem, cause = _other(found, metadata(folder / whole)), "it is of another model: export again"
    return Hop(hop, "" if problem else "as they were trained", problem, cause if problem else "")


def metadata(path: Path) -> dict[str, Any]:
    """Every value of a GGUF file but its counts; `tensors` are the names of its tensors."""
    with llama.reader(path) as read:
        fields = {key: field.contents() for key, field in read.fields.items() if not key.startswith("GGUF.")}
        return fields | {"tensors": sorted(tensor.name for tensor in read.tensors)}


def _other(found: dict[str, Any], whole: dict[str, Any]) -> str:
    key = next((key for key in sorted({*found, *whole} - {*_OF_FORM}) if found.get(key) != whole.get(key)), "")
    return f"{key} is {_short(found.get(key))}, and the 16-bit file has {_short(whole.get(key))}" if key else ""


def unlike(found: dict[str, Any], config: dict[str, Any]) -> str:
    """The first value of a file's metadata that is not what config.json says, in words."""
    kind = found.get("general.architecture")
    rope = config.get("rope_parameters") or {}
    rope = rope.get("full_attention", rope)
    window = found.get(f"{kind}.attention.sliding_window")
    if window not in (None, config.get("sliding_window")):
        return f"{kind}.attention.sliding_window is {window}, and config.json has {config.get('sliding_window')}"
    numbers = (_differs(f"{kind}.{key}", found, rope.get(o, config.get(o))) for key, o in _NUMBERS.items())
    return next(filter(None, numbers), "") or _scaled(kind, found, rope)


def _other_marks(found: dict[str, Any], work: Work) -> str:
    """The tokens that begin and end a text: engines other than llama.cpp know no others than the file names."""
    tokenizer = work.corpus.tokenizer
    known = {"eos": {*checkpoint.ends(work.merged), tokenizer.eos_token_id}, "bos": {tokenizer.bos_token_id}}
    for name, ids in known.items():
        number = found.get(f"tokenizer.ggml.{name}_token_id")
        if number is not None and ids != {None} and number not in ids:
            wanted = ", ".join(str(one) for one in ids if one is not None)
            return f"tokenizer.ggml.{name}_token_id is {number}, and the merged model has {wanted}"
    return ""


def _scaled(kind: Any, found: dict[str, Any], rope: dict[str, Any]) -> str:
    """Rope scaling: what a short text does not show."""
    scaling, written = rope.get("rope_type", "default"), found.get(f"{kind}.rope.scaling.type", "none")
    if scaling == "llama3" and "rope_freqs.weight" not in found["tensors"]:
        return "rope_freqs.weight is not in it, and config.json has rope scaling of the kind llama3"
    if scaling in ("default", "linear", "yarn") and written != (scaling if scaling != "default" else "none"):
        return f"{kind}.rope.scaling.type is {written}, and config.json has {scaling}"
    numbers = _SCALED.items() if scaling in ("linear", "yarn") else ()
    return next(filter(None, (_differs(f"{kind}.{key}", found, rope.get(ours)) for key, ours in numbers)), "")


def _differs(key: str, found: dict[str, Any], wanted: Any) -> str:
    """Nothing where config.json does not say."""
    if not isinstance(wanted, int | float):
        return ""
    number = found.get(key, _UNSAID if key.endswith("rope.freq_base") else None)
    if isinstance(number, int | float) and math.isclose(number, wanted, rel_tol=1e-5):
        return ""
    return f"{key} is {number}, and config.json has {wanted}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:60] + " ..."

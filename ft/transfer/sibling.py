"""Is a model the sibling of an adapter's base? Kind and shapes, values, token ids: what a delta was learnt on.

Each check says what it found, or that it could not be made and why; what proves the contrary is a UserError.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ft import checkpoint
from ft.base import download, is_local
from ft.chain import hops
from ft.chain.corpus import EXAMPLES
from ft.checkpoint import Tensors, read_config, weight_map
from ft.tokenised import TOKENIZER_FILES
from ft.transfer.chats import Row
from ft.transfer.deltas import Deltas, progress
from prep.errors import UserError

# ||W_sibling - W_base|| / ||W_base|| over the adapted weights. Two models that have nothing in common are at 1.4 (their
# squares add up); what was fine-tuned from a base stays at some hundredths, a long further training at some tenths.
MAX_DISTANCE = 0.5
_SHAPES = ["hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads"]
_SHAPES += ["head_dim", "num_local_experts", "num_experts", "n_routed_experts"]
_STORED = {"BF16", "F16", "F32"}


@dataclass(frozen=True)
class Base:
    """The model that the adapter was trained on: its name, and what of it is at hand."""

    name: str
    config: dict[str, Any] | None
    weights: Path | None
    tokenizer: Path | None
    why: str = ""  # no weights, or none to rely on


@dataclass
class Proof:
    """What was found, a line for each check, and the distance where it was measured."""

    found: dict[str, str] = field(default_factory=dict)
    distance: float | None = None


def base_at_hand(name: str, trained: Path, fingerprint: str | None) -> Base:
    """`trained` is the adapter's folder, in which a run keeps the config and the tokenizer of its base; `fingerprint`
    what the base was in training, None where nobody wrote it down."""
    folder, weights, why = None, None, f"{name}, the base, is not on this disk"
    try:
        folder = _on_this_disk(name)
        weight_map(folder)
        same = fingerprint in (None, checkpoint.fingerprint(folder))
        weights, why = (folder, "") if same else (None, f"{name} is not what it was in training")
    except (UserError, OSError, ValueError):  # incomplete; or no name of the Hub
        pass
    places = [trained, *([folder] if folder else [])]
    config = next((read_config(place) for place in places if (place / "config.json").is_file()), None)
    tokenizer = next((place for place in places if (place / "tokenizer.json").is_file()), None)
    if (config is None or tokenizer is None) and not is_local(name):
        try:
            small = download(name, TOKENIZER_FILES)
        except UserError:
            small = None
        if small and (small / "config.json").is_file():
            config, tokenizer = config or read_config(small), tokenizer or small
    return Base(name, config, weights, tokenizer, why)


def _on_this_disk(name: str) -> Path:
    if is_local(name):
        return download(name)
    from huggingface_hub import snapshot_download

    return Path(snapshot_download(name, local_files_only=True))  # LocalEntryNotFoundError is an OSError


def same_kind(base: Base, onto: Path, proof: Proof) -> None:
    """Architecture and shapes of the two configs; another vocabulary is told."""
    theirs = read_config(onto)
    quantised = (theirs.get("quantization_config") or {}).get("quant_method")
    if quantised not in (None, "mxfp4"):
        raise UserError(f"{onto}: its weights are stored in {quantised}: take the model as published in 16 bits")
    if base.config is None:
        proof.found["architecture"] = f"not checked: no config.json of {base.name} here"
        return
    ours = base.config
    for key in ("architectures", "model_type", *_SHAPES):
        one, other = ours.get(key), theirs.get(key)
        if one != other and (key in ("architectures", "model_type") or None not in (one, other)):
            raise UserError(f"{onto}: no sibling of {base.name}: its {key} is {_plain(other)}, there {_plain(one)}")
    found, sizes = _plain(theirs.get("architectures")), (ours.get("vocab_size"), theirs.get("vocab_size"))
    same = sizes[0] == sizes[1]
    proof.found["architecture"] = f"{found}, the same shapes" + ("" if same else f"; vocabulary {sizes[1]}, {sizes[0]}")


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def same_shapes(deltas: Deltas, onto: Path, proof: Proof) -> None:
    """Every weight that the adapter adds to is there, in the same shape, in a format that can be added to."""
    from safetensors import safe_open

    places = weight_map(onto)
    missing = [name for name in deltas.pairs if name not in places]
    if missing:
        tied = " (tied to its embeddings?)" if missing[0].startswith("lm_head") else ""
        raise UserError(
            f"{onto}: {len(missing)} of {len(deltas.pairs)} adapted weights are not in it, or in another form: "
            f"{missing[0]}{tied}"
        )
    for file in sorted({places[name] for name in deltas.pairs}):
        with safe_open(file, framework="pt") as tensors:
            for name in (name for name in deltas.pairs if places[name] == file):
                a, b = deltas.pairs[name]
                piece, wanted = tensors.get_slice(name), [b.shape[0], a.shape[1]]
                if list(piece.get_shape()) != wanted:
                    raise UserError(f"{onto}: {name} is {list(piece.get_shape())}, and was trained as {wanted}")
                if piece.get_dtype() not in _STORED:
                    raise UserError(f"{onto}: {name} is stored as {piece.get_dtype()}: take the model in 16 bits")
    proof.found["adapted weights"] = f"all {len(deltas.pairs)} are there, in the same shapes"


def same_values(base: Base, deltas: Deltas, onto: Path, proof: Proof) -> None:
    """How far the adapted weights are from the base's, as a share of their size; `proof.distance` has it."""
    if base.weights is None:
        proof.found["values"] = f"not checked: {base.why}"
        return
    away = size = 0.0
    with Tensors(base.weights) as ours, Tensors(onto) as theirs:
        names = [name for name in deltas.pairs if name in ours.map]
        with progress("comparing with the base", len(names)) as done:
            for name in names:
                one, other = ours[name].float(), theirs[name].float()
                if one.shape != other.shape:
                    raise UserError(f"{onto}: {name} is {list(other.shape)}, and {list(one.shape)} in {base.name}")
                away += float((other - one).double().square().sum())
                size += float(one.double().square().sum())
                done()
    if not size:
        proof.found["values"] = f"not checked: {base.name} stores the adapted weights in another form"
        return
    proof.distance = (away / size) ** 0.5
    proof.found["values"] = f"{proof.distance:.2%} away from {base.name} (a model of another origin: about 140%)"


def unrelated(base: Base, onto: Path, proof: Proof) -> str:
    """Why the values say that it is no sibling; empty where they do not."""
    if proof.distance == 0:
        return f"{onto}: its adapted weights are those of {base.name} itself: python -m ft merge is for that"
    if proof.distance is None or proof.distance <= MAX_DISTANCE:
        return ""
    return (
        f"{onto}: no descendant of {base.name}: its adapted weights are {proof.distance:.0%} away from it, limit "
        f"{MAX_DISTANCE:.0%}: what was learnt there means nothing here (--force does it all the same)"
    )


def same_tokens(base: Base, ours: Any | None, theirs: Any, chats: dict[str, list[Row]], proof: Proof) -> None:
    """Both tokenizers on the texts of the examples; `ours` is that of training, None where there is none."""
    if ours is None:
        proof.found["token ids"] = f"not checked: no tokenizer of {base.name} here"
        return
    said = [turn["content"] for rows in chats.values() for row in rows for turn in row["messages"]]
    texts = [text for text in said if isinstance(text, str)][:EXAMPLES]
    for text in texts:
        one, other = (tokenizer(text, add_special_tokens=False)["input_ids"] for tokenizer in (ours, theirs))
        if one != other:
            what = _first(ours, theirs, one, other)
            raise UserError(f"{theirs.name_or_path}: other token ids than in training, in {text[:30]!r}: {what}")
    known, here = set(ours.get_vocab()), set(theirs.get_vocab())
    differing = {"only here": sorted(here - known), f"only in {base.name}": sorted(known - here)}
    more = [f"{len(found)} tokens {where}: {', '.join(found[:3])}" for where, found in differing.items() if found]
    proof.found["token ids"] = "; ".join([f"the same for {len(texts)} texts", *more])


def _first(ours: Any, theirs: Any, one: list[int], other: list[int]) -> str:
    place = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if place is None:
        return hops.difference(ours, one, other)
    trained, found = f"{one[place]} {ours.decode(one[place])!r}", f"{other[place]} {theirs.decode(other[place])!r}"
    return f"token {place} is {found}, and {trained} was trained"


def tokenizer(folder: Path, kind: str | None) -> Any:
    """The tokenizer of a folder, of the class that the run named. Raises UserError where it cannot be loaded."""
    import transformers

    try:
        return getattr(transformers, kind or "AutoTokenizer").from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError, KeyError, AttributeError, ImportError) as error:
        raise UserError(f"{folder}: its tokenizer cannot be loaded: {' '.join(str(error).split())[:200]}") from None

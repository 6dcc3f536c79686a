"""README.md of what ships, in the Hub's model card format: every line from a record of the run, and what has none is
named with the command that makes it. Written with each export, again when the parity chain was gone through."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ft import export, lock, runs
from ft.card import evaluated, facts, markdown, material, origin, portable, proof
from ft.card.evaluated import Evaluation
from ft.card.material import Dataset
from ft.card.origin import Origin
from ft.card.proof import Proof
from ft.recipe import read_yaml, run_folder
from prep.files import write_bytes, write_text

CARD, CURVE = "README.md", "loss.png"
_TEMPLATES = Path(__file__).parent


@dataclass(frozen=True)
class Kind:
    """An export as the Hub's metadata has it."""

    relation: str
    library: str
    tags: tuple[str, ...]


KINDS = {
    "gguf": Kind("quantized", "gguf", ("gguf", "llama.cpp")),
    "lmstudio": Kind("quantized", "gguf", ("gguf", "llama.cpp")),
    "vllm": Kind("finetune", "transformers", ()),  # `merge` is what the Hub calls a mixture of several models
    "adapter": Kind("adapter", "peft", ("lora",)),
}


@dataclass(frozen=True)
class Known:
    """All that the records say of a run and of one of its exports."""

    folder: Path
    kind: str
    files: list[str]  # GGUF files that ship
    values: dict[str, Any]
    record: dict[str, Any]
    origin: Origin
    datasets: list[Dataset]
    evaluation: Evaluation
    proof: Proof
    repo: str = ""

    @property
    def about(self) -> Kind:
        return KINDS[self.kind]


def write(folder: Path, kind: str, place: Path, repo: str = "") -> list[Path]:
    """The card of the export of `kind` that lies in `place`, and the loss curve beside it; returns their paths."""
    found = known(folder, kind, sorted(path.name for path in place.glob("*.gguf")), repo)
    curve = _curve(folder)
    if curve:
        write_bytes(place / CURVE, curve)
    write_text(place / CARD, text(found, place, bool(curve)))
    return [place / CARD, *([place / CURVE] if curve else [])]


def refresh(model: str) -> list[Path]:
    """Write again the cards of what was exported already; returns their paths."""
    folder = run_folder(model)
    places = [("gguf", folder / "gguf"), ("adapter", folder / "adapter")]
    places += [("lmstudio", path.parent) for path in folder.glob(f"lmstudio/*/*/{CARD}")]
    places += [("vllm", folder / "merged")] if (folder / "vllm.json").is_file() else []
    with lock.hold(folder, "card"):
        return [write(folder, kind, place)[0] for kind, place in places if place.is_dir()]


def known(folder: Path, kind: str, files: list[str], repo: str = "") -> Known:
    """Read the records. Nothing is looked up on a network, but what ft.base.published asks of a gpt-oss recipe."""
    values, record = read_yaml(folder / "recipe.yaml"), runs.read(folder)
    if kind in ("gguf", "lmstudio"):  # in the order in which they were made, and none that the record does not have
        files = [name for name in export.read(folder / "gguf").get("files", {}) if name in files]
    else:
        files = []
    return Known(
        folder,
        kind,
        files,
        values,
        record,
        origin.of(folder, values, record),
        material.datasets(record),
        evaluated.of(folder, {export.form_of(folder, name): folder / "gguf" / name for name in files}),
        proof.of(folder, files),
        repo,
    )


def _curve(folder: Path) -> bytes | None:
    """loss.png, drawn where it is missing and losses were logged."""
    path = folder / CURVE
    if not path.is_file() and any(runs.losses(runs.progress(folder), "loss")):
        runs.plot(folder, f"{folder.name}: loss")
    return path.read_bytes() if path.is_file() else None


def text(found: Known, place: Path, curve: bool) -> str:
    """The whole card."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=False,  # noqa: S701 (Markdown: ft/card/markdown.py keeps each text in its place)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"plain": markdown.plain, "code": markdown.code, "fenced": markdown.fenced}
    environment.filters |= {"place": portable.path, "local": portable.text}
    body = environment.get_template("modelcard.md").render(**facts.facts(found, place, curve))
    return f"---\n{facts.front_matter(found)}\n---\n\n{body}"

"""What a run was trained on, by its own record: files and hashes, and what their manifests say of them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ft import base
from ft.card import portable
from prep.files import sha256_file


@dataclass(frozen=True)
class File:
    """A file of examples; `rows` is None where it is no longer there as it was."""

    path: str
    sha256: str
    rows: int | None


@dataclass(frozen=True)
class Dataset:
    """A built dataset by its manifest. `problem`: why only its hash is known, in words; else it is as it was."""

    folder: str
    sha256: str
    problem: str = ""
    name: str = ""
    version: str = ""
    judges: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)  # programming languages of its sources
    documents: dict[str, int] = field(default_factory=dict)  # by split
    examples: dict[str, dict[str, int]] = field(default_factory=dict)  # by task, then by split
    licences: dict[str, int] = field(default_factory=dict)  # how many scripts name which
    trained: bool = False  # the files that were trained on are the ones that it wrote
    card: dict[str, Any] = field(default_factory=dict)  # the front matter of its own card
    command: str = ""  # that builds it

    @property
    def count(self) -> int:
        """Examples of its training split."""
        return sum(splits.get("train", 0) for splits in self.examples.values())


def files(record: dict[str, Any]) -> list[File]:
    return [File(portable.path(name), sha, _rows(Path(name), sha)) for name, sha in record.get("data", {}).items()]


def _rows(path: Path, sha256: str) -> int | None:
    if not path.is_file() or sha256_file(path) != sha256:
        return None
    with path.open("rb") as file:
        return sum(1 for line in file if line.strip())


def hub_datasets(values: dict[str, Any]) -> list[str]:
    """The datasets of the Hub that a recipe trains on, by name."""
    named = [str(entry.get("path", "")) for entry in values.get("datasets") or [] if isinstance(entry, dict)]
    return sorted({name for name in named if "/" in name and not base.is_local(name) and not Path(name).suffix})


def datasets(record: dict[str, Any]) -> list[Dataset]:
    """The built datasets that the run's record names by the hash of their manifest."""
    return [_dataset(Path(name), sha, record.get("data", {})) for name, sha in record.get("manifests", {}).items()]


def _dataset(path: Path, sha256: str, trained: dict[str, str]) -> Dataset:
    folder = portable.path(path.parent)
    if not path.is_file():
        return Dataset(folder, sha256, "it is no longer there")
    if sha256_file(path) != sha256:
        return Dataset(folder, sha256, "it was built anew since, and the manifest is another one now")
    manifest = _manifest(path)
    if not manifest:
        return Dataset(folder, sha256, "it is no manifest of this kit")
    stats = _same(path.parent / "stats.json", manifest)
    told = json.loads(stats.read_text(encoding="utf-8")) if stats else {}
    outputs = manifest.get("outputs", {})
    mine = [sha == outputs.get(Path(name).name) for name, sha in trained.items() if Path(name).parent == path.parent]
    recipe = Path("configs/data") / f"{manifest.get('name')}.yaml"
    return Dataset(
        folder=folder,
        sha256=sha256,
        problem="" if stats else "its stats.json is not the one that was built: its counts are not known",
        name=str(manifest.get("name", "")),
        version=str(manifest.get("version", "")),
        judges=list(manifest.get("judges", [])),
        languages=sorted({one["language"] for one in manifest["recipe"]["sources"] if one.get("language")}),
        documents=told.get("documents", {}),
        examples=told.get("examples", {}),
        licences=told.get("licences", {}),
        trained=bool(mine) and all(mine),
        card=_front_matter(_same(path.parent / "README.md", manifest)),
        command=f"python -m prep build {recipe.as_posix()}" if recipe.is_file() else "",
    )


def _manifest(path: Path) -> dict[str, Any]:
    """Empty for another tool's file of that name."""
    from prep.manifest import BUILDER

    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) and found.get("builder") == BUILDER else {}


def _same(path: Path, manifest: dict[str, Any]) -> Path | None:
    """A file that is as the build wrote it."""
    wanted = manifest.get("outputs", {}).get(path.name)
    return path if path.is_file() and sha256_file(path) == wanted else None


def _front_matter(readme: Path | None) -> dict[str, Any]:
    from huggingface_hub import metadata_load

    return dict(metadata_load(readme) or {}) if readme else {}

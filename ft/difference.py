"""What two runs, or a recipe and a run, have apart: recipe values, data, versions, machine, results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ft import data, history
from ft.history import Past
from ft.recipe import CONFIGS, OUTPUTS, read_yaml, resolve
from prep.errors import UserError
from prep.files import sha256_file, write_json

# What the launcher sets by itself in every run: a folder, a key of the data's content, a checkpoint.
_LAUNCHER = {"dataset_prepared_path", "resume_from_checkpoint", "output_dir"}
_KIT = "ft.plugin.Kit"
_RESULTS = (
    "status",
    "steps",
    "loss",
    "eval_loss",
    "eval_accuracy",
    "seconds",
    "tokens_per_second",
    "ram_gib",
    "vram_gib",
)


@dataclass(frozen=True)
class Side:
    """A run, or a recipe that has not run: then without versions, machine and results of its own."""

    name: str
    values: dict[str, Any]
    data: dict[str, str]  # path -> sha256, "" for a file that is not there
    record: dict[str, Any] = field(default_factory=dict)
    result: Past | None = None


@dataclass(frozen=True)
class Row:
    """One thing that is not the same on both sides; None where a side has none."""

    what: str
    a: Any
    b: Any
    why: str = ""


@dataclass(frozen=True)
class Difference:
    a: str
    b: str
    recipe: list[Row]
    data: list[Row]
    versions: list[Row]
    results: list[Row]  # all that either has, equal ones too

    def write(self, path: Path) -> None:
        write_json(path, asdict(self))


def compare(a: str, b: str) -> Difference:
    """`a` and `b`: the names or folders of runs, or recipes (a path to one, or a name of which there is no run)."""
    left, right = side(a), side(b)
    reasons = {key: why for one in (left, right) for key, _, _, why in one.record.get("changes", [])}
    return Difference(
        a=left.name,
        b=right.name,
        recipe=rows(flat(left.values), flat(right.values), reasons),
        data=[Row(w, _file(w, x), _file(w, y)) for w, x, y in _apart(left.data, right.data)],
        versions=rows(_versions(left), _versions(right)) if left.record and right.record else [],
        results=_results(left.result, right.result),
    )


def compare_values(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[Row]:
    """Two recipes' values, without what is the launcher's own."""
    return rows(flat(a), flat(b))


def side(name: str) -> Side:
    """Raises UserError when there is neither a run nor a recipe of that name."""
    if not name.endswith((".yaml", ".yml")):
        for folder in (OUTPUTS / name, Path(name)):
            if (folder / history.RECORD).is_file():
                return _run(folder)
        if not (CONFIGS / f"{name}.yaml").is_file():
            raise UserError(f"{name}: neither a run under {OUTPUTS}/ nor a recipe: python -m ft runs lists the runs")
    recipe = resolve(name)
    return Side(f"{recipe.path}", recipe.values, _hashes(recipe.values))


def _run(folder: Path) -> Side:
    record = history.read(folder / history.RECORD)
    values = read_yaml(folder / "recipe.yaml")
    return Side(str(folder), values, record.get("data", {}), record, history.past(folder))


def _hashes(values: Mapping[str, Any]) -> dict[str, str]:
    return {str(path): sha256_file(path) if path.is_file() else "" for path in data.files(values)}


def rows(a: Mapping[str, Any], b: Mapping[str, Any], reasons: Mapping[str, str] | None = None) -> list[Row]:
    """What is not equal, in the order of `a`, then what only `b` has."""
    return [Row(key, x, y, (reasons or {}).get(key.partition("[")[0], "")) for key, x, y in _apart(a, b)]


def _apart(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    keys = [*a, *(key for key in b if key not in a)]
    return [(key, a.get(key), b.get(key)) for key in keys if a.get(key) != b.get(key)]


def flat(values: Mapping[str, Any]) -> dict[str, Any]:
    """A recipe's values under dotted names (datasets[0].path), without what is the launcher's own."""
    own = {key: value for key, value in values.items() if key not in _LAUNCHER}
    if plugins := own.pop("plugins", None):
        own["plugins"] = [name for name in plugins if name != _KIT] or None
    return {name: value for name, value in _named(own, "") if value is not None}


def _named(values: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            yield from _named(value, f"{name}.")
        elif isinstance(value, list) and value and all(isinstance(entry, dict) for entry in value):
            for number, entry in enumerate(value):
                yield from _named(entry, f"{name}[{number}].")
        else:
            yield name, value


def _file(path: str, sha256: str | None) -> str | None:
    """A data file in words: its hash, and its rows where the file that lies there is still the same."""
    if sha256 is None:
        return None
    if not sha256:
        return "not there"
    file = Path(path)
    if not file.is_file() or sha256_file(file) != sha256:
        return f"{sha256[:12]} (no longer on this disk)"
    with file.open("rb") as lines:
        return f"{sha256[:12]}, {sum(1 for _ in lines):,} rows"


def _versions(one: Side) -> dict[str, Any]:
    git, machine = one.record.get("git", {}), one.record.get("hardware", {})
    found = {f"git {key}": value for key, value in git.items()} | dict(one.record.get("versions", {}))
    cards = ", ".join(card["name"] for card in machine.get("gpus", []))
    return found | {"processor": machine.get("cpu"), "cores": machine.get("cores"), "cards": cards or None}


def _results(a: Past | None, b: Past | None) -> list[Row]:
    found = [Row(key, getattr(a, key, None), getattr(b, key, None)) for key in _RESULTS]
    return [row for row in found if row.a is not None or row.b is not None]

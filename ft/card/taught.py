"""What a run was trained on, in lines: examples, documents, licences, files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ft.card import material, portable
from ft.card.markdown import code, plain, table
from ft.card.material import Dataset
from ft.recipe import short

if TYPE_CHECKING:
    from ft.card.modelcard import Known

_SPLITS = {"train": "training", "val": "validation", "test": "the test"}


def languages(found: Known) -> str:
    named = sorted({language for data in found.datasets for language in data.languages})
    return " and ".join(named)


def trained_on(found: Known) -> str:
    """How many examples, of what: by the manifests, or by the lines of the files."""
    about = f" about {plain(languages(found))}" if languages(found) else ""
    counts = [data.count for data in found.datasets if data.trained and data.count]
    rows = [one.rows for one in material.files(found.record) if one.path not in _held_out(found)]
    known = counts or [count for count in rows if count is not None]
    return f"{sum(known):,} examples{about}" if known else f"its examples{about}"


def _held_out(found: Known) -> set[str]:
    entries = found.values.get("test_datasets") or []
    return {portable.path(str(entry.get("path"))) for entry in entries if isinstance(entry, dict)}


def counts(data: Dataset) -> str:
    from prep.card import TASKS

    rows = [
        [plain(task), TASKS.get(task, ""), *(f"{splits.get(name, 0):,}" for name in _SPLITS)]
        for task, splits in data.examples.items()
    ]
    total = [f"{sum(splits.get(name, 0) for splits in data.examples.values()):,}" for name in _SPLITS]
    return table(["task", "what it asks", "train", "val", "test"], [*rows, ["**all**", "", *total]], text=2)


def documents(data: Dataset) -> str:
    told = [f"{data.documents[name]:,} for {use}" for name, use in _SPLITS.items() if name in data.documents]
    return f"documents ({', '.join(told)})" if told else "documents"


def licences(data: Dataset) -> str:
    return ", ".join(f"{plain(name)} ({count:,} scripts)" for name, count in data.licences.items())


def rehearsed(found: Known) -> str:
    """What a rehearsal took of the recipe's own data; "" for a run that took all."""
    for key, before, after, why in found.record.get("changes", []):
        if key == "datasets" and before and after and "rows" in str(why):
            return f"{plain(why)}, {code(short(portable.values(before)))}"
    return ""


def data_files(found: Known) -> list[str]:
    """The files of the record with their hashes: what was trained on, and what was held out."""
    shown = []
    for one in material.files(found.record):
        rows = "gone, or changed since" if one.rows is None else f"{one.rows:,} rows"
        use = "for validation" if one.path in _held_out(found) else "trained on"
        shown.append(f"{code(one.path)}, {use}, {rows}, SHA-256 {code(one.sha256)}")
    return shown

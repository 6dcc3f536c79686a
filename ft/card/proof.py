"""What `ft verify --all` found of the files that ship: the hops of the parity chain, and the answers to the prompts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ft import export, runs

RESULT = "parity.json"
MERGED = "merged"  # the answers of the merged model, among those of files


@dataclass(frozen=True)
class Row:
    """One hop; `found` is what was seen, or what is wrong."""

    hop: str
    found: str
    failed: bool
    distance: dict[str, float] | None = None  # between two models' logits: what ft/chain/distance.py has


@dataclass(frozen=True)
class Answer:
    """An answer, of several files where they wrote the same. `loads` is None where nothing was judged; `why` says."""

    forms: list[str]
    text: str
    stopped: bool
    loads: bool | None
    why: str


@dataclass(frozen=True)
class Asked:
    prompt: str
    source: str
    answers: list[Answer]


@dataclass(frozen=True)
class Proof:
    """`gone` is True where the chain was gone through at all; of the forms that ship, `proven` are those that it is of,
    and `other` the rest: not gone through with, or with another file of that name."""

    gone: bool
    rows: list[Row]
    proven: list[str]
    other: list[str]
    failures: list[str]
    examples: int
    asked: list[Asked]


def of(folder: Path, files: list[str]) -> Proof:
    """Of the GGUF files by name, or, without any, of the merged model."""
    told = read(folder / RESULT)
    trained = told.get("run") == runs.read(folder).get("recipe_sha256")  # not so after a run that went on
    entries = {
        export.form_of(folder, name): entry for name, entry in export.read(folder / "gguf").get("files", {}).items()
    }
    seen = {export.form_of(folder, name): entry for name, entry in told.get("files", {}).items()}
    equal = [form for form, entry in entries.items() if seen.get(form, {}).get("sha256") == entry["sha256"]]
    same = set(equal if trained else [])
    wanted = [export.form_of(folder, name) for name in files]
    if not files and told:
        wanted, same = [MERGED], ({MERGED} if same and _is_of_merged(folder) else set())
    proven = [form for form in wanted if form in same]
    kept = [hop for hop in told.get("hops", []) if _is_about(hop["name"], set(seen), proven)] if proven else []
    return Proof(
        gone=bool(told),
        rows=[_row(hop) for hop in kept],
        proven=proven,
        other=[form for form in wanted if form not in same],
        failures=list(told.get("failures", [])) if proven else [],
        examples=int(told.get("examples", 0)),
        asked=[one for one in (_asked(told, proven) for told in told.get("transcript") or []) if one.answers],
    )


def read(path: Path) -> dict[str, Any]:
    """parity.json; empty without one, or where it is damaged."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    whole = isinstance(found, dict) and isinstance(found.get("files"), dict) and isinstance(found.get("hops", []), list)
    return found if whole and all(isinstance(hop, dict) and "name" in hop for hop in found.get("hops", [])) else {}


def _is_of_merged(folder: Path) -> bool:
    """The GGUF files, which the chain was gone through with, were made of the merged model that is there now."""
    merged = folder / "merged"
    return merged.is_dir() and export.read(folder / "gguf").get("merged") == export.fingerprint(merged)


def _is_about(hop: str, forms: set[str], proven: list[str]) -> bool:
    """A hop of no file, or of one that ships: `Q4_K_M logits` is of Q4_K_M."""
    form = hop.partition(" ")[0]
    return form not in forms or form in proven


def _row(hop: dict[str, Any]) -> Row:
    problem = str(hop.get("problem") or "")
    found = f"{problem}; likely cause: {hop.get('cause')}" if problem else str(hop.get("found", ""))
    return Row(str(hop["name"]), found, bool(problem), hop.get("distance"))


def _asked(told: dict[str, Any], forms: list[str]) -> Asked:
    """Files that gave the same answer share it."""
    answers: list[Answer] = []
    for form in forms:
        one = told.get("answers", {}).get(form)
        if one is None:
            continue
        found = Answer([form], str(one["text"]), bool(one["stopped"]), one.get("loads"), str(one.get("why") or ""))
        alike = next(
            (a for a in answers if (a.text, a.stopped, a.loads) == (found.text, found.stopped, found.loads)), None
        )
        if alike:
            alike.forms.append(form)
        else:
            answers.append(found)
    return Asked(str(told["prompt"]), str(told.get("source", "")), answers)

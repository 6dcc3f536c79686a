"""How a run was trained, in lines: loss, time, machine, versions, command, and what was changed from the recipe."""

from __future__ import annotations

import shlex
from collections import Counter
from typing import TYPE_CHECKING, Any

from ft import history, runs
from ft.card import portable
from ft.card.markdown import code, plain
from ft.recipe import short

if TYPE_CHECKING:
    from ft.card.modelcard import Known


def training(found: Known) -> list[str]:
    record, past = found.record, history.past(found.folder)
    if not record:
        return ["Nothing else is known of this run: it has no run.json. `python -m ft train` writes one"]
    if carried := record.get("injected"):
        source, weight = code(portable.path(str(carried.get("adapter")))), carried.get("weight")
        return [
            f"Not at all, on this base: the adapter of {source} was carried onto it with weight {weight} "
            "(`python -m ft inject`); how that one was trained its own card tells",
            _hardware(record.get("hardware") or {}),
        ]
    final = {"loss": past.loss, "eval_loss": past.eval_loss} | record.get("final", {})
    lines = [_loss(final, past.eval_accuracy)]
    passes = history.last(runs.progress(found.folder), "epoch")
    over = f", {float(passes):.2f} passes over the training data," if passes is not None else ""
    lines.append(f"{past.steps or 0:,} steps{over} in {_time(past.seconds)}, {_dates(record)}; {_seed(found)}")
    lines.append(_hardware(record.get("hardware") or {}))
    versions = ", ".join(f"{name} {found}" for name, found in (record.get("versions") or {}).items())
    lines.append(f"With {plain(versions)}" if versions else "No versions are on record")
    argv = portable.text(shlex.join(portable.values(record.get("argv") or [])))
    lines.append(f"By {code(argv)}" if argv else "No command is on record")
    commit, dirty = (record.get("git") or {}).get("commit"), (record.get("git") or {}).get("dirty")
    lines.append(
        f"The kit at commit {code(commit)}{', with changes that were not committed' if dirty else ''}"
        if commit
        else "No commit is on record: it was not trained in a git checkout of the kit"
    )
    recipe, digest = portable.path(record.get("recipe", "?")), str(record.get("recipe_sha256"))
    lines.append(f"Recipe {code(recipe)}, as it ran SHA-256 {code(digest)}")
    return [*lines, *(f"Warned in training: {plain(portable.text(str(one)))}" for one in record.get("warnings") or [])]


def _loss(final: dict[str, Any], accuracy: float | None) -> str:
    names = {"loss": "of the last logged step", "eval_loss": "of the validation data at the end"}
    told = [f"{float(final[key]):.4f} {words}" for key, words in names.items() if final.get(key) is not None]
    if not told:
        return "No loss was logged"
    more = f"; token accuracy on the validation data {accuracy:.1%}" if accuracy is not None else ""
    missing = (
        ""
        if final.get("eval_loss") is not None
        else "; no validation loss was measured (`test_datasets` in the recipe)"
    )
    return f"Loss in nats a token: {', '.join(told)}{more}{missing}"


def _time(seconds: float | None) -> str:
    if seconds is None:
        return "an unrecorded time"
    minutes, left = divmod(round(seconds), 60)
    parts = [(minutes // 60, "h"), (minutes % 60, "min"), (left, "s")]
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "less than a second"


def _dates(record: dict[str, Any]) -> str:
    first = (record.get("attempts") or [record])[0].get("started") or "?"
    return f"from {plain(str(first))} to {plain(str(record.get('ended', '?')))}"


def _seed(found: Known) -> str:
    seed = found.values.get("seed")
    return f"seed {seed}" if seed is not None else "no seed in the recipe: Axolotl's own"


def _hardware(told: dict[str, Any]) -> str:
    if not told:
        return "No hardware is on record"
    names = Counter(f"{card.get('name')} ({card.get('memory_gib') or '?'} GiB)" for card in told.get("gpus") or [])
    cards = ", ".join(f"{count} x {name}" for name, count in names.items()) or "no GPU"
    return plain(
        f"On {cards}; {told.get('cpu')}, {told.get('cores')} cores, {told.get('memory_gib')} GiB of memory; "
        f"{told.get('system')}, Python {told.get('python')}"
    )


def dropped(found: Known) -> str:
    dropped = [key for key in found.values if str(key).startswith(portable.TRACKERS)]
    return f"Left out, because they name accounts: {', '.join(map(code, dropped))}." if dropped else ""


def changes(found: Known) -> str:
    """A line for each value that is not as the recipe's file says it."""
    lines = [
        f"- {code(str(key))}: {code(_cut(before))} in the file, {code(_cut(after))} as it ran"
        + (f": {plain(portable.text(str(why)))}" if why else "")
        for key, before, after, why in found.record.get("changes", [])
        if not str(key).startswith(portable.TRACKERS)
    ]
    return "\n".join(lines)


def _cut(value: Any) -> str:
    shown = short(portable.values(value))
    return shown if len(shown) <= 100 else f"{shown[:97]}..."

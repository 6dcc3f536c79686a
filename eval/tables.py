"""What `eval` prints at its end: short tables that fit 80 columns."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from eval.harness.verdict import KINDS
from eval.results import read_results

if TYPE_CHECKING:
    from eval.compare import Change, Comparison, Task
    from eval.execute import Score
    from eval.sides import Side


def console() -> Console:
    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=80)


@contextmanager
def progress(total: int) -> Iterator[Callable[[int], None]]:
    """A bar on stderr; yields what is called with how many more are done."""
    with Progress(*Progress.get_default_columns(), console=Console(stderr=True)) as bar:
        task = bar.add_task(f"{total} answers", total=total)
        yield lambda count: bar.advance(task, count)


def scores(found: Mapping[str, Score]) -> None:
    """pass@k and the verdicts, a row for each category."""
    table = Table(
        "category",
        "tasks",
        *(f"pass@{k}" for k in found["all"].pass_at),
        *KINDS,
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        show_edge=False,
    )
    for column in table.columns[1:]:
        column.justify, column.no_wrap = "right", True
    for name, score in found.items():
        rates = [f"{score.pass_at[k]:.1%}" if k in score.pass_at else "" for k in found["all"].pass_at]
        if name == "all" and len(found) > 2:
            table.add_section()
        if name != "all" or len(found) != 2:
            table.add_row(name, str(score.tasks), *rates, *(str(score.verdicts[kind] or "") for kind in KINDS))
    console().print(table)


def results(target: Path) -> None:
    """For each task its metrics, a column for each subject, intervals under the headline; then how fast each was."""
    found = read_results(target)
    subjects = list(found["subjects"])
    table = Table("task", "items", "metric", *subjects, box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    for column in (table.columns[1], *table.columns[3:]):
        column.justify = "right"
    table.columns[0].overflow = "fold"
    for task, result in found["tasks"].items():
        for place, (metric, values) in enumerate(result["metrics"].items()):
            share = result["intervals"].get(metric, {})
            cells = [_measured(values.get(name), share.get(name)) for name in subjects]
            table.add_row(*((task, str(result["n"])) if not place else ("", "")), metric, *cells)
        if not result["metrics"]:
            table.add_row(task, str(result["n"]), "answers to read", *("" for _ in subjects))
    out = console()
    out.print(table)
    for name, speed in found["speed"].items():
        out.print(_speed(name, speed), markup=False)
    out.print("[low, high]: 95 % intervals over the items", markup=False)
    for line in _verdicts(target, len(subjects)):
        out.print(line, markup=False)
    out.print(f"results: {target}: results.json, answers.jsonl (every item), report.html", soft_wrap=True, markup=False)


def _verdicts(target: Path, subjects: int) -> Iterator[str]:
    """Each subject against the first, a line a task."""
    from eval import compare, sides

    found = sides.find([str(target)]) if subjects > 1 else []
    for one in compare.compare([(found[0], other) for other in found[1:]]):
        yield from (f"{task.task}, {sentence(task, one)}" for task in one.tasks)


def _measured(value: float | None, interval: Sequence[float] | None) -> str:
    if value is None:
        return "-"
    return f"{value:.4g}" + (f"\n\\[{interval[0]:.3g}, {interval[1]:.3g}]" if interval else "")


def _speed(name: str, found: Mapping[str, float | None]) -> str:
    answers, seconds, rate = found["answers"], found["seconds"], found["tokens_per_second"]
    each = f", {seconds / answers:.3g} s each" if seconds and answers else ""
    return f"{name}: {answers} answers in {seconds:.3g} s{each}" + (f", {rate:.3g} tokens/s" if rate else "")


def comparison(sides: Sequence[Side], found: Sequence[Comparison], items: int) -> None:
    """For each pair a row a task, its categories under it; then the verdicts, and what was left out."""
    out = console()
    out.print(f"first: {sides[0].label}  ({sides[0].folder}:{sides[0].subject})", soft_wrap=True, markup=False)
    for side, one in zip(sides[1:], found, strict=True):
        out.print(f"\n{side.label} against it  ({side.folder}:{side.subject})", soft_wrap=True, markup=False)
        out.print(_pair(one))
        for task in one.tasks:
            out.print(f"{task.task}, {sentence(task, one)}", markup=False)
            for line in (*_items(task.all, items), *_left(task, one)):
                out.print(f"  {line}", markup=False)
        for note in one.notes:
            out.print(f"note: {note}", markup=False)
    tests = sum(len(one.tasks) for one in found)
    corrected = f"; p is corrected for {tests} tests (Holm), intervals are not" if tests > 1 else ""
    out.print(
        f"[low, high]: 95 % bootstrap interval of the paired difference; + and -: items gained and lost{corrected}",
        markup=False,
    )


def _pair(one: Comparison) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    table.add_column("task", overflow="fold")
    names = ("items", *(escape(f"{name[:8]}…" if len(name) > 9 else name) for name in (one.before, one.after)))
    for name in (*names, "difference [low, high]", "+", "-", "p"):
        table.add_column(name, justify="right", no_wrap=True)
    for task in one.tasks:
        table.add_row(escape(task.task), *_row(task.all, task.rate), probability(task.holm))
        for name, change in task.categories.items():
            table.add_row(escape(f"  {name}"), *_row(change, task.rate), "", style="dim")
    return table


def _row(change: Change, rate: bool) -> list[str]:
    values = [number(change.before, rate), number(change.after, rate), _moved(change, rate)]
    return [str(change.n), *values, str(len(change.gained)), str(len(change.lost))]


def _moved(change: Change, rate: bool) -> str:
    moved = [number(value, rate, sign=True) for value in change.difference]
    return f"{moved[0]} [{moved[1]}, {moved[2]}]"


def number(value: float, rate: bool, sign: bool = False) -> str:
    """A share in per cent, a difference of shares (`sign`) in points of it; anything else to four digits, a difference
    to three. `?` where an interval is open."""
    if math.isinf(value):
        return "?"
    if rate:
        return f"{100 * value:+.1f}" if sign else f"{value:.1%}"
    if abs(value) >= 1000:
        return f"{value:{'+' if sign else ''},.0f}"
    return f"{value:+.3g}" if sign else f"{value:#.4g}"


def probability(p: float) -> str:
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def sentence(task: Task, one: Comparison) -> str:
    """The metric, and the verdict in words."""
    if task.word != "not enough evidence":
        return f"{task.metric}: {one.after} is {task.word} than {one.before}."
    told = f"{task.metric}: not enough evidence that {one.after} differs from {one.before}"
    if task.needed is None:
        return f"{told}."
    return f"{told}; if it does by as much as it seems, about {task.needed:,} items would decide."


def _items(change: Change, count: int) -> Iterator[str]:
    for name, ids in (("gained", change.gained), ("lost", change.lost)):
        if count and ids:
            yield f"{name}: {_some(ids, count)}"


def _left(task: Task, one: Comparison) -> Iterator[str]:
    for name, ids in (
        (f"only {one.before} answered", task.left.only_before),
        (f"only {one.after} answered", task.left.only_after),
        ("asked in other words, left out", task.left.other_question),
        ("judged by nobody, left out", task.left.unjudged),
    ):
        if ids:
            yield f"{name}: {len(ids)} ({_some(ids, 3)})"


def _some(ids: Sequence[str], count: int) -> str:
    return ", ".join(ids[:count]) + (f", and {len(ids) - count} more" if len(ids) > count else "")


def ladder(folder: Path) -> None:
    """A row for each rung of each task, then whether one needs to fine-tune."""
    from eval import page, rungs, sides

    found = sides.find([str(folder)])
    compared = rungs.climb(found)
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    table.add_column("task")
    for name in ("", "[low, high]", "tuned against it", "p"):
        table.add_column(name, justify="right", no_wrap=True)
    for task in page.tasks(found):
        table.add_row(escape(task["name"]), "", task["headline"], "", "", style="bold")
        for bar in task["bars"]:
            ours = [
                one for pair in compared if pair.before == bar.label for one in pair.tasks if one.task == task["name"]
            ]
            against = [_moved(ours[0].all, ours[0].rate), probability(ours[0].holm)] if ours else ["", ""]
            table.add_row(f"  {bar.label}", bar.value, f"[{bar.interval.replace(' to ', ', ')}]", *against)
    out = console()
    out.print(table)
    for line in (*(answer.text for answer in rungs.answers(compared)), *rungs.told(folder)):
        out.print(line, markup=False)
    out.print(f"report: {folder / 'report.html'}", soft_wrap=True, markup=False)

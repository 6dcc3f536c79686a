"""README.md of a dataset, in the Hub's format, with stats.json and lengths.svg beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from prep.formats import FORMATS
from prep.funnel import Funnel
from prep.histogram import describe, lengths_svg
from prep.quality import REASONS
from prep.recipe import Recipe
from prep.record import Example
from prep.split import SPLITS

HUB_SPLITS = {"train": "train", "val": "validation", "test": "test"}
SIZES = {1_000: "n<1K", 10_000: "1K<n<10K", 100_000: "10K<n<100K", 1_000_000: "100K<n<1M"}
TASKS = {"write": "write a script from a description", "reference": "answer a question about one element"}


def write(folder: Path, recipe: Recipe, funnel: Funnel, command: str) -> None:
    stats = json.dumps(funnel.as_json(), ensure_ascii=False, indent=1) + "\n"
    text = "\n".join([*_front_matter(recipe, funnel), "", *_body(recipe, funnel, command), ""])
    for name, content in (("stats.json", stats), ("lengths.svg", lengths_svg(funnel.lengths)), ("README.md", text)):
        (folder / name).write_text(content, "utf-8", newline="\n")


def _front_matter(recipe: Recipe, funnel: Funnel) -> list[str]:
    """The Hub's metadata. A split without rows is left out: its loader takes an empty file for a broken one."""
    total = sum(map(funnel.total, SPLITS))
    size = next((size for below, size in SIZES.items() if total < below), "n>1M")
    tags = sorted({re.sub(r"[^a-z0-9]+", "-", source.language.lower()) for source in recipe.sources})
    lines = ["---", f"pretty_name: {json.dumps(recipe.name)}", "language:", "- en", "- code"]
    lines += ["task_categories:", "- text-generation", "size_categories:", f"- {size}", "tags:", "- code"]
    lines += [f"- {tag}" for tag in tags] + ["configs:"]
    for format_ in FORMATS:
        lines += [f"- config_name: {format_}"] + ["  default: true"] * (format_ == "chat") + ["  data_files:"]
        for split in SPLITS:
            if funnel.total(split):
                lines += [f"  - split: {HUB_SPLITS[split]}", f"    path: {split}.{format_}.jsonl"]
    return [*lines, "---"]


def _body(recipe: Recipe, funnel: Funnel, command: str) -> list[str]:
    total = sum(map(funnel.total, SPLITS))
    languages = " and ".join(sorted({source.language for source in recipe.sources}))
    return [
        f"# {recipe.name}",
        "",
        f"{total:,} instruction examples for {languages}, made from {funnel.kept:,} documents.",
        "",
        *_counts(funnel),
        "",
        *_funnel(funnel),
        "",
        "## Lengths",
        "",
        f"![Histogram of characters per example. {_alt(funnel)}](lengths.svg)",
        "",
        *_rows(funnel),
        "",
        "## How it was split",
        "",
        f"A document's split is a function of its text, the seed ({recipe.seed}) and the ratios "
        f"(val {recipe.split.val:g}, test {recipe.split.test:g}). All examples of one document are in one split, "
        "and adding sources moves none.",
        "",
        "## Build it again",
        "",
        "```bash",
        command,
        "```",
        "",
        "The same sources give the same bytes. `manifest.json` holds the hashes of both.",
        "",
        "## Licence",
        "",
        "Each row is under the licence of its source, named in `metadata.source`.",
    ]


def _counts(funnel: Funnel) -> list[str]:
    lines = ["## Examples", "", *_table_head("task", "what it asks", *SPLITS, "all", text=2)]
    for task in funnel.tasks:
        counts = [funnel.examples[task, split] for split in SPLITS]
        lines.append(_table_row(task, TASKS.get(task, ""), *counts, sum(counts)))
    totals = [funnel.total(split) for split in SPLITS]
    lines += [_table_row("**all**", "", *totals, sum(totals)), "", *_table_head("category", "task", "examples", text=2)]
    by_category = sorted(funnel.categories.items(), key=lambda item: (item[0][0], -item[1], item[0][1]))
    return lines + [_table_row(_cell(category), task, count) for (task, category), count in by_category]


def _funnel(funnel: Funnel) -> list[str]:
    total = sum(map(funnel.total, SPLITS))
    lines = ["## From sources to examples", "", *_table_head("step", "count", text=1)]
    lines += [_table_row("documents read", funnel.found), _table_row("rejected", funnel.rejected.total())]
    lines += [_table_row("documents kept", funnel.kept), _table_row("examples", total), ""]
    if not funnel.rejected:
        return [*lines, "Nothing was rejected."]
    lines += ["Every rejected document is a line of `rejected.jsonl`.", ""]
    lines += _table_head("reason", "meaning", "count", text=2)
    return lines + [_table_row(reason, REASONS[reason], count) for reason, count in funnel.rejected.most_common()]


def _rows(funnel: Funnel) -> list[str]:
    lines = [
        "## What a row looks like",
        "",
        "`*.alpaca.jsonl` has `instruction`, `input` and `output`; `*.chat.jsonl` has `messages` of `role` and "
        "`content`. Both have `metadata`: `id`, `task`, `source`, the file's `sha256`, `cluster` and `category`.",
    ]
    for task, example in sorted(funnel.samples.items()):
        lines += ["", f"The shortest of task `{task}`:", "", *_fenced(example)]
    return lines


def _fenced(example: Example) -> list[str]:
    shown = f"user:\n{example.instruction}\n\nassistant:\n{example.output}"
    longest = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}text", shown, fence]


def _alt(funnel: Funnel) -> str:
    return "; ".join(f"{task}: {describe(funnel.lengths[task])}" for task in funnel.tasks) + "."


def _table_head(*names: str, text: int) -> Iterable[str]:
    """Header and rule; the first `text` columns are words, the others numbers set to the right."""
    rule = [" --- " if at < text else " ---: " for at in range(len(names))]
    return [_table_row(*names), "|" + "|".join(rule) + "|"]


def _table_row(*cells: str | int) -> str:
    return "| " + " | ".join(f"{cell:,}" if isinstance(cell, int) else cell for cell in cells) + " |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")

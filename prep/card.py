"""README.md of a dataset, in the Hub's format, with stats.json and lengths.svg beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from prep import benchmarks
from prep.corpus import FAINT
from prep.formats import FIM, of_recipe
from prep.funnel import Funnel
from prep.histogram import describe, lengths_svg
from prep.quality import REASONS
from prep.recipe import Recipe
from prep.sources.text import label
from prep.split import SPLITS
from prep.store import Store

HUB_SPLITS = {"train": "train", "val": "validation", "test": "test"}
SIZES = {1_000: "n<1K", 10_000: "1K<n<10K", 100_000: "10K<n<100K", 1_000_000: "100K<n<1M"}
TASKS = {
    "write": "write a script from a description",
    "complete": "finish a script that is begun",
    "fim": "fill a gap, in a base model's own sentinels",
    "explain": "say what a script does",
    "repair": "mend a script by the interpreter's message",
    "convert": "bring lines of v1 to v2",
    "reference": "answer a question about one element",
    "exists": "say whether the language has a name",
}


def write(folder: Path, recipe: Recipe, funnel: Funnel, command: str, store: Store) -> None:
    stats = json.dumps(funnel.as_json(), ensure_ascii=False, indent=1) + "\n"
    samples = {task: _sample(task, store.rows(at)) for task, (_, at) in sorted(funnel.shortest.items())}
    text = "\n".join([*_front_matter(recipe, funnel), "", *_body(recipe, funnel, command, samples), ""])
    for name, content in (
        ("stats.json", stats),
        ("lengths.svg", lengths_svg(funnel.tokens, funnel.counted)),
        ("README.md", text),
    ):
        (folder / name).write_text(content, "utf-8", newline="\n")


def _front_matter(recipe: Recipe, funnel: Funnel) -> list[str]:
    """The Hub's metadata. A split without rows is left out: its loader takes an empty file for a broken one."""
    total = sum(map(funnel.total, SPLITS))
    filled = [format_ for format_ in of_recipe(recipe) if any(funnel.rows(format_, split) for split in SPLITS)]
    default = "chat" if "chat" in filled else FIM
    size = next((size for below, size in SIZES.items() if total < below), "n>1M")
    tags = sorted({re.sub(r"[^a-z0-9]+", "-", source.language.lower()) for source in recipe.sources})
    lines = ["---", f"pretty_name: {json.dumps(recipe.name)}", "language:", "- en", "- code"]
    lines += ["task_categories:", "- text-generation", "size_categories:", f"- {size}", "tags:", "- code"]
    lines += [f"- {tag}" for tag in tags] + ["configs:"]
    for format_ in filled:
        lines += [f"- config_name: {format_}"] + ["  default: true"] * (format_ == default) + ["  data_files:"]
        for split in SPLITS:
            if funnel.rows(format_, split):
                lines += [f"  - split: {HUB_SPLITS[split]}", f"    path: {split}.{format_}.jsonl"]
    return [*lines, "---"]


def _sample(task: str, rows: dict[str, bytes]) -> tuple[str, str]:
    """The shortest row of a task among a document's: what is asked, and the answer."""
    found = []
    for line in rows["fim" if task == "fim" else "alpaca"].decode().split("\n")[:-1]:
        row = json.loads(line)
        if row["metadata"]["task"] == task and task == "fim":
            found.append((row["segments"][0]["text"], row["segments"][1]["text"]))
        elif row["metadata"]["task"] == task:
            found.append((row["instruction"], row["output"]))
    return min(found, key=lambda pair: len(pair[0]) + len(pair[1]))


def _body(recipe: Recipe, funnel: Funnel, command: str, samples: dict[str, tuple[str, str]]) -> list[str]:
    gaps = sum(funnel.rows(FIM, split) for split in SPLITS)
    asked = sum(map(funnel.total, SPLITS)) - gaps
    counts = [f"{asked:,} instruction examples"] * bool(asked) + [f"{gaps:,} gaps to fill"] * bool(gaps)
    languages = " and ".join(sorted({source.language for source in recipe.sources}))
    return [
        f"# {recipe.name}",
        "",
        f"{' and '.join(counts)} for {languages}, made from {funnel.kept:,} documents.",
        "",
        *_counts(funnel),
        "",
        *_funnel(funnel),
        "",
        "## Lengths",
        "",
        f"![Histogram of tokens per example, {funnel.counted}. {_alt(funnel)}](lengths.svg)",
        "",
        *_rows(samples),
        "",
        "## How it was checked",
        "",
        *_checked(recipe, funnel),
        "",
        "## How it was split",
        "",
        f"A document's split is a function of its text, the seed ({recipe.seed}) and the ratios "
        f"(val {recipe.split.val:g}, test {recipe.split.test:g}). All examples of one document are in one split, "
        "and so are those of documents that are nearly the same; adding sources never moves what was in test.",
        "",
        *_audit(recipe, funnel),
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
        "Each row is under the licence of its source, named in `metadata.source`; where the source's own header "
        "names a licence, `metadata.licence` has it.",
        "",
        *_table_head("licence", "scripts", text=1),
        *(_table_row(_cell(name), count) for name, count in funnel.licences.most_common()),
    ]


def _checked(recipe: Recipe, funnel: Funnel) -> list[str]:
    judges = " and ".join(funnel.judges)
    lines = [
        f"Judged by {judges}: every script, and every answer that is code, loads in it."
        if judges
        else "No code was checked."
    ]
    lines += [f"Not so for {warning}." for warning in funnel.warnings if "not checked" in warning]
    if recipe.quality.missing_includes == "keep":
        lines.append("A script that only lacks an included file counts as one that loads.")
    if funnel.unproved:
        lines.append(f"{funnel.unproved:,} examples were left out because it did not confirm what they claim.")
    words = {"redact": f"{funnel.redacted:,} were found and replaced", "reject": "documents with any were left out"}
    secrets = words.get(recipe.quality.secrets, "not looked for")
    for path in recipe.quality.benchmarks:
        lines.append(
            f"Compared with the {len(benchmarks.read(path))} tasks of {label(path)}, which models are judged by."
        )
    if recipe.quality.benchmarks:
        left_out = funnel.rejected["benchmark"]
        lines.append(
            f"Documents nearly the same as one of them: {left_out:,}, left out." if left_out else "None is near."
        )
    return [*lines, f"Passwords, keys, e-mail addresses, phone numbers and user folders: {secrets}."]


def _audit(recipe: Recipe, funnel: Funnel) -> list[str]:
    corpus = funnel.corpus
    audit = corpus.audit if corpus else None
    if not corpus or not audit:
        return ["How alike test and train are was not measured."]
    return [
        f"Every one of {audit.test:,} test documents was compared with every one of {audit.train:,} training documents "
        "(Jaccard index of words and word pairs, exact).",
        "",
        *_table_head("leakage", "", text=1),
        _table_row("highest similarity", f"{audit.highest:.2f}" if audit.highest else f"below {FAINT}"),
        _table_row("test documents above 0.5", f"{audit.above_half:.1%}"),
        _table_row("test documents above 0.7", f"{audit.above_07:.1%}"),
        _table_row("clusters of near-duplicates", corpus.clusters),
        _table_row("documents in the largest", corpus.largest),
    ]


def _counts(funnel: Funnel) -> list[str]:
    lines = ["## Examples", "", *_table_head("task", "what it asks", *SPLITS, "all", text=2)]
    for task in funnel.tasks:
        counts = [funnel.examples[task, split] for split in SPLITS]
        lines.append(_table_row(task, TASKS.get(task, ""), *counts, sum(counts)))
    totals = [funnel.total(split) for split in SPLITS]
    lines += [_table_row("**all**", "", *totals, sum(totals)), "", *_table_head("category", *funnel.tasks, text=1)]
    of: dict[str, int] = {}
    for (_, category), count in funnel.categories.items():
        of[category] = of.get(category, 0) + count
    for category in sorted(of, key=lambda name: (-of[name], name)):
        counts = [funnel.categories[task, category] for task in funnel.tasks]
        lines.append(_table_row(_cell(category), *(count or "" for count in counts)))
    return lines


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


def _rows(samples: dict[str, tuple[str, str]]) -> list[str]:
    lines = [
        "## What a row looks like",
        "",
        "`*.alpaca.jsonl` has `instruction`, `input` and `output`; `*.chat.jsonl` has `messages` of `role` and "
        "`content`. Both have `metadata`: `id`, `task`, `source`, the file's `sha256`, `cluster`, `category` and "
        "`licence`.",
    ]
    if FIM in samples:
        lines += [
            "",
            "`*.fim.jsonl` has `segments` of `label` and `text`, Axolotl's `type: input_output`: only the text whose "
            "label is true is learnt, and no template is put around it.",
        ]
    for task, (asked, answer) in samples.items():
        lines += ["", f"The shortest of task `{task}`:", "", *_fenced(asked, answer)]
    return lines


def _fenced(asked: str, answer: str) -> list[str]:
    shown = f"user:\n{asked}\n\nassistant:\n{answer}"
    longest = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}text", shown, fence]


def _alt(funnel: Funnel) -> str:
    return "; ".join(f"{task}: {describe(funnel.tokens[task])}" for task in funnel.tasks) + "."


def _table_head(*names: str, text: int) -> Iterable[str]:
    """Header and rule; the first `text` columns are words, the others numbers set to the right."""
    rule = [" --- " if at < text else " ---: " for at in range(len(names))]
    return [_table_row(*names), "|" + "|".join(rule) + "|"]


def _table_row(*cells: str | int) -> str:
    return "| " + " | ".join(f"{cell:,}" if isinstance(cell, int) else cell for cell in cells) + " |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")

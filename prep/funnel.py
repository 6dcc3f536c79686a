"""What was read, kept and rejected, and how many examples came of it."""

from __future__ import annotations

import textwrap
from collections import Counter
from dataclasses import asdict, dataclass, field
from statistics import median_low
from typing import Any

from prep.corpus import Corpus
from prep.errors import UserError
from prep.formats import FIM
from prep.quality import REASONS
from prep.recipe import Recipe, Tasks
from prep.split import SPLITS, Split
from prep.store import Head

SHOWN = 5  # drops in the message on an empty train


@dataclass
class Funnel:
    """Counts of one build. `examples` is by (task, split), `categories` by (task, category).

    `unproved` counts examples whose claims the judge did not confirm, `redacted` secrets that were replaced.
    """

    found: int
    rejected: Counter[str] = field(default_factory=Counter)
    documents: Counter[Split] = field(default_factory=Counter)
    examples: Counter[tuple[str, Split]] = field(default_factory=Counter)
    categories: Counter[tuple[str, str]] = field(default_factory=Counter)
    licences: Counter[str] = field(default_factory=Counter)
    lengths: dict[str, list[int]] = field(default_factory=dict)  # characters of each example, by task
    tokens: dict[str, list[int]] = field(default_factory=dict)  # tokens of each example, by task
    counted: str = ""  # how tokens were
    shortest: dict[str, tuple[int, bytes]] = field(default_factory=dict)  # of train, by task: its length and its store
    drops: dict[str, str] = field(default_factory=dict)  # the first of each reason: where, and the particulars
    unproved: int = 0
    redacted: int = 0
    warnings: list[str] = field(default_factory=list)
    corpus: Corpus | None = None
    judges: list[str] = field(default_factory=list)

    @property
    def kept(self) -> int:
        return self.documents.total()

    @property
    def tasks(self) -> list[str]:
        return sorted(self.lengths)

    def read(self, head: Head) -> None:
        """Count a document's drop, if it has one, and what was taken out of it."""
        if head.drop:
            self.rejected[head.drop.reason] += 1
            self.drops.setdefault(head.drop.reason, f"{head.source}: {head.drop.reason}: {head.drop.detail}")
        else:
            self.unproved += head.unproved
            self.redacted += head.redacted

    def keep(self, head: Head, split: Split) -> None:
        self.documents[split] += 1
        if head.kind == "scripts":
            self.licences[head.licence or "none named"] += 1
        for task, length, tokens in head.examples:
            self.tokens.setdefault(task, []).append(tokens)
            self.examples[task, split] += 1
            self.categories[task, head.category] += 1
            self.lengths.setdefault(task, []).append(length)
            if split == "train" and length < self.shortest.get(task, (length + 1,))[0]:
                self.shortest[task] = (length, head.store)

    def total(self, split: Split) -> int:
        return sum(self.examples[task, split] for task in self.tasks)

    def rows(self, format_: str, split: Split) -> int:
        """Gaps have files of their own, and are in no other."""
        gaps = self.examples[FIM, split]
        return gaps if format_ == FIM else self.total(split) - gaps

    def close(self, recipe: Recipe) -> None:
        """Raise UserError when the counts do not add up or train is empty; note what else is empty."""
        rejected = self.rejected.total()
        if self.found != self.kept + rejected:
            raise UserError(
                f"counts do not add up: {self.found} documents found, {self.kept} kept and {rejected} rejected; "
                "nothing was written, and this is a mistake in prep: please report it",
                code=1,
            )
        if not self.documents["train"]:
            reasons = ", ".join(f"{reason} {count}" for reason, count in self.rejected.most_common())
            why = f"rejected: {reasons}" if reasons else "the ratios leave too little: lower split.val or split.test"
            shown = [textwrap.shorten(self.drops[reason], 200) for reason, _ in self.rejected.most_common(SHOWN)]
            message = f"train is empty: {self.found} documents read, {self.kept} kept; {why}"
            raise UserError("\n  ".join([message, *shown]))
        ratios: dict[Split, float] = {"val": recipe.split.val, "test": recipe.split.test}
        largest = self.corpus.largest if self.corpus else 0
        alike = f"; {largest} of them are nearly the same and stay together" if largest > self.kept / 2 else ""
        for split, ratio in ratios.items():
            if ratio > 0 and not self.documents[split]:
                self.warnings.append(f"{split} is empty: none of {self.kept} documents fell in its {ratio:.0%}{alike}")
        without = [task for task in Tasks.model_fields if getattr(recipe.tasks, task) and task not in self.lengths]
        self.warnings += [f"no example of task {task}: no document has what it takes" for task in without]

    def as_json(self) -> dict[str, Any]:
        return {
            "read": self.found,
            "kept": self.kept,
            "rejected": {reason: self.rejected[reason] for reason in REASONS},
            "documents": {split: self.documents[split] for split in SPLITS},
            "examples": {task: {split: self.examples[task, split] for split in SPLITS} for task in self.tasks},
            "categories": {
                task: {name: count for (of, name), count in sorted(self.categories.items()) if of == task}
                for task in self.tasks
            },
            "characters": {task: _spread(lengths) for task, lengths in sorted(self.lengths.items())},
            "tokens": {task: _spread(lengths) for task, lengths in sorted(self.tokens.items())},
            "tokens_counted": self.counted,
            "redacted": self.redacted,
            "unproved": self.unproved,
            "licences": dict(sorted(self.licences.items())),
            "judges": self.judges,
            "clusters": {"of_several": self.corpus.clusters, "largest": self.corpus.largest} if self.corpus else None,
            "audit": asdict(self.corpus.audit) if self.corpus and self.corpus.audit else None,
            "warnings": self.warnings,
        }


def _spread(lengths: list[int]) -> dict[str, int]:
    return {"min": min(lengths), "median": median_low(lengths), "max": max(lengths), "sum": sum(lengths)}

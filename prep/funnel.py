"""What was read, kept and rejected, and how many examples came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median_low
from typing import Any

from prep.errors import UserError
from prep.quality import REASONS
from prep.recipe import Recipe
from prep.record import Document, Example
from prep.split import SPLITS, Split


@dataclass
class Funnel:
    """Counts of one build. `examples` is by (task, split), `categories` by (task, category)."""

    found: int
    rejected: Counter[str] = field(default_factory=Counter)
    documents: Counter[Split] = field(default_factory=Counter)
    examples: Counter[tuple[str, Split]] = field(default_factory=Counter)
    categories: Counter[tuple[str, str]] = field(default_factory=Counter)
    lengths: dict[str, list[int]] = field(default_factory=dict)  # characters of each example, by task
    samples: dict[str, Example] = field(default_factory=dict)  # the shortest of train, by task
    warnings: list[str] = field(default_factory=list)

    @property
    def kept(self) -> int:
        return self.documents.total()

    @property
    def tasks(self) -> list[str]:
        return sorted(self.lengths)

    def keep(self, document: Document, split: Split, examples: Sequence[Example]) -> None:
        self.documents[split] += 1
        for example in examples:
            self.examples[example.task, split] += 1
            self.categories[example.task, document.category] += 1
            length = _length(example)
            self.lengths.setdefault(example.task, []).append(length)
            sample = self.samples.get(example.task)
            if split == "train" and (sample is None or length < _length(sample)):
                self.samples[example.task] = example

    def total(self, split: Split) -> int:
        return sum(self.examples[task, split] for task in self.tasks)

    def close(self, recipe: Recipe) -> None:
        """Raise UserError when the counts do not add up or train is empty; note every other split that is empty."""
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
            raise UserError(f"train is empty: {self.found} documents read, {self.kept} kept; {why}")
        ratios: dict[Split, float] = {"val": recipe.split.val, "test": recipe.split.test}
        for split, ratio in ratios.items():
            if ratio > 0 and not self.documents[split]:
                self.warnings.append(f"{split} is empty: none of {self.kept} documents fell in its {ratio:.0%}")

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
            "characters": {
                task: {"min": min(lengths), "median": median_low(lengths), "max": max(lengths), "sum": sum(lengths)}
                for task, lengths in sorted(self.lengths.items())
            },
            "warnings": self.warnings,
        }


def _length(example: Example) -> int:
    return len(example.instruction) + len(example.input) + len(example.output)

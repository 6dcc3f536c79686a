"""A dataset recipe to a dataset: read, check, make examples, drop duplicates, split, write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TextIO

from prep import card, manifest, work
from prep.dedupe import Clusters
from prep.files import whole_folder
from prep.formats import FORMATS, json_line
from prep.funnel import Funnel
from prep.quality import Drop
from prep.recipe import Recipe
from prep.record import Document, Example
from prep.split import SPLITS, Split, split_of

Watch = Callable[[Iterator[work.Outcome], int], Iterator[work.Outcome]]  # passes outcomes through, drawing progress


def build(
    recipe: Recipe, out: Path | None, command: str, workers: int | None = None, watch: Watch | None = None
) -> Funnel:
    """Build into the folder `out`, which appears whole or not at all; None only counts. `command` goes on the card.

    Nothing but documents, recipe and seed decides the bytes: not the time, the machine or the number of workers.
    """
    units = work.find(recipe)
    outcomes = work.outcomes(recipe, units, workers)
    funnel, clusters, sources = Funnel(len(units)), Clusters(), dict[str, str]()
    with _output(out) as sink:
        for document, drop, examples in watch(outcomes, len(units)) if watch else outcomes:
            sources[document.file] = document.sha256
            first = None if drop else clusters.duplicate_of(document)
            if reason := drop or (Drop("duplicate") if first else None):
                funnel.rejected[reason.reason] += 1
                sink.reject(document, reason, first)
            else:
                split = split_of(document.key, recipe.seed, recipe.split.val, recipe.split.test)
                funnel.keep(document, split, examples)
                sink.write(split, examples)
        funnel.close(recipe)
        if sink.folder:
            sink.close()
            card.write(sink.folder, recipe, funnel, command)
            manifest.write(sink.folder, recipe, sources)
    return funnel


class Sink:
    """The open files of a build; one without a folder writes nothing."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._open = ExitStack()
        self._files: dict[str, TextIO] = {}
        names = [f"{split}.{format_}" for split in SPLITS for format_ in FORMATS] + ["rejected"]
        for name in names if folder else []:
            file = Path(f"{folder}/{name}.jsonl").open("w", encoding="utf-8", newline="\n")  # noqa: SIM115 - the stack closes it
            self._files[name] = self._open.enter_context(file)

    def write(self, split: Split, examples: list[Example]) -> None:
        if self.folder:
            for name, row in FORMATS.items():
                self._files[f"{split}.{name}"].writelines(json_line(row(example)) for example in examples)

    def reject(self, document: Document, drop: Drop, first: str | None) -> None:
        row = {"source": document.source, "sha256": document.sha256, "reason": drop.reason, "detail": drop.detail}
        if first:
            row["duplicate_of"] = first
        if self.folder:
            self._files["rejected"].write(json_line(row))

    def close(self) -> None:
        self._open.close()


@contextmanager
def _output(out: Path | None) -> Iterator[Sink]:
    if out is None:
        yield Sink(None)
        return
    manifest.refuse_foreign(out)
    with whole_folder(out.resolve()) as folder:  # a link given as `out` keeps its place; what it points at is replaced
        sink = Sink(folder)
        try:
            yield sink
        finally:
            sink.close()

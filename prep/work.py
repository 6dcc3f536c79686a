"""Turn units into outcomes, in this process or in several, always in the same order."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from prep import benchmarks, names, quality, tasks
from prep.errors import UserError
from prep.quality import Drop
from prep.recipe import Recipe, Tasks
from prep.record import Document, Example
from prep.sources import SOURCES

CHUNK = 128  # units sent to a worker at once
POOL_FROM = 20_000  # units; below it, starting workers costs more than they save


class Unit(NamedTuple):
    """What one document is made of: the index of its source, what that source's `load` takes, and how outputs call
    the file that it is in."""

    source: int
    of_source: Any
    file: str


class Outcome(NamedTuple):
    """What was made of a unit.

    `redacted` counts the secrets taken out, `unproved` the examples whose claims did not hold; `shingles` is for
    comparing documents.
    """

    source: int
    document: Document
    drop: Drop | None
    examples: list[Example]
    redacted: int = 0
    shingles: bytes = b""
    unproved: int = 0


def find(recipe: Recipe) -> list[Unit]:
    """Every unit of every source: sources in the recipe's order, units in the source's own stable order."""
    found = [(index, unit) for index, source in enumerate(recipe.sources) for unit in SOURCES[source.kind].find(source)]
    files = names.of_files(recipe, found)
    return [Unit(index, unit, file) for (index, unit), file in zip(found, files, strict=True)]


def outcomes(recipe: Recipe, units: list[Unit], workers: int | None) -> Iterator[Outcome]:
    """One outcome for each unit, in the order of `units`. `workers` None: as many processes as it is worth."""
    if workers is None:
        workers = (os.cpu_count() or 1) if len(units) >= POOL_FROM else 1
    if workers == 1:
        yield from (outcome(recipe, unit) for unit in units)
        return
    chunks = [units[start : start + CHUNK] for start in range(0, len(units), CHUNK)]
    with _pool(min(workers, len(chunks))) as pool:
        with _interrupt_held():
            results = pool.map(partial(_chunk, recipe), chunks)
        try:
            for result in results:
                yield from result
        except BrokenProcessPool:
            raise UserError("a worker process died, perhaps for want of memory: try --workers 1", code=1) from None


def outcome(recipe: Recipe, unit: Unit) -> Outcome:
    """Read one unit, check it, and make its examples. One without examples is dropped, with the task's reason."""
    source = recipe.sources[unit.source]
    document, drop = SOURCES[source.kind].load(source, unit.of_source)
    if document.file != unit.file:
        document = replace(document, file=unit.file, category=names.redacted([document.category], recipe)[0])
    drop = drop or quality.check(document, recipe.quality)
    redacted = 0
    if not drop and recipe.quality.secrets != "off":
        document, redacted = quality.without_secrets(document)
        if redacted and recipe.quality.secrets == "reject":
            drop = Drop("secret", f"{redacted} found")
    if drop:
        return Outcome(unit.source, document, drop, [], redacted)
    examples: list[Example] = []
    tried = []
    for name in Tasks.model_fields:
        options = getattr(recipe.tasks, name)
        if options and document.kind in options.takes and (count := tasks.count(document, name, options.weight)):
            tried.append(name)
            made = tasks.task(name).examples(document, options, count)
            if isinstance(made, Drop):
                drop = drop or made
            else:
                examples += made
    if not examples:
        why = f"nothing in it for {', '.join(tried)}" if tried else "the weights of the tasks leave it out"
        drop = drop or Drop("not-drawn", why)
        return Outcome(unit.source, document, drop, [], redacted)
    if drop := benchmarks.near(document, examples, recipe.quality):
        return Outcome(unit.source, document, drop, [], redacted)
    return Outcome(unit.source, document, None, examples, redacted, _shingles(document, recipe))


def _shingles(document: Document, recipe: Recipe) -> bytes:
    if recipe.quality.near_duplicates == "off" and recipe.quality.leakage == "off":
        return b""
    from prep.similarity import shingles

    return shingles(document.text).tobytes()


def _chunk(recipe: Recipe, units: list[Unit]) -> list[Outcome]:
    return [outcome(recipe, unit) for unit in units]


@contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Workers that are all gone when the block is left, also on Ctrl+C: what has not begun is not begun."""
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=_start_worker)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _start_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_die_with_parent, daemon=True).start()


def _die_with_parent() -> None:
    """Waiting for work holds both ends of the queue open, so a worker would outlive a killed parent for ever."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)


@contextmanager
def _interrupt_held() -> Iterator[None]:
    """Ctrl+C waits while workers start. They inherit that, so it never interrupts them; the main process answers it."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

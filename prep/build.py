"""A dataset recipe to a dataset: read, check, make examples, prove them, find what is alike, split, write."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from prep import benchmarks, card, corpus, manifest, work
from prep.dedupe import Originals
from prep.files import real, whole_folder
from prep.formats import in_cluster, json_line, of_recipe
from prep.funnel import Funnel
from prep.languages.judge import TRANSIENT
from prep.names import redacted
from prep.prove import Judges
from prep.quality import Drop
from prep.recipe import Recipe, Scripts
from prep.sources import SOURCES, table
from prep.sources.scripts import INCLUDES
from prep.split import SPLITS, Split
from prep.stats import counter, tokenizer_file
from prep.store import Head, Store, opened

Watch = Callable[[Iterator[Head], int], Iterator[Head]]  # passes documents through, drawing progress
KEEP_EACH = 256  # documents to a transaction of the store: what a stop can lose


def build(
    recipe: Recipe, file: Path, out: Path | None, command: str, workers: int | None = None, watch: Watch | None = None
) -> Funnel:
    """Build into the folder `out`, which appears whole or not at all; None only counts.

    `file` is where the recipe was read from, `command` goes on the card. Nothing but documents, recipe, seed and the
    judges' versions decides the bytes: not the time, the machine or the number of workers.
    """
    units = work.find(recipe)
    count, counted = counter(recipe.tokenizer)
    with Judges(recipe) as judges, opened(file, count) as store, _output(out) as folder:
        fingerprint = _fingerprint(recipe, judges)
        read = heads(recipe, units, judges, store, fingerprint, workers)
        everyone, originals, funnel = [], Originals(), Funnel(len(units))
        for head in watch(read, len(units)) if watch else read:
            first = None if head.drop else originals.duplicate_of(head.key, head.source)
            everyone.append(head._replace(drop=Drop("duplicate", first)) if first else head)
            funnel.read(everyone[-1])
        kept = [head for head in everyone if not head.drop]
        funnel.corpus = corpus.arrange(kept, recipe, store, fingerprint)
        funnel.counted = counted
        doubts = table.doubts((unit.file, unit.of_source) for unit in units)
        funnel.judges, funnel.warnings = judges.names, [*judges.warnings, *doubts]
        for head, split in zip(kept, funnel.corpus.splits, strict=True):
            funnel.keep(head, split)
        funnel.close(recipe)
        corpus.refuse_leaks(funnel.corpus, recipe.quality)
        if folder:
            with Sink(folder, recipe) as sink:
                sink.write_all(everyone, funnel.corpus, store)
            card.write(folder, recipe, funnel, command, store)
            manifest.write(folder, recipe, {head.file: head.sha256 for head in everyone}, funnel.judges)
        store.only({head.store for head in everyone})
    return funnel


def heads(
    recipe: Recipe, units: list[work.Unit], judges: Judges, store: Store, fingerprint: bytes, workers: int | None
) -> Iterator[Head]:
    """Every unit's head, in order: from the store, or read, made and proved now."""
    identities = [_identity(recipe, unit) for unit in units]
    keys = [_key(recipe, *pair, fingerprint, judges) for pair in zip(units, identities, strict=True)]
    known = [store.find(key) if key else None for key in keys]
    new = [unit for unit, head in zip(units, known, strict=True) if not head]
    fresh = judges.prove(work.outcomes(recipe, new, workers))
    for done, (key, head) in enumerate(zip(keys, known, strict=True), start=1):
        if head:
            yield head
        else:
            outcome = next(fresh, None)
            if outcome is None:
                return  # the count of what was read says so
            lasting = key and _lasts(outcome, identities[done - 1])
            yield store.keep(key if key and lasting else b"passing %d" % done, outcome)
        if done % KEEP_EACH == 0:
            store.commit()


def _identity(recipe: Recipe, unit: work.Unit) -> str | None:
    source = recipe.sources[unit.source]
    return SOURCES[source.kind].identity(source, unit.of_source)


def _key(recipe: Recipe, unit: work.Unit, identity: str | None, fingerprint: bytes, judges: Judges) -> bytes | None:
    """The hash of all that a unit's examples hang on; None when it cannot be read."""
    source = recipe.sources[unit.source]
    if identity is None:
        return None
    name, beside = "", b""
    if isinstance(source, Scripts):
        name = unit.of_source
        if identity.endswith(INCLUDES):
            beside = judges.surroundings(unit.source, source.root / name)
    parts = f"{unit.source}\n{name}\n{unit.file}\n{identity}".encode("utf-8", "surrogateescape")
    return sha256(fingerprint + sha256(parts).digest() + beside).digest()


def _lasts(outcome: work.Outcome, identity: str | None) -> bool:
    """Whether an outcome may be kept under a key of this identity: not when the file was another one by the time that
    it was read, nor when the judge's word was of the moment."""
    document, drop = outcome.document, outcome.drop
    read = document.kind != "scripts" or identity is None or identity.removesuffix(INCLUDES) == document.sha256
    return read and not (drop and drop.reason in TRANSIENT)


def _fingerprint(recipe: Recipe, judges: Judges) -> bytes:
    """The hash of all that makes examples out of documents: this code, the recipe, the judges, the benchmarks."""
    code = [sha256(path.read_bytes()).digest() for path in sorted(Path(__file__).parent.rglob("*.py"))]
    settings = recipe.model_dump_json(exclude={"name", "seed", "split"})
    counts = tokenizer_file(recipe.tokenizer) if recipe.tokenizer else None
    tokenizer = counts.read_bytes() if counts else b""
    judged_by = benchmarks.fingerprint(recipe.quality.benchmarks)
    parts = [*code, f"{settings} {sorted(judges.versions.items())}".encode(), tokenizer, judged_by]
    return sha256(b"".join(parts)).digest()


class Sink:
    """The open files of a build."""

    def __init__(self, folder: Path, recipe: Recipe) -> None:
        self._open, self._recipe = ExitStack(), recipe
        self._files: dict[str, BinaryIO] = {}
        for name in [f"{split}.{format_}" for split in SPLITS for format_ in of_recipe(recipe)] + ["rejected"]:
            file = Path(f"{folder}/{name}.jsonl").open("wb")  # noqa: SIM115 - the stack closes it
            self._files[name] = self._open.enter_context(file)

    def __enter__(self) -> Sink:
        return self

    def __exit__(self, *error: object) -> None:
        self._open.close()

    def write_all(self, everyone: Sequence[Head], found: corpus.Corpus, store: Store) -> None:
        """Every document in order: its rows, or why it has none."""
        placed = iter(zip(found.splits, found.ids, strict=True))
        for head in everyone:
            if head.drop:
                self._reject(head, head.drop)
            else:
                self._write(store.rows(head.store), *next(placed))

    def _write(self, rows: dict[str, bytes], split: Split, cluster: str) -> None:
        for format_, lines in rows.items():
            self._files[f"{split}.{format_}"].write(in_cluster(lines, cluster))

    def _reject(self, head: Head, drop: Drop) -> None:
        row = {"source": head.source, "sha256": head.sha256, "reason": drop.reason}
        if drop.reason == "duplicate":
            again = "two sources of the recipe read this file" if drop.detail == head.source else ""
            row |= {"detail": again, "duplicate_of": drop.detail}
        else:
            row["detail"] = redacted([drop.detail], self._recipe)[0]
        self._files["rejected"].write(json_line(row).encode("utf-8", "backslashreplace"))


@contextmanager
def _output(out: Path | None) -> Iterator[Path | None]:
    if out is None:
        yield None
        return
    manifest.refuse_foreign(out)
    with whole_folder(real(out)) as folder:  # a link given as `out` keeps its place; what it points at is replaced
        yield folder

"""All kept documents together: who is nearly whom, which split each is in, and a proof that nothing leaked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from prep.dedupe import Clusters, near_duplicates
from prep.errors import UserError
from prep.recipe import Quality, Recipe
from prep.split import SPLITS, Split, place, split_of
from prep.store import Head, Store

if TYPE_CHECKING:
    from prep.similarity import Shingles

MARGIN = (
    0.1  # below the recipe's threshold documents are joined already: tools that count characters, longer n-grams or
)
# lines come to another number for the same pair (on 4,004 public scripts up to 0.1 higher)
FAINT = 0.3  # what is less alike than this is not looked for: it is no copy of anything


@dataclass(frozen=True)
class Audit:
    """How alike test and train are: exact, by every test document against every training document.

    `highest` is the largest Jaccard index of words and word pairs, `pair` the two documents; `above_half` and
    `above_07` are shares of the test documents. Below FAINT it is given as 0, with an empty pair.
    """

    test: int
    train: int
    highest: float
    pair: tuple[str, str]
    above_half: float
    above_07: float


@dataclass(frozen=True)
class Corpus:
    """By document, in the order of the heads: its split and its cluster's id. `clusters` counts those of several."""

    splits: list[Split]
    ids: list[str]
    clusters: int
    largest: int
    audit: Audit | None


def arrange(heads: Sequence[Head], recipe: Recipe, store: Store, fingerprint: bytes) -> Corpus:
    """Clusters, splits and audit of the kept documents, taken from the store when nothing changed."""
    settings = recipe.model_dump_json(include={"seed", "split", "quality"}).encode()
    key = sha256(fingerprint + settings + "".join(f"{head.key} {head.source}\n" for head in heads).encode()).digest()
    kept = store.corpus(key)
    if kept:
        return _read(kept)
    corpus = _arranged(heads, recipe)
    store.keep_corpus(key, json.dumps(asdict(corpus)).encode())
    return corpus


def _read(kept: bytes) -> Corpus:
    found = json.loads(kept)
    audit = found.pop("audit")
    return Corpus(**found, audit=Audit(**audit | {"pair": tuple(audit["pair"])}) if audit else None)


def refuse_leaks(corpus: Corpus, quality: Quality) -> None:
    """Raise UserError when a test document is more alike to a training document than the recipe allows."""
    audit = corpus.audit
    if audit and quality.leakage != "off" and audit.highest > quality.leakage:
        one, other = audit.pair
        raise UserError(
            f"{one} of test and {other} of train are {audit.highest:.0%} alike, above quality.leakage "
            f"{quality.leakage:g}: set quality.near_duplicates to {quality.leakage:g} or lower, which keeps such "
            "documents in one split",
            code=1,
        )


def _arranged(heads: Sequence[Head], recipe: Recipe) -> Corpus:
    ratios = recipe.split
    places = [place(head.key, recipe.seed, ratios.val, ratios.test) for head in heads]
    if not heads or not heads[0].shingles:
        return Corpus(places, [head.key for head in heads], 0, 0, None)
    import numpy as np

    documents = [np.frombuffer(head.shingles, np.uint32) for head in heads]
    near = recipe.quality.near_duplicates
    threshold = None if near == "off" else max(0.05, near - MARGIN)
    clusters = near_duplicates(documents, threshold)
    splits, audit = arrange_documents(documents, places, threshold, clusters)
    members = clusters.members()
    ids = [""] * len(heads)
    for cluster in members:
        name = min(heads[one].key for one in cluster)
        for one in cluster:
            ids[one] = name
    if audit and audit.highest:
        first, second = audit.pair
        audit = replace(audit, pair=(heads[int(first)].source, heads[int(second)].source))
    return Corpus(splits, ids, sum(len(c) > 1 for c in members), max(map(len, members)), audit)


def arrange_documents(
    documents: Sequence[Shingles], places: Sequence[Split], threshold: float | None, clusters: Clusters
) -> tuple[list[Split], Audit | None]:
    """Splits that no near-duplicate crosses, and the audit; joins in `clusters` what MinHash missed.

    The audit's pair are indexes here.
    """
    while True:
        splits = _splits(clusters, places)
        audit, leaks = _audit(documents, splits, threshold)
        if not leaks:
            return splits, audit
        for one, other in leaks:  # the count of clusters falls, so this ends
            clusters.join(one, other)


def _splits(clusters: Clusters, places: Sequence[Split]) -> list[Split]:
    splits = list(places)
    for cluster in clusters.members():
        together = split_of([places[one] for one in cluster])
        for one in cluster:
            splits[one] = together
    return splits


def _audit(
    documents: Sequence[Shingles], splits: Sequence[Split], threshold: float | None
) -> tuple[Audit | None, list[tuple[int, int]]]:
    """The audit of test against train, and every pair across any two splits that is at least `threshold` alike."""
    import numpy as np

    from prep.similarity import Shelf

    shelf, number = Shelf(documents), np.array([SPLITS.index(split) for split in splits])
    train = number == 0
    highest: list[float] = []
    best, pair, leaks = 0.0, ("", ""), []
    for one in map(int, np.flatnonzero(number)):  # every held-out document against all others
        others, alike = shelf.alike(documents[one], min(FAINT, threshold or FAINT))
        if threshold is not None:
            across = others[(alike >= threshold) & (number[others] != number[one])]
            leaks += [(one, int(other)) for other in across]
        if splits[one] == "test" and train.any():
            others, alike = others[train[others]], alike[train[others]]
            highest.append(float(alike.max(initial=0)))
            if highest[-1] > best and len(others):
                best, pair = highest[-1], (str(one), str(others[alike.argmax()]))
    if not highest:
        return None, leaks
    shares = [sum(value >= limit for value in highest) / len(highest) for limit in (0.5, 0.7)]
    return Audit(len(highest), int(train.sum()), round(best, 4), pair, *shares), leaks

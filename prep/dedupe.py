"""Documents that are the same text, and documents that are nearly: the first are dropped, the second stay together.

A cluster is all documents that a chain of near-duplicates joins. A split takes a cluster whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prep.similarity import Shingles


FEW = 16  # candidates that are compared first


class Originals:
    """Ask in stable order: the first document of a text is kept, later ones are told which one it was."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}

    def duplicate_of(self, key: str, source: str) -> str | None:
        first = self._first.setdefault(key, source)
        return None if first is source else first


class Clusters:
    """Disjoint sets of the documents 0 .. count - 1."""

    def __init__(self, count: int) -> None:
        self._parent = list(range(count))

    def root(self, one: int) -> int:
        while self._parent[one] != one:
            self._parent[one] = one = self._parent[self._parent[one]]
        return one

    def join(self, one: int, other: int) -> None:
        one, other = sorted((self.root(one), self.root(other)))
        self._parent[other] = one

    def members(self) -> list[list[int]]:
        """All clusters, each in ascending order."""
        sets: dict[int, list[int]] = {}
        for one in range(len(self._parent)):
            sets.setdefault(self.root(one), []).append(one)
        return list(sets.values())


def near_duplicates(documents: Sequence[Shingles], threshold: float | None) -> Clusters:
    """Clusters of documents with a Jaccard index of at least `threshold`; None: each is alone."""
    clusters = Clusters(len(documents))
    if threshold is None:
        return clusters
    import numpy as np

    from prep.similarity import candidates, jaccards

    cluster = np.arange(len(documents))  # of each document, by a number of its own
    for later, alike_perhaps in candidates(documents):
        left, size = alike_perhaps, FEW
        while len(left := left[cluster[left] != cluster[later]]):
            some, left = left[:size], left[size:]
            alike = jaccards(documents[later], [documents[one] for one in some]) >= threshold
            for one in map(int, some[alike]):
                clusters.join(one, later)
                cluster[cluster == cluster[one]] = cluster[later]
            size *= 4  # one that joins takes its whole cluster along: most are never compared
    return clusters

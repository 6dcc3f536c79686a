"""Documents that are the same text, and documents that are nearly: the first are dropped, the second stay together.

A cluster is all documents that a chain of near-duplicates joins. A split takes a cluster whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prep.similarity import Shingles


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
    from prep.similarity import candidates, jaccard

    for one, other in candidates(documents):
        if clusters.root(one) != clusters.root(other) and jaccard(documents[one], documents[other]) >= threshold:
            clusters.join(one, other)
    return clusters

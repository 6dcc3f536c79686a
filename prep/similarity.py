"""How alike two documents are: the Jaccard index of their words and word pairs, found fast and counted exactly.

Pairs alone miss a template whose names were changed; 3-grams and 5-grams, which others use, miss it more.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Shingles = NDArray[np.uint32]  # the hashes of a document's words and word pairs, sorted, each once

PERMUTATIONS = 240
SMALL = 20_000  # documents; up to here more bands find pairs that are less alike, beyond it they would cost minutes
CHUNK = 1000
ASKED = 50  # at once: where all documents are alike, each answer names all of them
_WORD = re.compile(r"\w+")


def shingles(text: str) -> Shingles:
    """Letter case, layout and signs do not count; a text without a word is one shingle."""
    words = _WORD.findall(text.lower()) or [""]
    hashes = np.fromiter((zlib.crc32(word.encode("utf-8", "replace")) for word in words), np.uint64, len(words))
    pairs = hashes[:-1] * np.uint64(0x9E3779B97F4A7C15) + hashes[1:] * np.uint64(0xC2B2AE3D27D4EB4F)
    pairs = (pairs ^ (pairs >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9) >> np.uint64(32)
    return np.unique(np.concatenate((hashes, pairs))).astype(np.uint32)


def jaccard(one: Shingles, other: Shingles) -> float:
    """Shared shingles over all shingles of the two, 0 to 1."""
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared / (len(one) + len(other) - shared)


def jaccards(one: Shingles, others: Sequence[Shingles]) -> NDArray[np.float64]:
    """`jaccard` of one document with each of several."""
    sizes = np.fromiter(map(len, others), np.int64, len(others))
    if not len(sizes):
        return np.zeros(0, np.float64)
    together = np.concatenate(others)
    held = one[np.minimum(np.searchsorted(one, together), len(one) - 1)] == together
    shared = np.add.reduceat(held, np.cumsum(sizes) - sizes, dtype=np.int64)
    return shared / (len(one) + sizes - shared)


def candidates(documents: Sequence[Shingles]) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Of every document, by number, those before it that MinHash and LSH hold for alike to it. A pair with a Jaccard
    index of 0.7 is missed once in 10,000 times; the others are for the caller to check."""
    from rensa import RMinHash, RMinHashLSH

    bands = 80 if len(documents) <= SMALL else 48
    index = RMinHashLSH(threshold=0.5, num_perm=PERMUTATIONS, num_bands=bands)
    for start in range(0, len(documents), CHUNK):
        chunk = documents[start : start + CHUNK]
        tokens = [[four.tobytes() for four in document.reshape(-1, 1)] for document in chunk]
        sketches = RMinHash.from_token_sets(tokens, num_perm=PERMUTATIONS, seed=0)
        index.insert_pairs(list(enumerate(sketches, start)))
        for first in range(0, len(sketches), ASKED):
            for later, found in enumerate(index.query_all(sketches[first : first + ASKED]), start + first):
                known = np.sort(np.fromiter(found, np.int64, len(found)))
                yield later, known[known < later]


class Shelf:
    """An inverted index over documents: all that are alike to one, exactly, without comparing pair by pair."""

    def __init__(self, documents: Sequence[Shingles]) -> None:
        self._documents = documents
        self._sizes = np.fromiter(map(len, documents), np.int64, len(documents))
        owners = np.repeat(np.arange(len(documents), dtype=np.uint32), self._sizes)
        hashes = np.concatenate(documents) if len(documents) else np.zeros(0, np.uint32)
        order = np.argsort(hashes, kind="stable")
        self._hashes, self._owners = hashes[order], owners[order]

    def alike(self, document: Shingles, least: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Every document with a Jaccard index of at least `least`, by its number, and that index.

        Such a document shares one of the rarer shingles: of so many that the others alone could not reach `least`.
        What all documents hold is never looked up (prefix filtering; Bayardo, Ma and Srikant, 2007).
        """
        size = len(document)
        starts = np.searchsorted(self._hashes, document, "left")
        counts = np.searchsorted(self._hashes, document, "right") - starts
        rare = np.argsort(counts, kind="stable")[: size - int(np.ceil(least * size)) + 1]
        starts, counts = starts[rare], counts[rare]
        first = np.repeat(starts - np.concatenate(([0], np.cumsum(counts)[:-1])), counts)
        shared = np.bincount(self._owners[first + np.arange(counts.sum())], minlength=len(self._sizes))
        most = shared + size - len(rare)  # shared at most, were all the common ones shared too
        possible = np.flatnonzero((shared > 0) & (most >= least * (size + self._sizes - most) - 1e-9))
        found = jaccards(document, [self._documents[other] for other in possible])
        return possible[found >= least], found[found >= least]

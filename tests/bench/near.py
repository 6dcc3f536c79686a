"""Near-duplicates and the leakage audit of a large corpus: seconds, and the memory that they take.

    python -m tests.bench.near [DOCUMENTS]            (100,000; = make bench)

Made-up texts of Zipf-distributed words, one in twelve a near-duplicate of an earlier one.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from itertools import accumulate

from prep.corpus import arrange_documents
from prep.dedupe import near_duplicates
from prep.similarity import Shingles, shingles
from prep.split import place

WORDS = [f"w{number}" for number in range(30_000)]
WEIGHTS = list(accumulate(1 / (number + 10) for number in range(len(WORDS))))
BOILERPLATE = "requires AutoHotkey v2 0 SingleInstance Force "


def documents(count: int) -> list[Shingles]:
    random_ = random.Random(0)
    made: list[Shingles] = []
    recent: list[list[str]] = []
    for _ in range(count):
        if recent and random_.random() < 1 / 12:
            words = list(random_.choice(recent))
            for _ in range(3):
                words[random_.randrange(len(words))] = random_.choice(WORDS)
        else:
            words = random_.choices(WORDS, cum_weights=WEIGHTS, k=random_.randint(60, 500))
            recent = [*recent[-500:], words]
        made.append(shingles(BOILERPLATE + " ".join(words)))
    return made


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    began = time.perf_counter()
    corpus = documents(count)
    made = time.perf_counter()
    clusters = near_duplicates(corpus, 0.7)
    found = time.perf_counter()
    places = [place(str(number), 42, 0.1, 0.1) for number in range(count)]
    _, audit = arrange_documents(corpus, places, 0.7, clusters)
    done = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    several = sum(len(members) > 1 for members in clusters.members())
    print(
        f"near: {count:,} documents ({made - began:.0f} s to make them), {several:,} clusters in {found - made:.0f} s"
    )
    print(f"near: audit {done - found:.0f} s, highest {audit.highest:.2f}; peak memory {peak:,.0f} MiB")


if __name__ == "__main__":
    main()

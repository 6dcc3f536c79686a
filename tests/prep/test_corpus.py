"""Near-duplicates stay together, and the proof of it is exact."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from prep.corpus import Corpus
from prep.dedupe import Clusters, near_duplicates
from prep.funnel import Funnel
from prep.recipe import load_recipe
from prep.similarity import Shelf, candidates, jaccard, shingles
from tests.conftest import one_line
from tests.prep.conftest import Run, jsonl

WORDS = [f"word{number}" for number in range(3000)]


def document(random_: random.Random, length: int = 120) -> list[str]:
    return [random_.choice(WORDS) for _ in range(length)]


def family(random_: random.Random, members: int) -> list[str]:
    """Texts that differ from the first in a few words each."""
    first = document(random_)
    texts = [" ".join(first)]
    for _ in range(members - 1):
        other = list(first)
        for _ in range(random_.randint(1, 7)):
            other[random_.randrange(len(other))] = random_.choice(WORDS)
        texts.append(" ".join(other))
    return texts


@pytest.fixture(scope="module")
def corpus() -> list[str]:
    random_ = random.Random(7)
    texts = [" ".join(document(random_)) for _ in range(200)]
    texts += [text for _ in range(60) for text in family(random_, 3)]
    random_.shuffle(texts)
    return texts


def test_layout_case_and_signs_do_not_count() -> None:
    one, other = shingles('MsgBox("Hello, big World")\n'), shingles("msgbox hello   BIG\n\tworld;")
    assert one.tolist() == other.tolist()
    assert len(one) == 7  # four words, three pairs
    assert len(shingles("")) == len(shingles("(;)")) == 1


def test_similarity_is_the_jaccard_index_of_words_and_pairs() -> None:
    one, other = ["a", "b", "c", "d", "e", "f"], ["a", "b", "c", "d", "x", "f"]
    sets = [{*words, *itertools.pairwise(words)} for words in (one, other)]
    expected = len(sets[0] & sets[1]) / len(sets[0] | sets[1])
    assert jaccard(shingles(" ".join(one)), shingles(" ".join(other))) == pytest.approx(expected)


def test_every_near_duplicate_is_found(corpus: list[str]) -> None:
    """Against all pairs, counted one by one."""
    documents = [shingles(text) for text in corpus]
    pairs = set(itertools.combinations(range(len(documents)), 2))
    alike = {(one, other) for one, other in pairs if jaccard(documents[one], documents[other]) >= 0.7}
    assert len(alike) > 50
    assert alike <= {(earlier, later) for later, before in candidates(documents) for earlier in before}
    clusters = near_duplicates(documents, 0.7)
    assert {frozenset(pair) for pair in alike if clusters.root(pair[0]) != clusters.root(pair[1])} == set()
    assert sum(len(members) > 1 for members in clusters.members()) <= 60


def test_a_shelf_counts_exactly(corpus: list[str]) -> None:
    documents = [shingles(text) for text in corpus[:80]]
    shelf = Shelf(documents)
    for least in (0.05, 0.3, 0.7, 1.0):
        for one in documents[:30]:
            all_ = np.array([jaccard(one, other) for other in documents])
            numbers, alike = shelf.alike(one, least)
            assert numbers.tolist() == np.flatnonzero(all_ >= least).tolist()
            np.testing.assert_allclose(alike, all_[all_ >= least])


def test_clusters_are_chains() -> None:
    clusters = Clusters(5)
    clusters.join(3, 1)
    clusters.join(4, 3)
    assert clusters.members() == [[0], [1, 3, 4], [2]]


@pytest.fixture
def families(project: Path) -> Path:
    """40 scripts in 20 pairs of near-duplicates, in place of the project's own."""
    random_ = random.Random(3)
    for path in project.glob("scripts/**/*.ahk"):
        path.unlink()
    for number in range(20):
        for member, text in enumerate(family(random_, 2)):
            head = f"; Tool {WORDS[number]} of the collection\n; Does what word {number} says it should do.\n"
            (project / f"scripts/tool_{number}_{member}.ahk").write_text(f"{head}x := '{text}'\n")
    recipe = (project / "demo.yaml").read_text()
    (project / "demo.yaml").write_text(recipe.replace("near_duplicates: off, leakage: off", "near_duplicates: 0.5"))
    return project


def splits(project: Path) -> dict[str, str]:
    found = {}
    for split in ("train", "val", "test"):
        for row in jsonl(project / f"data/demo/{split}.chat.jsonl"):
            found[row["metadata"]["source"]] = split
    return found


def test_near_duplicates_are_in_one_split_under_one_cluster(families: Path, prep: Run) -> None:
    done = prep("build", "demo.yaml")
    assert done.returncode == 0, done.stderr
    of = splits(families)
    pairs = [(of[f"scripts/tool_{n}_0.ahk"], of[f"scripts/tool_{n}_1.ahk"]) for n in range(20)]
    assert all(one == other for one, other in pairs)
    assert {one for one, _ in pairs} == {"train", "val", "test"}
    rows = [row for split in ("train", "val", "test") for row in jsonl(families / f"data/demo/{split}.chat.jsonl")]
    clusters = {row["metadata"]["cluster"] for row in rows if row["metadata"]["task"] == "write"}
    assert len(clusters) == 20
    assert "clusters of near-duplicates | 2" in (families / "data/demo/README.md").read_text()


def test_a_new_near_duplicate_takes_nothing_out_of_test(families: Path, prep: Run) -> None:
    assert prep("build", "demo.yaml").returncode == 0
    before = splits(families)
    for path in list(families.glob("scripts/tool_*_0.ahk")):
        path.with_name(path.name.replace("_0", "_2")).write_text(path.read_text() + "y := 1 + 2\n")
    assert prep("build", "demo.yaml").returncode == 0
    after = splits(families)
    in_test = [source for source, split in before.items() if split == "test"]
    assert in_test
    assert [source for source in in_test if after[source] != "test"] == []


def test_a_leak_stops_the_build(families: Path, prep: Run) -> None:
    recipe = (families / "demo.yaml").read_text().replace("near_duplicates: 0.5", "near_duplicates: off, leakage: 0.4")
    (families / "demo.yaml").write_text(recipe)
    one_line(prep("build", "demo.yaml"), 1, "of test and", "of train are", "above quality.leakage 0.4")
    assert not (families / "data/demo").exists()


def test_a_split_without_documents_says_when_they_are_all_alike(project: Path) -> None:
    funnel = Funnel(40, documents=Counter({"train": 40}), corpus=Corpus([], [], 1, 30, None))
    funnel.close(load_recipe(project / "demo.yaml"))
    [empty, *_] = funnel.warnings
    assert empty.startswith("val is empty: none of 40 documents fell in its ")
    assert empty.endswith("%; 30 of them are nearly the same and stay together")

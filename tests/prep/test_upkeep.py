"""stats, diff and push, on a built dataset."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.conftest import one_line
from tests.prep.conftest import Run, jsonl, script


@pytest.fixture
def built(project: Path, prep: Run) -> Path:
    done = prep("build", "demo.yaml")
    assert done.returncode == 0, done.stderr
    return project


def tokenizer(path: Path) -> None:
    """One token for each word and each sign."""
    from tokenizers import Tokenizer, models, pre_tokenizers

    made = Tokenizer(models.WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    path.mkdir()
    made.save(str(path / "tokenizer.json"))


def test_tokens_are_those_of_the_tokenizer(built: Path, prep: Run) -> None:
    import re

    tokenizer(built / "words")
    done = prep("stats", "data/demo", "--tokenizer", "words", "--sequence-len", "40", "--json", "out.json")
    assert done.returncode == 0, done.stderr
    assert max(map(len, done.stdout.splitlines())) <= 80
    found = json.loads((built / "out.json").read_text())
    rows = [row for split in ("train", "val", "test") for row in jsonl(built / f"data/demo/{split}.alpaca.jsonl")]
    counts = [len(re.findall(r"\w+|[^\w\s]+", row["instruction"] + "\n" + row["output"])) for row in rows]
    assert found["all"]["tokens"] == sum(counts)
    assert found["all"]["max"] == max(counts)
    assert found["all"]["over"] == {"40": sum(count > 40 for count in counts)}
    assert sum(task["examples"] for task in found["tasks"].values()) == len(rows)


def test_without_a_tokenizer_the_numbers_say_that_they_are_estimates(built: Path, prep: Run) -> None:
    assert "estimated from characters" in prep("stats", "data/demo").stdout


def test_two_builds_of_the_same_are_the_same(built: Path, prep: Run) -> None:
    assert prep("build", "demo.yaml", "--out", "again").returncode == 0
    done = prep("diff", "data/demo", "again")
    assert (done.returncode, done.stdout) == (0, "the same rows in the same splits\n")


def test_a_diff_names_what_was_added_removed_changed_and_moved(built: Path, prep: Run) -> None:
    (built / "scripts/added.ahk").write_text(script(400))
    (built / "scripts/windows/tool_1.ahk").unlink()
    assert prep("build", "demo.yaml", "--out", "again", "--seed", "7").returncode == 0
    done = prep("diff", "data/demo", "again", "--json", "out.json")
    assert done.returncode == 1
    found = json.loads((built / "out.json").read_text())["alpaca"]
    assert (len(found["added"]), len(found["removed"]), found["changed"]) == (1, 1, [])
    assert found["moved"]
    assert (
        len(found["moved"]) + found["same"]
        == sum(len(jsonl(built / f"data/demo/{split}.alpaca.jsonl")) for split in ("train", "val", "test")) - 1
    )


def test_an_edited_row_is_changed(built: Path, prep: Run) -> None:
    shutil.copytree(built / "data/demo", built / "edited")
    path = built / "edited/train.chat.jsonl"
    first, _, rest = path.read_text().partition("\n")
    path.write_text(first.replace('"user", "content": "', '"user", "content": "Please: ') + "\n" + rest)
    done = prep("diff", "data/demo", "edited")
    assert done.returncode == 1
    assert "changed: " in done.stdout  # of the first format that has a difference
    assert [line.split() for line in done.stdout.splitlines() if "chat" in line and "all" in line] == [
        ["chat", "all", "0", "0", "1", "0"]
    ]


def test_a_push_is_checked_before_anything_is_sent(built: Path, prep: Run) -> None:
    done = prep("push", "data/demo", "somebody/demo", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "train.chat.jsonl" in done.stdout
    assert "nothing was sent to somebody/demo" in done.stdout
    (built / "data/demo/train.chat.jsonl").write_text("edited")
    one_line(prep("push", "data/demo", "somebody/demo", "--dry-run"), 1, "changed since it was built: train.chat.jsonl")


def test_wrong_input_is_one_line(built: Path, prep: Run) -> None:
    for command in (["stats", "gone"], ["diff", "gone", "data/demo"], ["push", "gone", "a/b", "--dry-run"]):
        one_line(prep(*command), 2, "gone: no built dataset")
    one_line(prep("stats", "data/demo", "--tokenizer", "gone"), 2, "--tokenizer gone: neither a folder")
    (built / "data/demo/val.alpaca.jsonl").write_text("{}\n")
    one_line(prep("stats", "data/demo"), 2, "val.alpaca.jsonl:1: not a row")

"""`eval compare`: pairing, figures, verdicts, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from scipy import stats

from eval import tables
from eval.compare import Comparison, as_json, compare, refuse_nothing
from eval.results import Answer
from eval.sides import find
from prep.errors import UserError
from tests.conftest import one_line, run
from tests.eval.folders import folder, losses, passes


def compared(tmp_path: Path, before: list[Answer], after: list[Answer]) -> Comparison:
    one = folder(tmp_path / "one", before)
    other = folder(tmp_path / "other", after)
    ours, theirs = find([str(one), str(other)])
    found = compare([(ours, theirs)])
    refuse_nothing(found)
    return found[0]


def test_passes_are_paired_by_item_whatever_the_order(tmp_path: Path) -> None:
    before, after = passes("base", "++--" * 10), passes("tuned", "+-+-" * 10)
    task = compared(tmp_path, before, after[::-1]).tasks[0]
    assert (task.all.n, task.all.before, task.all.after, task.rate) == (40, 0.5, 0.5, True)
    assert set(task.all.gained) == {str(n) for n in range(2, 40, 4)}
    assert set(task.all.lost) == {str(n) for n in range(1, 40, 4)}
    assert (task.word, task.metric) == ("not enough evidence", "pass@1")


def test_answers_to_read_have_no_verdict(tmp_path: Path) -> None:
    """A task without a metric is told and not decided."""
    sides = [folder(tmp_path / name, passes(name, "+-+-")) for name in ("base", "tuned")]
    for side in sides:
        found = json.loads((side / "results.json").read_text())
        found["tasks"]["ahk_exec"]["metrics"] = {}
        (side / "results.json").write_text(json.dumps(found))
    ours, theirs = find([str(side) for side in sides])
    [one] = compare([(ours, theirs)])
    assert not one.tasks and "ahk_exec" in one.notes[0]


def test_p_is_mcnemars_and_the_verdict_follows_it(tmp_path: Path) -> None:
    task = compared(
        tmp_path, passes("base", "-" * 12 + "+" * 3 + "+" * 20), passes("tuned", "+" * 12 + "-" * 3 + "+" * 20)
    ).tasks[0]
    assert task.p == pytest.approx(stats.binomtest(12, 15).pvalue) == task.holm
    assert task.word == "better" and task.needed is None
    assert task.all.difference.value == pytest.approx(9 / 35)


def test_the_interval_is_scipys(tmp_path: Path) -> None:
    """A BCa bootstrap of its own, on the differences."""
    before, after = [100.0 + n % 7 for n in range(50)], [95.0 + n % 11 for n in range(50)]
    task = compared(tmp_path, losses("base", before), losses("tuned", after)).tasks[0]
    pairs = [(b - a) / 100 for b, a in zip(before, after, strict=True)]
    found = stats.bootstrap((pairs,), lambda x, axis: x.mean(axis=axis), n_resamples=9999, rng=1).confidence_interval
    low, high = -task.all.difference.high, -task.all.difference.low
    assert (low, high) == pytest.approx((found.low, found.high), abs=0.002)


def test_of_bits_per_byte_less_is_better(tmp_path: Path) -> None:
    task = compared(tmp_path, losses("base", [200, 210] * 20), losses("tuned", [100, 120] * 20)).tasks[0]
    assert task.metric == "bits_per_byte" and task.lower_is_better and not task.rate
    assert (task.all.before, task.all.after) == pytest.approx((2.05, 1.1))
    found = task.all.difference
    assert found.value == pytest.approx(-0.95) and found.low < found.value < found.high < 0
    assert task.word == "better" and len(task.all.gained) == 40


def test_bytes_counted_otherwise_are_taken_per_byte(tmp_path: Path) -> None:
    """One prompt ends in a line feed, which is counted: 101 bytes for 100."""
    task = compared(tmp_path, losses("base", [200, 210] * 5), losses("tuned", [202, 212.1] * 5, size=101)).tasks[0]
    assert task.all.difference.value == pytest.approx(0, abs=1e-12)


def test_samples_of_an_item_are_one_value(tmp_path: Path) -> None:
    """pass@1 of ten samples: items are drawn, never single samples."""
    before = [answer for k in range(4) for answer in passes("base", "--+-", sample=k)]
    after = [answer for k in range(4) for answer in passes("tuned", "-+++" if k else "----", sample=k)]
    task = compared(tmp_path, before, after).tasks[0]
    assert (task.all.n, task.all.before, task.all.after) == (4, 0.25, pytest.approx(0.5625))
    assert (task.all.gained, task.all.lost) == (["1", "3"], ["2"])


def test_what_is_not_compared_is_counted_and_named(tmp_path: Path) -> None:
    before, after = passes("base", "+-+-?"), passes("tuned", "+++++++")[1:]
    after[0] = replace(after[0], question="another question")
    task = compared(tmp_path, before, after).tasks[0]
    assert (task.left.only_before, task.left.only_after) == (["0"], ["5", "6"])
    assert (task.left.other_question, task.left.unjudged) == (["1"], ["4"])
    assert task.all.n == 2


def test_categories_are_told_apart(tmp_path: Path) -> None:
    task = compared(tmp_path, passes("base", "-+" * 10), passes("tuned", "++" * 10)).tasks[0]
    assert {name: (found.n, found.before, found.after) for name, found in task.categories.items()} == {
        "even": (10, 0.0, 1.0),
        "odd": (10, 1.0, 1.0),
    }


def test_several_tests_are_corrected(tmp_path: Path) -> None:
    """Six gained and none lost: p is 0.031; of three such tasks none is sure by Holm."""
    answers = {
        label: [row for task in ("x", "y", "z") for row in passes(label, marks, task=task)]
        for label, marks in (("base", "-" * 6 + "+" * 9), ("tuned", "+" * 15))
    }
    alone = compared(tmp_path, passes("base", "-" * 6 + "+" * 9), passes("tuned", "+" * 15)).tasks[0]
    assert alone.word == "better"
    tasks = compared(tmp_path / "all", answers["base"], answers["tuned"]).tasks
    assert [(task.word, task.holm) for task in tasks] == [("not enough evidence", pytest.approx(3 * alone.p))] * 3


def test_nothing_in_common_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no item in common"):
        compared(tmp_path, passes("base", "+-"), passes("tuned", "+-", task="general"))
    with pytest.raises(UserError, match="no item in common"):
        compared(tmp_path, passes("base", "+-"), [replace(row, id=f"x{row.id}") for row in passes("tuned", "+-")])


def test_other_settings_are_told_in_one_line(tmp_path: Path) -> None:
    one = folder(tmp_path / "one", passes("base", "+-"))
    other = folder(
        tmp_path / "other",
        passes("base", "+-"),
        settings={"limit": 2, "samples": 1, "temperature": 0.8, "tasks": {"ahk_exec": {"k": 1}, "x": {"k": 2}}},
    )
    notes = compare([tuple(find([str(one), str(other)]))])[0].notes  # type: ignore[list-item]
    assert notes == ["set otherwise: limit none / 2, seed 42 / none, tasks.ahk_exec.k none / 1, temperature 0.0 / 0.8"]


def test_an_open_interval_is_null_in_json(tmp_path: Path) -> None:
    sides = find([str(folder(tmp_path / "one", passes("base", "-") + passes("tuned", "+")))])
    told = as_json(sides, compare([(sides[0], sides[1])]))
    assert told["comparisons"][0]["tasks"][0]["all"]["difference"] == [1.0, None, None]
    json.dumps(told, allow_nan=False)


def test_one_folder_stands_for_all_its_subjects(tmp_path: Path) -> None:
    path = folder(tmp_path / "one", passes("base", "+-") + passes("shots", "+-") + passes("tuned", "++"))
    assert [side.label for side in find([str(path)])] == ["base", "shots", "tuned"]
    assert [side.subject for side in find([f"{path}:shots", f"{path}:base"])] == ["shots", "base"]


def test_of_two_folders_the_tuned_are_meant(tmp_path: Path) -> None:
    paths = [folder(tmp_path / name, passes("base", "+") + passes("tuned", "+")) for name in ("r16", "r32")]
    assert [(side.label, side.subject) for side in find([str(path) for path in paths])] == [
        ("r16", "tuned"),
        ("r32", "tuned"),
    ]


def test_a_recipes_name_is_its_newest_results_with_the_tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    runs = tmp_path / "outputs/tiny/eval"
    folder(runs / "exec", passes("base", "+") + passes("tuned", "+"))
    folder(runs / "loss", losses("base", [1]) + losses("tuned", [1]))
    folder(runs / "broken", passes("base", "+"))
    (runs / "broken/results.json").write_text("{")
    assert {side.folder.name for side in find(["tiny"], ["ahk_exec"])} == {"exec"}
    assert {side.folder.name for side in find(["tiny"])} == {"loss"}
    assert [side.subject for side in find(["tiny:base", "tiny:tuned"])] == ["base", "tuned"]
    with pytest.raises(UserError, match="no results that have qa together: there are ahk_exec, ahk_loss"):
        find(["tiny"], ["qa"])


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["nowhere"], "no results of 'nowhere'"),
        (["one:small"], "no subject 'small': there are base, tuned"),
        (["one:base", "one:base"], "named twice"),
        (["alone"], "has only 'base': name a second result"),
        (["untuned", "one"], "which of its subjects"),
        (["unfinished", "one"], "unfinished"),
        (["broken", "one"], "broken"),
        (["empty", "one"], "no results of an evaluation"),
        (["odd", "one"], r"broken \(tasks.ahk_exec.metrics are no numbers\)"),
        (["nobody"], r"broken \(no subjects\)"),
    ],
)
def test_bad_names_are_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: list[str], words: str) -> None:
    monkeypatch.chdir(tmp_path)
    folder(tmp_path / "one", passes("base", "+") + passes("tuned", "+"))
    folder(tmp_path / "alone", passes("base", "+"))
    folder(tmp_path / "untuned", passes("x", "+") + passes("y", "+"))
    (folder(tmp_path / "unfinished", passes("base", "+")) / "results.json").unlink()
    (folder(tmp_path / "broken", passes("base", "+")) / "results.json").write_text('{"version": 1')
    (tmp_path / "empty").mkdir()
    folder(tmp_path / "odd", passes("base", "+"), tasks={"ahk_exec": {"metrics": {"pass@1": {"base": "1"}}}})
    folder(tmp_path / "nobody", passes("base", "+"), subjects={})
    with pytest.raises(UserError, match=words) as told:
        find(names)
    assert "\n" not in str(told.value) and told.value.code == 2


def test_a_task_that_nobody_answered_is_named(tmp_path: Path) -> None:
    path = folder(tmp_path / "one", passes("base", "+") + passes("tuned", "+"))
    with pytest.raises(UserError, match="no results of a task 'ahk_loss': there are ahk_exec"):
        find([str(path)], ["ahk_loss"])


def test_the_command_says_it_in_eighty_columns(tmp_path: Path) -> None:
    before, after = passes("base", "-" * 30 + "+" * 10), passes("tuned", "+" * 30 + "-" * 2 + "+" * 8)
    folder(tmp_path / "one", before + after)
    done = run("eval", "compare", "one", "--items", "2", "--json", "all.json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "ahk_exec, pass@1: tuned is better than base." in done.stdout
    assert "gained: 0, 1, and 28 more" in done.stdout and "lost: 30, 31" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    found = json.loads((tmp_path / "all.json").read_text())["comparisons"][0]["tasks"][0]
    assert found["all"]["lost"] == ["30", "31"] and found["p"] < 0.001 and len(found["categories"]) == 2
    assert found["items"][31] == {"id": "31", "category": "odd", "before": 1.0, "after": 0.0, "weight": 1.0}


def test_what_eval_run_prints_ends_in_the_verdict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = folder(tmp_path / "one", passes("base", "-" * 20) + passes("tuned", "+" * 20))
    tables.results(one)
    assert "ahk_exec, pass@1: tuned is better than base." in capsys.readouterr().out
    tables.results(folder(tmp_path / "alone", passes("model", "-+")))
    assert "than" not in capsys.readouterr().out


def test_a_name_that_looks_like_markup_is_printed_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [replace(row, category=f"[/{row.category}]") for row in passes("base", "--+") + passes("[red]", "+++")]
    sides = find([str(folder(tmp_path / "one", rows))])
    tables.comparison(sides, compare([(sides[0], sides[1])]), items=0)
    told = capsys.readouterr().out
    assert "[/even]" in told and "[red] against it" in told


def test_worse_is_an_exit_code_where_it_is_asked_for(tmp_path: Path) -> None:
    folder(tmp_path / "one", passes("base", "+" * 30) + passes("tuned", "-" * 20 + "+" * 10))
    assert run("eval", "compare", "one", cwd=tmp_path).returncode == 0
    assert run("eval", "compare", "one", "--fail-if-worse", cwd=tmp_path).returncode == 1
    one_line(run("eval", "compare", "two", cwd=tmp_path), 2, "no results of 'two'")

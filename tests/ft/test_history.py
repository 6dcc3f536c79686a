"""`ft runs` and `ft diff`: what is read from the folders of runs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ft import curves, difference, history, status
from ft.runs import PROGRESS
from ft.view import METRICS
from prep.errors import UserError
from prep.files import sha256_bytes
from tests.conftest import one_line
from tests.conftest import run as ft
from tests.ft.recorded import progress, run


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_run_is_one_line_of_its_last_numbers() -> None:
    run("tiny", progress([3.0, 2.0, 1.5], held=[2.25, 1.75]), started="2026-11-20T10:00:00+0000", steps=3)
    found = history.all_runs()
    assert found == [
        history.Past(
            run="tiny",
            recipe="tiny",
            status="finished",
            started="2026-11-20T10:00:00+0000",
            steps=3,
            loss=1.5,
            eval_loss=1.75,
            eval_accuracy=0.25,
            seconds=30.0,
            tokens_per_second=500.0,
            ram_gib=1.5,
        )
    ]


def test_a_resumed_run_has_the_time_of_all_its_goes_and_no_speed_of_the_time_between() -> None:
    rows = progress([3.0, 2.0])
    rows += [{"time": 4000.0, "stage": "training", "step": 2}]
    rows += [{"time": 4000.0 + step, "step": step, "loss": 1.0, "tokens/total": 2000 * step} for step in (3, 4)]
    found = history.past(run("tiny", rows, attempts=[{"seconds": 100.0}, {"seconds": None}]))
    assert (found.seconds, found.tokens_per_second) == (130.0, 1000.0)


def test_runs_are_found_at_any_depth_and_nothing_inside_one_is() -> None:
    inner = run("sweeps/tiny/lora_r-8", []) / "checkpoint-2"
    inner.mkdir()
    (inner / "run.json").write_text("{}")
    Path("outputs/prepared").mkdir()
    Path("outputs/prepared/run.json").write_text("{}")
    run("tiny", [])
    assert [found.run for found in history.all_runs()] == ["sweeps/tiny/lora_r-8", "tiny"]


def test_a_run_whose_process_is_gone_has_died() -> None:
    assert history.past(run("tiny", progress([3.0]), status="running")).status == "died"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("run.json", '{\n "status": "fin', "run.json:2: not JSON"),
        ("run.json", "[]", "expected a JSON object, found list"),
        ("run.json", "\udcff", "cannot be read"),
        (PROGRESS, '{"step": 1}\nhalf {\n{"step": 2}\n', f"{PROGRESS}:2: not a JSON object"),
        (PROGRESS, "7\n", f"{PROGRESS}:1: not a JSON object"),
    ],
)
def test_a_broken_record_is_named_and_the_others_are_listed(name: str, content: str, says: str) -> None:
    (run("broken", []) / name).write_bytes(content.encode("utf-8", "surrogateescape"))
    run("tiny", progress([3.0]))
    broken, whole = history.all_runs()
    assert says in str(broken.problem)
    assert whole.loss == 3.0
    done = ft("ft", "runs", cwd=Path.cwd())
    assert done.returncode == 0
    assert says in done.stdout


def test_a_last_row_that_is_still_being_written_waits() -> None:
    folder = run("tiny", progress([3.0]))
    with (folder / PROGRESS).open("a") as file:
        file.write('{"step": 2, "lo')
    assert history.past(folder).loss == 3.0


def test_runs_are_sorted_by_any_column_and_those_without_a_number_come_last() -> None:
    for name, losses in (("a", [2.0]), ("b", [1.0]), ("c", []), ("d", ["nan"])):
        run(name, progress(losses))  # type: ignore[arg-type]
    found = history.all_runs()
    assert [one.run for one in history.ordered(found, "loss")] == ["b", "a", "c", "d"]
    assert [one.run for one in history.ordered(found, "-loss")] == ["a", "b", "c", "d"]
    assert [one.run for one in history.ordered(found, "-run")] == ["d", "c", "b", "a"]
    with pytest.raises(UserError, match="the columns are run, recipe"):
        history.ordered(found, "los")


def test_the_table_fits_eighty_columns_and_json_has_every_number(tmp_path: Path) -> None:
    run("a-rather-long-name-of-an-experiment", progress([3.25], held=[2.0]), status="interrupted")
    done = ft("ft", "runs", "--json", "runs.json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "25.0%" in done.stdout
    assert json.loads(Path("runs.json").read_text())[0]["loss"] == 3.25


def test_a_run_that_is_not_there_is_one_line_with_the_nearest(tmp_path: Path) -> None:
    run("tiny-r32", [])
    one_line(ft("ft", "runs", "tiny-r3", cwd=tmp_path), 2, "no run 'tiny-r3'", "did you mean 'tiny-r32'?")
    one_line(ft("ft", "diff", "tiny-r32", "other", cwd=tmp_path), 2, "other: neither a run")


def test_a_difference_is_in_values_data_versions_and_results() -> None:
    data = Path("train.jsonl")
    data.write_text('{"a": 1}\n{"a": 2}\n')
    hashes = {"data": {"train.jsonl": sha256_bytes(data.read_bytes())}, "versions": {"torch": "2.13.0"}}
    nested = {"lora_r": 32, "plugins": ["ft.plugin.Kit"], "datasets": [{"path": "train.jsonl", "type": "alpaca"}]}
    other = {
        "data": {"train.jsonl": "0" * 64},
        "versions": {"torch": "2.12.0"},
        "changes": [["lora_r", 16, 32, "asked"]],
    }
    run("a", progress([3.0]), {"datasets": [{"path": "train.jsonl", "type": "chat_template"}]}, **hashes)
    run("b", progress([2.5]), nested, **other)
    found = difference.compare("a", "outputs/b")
    assert [(row.what, row.a, row.b, row.why) for row in found.recipe] == [
        ("lora_r", 16, 32, "asked"),
        ("datasets[0].type", "chat_template", "alpaca", ""),
    ]
    assert [(row.what, str(row.a)[12:], row.b) for row in found.data] == [
        ("train.jsonl", ", 2 rows", f"{'0' * 12} (no longer on this disk)")
    ]
    assert [(row.what, row.a, row.b) for row in found.versions] == [("torch", "2.13.0", "2.12.0")]
    assert ("loss", 3.0, 2.5) in [(row.what, row.a, row.b) for row in found.results]


def test_a_recipe_is_compared_with_its_run(tmp_path: Path) -> None:
    Path("configs").mkdir()
    Path("configs/tiny.yaml").write_text(
        "base_model: outputs/standin/tiny\nlora_r: 8\nlearning_rate: 0.002\nbf16: true\n"
    )
    run("tiny", [])
    found = difference.compare("configs/tiny.yaml", "tiny")
    assert [(row.what, row.a, row.b) for row in found.recipe] == [("lora_r", 8, 16), ("bf16", True, False)]
    done = ft("ft", "diff", "configs/tiny.yaml", "tiny", "--json", "d.json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(Path("d.json").read_text())["recipe"][0] == {"what": "lora_r", "a": 8, "b": 16, "why": ""}


def drawn(*names: str) -> dict[str, object]:
    """The page of these runs as its script reads it."""
    page = curves.write([history.past(Path("outputs") / name) for name in names]).read_text()
    assert not re.search(r"""(?:src|href)\s*=|url\(|@import|https?://(?!www\.w3\.org/2000/svg)""", page)
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, flags=re.S)
    assert found
    return json.loads(found[1])


def test_the_page_holds_the_curves_of_the_chosen_runs_and_reaches_for_nothing() -> None:
    first = run("a", progress([3.0, "nan", 2.0], held=[2.5]))
    meters = [{"seconds": seconds, "ram_gib": 1.5, "gpus": []} for seconds in (30, 60, 30)]
    (first / METRICS).write_text("".join(json.dumps(row) + "\n" for row in meters))
    run("b", progress([4.0]))
    run("c", progress([5.0]))
    data = drawn("a", "b")
    charts = {chart["title"]: chart["curves"] for chart in data["charts"]}  # type: ignore[attr-defined, index]
    assert data["runs"] == ["a", "b"]
    assert charts["Training loss"] == [[[1, 3.0], [3, 2.0]], [[1, 4.0]]]
    assert charts["Validation loss"] == [[[3, 2.5]], []]
    assert charts["RAM of the run"] == [[[0.5, 1.5], [1.0, 1.5], [1.5, 1.5]], []]  # the third: after a resume
    assert "VRAM, the fullest card" not in charts


def test_no_name_of_a_run_gets_out_of_its_place_on_the_page() -> None:
    name = "<script>alert(1)<"
    run(name, progress([3.0]))
    assert drawn(name)["runs"] == [name]
    assert "<script>alert" not in curves.PAGE.read_text()


def test_a_long_curve_is_thinned_and_keeps_its_ends() -> None:
    found = curves.thinned((float(x), 1 / 3) for x in range(100_001))
    assert len(found) <= 1502
    assert (found[0], found[-1]) == ((0.0, 0.333333), (100000.0, 0.333333))


def test_without_a_run_there_is_no_page(tmp_path: Path) -> None:
    one_line(ft("ft", "runs", "--html", cwd=tmp_path), 2, "no run to draw")
    assert not curves.PAGE.exists()


def test_what_each_go_of_a_run_warned_of_is_told_once() -> None:
    rows = [{"time": float(step), "step": step, "warning": "rows are left out"} for step in (0, 3)]
    run("tiny", [*progress([3.0, 2.0]), *rows])
    assert status.state_of(Path("outputs/tiny")).words.count("rows are left out") == 1

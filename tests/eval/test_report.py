"""report.html in headless Chromium: with answers as models write them, and as an enemy would."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from eval import page, report, worst
from prep.errors import UserError
from tests.conftest import one_line, run
from tests.eval.browser import PROGRAM, Browser
from tests.eval.folders import PLAIN, folder, losses, passes

needs_browser = pytest.mark.skipif(PROGRAM is None, reason="needs Chromium: make test installs it where it may")
HOSTILE = [
    "</script><script>document.title = 'owned'</script>",
    "<img src=https://example.com/x.png onerror=\"document.title = 'owned'\">",
    "x" * 100_000,
    "\x00\x1b[31m\x7f\x80 binary \u202ereversed \ud800",
    "</script x",
    "<!--<script x",
    "{{ 7 * 7 }}{% raw %}\u2028\u2029]]>&lt;",
    "\n" * 500,
    "W" * 300 + " \U0001f642" * 100,
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as found:
        yield found


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """120 items of two tasks, two subjects, with a training file."""
    path = tmp_path_factory.mktemp("reports") / "tiny"
    path.mkdir()
    train = path / "train.alpaca.jsonl"
    rows = [{"instruction": f"question {n}", "input": "", "output": f"answer {n}"} for n in range(40)]
    train.write_text("".join(json.dumps(row) + "\n" for row in rows) + "no row\n")
    answers = passes("base", "-+---" * 20) + passes("tuned", "-++-+" * 20)
    answers += losses("base", [200 + n for n in range(20)]) + losses("tuned", [150 + n for n in range(20)])
    folder(path, answers, train=[str(train)])
    return report.write_results(path)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every text of every row is one of an enemy's, and so is the model's name. Four subjects, as a ladder has."""
    path = tmp_path_factory.mktemp("hostile") / "evil"
    shots = "base + " + "s" * 120
    rows = []
    for subject, marks in (("base", "-" * 16), (shots, "-+" * 8), ("reference", "+-" * 8), ("tuned", "++--" * 4)):
        for number, row in enumerate(passes(subject, marks)):
            told = [HOSTILE[(number + shift) % len(HOSTILE)] for shift in range(4)]
            rows.append(replace(row, question=told[0], answer=told[1], reason=told[2], reference=told[3]))
    rows = [replace(row, category=HOSTILE[int(row.id) % 2]) for row in rows]
    scrubbed = [
        replace(
            row, **{n: getattr(row, n).replace("\ud800", "") for n in ("question", "answer", "reason", "reference")}
        )
        for row in rows
    ]
    folder(path, scrubbed, model=HOSTILE[0] + "x" * 300, settings={HOSTILE[1]: HOSTILE[0]})
    return report.write_results(path)


@needs_browser
@pytest.mark.parametrize("name", ["plain", "hostile"])
@pytest.mark.parametrize("width", [360, 1200])
def test_nothing_is_fetched_complained_of_or_too_wide(
    browser: Browser, request: pytest.FixtureRequest, name: str, width: int
) -> None:
    """With every row of the list opened: what they hold is made only then."""
    path: Path = request.getfixturevalue(name)
    browser.open(path, width)
    browser.evaluate("document.querySelectorAll('details').forEach(found => { found.open = true; })")
    browser.evaluate("new Promise(done => setTimeout(done, 200))")
    assert browser.evaluate("document.querySelectorAll('.item .inside').length") >= 16
    assert browser.evaluate("document.documentElement.scrollWidth") <= width
    assert browser.requests == [path.as_uri()]
    assert browser.errors == []
    assert "owned" not in browser.evaluate("document.title").replace(HOSTILE[0], "")
    assert browser.evaluate("document.images.length") == 0


@needs_browser
def test_filters_and_search_find_what_they_name(browser: Browser, plain: Path) -> None:
    browser.open(plain, 1200)

    def count(**wanted: str) -> int:
        for name, value in wanted.items():
            browser.evaluate(f"document.getElementById('{name}').value = {json.dumps(value)}")
        browser.evaluate("document.getElementById('controls').dispatchEvent(new Event('input'))")
        return int(browser.evaluate("document.getElementById('count').textContent.split(' ')[0]"))

    assert count() == 120
    assert browser.evaluate("document.querySelectorAll('.item').length") == 50
    browser.evaluate("document.getElementById('more').click()")
    assert browser.evaluate("document.querySelectorAll('.item').length") == 100
    assert count(task="ahk_exec") == 100
    assert count(change="gained") == 40
    assert count(category="even") == 20
    assert count(category="", change="", verdict="passed", side="0") == 20
    assert count(side="1") == 60
    assert count(verdict="", side="", search="ASSERTION 73 failed") == 1
    assert browser.evaluate("document.querySelector('.item .id').textContent") == "73"
    assert count(search="nowhere to be found") == 0


@needs_browser
def test_the_list_is_used_by_keys_alone(browser: Browser, plain: Path) -> None:
    browser.open(plain, 1200)
    browser.evaluate("document.querySelector('.item > summary').focus()")
    browser.press("Enter", 13)
    assert browser.evaluate("document.querySelector('.item').open")
    names = "[...document.querySelectorAll('select, input')].every(found => found.closest('label'))"
    assert browser.evaluate(names)


@needs_browser
def test_what_is_printed_is_not_cut_nor_a_control(browser: Browser, plain: Path) -> None:
    browser.open(plain, 800)
    with browser.printing():
        assert browser.evaluate("getComputedStyle(document.getElementById('controls')).display") == "none"
        assert browser.evaluate("getComputedStyle(document.querySelector('.worst pre')).maxHeight") == "none"


def test_the_page_says_it_without_its_script(plain: Path) -> None:
    text = plain.read_text()
    assert "ahk_exec, pass@1: tuned is better than base." in text
    assert "20.0%" in text and "60.0%" in text and "13.3% to 28.9%" in text  # Wilson's, of 20 in 100
    assert "2.095" in text and "1.595" in text


def test_the_worst_have_their_nearest_training_example(plain: Path) -> None:
    text = plain.read_text()
    assert text.count('class="card worst"') == page.WORST
    assert "Nearest in training, 100 % alike" in text and "train.alpaca.jsonl:1" in text


def test_the_worst_are_what_was_lost_first_then_each_category_in_turn() -> None:
    rows = passes("tuned", "-----+-")
    found = worst.worst(rows, {("ahk_exec", "3"): 1.0}, 4)
    assert [answer.id for answer in found] == ["3", "0", "1", "2"]
    tasks = {answer.task for answer in worst.worst(rows + losses("tuned", [1, 5]), {}, 2)}
    assert tasks == {"ahk_exec", "ahk_loss"}
    assert worst.worst(losses("tuned", [1, 9, 5]), {}, 1)[0].id == "1"
    assert worst.worst(passes("tuned", "++?"), {}, 3) == []


def test_the_nearest_example_is_by_the_jaccard_index_of_words_and_pairs(tmp_path: Path) -> None:
    path = tmp_path / "train.chat.jsonl"
    rows = ["sort an array of numbers", "read a file", "sort an array of names"]
    made = [{"messages": [{"role": "user", "content": row}, {"role": "assistant", "content": "F()"}]} for row in rows]
    path.write_text("".join(json.dumps(row) + "\n" for row in made) + "[]\n{\n")
    found = worst.nearest(["Sort an array of dates", "zzz"], [path, tmp_path / "gone.jsonl"])
    assert found[0] is not None and found[0].example.place == f"{path}:1" and found[0].example.answer == "F()"
    assert found[0].alike == pytest.approx(7 / 11)  # 4 words and 3 pairs of twice 9
    assert found[1] is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb\r\nc", "a\tb\nc"),
        ("\x00\x1b", "\u2400\u241b"),
        ("\u202eabc", "\u27e8U+202E\u27e9abc"),
        ("\ud800", "?"),
        (" \n ", "(white space only, 3 characters)"),
        ("", ""),
    ],
)
def test_what_is_no_text_is_made_visible(text: str, shown: str) -> None:
    assert page.visible(text) == shown


def test_a_long_text_is_cut_and_says_so() -> None:
    assert page.visible("x" * 1012, 1000) == "x" * 1000 + "\n[... 12 characters more, in answers.jsonl]"
    assert page.visible("x" * 12, 10) == "x" * 10 + "…"


def test_one_subject_alone_has_a_page(tmp_path: Path) -> None:
    text = report.write_results(folder(tmp_path / "url", passes("model", "+-+"))).read_text()
    assert "66.7%" in text and "What the difference is" not in text


def test_nothing_judged_is_a_page_that_says_so(tmp_path: Path) -> None:
    rows = [*passes("base", "??"), replace(PLAIN, subject="tuned", id="0", verdict="unjudged")]
    text = report.write_results(folder(tmp_path / "one", rows)).read_text()
    assert "were not judged" in text and "judged by nobody" in text and "0.0%" not in text


def test_the_command_makes_it_again_and_refuses_what_is_no_folder(tmp_path: Path) -> None:
    path = folder(tmp_path / "one", passes("base", "+-") + passes("tuned", "++"))
    done = run("eval", "report", "one", cwd=tmp_path)
    assert done.returncode == 0 and "one/report.html" in done.stdout, done.stderr
    assert (path / "report.html").is_file()
    one_line(run("eval", "report", "two", cwd=tmp_path), 2, "two: no results of an evaluation")
    with pytest.raises(UserError, match="unfinished"):
        (path / "results.json").unlink()
        report.write_results(path)


def test_a_comparison_has_the_same_page(tmp_path: Path) -> None:
    for name, marks in (("r16", "--++" * 5), ("r32", "++++" * 5)):
        folder(tmp_path / name, passes("base", "----" * 5) + passes("tuned", marks))
    done = run("eval", "compare", "r16", "r32", "--html", "both.html", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "r32 is better than r16." in (tmp_path / "both.html").read_text()

"""The ladder: examples, reference entries, and what is said of fine-tuning."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from eval import ladder, reference, report, rungs, shots
from eval import task as tasks
from eval.ladder import Rungs
from eval.options import Options
from eval.sides import find
from eval.subjects import Judged, Subject
from eval.task import Question, Task
from eval.training import Example, examples
from prep.errors import UserError
from tests.conftest import ROOT, folder_like_a_clone
from tests.eval.folders import folder, losses, passes


def words(text: str) -> int:
    return len(text.split())


def pool(kind: str, count: int, size: int = 4) -> list[Example]:
    return [Example(f"train:{n}", kind, f"{kind} question {n}", " ".join([f"{kind}{n}"] * size)) for n in range(count)]


def question(text: str, id: str = "a", category: str = "") -> Question:
    return Question(id, category, [{"role": "user", "content": text}])


def test_examples_are_drawn_by_the_seed_and_of_the_kind() -> None:
    rows = pool("write", 30) + pool("reference", 30)
    drawn = shots.draw(rows, shots.CODE, seed=1)
    assert len(drawn) == 30 and {one.kind for one in drawn} == {"write"}
    assert drawn == shots.draw(rows, shots.CODE, seed=1)
    assert drawn != shots.draw(rows, shots.CODE, seed=2)
    assert {one.kind for one in shots.draw(pool("explain", 9), shots.FACTS, seed=1)} == {"explain"}


def test_examples_fit_the_budget_together() -> None:
    rows = pool("write", 10, size=200) + pool("write", 10, size=10)
    chosen = shots.choose(rows, 4, 100, words)
    assert chosen == rows[10:14]
    assert sum(words(one.question) + words(one.answer) for one in chosen) <= 100
    assert len(shots.choose(rows, 4, 20, words)) == 1
    with pytest.raises(UserError, match="of 20 training examples of the kind none fits in 8 tokens: raise --budget"):
        shots.choose(rows, 4, 8, words)


def test_an_example_near_a_question_is_never_shown() -> None:
    """Neither what asks the same, nor what holds the answer; the same short answer gives nothing away."""
    long = "Loop Files dir, F { names .= A_LoopFileName }; then Sort names and show them in a box"
    asked = [question("Sort the names of the files in a folder")._replace(reference=long)]
    asked.append(question("Is there `Abs`?")._replace(reference="Yes."))
    rows = [
        Example("1", "write", "sort the names of the files in a folder!", "x"),
        Example("2", "write", "something else", long.lower()),
        Example("3", "exists", "Is there `Sin`?", "Yes."),
    ]
    assert [one.place for one in shots.without_questions(rows, asked)] == ["3"]


def test_examples_are_turns_before_the_question() -> None:
    assert shots.lead([Example("1", "", "q", "a"), Example("2", "", "r", "b")]) == [
        {"role": "user", "content": "q"},
        {"role": "assistant", "content": "a"},
        {"role": "user", "content": "r"},
        {"role": "assistant", "content": "b"},
    ]


@pytest.mark.parametrize(
    ("name", "category", "expected"),
    [("ahk_exec", "strings", shots.CODE), ("ahk_reference", "x", shots.FACTS), ("ahk_loss", "repair", ("repair",))],
)
def test_the_kind_follows_the_task(name: str, category: str, expected: tuple[str, ...]) -> None:
    assert shots.kinds(tasks.find(name), question("?", category=category)) == expected


def test_both_formats_are_read_and_what_is_no_row_is_passed_over(tmp_path: Path) -> None:
    rows = [
        {"instruction": "q", "input": "more", "output": "a", "metadata": {"task": "write"}},
        {
            "messages": [
                {"role": "system", "content": "s"},
                {"role": "user", "content": "r"},
                {"role": "assistant", "content": "b"},
            ]
        },
        {"instruction": "q", "output": None},
        {"messages": ["x", "y"]},
        [],
    ]
    path = tmp_path / "train.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows) + "{\n")
    assert list(examples(path)) == [
        Example(f"{path}:1", "write", "q\n\nmore", "a"),
        Example(f"{path}:2", "", "r", "b"),
    ]


def test_bm25_by_hand() -> None:
    """Three entries whose second lines have 3, 2 and 4 words, mean 3; `abs` is in two: ln(1 + 1.5 / 2.5)."""
    ranking = reference.Ranking(["\nAbs of number", "\nabs abs", "\nSin of an angle"])
    rarity = 0.470004  # ln(1.6)
    found = ranking.best("ABS?")
    assert [entry for _, entry in found] == ["\nabs abs", "\nAbs of number"]
    assert found[0][0] == pytest.approx(rarity * 2 * 2.5 / (2 + 1.5 * (0.25 + 0.75 * 2 / 3)), abs=1e-5)
    assert found[1][0] == pytest.approx(rarity * 2.5 / (1 + 1.5), abs=1e-5)
    assert ranking.best("xyz") == []


def test_a_name_counts_more_and_what_most_questions_say_nothing() -> None:
    entries = ["Sin\nof an angle, unlike Abs", "Abs\nof a number, unlike Sin and Cos and Tan", "Lua\na language"]
    assert reference.Ranking(entries).best("Abs")[0][1] == entries[1]
    asked = [f"{name} in Lua" for name in ("Sin", "Abs", "Tan", "Cos")]
    assert reference.Ranking(entries).best(asked[0])[0][1] == entries[2]
    assert reference.Ranking(entries, asked).best(asked[0])[0][1] == entries[0]


def test_the_entry_of_the_name_that_is_asked_comes_first_within_the_budget() -> None:
    names = ("DllCall", "StrSplit", "FileRead", "Sort", "SetTimer", "MsgBox")
    asked = [f"What does the function {name} do in AutoHotkey v2?" for name in names]
    ranking = reference.Ranking(reference.read(ROOT / "configs/data/ahk.yaml"), asked)
    for name, text in zip(names, asked, strict=True):
        told = reference.lead(ranking, text, 120, words)
        assert [message["role"] for message in told] == ["system"]
        assert told[0]["content"].split("\n\n")[1].startswith(f"name: {name}\n")
        assert words(told[0]["content"]) <= 120
    assert reference.lead(ranking, "zzz", 120, words) == []


@pytest.mark.parametrize(
    ("text", "why"), [(None, "no file"), (b"\n \n", "no entries"), (b"\xff\xfe", "not UTF-8 text")]
)
def test_a_reference_that_is_none_is_one_line(tmp_path: Path, text: bytes | None, why: str) -> None:
    path = tmp_path / "reference.txt"
    if text is not None:
        path.write_bytes(text)
    with pytest.raises(UserError, match=why):
        reference.read(path)


def climbed(path: Path, *marks: str) -> list[rungs.Answer]:
    labels = (rungs.BASE, rungs.SHOTS, rungs.REFERENCE, rungs.TUNED)
    rows = [row for label, mark in zip(labels, marks, strict=True) for row in passes(label, mark)]
    return rungs.answers(rungs.climb(find([str(folder(path, rows))])))


@pytest.mark.parametrize(
    ("marks", "word", "said"),
    [
        (("-" * 40, "-" * 38 + "++", "-" * 36 + "++++", "+" * 40), "yes", "better than every rung"),
        (("-" * 40, "-" * 40, "+" * 40, "-" * 10 + "+" * 30), "no", "base+reference is better than tuned"),
        (
            ("-" * 40, "-" * 40, "-" * 5 + "+" * 35, "+" * 2 + "-" * 3 + "+" * 35),
            "open",
            "better than base+reference",
        ),
        (("+-" * 20, "+-" * 20, "+-" * 20, "+-" * 20), "open", "base, base+examples and base+reference"),
    ],
)
def test_the_answer_in_words(tmp_path: Path, marks: tuple[str, ...], word: str, said: str) -> None:
    found = climbed(tmp_path / "x", *marks)[0]
    assert found.word == word and said in found.text, found


def test_of_a_loss_the_best_rung_is_the_lowest(tmp_path: Path) -> None:
    rows = (
        losses(rungs.BASE, [200, 210] * 9) + losses(rungs.SHOTS, [150, 160] * 9) + losses(rungs.TUNED, [100, 110] * 9)
    )
    found = rungs.answers(rungs.climb(find([str(folder(tmp_path / "x", rows))])))[0]
    assert found.word == "yes" and "1.550 of base+examples, 1.050 of tuned" in found.text


def test_the_page_of_a_ladder_answers_first(tmp_path: Path) -> None:
    climbed(tmp_path / "tiny", "-" * 40, "-" * 40, "-" * 40, "+" * 40)
    text = report.write_results(tmp_path / "tiny").read_text()
    assert "tiny: does one need to fine-tune?" in text
    assert "ahk_exec: yes, fine-tuning pays" in text
    assert "tuned against base+reference" in text


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run whose models are a tokenizer of words and a config, and the dataset it was trained on."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    root = folder_like_a_clone(tmp_path_factory.mktemp("ladder"))
    tokenizer = Tokenizer(models.WordLevel({"[unk]": 0}, "[unk]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    for name in ("outputs/base", "outputs/x/merged"):
        PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="[unk]").save_pretrained(root / name)
        (root / name / "config.json").write_text('{"model_type": "llama", "max_position_embeddings": 4096}')
        (root / name / "model.safetensors").write_bytes(b"")
    recipe = "base_model: outputs/base\ndatasets: [{path: data/ahk/train.alpaca.jsonl, type: alpaca}]\n"
    (root / "outputs/x/recipe.yaml").write_text(recipe)
    data = root / "data/ahk"
    data.mkdir(parents=True)
    rows = [("write", f"Write script {word}", f"{word}()") for word in ("alpha", "beta", "gamma", "delta", "omega")]
    rows += [("exists", f"Is there `{word}`?", "Yes.") for word in ("Abs", "Sin", "Cos")]
    for split, chosen in (("train", rows), ("test", [("write", "Write script alpha", "alpha()"), rows[5]])):
        made = [{"instruction": q, "input": "", "output": a, "metadata": {"id": q, "task": t}} for t, q, a in chosen]
        (data / f"{split}.alpaca.jsonl").write_text("".join(json.dumps(row) + "\n" for row in made))
    return root


@pytest.fixture
def asked_of(place: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Subject]:
    """The subjects that `eval run` is given, by their labels; it answers nothing itself here."""
    found: dict[str, Subject] = {}

    def judge(judged: Judged, tasks: Sequence[Task], options: Options, say: Any) -> Path:
        found.update({one.label: one for one in judged.subjects})
        rows = [
            row for one in judged.subjects for row in passes(one.label, "+" * 8 if one.label == "tuned" else "-" * 8)
        ]
        return folder(cast(Path, options.out), rows)

    monkeypatch.chdir(place)
    monkeypatch.setattr("eval.run.judge", judge)
    return found


def test_each_rung_is_the_base_with_its_own_words_before_a_question(asked_of: dict[str, Subject]) -> None:
    target = ladder.ladder("x", ["ahk_loss"], Options(), Rungs(shots=2, budget=100))
    assert list(asked_of) == [rungs.BASE, rungs.SHOTS, rungs.REFERENCE, rungs.TUNED]
    assert {one.path for label, one in asked_of.items() if label != rungs.TUNED} == {"outputs/base"}
    asked = tasks.questions(tasks.find("ahk_loss"), {"datasets": [{"path": "data/ahk/train.alpaca.jsonl"}]})
    shown = [asked_of[rungs.SHOTS].leads["ahk_loss"](one) for one in asked]
    assert [len(lead) for lead in shown] == [4, 4]
    assert "alpha" not in str(shown[0]) and "Write script" in str(shown[0])  # the question itself is never shown
    assert "Abs" not in str(shown[1]) and "Is there" in str(shown[1])
    assert "name: Abs\n" in asked_of[rungs.REFERENCE].leads["ahk_loss"](asked[1])[0]["content"]
    assert not asked_of[rungs.BASE].leads and not asked_of[rungs.TUNED].leads
    text = (target / "report.html").read_text()
    assert "drawn by the seed 42, within 100 tokens" in text and "entries of configs/data/ahk.yaml" in text


def test_a_task_may_bring_examples_of_its_own(
    asked_of: dict[str, Subject], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own.jsonl").write_text('{"instruction": "own question", "input": "", "output": "own answer"}\n')
    found = replace(tasks.find("ahk_loss"), fewshot=str(tmp_path / "own.jsonl"))
    monkeypatch.setattr(tasks, "find", lambda name: found)
    ladder.ladder("x", ["ahk_loss"], Options(), Rungs(budget=100))
    shown = asked_of[rungs.SHOTS].leads["ahk_loss"](tasks.questions(found, None)[0])
    assert [message["content"] for message in shown] == ["own question", "own answer"]


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (Rungs(shots=0), "must be at least 1"),
        (Rungs(budget=0), "must be at least 1"),
        (Rungs(budget=5000), "4096 tokens"),
        (Rungs(budget=1), "none fits in 1 tokens"),
        (Rungs(reference=Path("nowhere.txt")), "no file nowhere.txt"),
    ],
)
def test_what_cannot_be_put_before_a_question_is_one_line(asked_of: dict[str, Subject], how: Rungs, words: str) -> None:
    with pytest.raises(UserError, match=words) as told:
        ladder.ladder("x", ["ahk_loss"], Options(), how)
    assert "\n" not in str(told.value) and not asked_of


def test_a_model_that_is_no_run_has_no_ladder(asked_of: dict[str, Subject]) -> None:
    with pytest.raises(UserError, match="'outputs/base' is no run"):
        ladder.ladder("outputs/base", ["ahk_loss"], Options(), Rungs())


def test_a_dataset_without_its_recipe_asks_for_a_reference() -> None:
    with pytest.raises(UserError, match=r"no dataset recipe configs/data/other\.yaml .* --reference"):
        ladder.own_reference({"datasets": [{"path": "data/other/train.jsonl"}]})

"""What is asked about a script and what is answered: the text itself, cut and turned, never invented."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from prep import tasks
from prep.languages.autohotkey.lexer import lex
from prep.languages.comments import syntax_of
from prep.licence import licence_of
from prep.quality import Drop
from prep.recipe import Complete, Exists, Explain, Fim, Write
from prep.record import Claim, Document, Example, normalised_key
from prep.tasks import complete, exists, explain, fim, write
from prep.tasks.cuts import lines_that_begin
from prep.tasks.fence import fenced
from prep.tasks.header import parse
from prep.tasks.steps import steps

SAMPLES = sorted((Path(__file__).parents[2] / "prep/samples/scripts").rglob("*.ahk"))


def document(text: str, language: str = "AutoHotkey v2") -> Document:
    key = normalised_key(text)
    return Document("a/b.ahk", "scripts", language, "a", text, key, key, syntax=syntax_of(language))


def made(found: list[Example] | Drop) -> list[Example]:
    assert isinstance(found, list), found
    return found


def code_in(asked: str) -> str:
    """What stands in the fence of a question."""
    return asked.partition("```autohotkey\n")[2].rpartition("\n```")[0]


@pytest.mark.parametrize("path", SAMPLES[::4], ids=lambda path: path.name)
def test_beginning_and_rest_are_the_script(path: Path) -> None:
    script = document(path.read_text(encoding="utf-8"))
    for example in made(complete.examples(script, Complete(), 3)):
        begun = code_in(example.instruction)
        joined = f"{begun}\n{example.output}"
        assert joined.split() == script.text.split()
        assert normalised_key(joined.replace("\n\n", "\n")) == normalised_key(script.text.replace("\n\n", "\n"))
        assert example.claims == (Claim(script.text, True),)
        assert 0.2 < len(begun.split("\n")) / len(script.text.split("\n")) < 0.8


@pytest.mark.parametrize("family", ["codellama", "deepseek", "starcoder", "qwen"])
def test_prefix_middle_and_suffix_are_the_script(family: str) -> None:
    before, behind, fill, end = fim.SENTINELS[family]
    for path in SAMPLES[::5]:
        script = document(path.read_text(encoding="utf-8"))
        [example] = made(fim.examples(script, Fim(family=family), 1))
        prefix, _, rest = example.instruction.removeprefix(before).partition(behind)
        assert rest.endswith(fill)
        assert example.output.endswith(end)
        whole = prefix + example.output.removesuffix(end) + rest.removesuffix(fill)
        assert whole.rstrip("\n") == script.text.rstrip("\n")
        assert example.format == "fim"


def test_a_comment_alone_is_no_gap() -> None:
    text = "".join(f"# Part {number} says more of what is below\n\nx{number} = {number}\n\n" for number in range(6))
    examples = made(fim.examples(document(f"import sys\n\n{text}", "Python"), Fim(family="qwen"), 9))
    assert len(examples) > 3
    assert all(" = " in example.output for example in examples)


def test_several_examples_of_a_script_are_cut_in_several_places() -> None:
    script = document(SAMPLES[0].read_text(encoding="utf-8"))
    for found in (complete.examples(script, Complete(), 4), fim.examples(script, Fim(family="qwen"), 4)):
        assert len({example.output for example in made(found)}) == 4


def test_a_script_is_not_cut_inside_a_statement() -> None:
    text = "; Says a long list of things in one go\nMsgBox(\n" + "    1,\n" * 30 + "    2)\nMsgBox(3)\n"
    assert made(complete.examples(document(text), Complete(), 1)) == []


UNTITLED = "#Requires AutoHotkey v2.0\n#SingleInstance Force\n\n; --- Settings\n" + "".join(
    f"value{number} := {number}\n" for number in range(16)
)


def test_a_script_without_a_header_is_cut_only_below_enough_code() -> None:
    for number in range(1, 30):
        for example in made(complete.examples(document(f"{UNTITLED}; {number}\n"), Complete(), 2)):
            assert code_in(example.instruction).count(":=") >= 10
    titled = "; Sets many values for other scripts\n" + UNTITLED
    shown = [made(complete.examples(document(f"{titled}; {number}\n"), Complete(), 1)) for number in range(30)]
    assert min(code_in(example.instruction).count(":=") for [example] in shown) < 5


C = """\
/*
 * Counts words

 * of a file
 */
#include <stdio.h>

/* How many there are:

words, and lines */
int words;

int lines;

int main(void) { return 0; }
"""


def test_enough_code_is_left_to_write() -> None:
    constants = "".join(f"const {name} = 1\n\n" for name in "abcd")
    text = f"// Doubles a number that is given\n\n{constants}// > double(1)\n\n// 2\n"
    for number in range(20):
        for example in made(complete.examples(document(f"{text}// {number}\n", "JavaScript"), Complete(), 4)):
            assert example.output.count("const") >= 3


@pytest.mark.parametrize(
    ("language", "name"),
    [("AutoHotkey v2", "an AutoHotkey v2 script"), ("Python 3", "a Python 3 script"), ("C", "a C program")],
)
def test_code_is_called_what_its_language_calls_it(language: str, name: str) -> None:
    sign = syntax_of(language).line
    text = f"{sign} Doubles a number that is given\n\na\n\nb\n\nc\n\nd\n\ne\n\nf\n"
    [wrote] = made(write.examples(document(text, language), Write(), 1))
    assert name in wrote.instruction
    if name.startswith("a "):
        [begun] = made(complete.examples(document(text, language), Complete(), 1))
        assert name.removeprefix("a ") in begun.instruction


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("copy_file_to_clipboard", "Copy file to clipboard"),
        ("NewPartList", "New Part List"),
        ("sort_list_copy", "Sort list"),
    ],
)
def test_a_name_keeps_the_words_that_say_something(name: str, title: str) -> None:
    said = "; Does what its name says, for all that is given.\nMsgBox(1)\n"
    [wrote] = made(write.examples(replace(document(said), file=f"{name}.ahk"), Write(), 1))
    assert f"\n\n{title}\n\n" in f"\n\n{wrote.instruction}"


def test_a_number_in_a_name_stays_where_it_says_something() -> None:
    text = "; Tells whether a number is one\n; of those.\nMsgBox(1)\n"
    for name, title in (("power_of_4", "Power of 4"), ("power_table_4", "Power table"), ("one4", "")):
        [wrote] = made(write.examples(replace(document(text), file=f"{name}.ahk"), Write(), 1))
        assert (f"\n\n{title}\n\n" in f"\n\n{wrote.instruction}") or not title
        assert "4" not in wrote.instruction or "of 4" in wrote.instruction


def test_other_languages_are_cut_before_code_or_its_comment_and_never_inside_one() -> None:
    begins = {
        line: C.split("\n").index(line)
        for line in ("/* How many there are:", "int lines;", "int main(void) { return 0; }")
    }
    assert lines_that_begin(document(C, "C")) == sorted(begins.values())


SCRIPT = """\
; Greets everybody in the room
; Says hello to each of the people on the list, one after another.
#Requires AutoHotkey v2.0
; The list stands in the order of arrival, so it is not sorted here.
people := ["Ann", "Bob"] ; two are enough
for name in people
    Greet(name) ; once each
; Shows one greeting and waits until it has been read by somebody.
Greet(name) {
    MsgBox("Hello; " name)
}
"""


def test_an_explanation_is_what_the_author_wrote_about_code_without_comments() -> None:
    [example] = made(explain.examples(document(SCRIPT), Explain(), 1))
    code = code_in(example.instruction)
    assert "Says hello" not in code
    assert "enough" not in code
    assert 'MsgBox("Hello; " name)' in code
    assert example.output == (
        "**Greets everybody in the room**\n\nSays hello to each of the people on the list, one after another.\n\n"
        "In the order of the code:\n\n"
        '1. `people := ["Ann", "Bob"]`: The list stands in the order of arrival, so it is not sorted here.\n'
        "2. `Greet`: Shows one greeting and waits until it has been read by somebody."
    )
    assert example.claims == (Claim(code, loads=True),)


def test_code_in_another_language_is_explained_as_it_loads() -> None:
    [example] = made(
        explain.examples(document(C.replace("Counts words\n", "Counts all the longest words\n"), "C"), Explain(), 1)
    )
    [claim] = example.claims
    assert claim == (claim.code, True)
    assert f"```c\n{claim.code}\n```" in example.instruction
    assert claim.code.startswith("#include")


@pytest.mark.parametrize(
    "comment",
    [
        "; ------ Functions for the windows of a program ------",
        "; =====================\n; Functions for the windows of a program\n; =====================",
        "; Greet(name, text, 1, 2, 3)",
        "; for name in people",
        '; Run "notepad.exe", "C:\\Some folder", "Max"',
        "; if people.Length && !A_IsAdmin || wrong",
        "; the next line ends it ; and so on",
        "; Should this be sorted by somebody else?",
        "; These are the names that count:",
        "; Names of people\n\n; who were in the room that day\n",
        "; one two",
    ],
)
def test_what_explains_nothing_is_no_step(comment: str) -> None:
    script = SCRIPT.replace("; The list stands in the order of arrival, so it is not sorted here.", comment)
    assert steps(lex(parse(script).body)) == [
        "`Greet`: Shows one greeting and waits until it has been read by somebody."
    ]


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("Loop {\n}", "In `Greet`: "),
        ('MsgBox("a`nb")', "In `Greet`: "),
        ("Show(1,\n2)", "In `Greet`: "),
        ("if name {\n}", "`if name`: "),
        ("Later() {\n}", "`Later`: "),
        ("count := 1 ; x", "`count := 1`: "),
    ],
)
def test_a_step_names_the_place_it_is_about(line: str, place: str) -> None:
    script = "Greet(name) {\n    ; This is said of the line right below\n    " + line + "\n}\n"
    assert steps(lex(script)) == [f"{place}This is said of the line right below"]


def test_a_step_on_another_branch_names_its_condition() -> None:
    script = "if a {\n    b()\n; This is said of the line right below\n} else if c {\n    d()\n}\n"
    assert steps(lex(script)) == ["`else if c`: This is said of the line right below"]


def test_a_name_alone_explains_nothing() -> None:
    found = explain.examples(document("; Disk Defragmenter for Windows\nMsgBox(1)\n"), Explain(), 1)
    assert isinstance(found, Drop)
    assert "at least 8" in found.detail


@pytest.mark.parametrize("path", SAMPLES[::6], ids=lambda path: path.name)
def test_how_is_asked_only_where_steps_tell_it(path: Path) -> None:
    for example in made(explain.examples(document(path.read_text(encoding="utf-8")), Explain(), 3)):
        asked = example.instruction.split("\n")[0]
        assert ("how" in asked or "its parts" in asked) == ("In the order of the code:" in example.output)


def test_a_script_that_says_nothing_is_not_explained() -> None:
    found = explain.examples(document("MsgBox(1)\nMsgBox(2)\n"), Explain(), 1)
    assert isinstance(found, Drop)
    assert found.reason == "no-header"


def test_a_language_without_known_comments_is_told_what_to_set() -> None:
    for found in (
        explain.examples(document("# x\n", "Klingon"), Explain(), 1),
        write.examples(document("# x\n", "Klingon"), Write(), 1),
    ):
        assert isinstance(found, Drop)
        assert "`comments:`" in found.detail


def test_what_exists_is_affirmed_and_what_was_removed_is_denied_with_its_replacement() -> None:
    table = Document("e.csv", "table", "AutoHotkey v2", "string", key="0" * 64)
    known = replace(table, fields={"name": "StrLen", "kind": "Function", "signature": "StrLen(String)"})
    gone = replace(table, kind="removed", fields={"name": "StringLen", "replacement": "StrLen or Format"})
    nothing = replace(table, kind="removed", fields={"name": "#NoEnv"})
    answers = [made(exists.examples(one, Exists(), 1))[0].output for one in (known, gone, nothing)]
    assert answers == [
        "Yes. `StrLen` is a built-in function of AutoHotkey v2, called as `StrLen(String)`.",
        "No. AutoHotkey v2 has no `StringLen`. Use `StrLen` or `Format` instead.",
        "No. AutoHotkey v2 has no `#NoEnv`.",
    ]
    own = replace(known, fields={"name": "A_Now", "kind": "BuiltInVariable"})
    assert made(exists.examples(own, Exists(), 1))[0].output == "Yes. `A_Now` is a built-in variable of AutoHotkey v2."
    for one in (known, gone):
        questions = {example.instruction for example in made(exists.examples(one, Exists(), 4))}
        assert len(questions) == 4
        assert all("removed" not in question and "built-in" not in question for question in questions)


def test_a_part_of_a_pump_is_nothing_built_into_a_language() -> None:
    table = Document("p.csv", "table", "the pump HK", "seals", key="0" * 64)
    for kind, what in (("Seal", "a seal"), ("O-ring", "an o-ring"), ("", "part")):
        found = made(exists.examples(replace(table, fields={"name": "HK-1", "kind": kind}), Exists(), 4))
        assert {example.output for example in found} == {f"Yes. `HK-1` is {what} of the pump HK."}
        assert any("script" in example.instruction for example in found) == (not kind)


def test_a_weight_is_examples_for_each_document_on_average() -> None:
    documents = [document(f"MsgBox({number})") for number in range(2000)]
    for weight in (0.3, 1, 2.5):
        counts = [tasks.count(one, "write", weight) for one in documents]
        assert abs(sum(counts) / 2000 - weight) < 0.04
        assert set(counts) <= {int(weight), int(weight) + 1}
    assert [tasks.count(one, "write", 0.5) for one in documents] != [tasks.count(one, "fim", 0.5) for one in documents]


def test_a_heavier_write_asks_in_other_words() -> None:
    examples = made(write.examples(document(SCRIPT), Write(), 3))
    assert len({example.instruction for example in examples}) == 3
    assert len({example.output for example in examples}) == 1
    assert len({example.id for example in examples}) == 3


@pytest.mark.parametrize(
    ("text", "licence"),
    [
        ("; SPDX-License-Identifier: MIT\n", "MIT"),
        ("; SPDX-License-Identifier: Apache-2.0 OR MIT\n", "Apache-2.0 OR MIT"),
        ("; License: MIT, see LICENSE\n", "MIT"),
        ("; Released under the MIT License.\n", "MIT"),
        ("; GNU General Public License v3\n", "GPL"),
        ("; GNU Lesser General Public License\n", "LGPL"),
        ("; public domain, do what you want\n", "public-domain"),
        ("; permits everything; a submit button; emitted\n", ""),
    ],
)
def test_a_licence_in_the_header_is_named(text: str, licence: str) -> None:
    assert licence_of(text) == licence


def test_code_cannot_close_its_fence() -> None:
    assert fenced("a\n````\nb").split("\n")[0] == "`````"

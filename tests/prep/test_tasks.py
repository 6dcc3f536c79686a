"""What is asked about a script and what is answered: the text itself, cut and turned, never invented."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from prep import tasks
from prep.languages.comments import syntax_of
from prep.licence import licence_of
from prep.quality import Drop
from prep.recipe import Complete, Exists, Explain, Fim, Write
from prep.record import Claim, Document, Example, normalised_key
from prep.tasks import complete, exists, explain, fim, write
from prep.tasks.fence import fenced

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


def test_several_examples_of_a_script_are_cut_in_several_places() -> None:
    script = document(SAMPLES[0].read_text(encoding="utf-8"))
    for found in (complete.examples(script, Complete(), 4), fim.examples(script, Fim(family="qwen"), 4)):
        assert len({example.output for example in made(found)}) == 4


def test_a_script_is_not_cut_inside_a_statement() -> None:
    text = "; Says a long list of things in one go\nMsgBox(\n" + "    1,\n" * 30 + "    2)\nMsgBox(3)\n"
    assert made(complete.examples(document(text), Complete(), 1)) == []


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
        "Greets everybody in the room.\n\nSays hello to each of the people on the list, one after another.\n\n"
        "In the order of the code:\n\n1. The list stands in the order of arrival, so it is not sorted here.\n"
        "2. `Greet`: Shows one greeting and waits until it has been read by somebody."
    )


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
        "Yes. `StrLen` is a built-in function of AutoHotkey v2, written `StrLen(String)`.",
        "No. AutoHotkey v2 has no `StringLen`. Use `StrLen` or `Format` instead.",
        "No. AutoHotkey v2 has no `#NoEnv`.",
    ]
    for one in (known, gone):
        questions = {example.instruction for example in made(exists.examples(one, Exists(), 4))}
        assert len(questions) == 4
        assert all("removed" not in question and "built-in" not in question for question in questions)


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

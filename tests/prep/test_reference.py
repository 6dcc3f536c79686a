"""Questions about one table row."""

from __future__ import annotations

import pytest

from prep.recipe import Reference
from prep.record import Document
from prep.tasks import reference


def ask(**fields: str) -> list[tuple[str, str]]:
    document = Document("e.csv", "table", "AutoHotkey v2", "function", key="0" * 64, line=2, fields=fields)
    made = reference.examples(document, Reference(), 1)
    assert isinstance(made, list)
    return [(example.instruction, example.output) for example in made]


def test_a_full_row_is_asked_about_in_three_ways() -> None:
    asked = ask(name="StrLen", kind="Function", description="Counts characters", parameters="String", returns="Integer")
    assert asked == [
        ("What does the function StrLen do in AutoHotkey v2?", "Counts characters.\n\n```\nStrLen(String)\n```"),
        ("How do I call the function StrLen in AutoHotkey v2?", "```\nStrLen(String)\n```\n\nIt returns an Integer."),
        ("What does the function StrLen return in AutoHotkey v2?", "The function `StrLen` returns an Integer."),
    ]


def test_nothing_is_asked_that_the_row_does_not_answer() -> None:
    assert ask(name="A_Now", kind="BuiltInVariable", description="The time.") == [
        ("What is the built-in variable A_Now in AutoHotkey v2?", "The time.")
    ]


def test_a_row_without_a_kind_is_asked_about_by_name() -> None:
    assert ask(name="A_Now", description="The time.")[0][0] == "What does A_Now do in AutoHotkey v2?"


def test_described_parameters_are_listed_and_make_no_signature() -> None:
    _, (_, answer) = ask(
        name="Send", kind="Function", description="Sends.", parameters="Keys: what to send; or not; Raw: yes"
    )
    assert answer == "Parameters:\n\n- `Keys`: what to send; or not\n- `Raw`: yes"


@pytest.mark.parametrize("name", ["DllFile\\Function", "Part#", "Control-or-Pos", "On|Off", "Cdecl ReturnType", "&Var"])
def test_a_described_parameter_may_have_signs_in_its_name(name: str) -> None:
    described = f"First: one; {name}: two, or not; Last: three"
    _, (_, answer) = ask(name="Send", kind="Function", description="Sends.", parameters=described)
    assert answer == f"Parameters:\n\n- `First`: one\n- `{name}`: two, or not\n- `Last`: three"


def test_words_before_a_colon_are_no_parameter() -> None:
    described = "Mode: one of these; or none: then all"
    _, (_, answer) = ask(name="Send", kind="Function", description="Sends.", parameters=described)
    assert answer == "Parameters:\n\n- `Mode`: one of these; or none: then all"


def test_phrasings_limits_the_questions() -> None:
    document = Document(
        "e.csv", "table", "X", "f", key="1" * 64, fields={"name": "A", "description": "B", "signature": "A B"}
    )
    made = reference.examples(document, Reference(phrasings=1), 1)
    assert isinstance(made, list)
    assert len(made) == 1


def test_a_variable_has_a_type_and_returns_nothing() -> None:
    asked = ask(name="A_Index", kind="variable", description="The round.", signature="A_Index", returns="Integer")
    assert asked[1:] == [
        ("What type is the variable A_Index in AutoHotkey v2?", "The variable `A_Index` is of type Integer.")
    ]


def test_a_directive_is_written_not_called() -> None:
    asked = ask(name="#Warn", kind="directive", description="Warns.", signature="#Warn Mode", returns="none")
    assert asked[1:] == [("How do I write the directive #Warn in AutoHotkey v2?", "```\n#Warn Mode\n```")]


def test_no_return_value_is_said_in_words() -> None:
    assert ask(name="Sleep", kind="function", description="Waits.", returns="none")[-1][1].endswith(
        "The function `Sleep` returns no value."
    )


@pytest.mark.parametrize(("kind", "verb"), [("class", "is"), ("property", "is"), ("statement", "do"), ("method", "do")])
def test_what_does_nothing_by_itself_is_not_asked_what_it_does(kind: str, verb: str) -> None:
    [(asked, _), *_] = ask(name="Thing", kind=kind, description="It is there.")
    assert verb in asked.split()


def test_the_question_for_parameters_is_answered_without_the_result() -> None:
    for key in "012":
        row = {
            "name": "Send",
            "kind": "function",
            "description": "Sends.",
            "parameters": "Keys: what",
            "returns": "Map",
        }
        made = reference.examples(Document("e.csv", "table", "X", "f", key=key * 64, fields=row), Reference(), 1)
        assert isinstance(made, list)
        assert ("returns" in made[1].output) == ("parameters" not in made[1].instruction)


@pytest.mark.parametrize(
    ("returns", "said"),
    [("Integer", "an Integer."), ("Gui.Edit", "a Gui.Edit."), ("true or false", "true or false."), ("int[]", "int[].")],
)
def test_a_type_by_its_name_takes_an_article(returns: str, said: str) -> None:
    assert ask(name="Get", kind="function", description="Gets.", returns=returns)[-1][1].endswith(f" returns {said}")

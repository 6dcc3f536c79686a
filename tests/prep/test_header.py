"""From a header comment to what a person would ask."""

from __future__ import annotations

import pytest

from prep.tasks.header import parse

SCRIPT = """\
#Requires AutoHotkey v2.0
; =====================================
; Window Snapper v1.2
; =====================================
; Author:  Somebody <somebody@example.org>
; Version: 1.2
; License: MIT
; https://example.org/snapper
;
; Snaps the active window to a half of the screen when one of
; these keys is pressed:
;  - Win+Left
;  - Win+Right
;
; Changelog:
;   1.2 fixed a thing
;   1.1 added a thing

#SingleInstance Force

#Left::Snap("left")
"""


def test_a_header_gives_title_text_and_body() -> None:
    header = parse(SCRIPT)
    assert header.title == "Window Snapper"
    assert header.text == (
        "Snaps the active window to a half of the screen when one of these keys is pressed:\n- Win+Left\n- Win+Right"
    )
    assert header.body == '#Requires AutoHotkey v2.0\n\n#SingleInstance Force\n\n#Left::Snap("left")'


@pytest.mark.parametrize(
    ("comment", "title", "text"),
    [
        ("/*\n * Count words\n *\n * Counts the words of a file.\n */", "Count words", "Counts the words of a file."),
        (
            "/**\n * @description - Counts words in a file.\n * @param {String} Text - it\n */",
            "",
            "Counts words in a file.",
        ),
        ("; Title: Count words\n; Purpose: Counts them all now.", "Count words", "Counts them all now."),
        ("; Written by Me\n; Date: 2020-01-01\n\n; Shows the time in a corner.", "", "Shows the time in a corner."),
        (";---- Counts all the words ----", "Counts all the words", ""),
        ("; Shows a clock (see https://example.org/x) on top.", "", "Shows a clock on top."),
        ("; Counts words in a file.\n; Moved to https://words.test/lib/words.ahk", "", "Counts words in a file."),
        ("; Counts words as C:\\lib\\words.ahk does", "Counts words as words does", ""),
        ("; Counts words in a file.\n; x := 1\n; MsgBox(x)", "", "Counts words in a file."),
        ("; Counts words in a file.\n; Example:\n; x = 1", "", "Counts words in a file."),
        (
            "/**\n * @description Counts words in a file.\n * @example\n * o := {\n *   a: Map(\n * @\n *\n"
            " * one word (1)\n * @remarks Fast.\n */",
            "",
            "Counts words in a file.\n\nFast.",
        ),
        ("; Counts words in a file.\n; [EXAMPLE]\n; c.Words\n;\n; output word", "", "Counts words in a file."),
        ('; Counts words in a file.\n; MsgBox Count("a").ToString()', "", "Counts words in a file."),
    ],
)
def test_only_what_a_person_would_ask_stays(comment: str, title: str, text: str) -> None:
    assert parse(f"{comment}\nMsgBox 1\n")[:3] == (title, text, "MsgBox 1")


def test_a_wrapped_line_is_prose_whatever_its_words_look_like() -> None:
    """A line that starts with `version` or ends in a call is metadata or code, but not in the middle of a sentence."""
    text = (
        "Reads the number of the newest release and compares it with the",
        "version of this script, shows both and offers to fetch the newer one with",
        "Download(address, file) where that is what the person at the screen wants;",
        "release notes are shown before.",
    )
    comment = "\n".join(f"; {line}" for line in text)
    assert parse(f"{comment}\n\nMsgBox 1\n")[:2] == ("", " ".join(text))


def test_a_link_keeps_its_words() -> None:
    comment = "/**\n * Sorts with [Merge\n * Sort](https://example.com/Merge_(sort)), which is stable.\n */"
    assert parse(f"{comment}\nMsgBox 1\n").text == "Sorts with Merge Sort, which is stable."


LABELLED = """\
; Save system
;
; Description:    Saves the state of a game, and loads it again when the next round begins.
;                 The files it writes are JSON.
;
; Features:       - Several slots
;                 - Saves by itself
;
; Dependencies:   - AutoHotkey v2.0
;                 - JSON library
;
; License/Copyright ..: MIT
MsgBox 1
"""


def test_labels_in_a_column_keep_their_lists_together() -> None:
    assert parse(LABELLED)[:2] == (
        "Save system",
        "Saves the state of a game, and loads it again when the next round begins. The files it writes are JSON.\n\n"
        "- Several slots\n- Saves by itself",
    )


LINE = "Asks for a folder and lists all the files in it that are larger than others"
WIDEST = f"{LINE} in folders beside it."  # tells the margin


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ((f"{LINE}.", "Sizes are in bytes."), f"{LINE}. Sizes are in bytes."),
        ((f"{LINE}, as in", '"C:\\Temp" or others'), f'{LINE}, as in "C:\\Temp" or others'),
        ((LINE, "The sizes are in bytes."), f"{LINE}\nThe sizes are in bytes."),
        (("Keys: F1", f"F1  {LINE}.", "F2  Quits."), f"Keys: F1\nF1  {LINE}.\nF2  Quits."),
        ((f"{LINE}. They are sorted. This is the order:", "", "MsgBox(1)"), f"{LINE}. They are sorted."),
    ],
)
def test_only_lines_of_prose_are_joined(lines: tuple[str, ...], text: str) -> None:
    comment = "".join(f"; {line}\n" for line in (*lines, "", WIDEST))
    header = parse(f"{comment}\nMsgBox 1\n")
    assert f"{header.title}\n{header.text}".strip() == f"{text}\n\n{WIDEST}"


@pytest.mark.parametrize("line", ["Global colours", "if not A_IsAdmin", "Last checked: 2025", "Tested on Windows 7"])
def test_code_that_was_taken_out_and_remarks_are_no_header(line: str) -> None:
    assert parse(f"; {line}\n\nMsgBox 1\n").words == 0


def test_metadata_alone_says_nothing() -> None:
    assert parse("; Author: Me\n; Version: 1\n; License: MIT\nMsgBox 1\n").words == 0


def test_a_later_comment_of_the_code_is_not_the_header() -> None:
    header = parse("MsgBox 1\n; This comment belongs to the code below\nMsgBox 2\n")
    assert header.words == 0
    assert header.body.count("\n") == 2


def test_a_hotkey_with_a_hash_sign_is_code() -> None:
    assert parse("#Left::Run 'calc'\n; This comment belongs to the next hotkey\n#F1::Run 'notepad'\n").words == 0


def test_a_comment_that_never_ends_leaves_no_body() -> None:
    assert parse("/* Shows the time in a corner\nMsgBox 1\n").body == ""


def test_compiler_directives_stay_in_the_script() -> None:
    header = parse(";@Ahk2Exe-SetName Clock\n; Shows the time in a corner.\nMsgBox 1\n")
    assert header.body.startswith(";@Ahk2Exe-SetName Clock\n")


@pytest.mark.parametrize(
    "line", ["(" + " " * 190_000, "=" * 190_000 + "x", "a " * 90_000, "-- " * 60_000, "x" * 190_000]
)
def test_a_line_that_nobody_wrote_takes_no_time(line: str) -> None:
    """Nothing is timed: a pattern that is not linear would keep this test for minutes."""
    assert parse(f"; {line}\nMsgBox(1)\n").body == "MsgBox(1)"
    assert parse(f"; .ahk {line[:900]}\n" * 300 + "MsgBox(1)\n").body == "MsgBox(1)"

"""Faults that AutoHotkey v2 refuses to load, each put into a script by one edit: v1 idioms, and slips of the hand.

A fault works on tokens, so that strings and comments stay as they are unless they are what it is about. The rates at
which the interpreter refused what each of them made are checked by the tests; a kind below 95 % is not kept here.
"""

from __future__ import annotations

from prep.languages.autohotkey.faults.code import Code
from prep.languages.autohotkey.faults.idioms import V1, commands
from prep.languages.autohotkey.faults.signs import SIGNS
from prep.languages.autohotkey.faults.words import WORDS
from prep.languages.autohotkey.pieces import Edit

SLIPS = SIGNS | WORDS


def applied(text: str, edit: Edit) -> str:
    return text[: edit.start] + edit.text + text[edit.stop :]


def faults(text: str) -> tuple[dict[str, list[Edit]], dict[str, list[Edit]]]:
    """The v1 idioms and the slips that a script offers: what they are called, and the places for each."""
    code = Code(text)
    old: dict[str, list[Edit]] = {}
    for kind, edit in commands(code):
        old.setdefault(kind, []).append(edit)
    old |= {kind: edits for kind, rule in V1.items() if (edits := list(rule(code)))}
    return old, {kind: edits for kind, rule in SLIPS.items() if (edits := list(rule(code)))}

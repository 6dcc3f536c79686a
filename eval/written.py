"""Scripts that a model wrote for held-out prompts: do they load in the real interpreter, how near are they to what a
person wrote, which names do they make up, what of AutoHotkey v1 is in them. Nothing is run.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from eval.answer import code_of
from eval.score import Scored
from prep.languages import FENCES as ALL_FENCES
from prep.languages.autohotkey import code
from prep.languages.autohotkey.idioms import bound_names, v1_idioms
from prep.languages.autohotkey.lexer import BLANK, BLOCK_COMMENT, COMMENT, NEWLINE, Token, lex
from prep.languages.autohotkey.names import existing, removed
from prep.languages.autohotkey.units import Unit, is_member
from prep.languages.autohotkey.units import units as units_of
from prep.languages.written import LOADS, UNJUDGED, loads

FENCES = ALL_FENCES["autohotkey"]
MAX_NAMES = 8  # made-up names that a reason shows
_SILENT = (BLANK, NEWLINE, COMMENT, BLOCK_COMMENT)
_GOES_ON = re.compile(r"\A(?:continue|here is the beginning|finish) ", re.IGNORECASE)


def judge(asked: Sequence[tuple[str, str, str]]) -> list[Scored]:
    """Of each (prompt, reference, answer): loads, does-not-load, no-answer; unjudged where there is no interpreter."""
    own = [written(answer) for _, _, answer in asked]
    scripts = [whole(prompt, one) for (prompt, _, _), one in zip(asked, own, strict=True)]
    verdicts = iter(loads([script for script, one in zip(scripts, own, strict=True) if one], "autohotkey"))
    found = []
    for (_, reference, _), one, script in zip(asked, own, scripts, strict=True):
        if not one:
            found.append(Scored("no-answer", "no code in it", 0.0, {"chrf": 0.0, "clean": 0.0}))
            continue
        verdict, reason = next(verdicts)
        numbers, told = measured(script, one, reference)
        if verdict != UNJUDGED:
            numbers["clean"] = float(verdict == LOADS and not told)
        why = "; ".join(part for part in (reason, told) if part)
        found.append(Scored(verdict, why, float(verdict == LOADS), numbers))
    return found


def written(answer: str) -> str:
    """The code of an answer; nothing where it is comments alone, or does nothing but return."""
    found = code_of(answer, "", FENCES).strip()
    return found if {token.text.lower() for token in lex(found) if token.kind not in _SILENT} - {"return"} else ""


def whole(prompt: str, answer: str) -> str:
    """The script that an answer makes: of a prompt that shows a beginning, both together."""
    begun = code_of(prompt, "", FENCES)
    if begun == prompt or not _GOES_ON.match(prompt):
        return answer
    first = next((line.strip() for line in begun.splitlines() if line.strip()), "")
    return answer if answer.startswith(first) else f"{begun.rstrip()}\n{answer}"


def measured(script: str, answer: str, reference: str) -> tuple[dict[str, float], str]:
    tokens = lex(script)
    names, idioms = made_up(tokens), v1_idioms(tokens, removed())
    numbers = {
        "chrf": chrf(answer, code_of(reference, "", FENCES)),
        "unknown_names": float(len(names)),
        "v1_idioms": float(len(idioms)),
    }
    told = [f"made up: {', '.join(names[:MAX_NAMES])}"] if names else []
    told += [f"v1: {idioms[0].what} '{idioms[0].text}'"] if idioms else []
    return numbers, "; ".join(told)


def chrf(answer: str, reference: str) -> float:
    """chrF (Popović 2015) of character 6-grams by sacrebleu, 0 to 1."""
    from sacrebleu import sentence_chrf

    return float(sentence_chrf(answer, [reference]).score) / 100 if answer.strip() and reference.strip() else 0.0


def made_up(tokens: Sequence[Token]) -> list[str]:
    """Functions and methods that are called, and that neither the script defines nor AutoHotkey v2 has, each once.

    What objects of other programs can do is not known, nor what `__Call` answers and `DefineProp` adds: in a script
    with one of these no method counts.
    """
    units = units_of(tokens)
    words = {item.word for unit in units for item in unit.items}
    any_method = any(word.startswith(("comobj", "comvalue", "__call", "defineprop")) for word in words)
    bound = {*bound_names(units), "this", "super", "value"}
    own = _own_members(units)
    found: dict[str, str] = {}
    for name, _ in code.called(tokens):
        word = name.lower().lstrip(".")
        if name.startswith("."):
            known = any_method or word in existing().members or word in own
        else:
            known = word in existing().names or word in bound
        if not known:
            found.setdefault(word, name.lstrip("."))
    return list(found.values())


def _own_members(units: Sequence[Unit]) -> set[str]:
    """Lower-case names that the script gives to members: of its classes, of objects in braces, by assignment."""
    found: set[str] = set()
    for unit in units:
        items = unit.items
        if unit.scope == "class":
            found.update(item.word for item in items[:2])
        for at, item in enumerate(items):
            follower = items[at + 1].text if at + 1 < len(items) else ""
            if item.word and (follower == ":" or (is_member(items, at) and follower in (":=", "=>", ".="))):
                found.add(item.word)
    return found

"""Code that a model wrote: does it load? Nothing of it is run.

AutoHotkey's `/validate` ends after loading, and `#DllLoad` lines are left out, for Windows would run a library's code.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from prep import languages
from prep.languages.judge import TRANSIENT, Script, Verdict

TIMEOUT = 30  # seconds that the interpreter gets for one script
LOADS, FAILS, UNJUDGED = "loads", "does-not-load", "unjudged"
_DLL = re.compile(r"^[ \t]*#dllload\b", re.IGNORECASE | re.MULTILINE)
_SUFFIXES = {language: suffix for suffix, language in reversed(languages.SUFFIXES.items())}


def loads(texts: Sequence[str], language: str) -> list[tuple[str, str]]:
    """(LOADS, FAILS or UNJUDGED, why) of each, all in one start of the interpreter. UNJUDGED is what says nothing of
    the code: no interpreter for it here, or one that ended in no known way."""
    if not texts:
        return []
    checker = languages.checker_of(language)
    unknown = f"no interpreter of {language} is known here" if language else "its language is not named"
    why = languages.missing(checker) if checker else [unknown]
    if checker is None or why:
        return [(UNJUDGED, "; ".join(why))] * len(texts)
    with tempfile.TemporaryDirectory(prefix="written-") as folder, languages.judge_for(checker) as judge:
        path = Path(folder) / f"answer{_SUFFIXES[checker]}"
        scripts = [Script(path, harmless(text, checker)) for text in texts]
        return [_word(verdict) for verdict in judge.check(scripts, timeout=TIMEOUT)]


def harmless(text: str, checker: str) -> str:
    return _DLL.sub(";", text.replace("\0", "\ufffd")) if checker == "autohotkey" else text


def _word(verdict: Verdict) -> tuple[str, str]:
    if verdict.loads:
        return LOADS, ""
    line = f"line {verdict.line}: " if verdict.line else ""
    word = UNJUDGED if verdict.reason in TRANSIENT - {"timeout"} else FAILS
    return word, f"{line}{verdict.message or verdict.reason}"

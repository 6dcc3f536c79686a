"""Code and languages inside a question."""

from __future__ import annotations

import re


def fenced(code: str, language: str = "") -> str:
    """In a Markdown fence that the code cannot close; `language` is the word after the fence, such as autohotkey."""
    longest = max((len(run) for run in re.findall(r"`{3,}", code)), default=2)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{code}\n{fence}"


# fmt: off
_SCRIPTED = frozenset((
    "autohotkey", "autoit", "bash", "basic", "batch", "fish", "lua", "matlab", "nsis", "perl", "php", "powershell",
    "python", "r", "ruby", "sh", "shell", "sql", "tcl", "vba", "zsh",
))
# fmt: on


def script_in(language: str) -> str:
    """What code in a language is called: an AutoHotkey v2 script, but a C program and a JavaScript program."""
    return f"{language} {'script' if tag(language) in _SCRIPTED else 'program'}"


def article(word: str) -> str:
    return "an" if word[:1].lower() in "aeiou" else "a"


def tag(language: str) -> str:
    """The fence's word for a language: "AutoHotkey v2" is autohotkey."""
    words = language.lower().split()
    return words[0] if words else ""

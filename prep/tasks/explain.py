"""Say what a script does: the script without a comment is asked about, its author's own words are the answer."""

from __future__ import annotations

import re

from prep.quality import Drop
from prep.recipe import Explain
from prep.record import Document, Example, make_example
from prep.tasks.cuts import draw
from prep.tasks.fence import fenced, tag
from prep.tasks.header import MIN_WORDS, no_header, parse

PHRASINGS = (
    "Explain what this {language} script does, and how.\n\n{code}",
    "What does this {language} script do?\n\n{code}",
    "Describe what the following {language} code is for and how it works.\n\n{code}",
)
MIN_STEPS, MAX_STEPS = 2, 12
MIN_STEP_WORDS = 5  # a shorter comment names a part, it does not explain one
_CODE = re.compile(r":=|^[\w.]+\(.*\)$|[{};]\s*$|\bhttps?://|^\W*@|^#")


def examples(document: Document, options: Explain, count: int) -> list[Example] | Drop:
    header = parse(document.text, document.syntax)
    if header.words < MIN_WORDS:
        return no_header(header, document)
    code, steps = _stripped(document, header.body)
    if not code.strip():
        return Drop("empty", "nothing but comments")
    answer = "\n\n".join(part for part in (_sentence(header.title), header.text) if part)
    if len(steps) >= MIN_STEPS:
        numbered = "\n".join(f"{number}. {step}" for number, step in enumerate(steps[:MAX_STEPS], start=1))
        answer += f"\n\nIn the order of the code:\n\n{numbered}"
    made = []
    for number in range(1, min(count, len(PHRASINGS)) + 1):
        phrasing = PHRASINGS[(draw(document, "explain", len(PHRASINGS)) + number) % len(PHRASINGS)]
        asked = phrasing.format(language=document.language, code=fenced(code, tag(document.language)))
        made.append(make_example(document, "explain", number, asked, answer))
    return made


def _stripped(document: Document, body: str) -> tuple[str, list[str]]:
    """The code without comments, and what the comments said. Other languages lose their header comment only."""
    if not document.language.lower().startswith("autohotkey"):
        return body, []
    from prep.languages.autohotkey.code import functions, without_comments
    from prep.languages.autohotkey.lexer import lex

    tokens = lex(body)
    return without_comments(tokens), _steps(body, {found.line: found.name for found in functions(tokens)})


def _steps(body: str, functions: dict[int, str]) -> list[str]:
    """The comments that stand on lines of their own, joined where they run on, with the function they introduce."""
    steps, running = [], []
    for number, line in enumerate(body.split("\n"), start=1):
        text = line.strip()
        if text.startswith(";"):
            running.append(text.lstrip("; \t"))
            continue
        said = " ".join(filter(None, running))
        if len(said.split()) >= MIN_STEP_WORDS and not any(_CODE.search(one) for one in running):
            steps.append(f"`{functions[number]}`: {_sentence(said)}" if number in functions else _sentence(said))
        running = []
    return steps


def _sentence(text: str) -> str:
    return text if not text or text.endswith((".", "!", "?", ":")) else f"{text}."

"""Say what a script does: the script without a comment is asked about, its author's own words are the answer."""

from __future__ import annotations

from prep.quality import Drop
from prep.recipe import Explain
from prep.record import Claim, Document, Example, make_example
from prep.tasks.cuts import draw
from prep.tasks.fence import fenced, script_in, tag
from prep.tasks.header import MIN_WORDS, Header, no_header, parse

WHAT = (
    "What does this {script} do?\n\n{code}",
    "What is the following {script} for?\n\n{code}",
    "Describe what this {language} code does.\n\n{code}",
)
WHAT_AND_HOW = (
    "Explain what this {script} does, and how.\n\n{code}",
    "What does this {script} do, and what is worth knowing about its parts?\n\n{code}",
    "Describe what the following {language} code is for and how it works.\n\n{code}",
)
LEAST = 8  # words of an explanation
MIN_STEPS, MAX_STEPS = 2, 12


def examples(document: Document, options: Explain, count: int) -> list[Example] | Drop:
    """At most one for each phrasing; the code as it is shown claims to load."""
    header = parse(document.text, document.syntax)
    if header.words < MIN_WORDS:
        return no_header(header, document)
    code, steps = _stripped(document, header.body)
    if not code.strip():
        return Drop("empty", "nothing but comments")
    answer = _answer(header, steps)
    if len(answer.split()) < LEAST:
        return Drop("no-header", f"its comments say {len(answer.split())} words, at least {LEAST} explain something")
    phrasings = WHAT_AND_HOW if len(steps) >= MIN_STEPS else WHAT
    first = draw(document, "explain", len(phrasings))
    made = []
    for number in range(1, min(count, len(phrasings)) + 1):
        asked = phrasings[(first + number) % len(phrasings)].format(
            language=document.language, script=script_in(document.language), code=fenced(code, tag(document.language))
        )
        claims = (Claim(code, loads=True),)
        made.append(make_example(document, "explain", number, asked, answer, claims))
    return made


def _stripped(document: Document, body: str) -> tuple[str, list[str]]:
    """The code without comments, and what the comments said. Other languages lose their header comment only."""
    if not document.language.lower().startswith("autohotkey"):
        return body, []
    from prep.languages.autohotkey.code import without_comments
    from prep.languages.autohotkey.lexer import lex
    from prep.tasks.steps import steps

    tokens = lex(body)
    return without_comments(tokens), steps(tokens)


def _answer(header: Header, steps: list[str]) -> str:
    title = f"**{header.title}**" if header.text else _sentence(header.title)
    parts = [title] if header.title else []
    parts += [header.text] if header.text else []
    if len(steps) >= MIN_STEPS:
        numbered = (f"{number}. {_sentence(step)}" for number, step in enumerate(steps[:MAX_STEPS], start=1))
        parts += ["In the order of the code:", "\n".join(numbered)]
    return "\n\n".join(parts)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", ":")) else f"{text}."

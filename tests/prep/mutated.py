"""The sample scripts, and slices of them with pieces taken out and special characters put in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st

SCRIPTS = Path(__file__).parents[2] / "prep" / "samples" / "scripts"
SAMPLES = {path.stem: path.read_bytes().decode("utf-8") for path in sorted(SCRIPTS.glob("**/*.ahk"))}
SPECIAL = [
    "\r",
    "\n",
    "\0",
    " ;",
    "/*",
    "\n*/",
    "\n(",
    "\n)",
    "::",
    '"',
    "'",
    "`",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "%",
    ",",
]
SPECIAL += [" => ", " = ", " := ", "class A ", "case ", " ? ", ":", ".", "static ", "\n{", "else ", "\ndefault:", "a::"]
fuzzed = settings(max_examples=300, deadline=None, derandomize=True, database=None)


@st.composite
def mutated(draw: st.DrawFn, signs: Sequence[str] = SPECIAL) -> str:
    """A slice of a sample with pieces taken out and some of `signs` put in."""
    source = draw(st.sampled_from(list(SAMPLES.values())))
    start = draw(st.integers(0, len(source)))
    source = source[start : start + draw(st.integers(0, 800))]
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(source)))
        cut = draw(st.integers(0, 12))
        source = source[:at] + draw(st.sampled_from(["", *signs])) + source[at + cut :]
    return source

"""Random and mutated files through sources, checks and every task: a document or a reason, never a traceback.

FUZZ=10000 python -m pytest tests/prep/test_fuzz.py tries more of them.
"""

from __future__ import annotations

import os
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prep.quality import REASONS
from prep.recipe import Recipe
from prep.work import find, outcome

SAMPLES = [path.read_bytes() for path in sorted((Path(__file__).parents[2] / "prep/samples/scripts").rglob("*.ahk"))]
MARKS = [
    b'"',
    b"'",
    b"`",
    b"(",
    b")",
    b"{",
    b"}",
    b"/*",
    b"*/",
    b";",
    b"::",
    b":*:",
    b"%",
    b"\r",
    b"\n",
    b"\0",
    b"\xff",
]
MARKS += [b"#Include x\n", b"\xef\xbb\xbf", b"\xff\xfe", "ß€𝄞".encode(), b"=>", b"\x1a", b"\n(\n", b"\n)\n", b"  " * 50]

mutated = st.tuples(
    st.sampled_from(SAMPLES),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), st.sampled_from(MARKS)), max_size=8),
    st.floats(0.05, 1),
)


def mutate(sample: bytes, edits: list[tuple[float, int, bytes]], share: float) -> bytes:
    data = sample[: int(share * len(sample))]
    for where, cut, mark in edits:
        at = int(where * len(data))
        data = data[:at] + mark + data[at + cut :]
    return data


@settings(
    max_examples=int(os.environ.get("FUZZ", "400")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.one_of(st.binary(max_size=400), mutated.map(lambda parts: mutate(*parts))))
def test_any_bytes_are_a_document_or_a_reason(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "script.ahk").write_bytes(data)
    tasks = {name: {} for name in ("write", "complete", "explain", "repair", "convert")} | {"fim": {"family": "qwen"}}
    recipe = Recipe.model_validate(
        {"name": "fuzz", "sources": [{"kind": "scripts", "root": str(tmp_path)}], "tasks": tasks}
    )
    [unit] = find(recipe)
    made = outcome(recipe, unit)
    if made.drop:
        assert made.drop.reason in REASONS
        assert made.examples == []
    else:
        assert made.examples
        assert all(example.instruction and example.output for example in made.examples)
        assert len({example.id for example in made.examples}) == len(made.examples)

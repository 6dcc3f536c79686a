"""Code that a model wrote is loaded, and not run."""

from __future__ import annotations

from prep import languages
from prep.languages import written


def test_each_text_gets_its_own_verdict_and_line() -> None:
    found = written.loads(["x = 1\n", "x = 1\ny = (\n", "\0"], "Python")
    assert [verdict for verdict, _ in found] == ["loads", "does-not-load", "does-not-load"]
    assert found[1][1].startswith("line 2: ")


def test_what_has_no_interpreter_is_not_judged() -> None:
    [(verdict, why)] = written.loads(["puts 1"], "ruby")
    assert verdict == "unjudged"
    assert "ruby" in why


def test_nothing_of_a_library_is_loaded() -> None:
    """Windows would run a library's own code then."""
    given = "  #DllLoad evil.dll\nx := '#DllLoad'"
    assert written.harmless(given, "autohotkey") == "; evil.dll\nx := '#DllLoad'"
    assert written.harmless(given, "python") == given


def test_every_language_that_has_a_judge_has_a_name_in_markdown() -> None:
    assert {languages.checker_of(name) for name in languages.FENCES} == set(languages.SUFFIXES.values())

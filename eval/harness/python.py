"""Python answers, run by this Python in the sandbox, in isolated mode: the standard library alone.

Answer and test share one process and one module. Code that looks through the frames of its own process can find the
secret word there; nothing in one process can keep it from that.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from eval.harness.verdict import Verdict, judged, secret, silent, spoken
from eval.sandbox import Limits, Room, run
from prep import languages

LANGUAGE = "python"
FENCES = languages.FENCES[LANGUAGE]
_RUNNER = """
def main():
    import json, os, sys, traceback
    given = json.load(sys.stdin)
    speak, leave, out = os.write, os._exit, os.dup(1)
    count = 0
    def say(kind, detail=""):
        speak(out, f"\\n{given['word']} {kind} {' '.join(str(detail).split())}\\n".encode("utf-8", "replace"))
        leave(0)
    def check(condition, message=""):
        nonlocal count
        count += 1
        if not condition:
            say("failed", f"assertion {count}" + (f": {message}" if message else ""))
    try:
        answer = compile(given["answer"], "answer.py", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        say("invalid", f"answer.py:{getattr(error, 'lineno', None) or 1}: {getattr(error, 'msg', error)}")
    names = {"__name__": "answer", "Assert": check}
    try:
        exec(answer, names)
        exec(compile(given["test"], "test.py", "exec"), {**names, given["word"]: check})
    except SystemExit:
        leave(0)
    except BaseException as error:
        lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == "answer.py"]
        where = f" at answer.py:{lines[-1]}" if lines else " at the test"
        say("error", f"{type(error).__name__}: {error}{where}")
    say("passed", given["key"]) if count else say("error", "no assertion was reached")
main()
"""


def name() -> str:
    """What judges, for the record."""
    return "Python " + sys.version.split()[0]


@contextmanager
def harness() -> Iterator[Harness]:
    yield Harness()


class Harness:
    """`run(answer, test)` may be called from several threads."""

    def __init__(self) -> None:
        home = Path(sys.base_prefix)
        own = not home.is_relative_to("/usr")  # the system's own is there already
        self._room = Room({"/opt/python": home} if own else {})
        inside = Path("/opt/python" if own else home) / "bin" / f"python3.{sys.version_info.minor}"
        self._argv = [str(inside), "-I", "-S", "-B", "-X", "utf8", "-c", _RUNNER]

    def run(self, answer: str, test: str, limits: Limits | None = None, _entry_point: str = "") -> Verdict:
        """One answer, one test, one fresh sandbox."""
        known = secret()
        own = re.sub(r"\bAssert\b(?=\s*\()", known.word, test)  # the answer may take its own Assert for another
        given = json.dumps({**known._asdict(), "answer": answer, "test": own})
        outcome = run(self._argv, self._room, given.encode("utf-8", "replace"), limits)
        if found := spoken(outcome, known):
            return found
        lost = outcome.ending == "exit" and outcome.code not in (0, None) and b"Fatal Python error" in outcome.stderr
        return judged("error", "Python itself crashed", outcome) if lost else silent(outcome)

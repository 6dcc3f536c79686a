"""What became of one answer: the closed list of verdicts, and how a harness speaks to us."""

from __future__ import annotations

import secrets
from typing import Literal, NamedTuple

from eval.sandbox import Outcome

Kind = Literal["passed", "failed", "error", "invalid", "timeout", "no-answer"]
KINDS: tuple[Kind, ...] = ("passed", "failed", "error", "invalid", "timeout", "no-answer")
MAX_DETAIL = 500  # characters of a detail
OVER = {
    "memory": "took more memory than it may",
    "processes": "started more processes than it may",
    "output": "printed more than it may",
}


class Verdict(NamedTuple):
    """`detail` says why: the assertion, the error, file:line of what does not load."""

    kind: Kind
    detail: str = ""
    seconds: float = 0.0


class Secret(NamedTuple):
    """Words that no answer knows, others in each run. What the harness says begins with `word`; that all assertions
    held is said with `key`, which nobody has heard before: who listens to a failure cannot turn it into the other."""

    word: str
    key: str


def secret() -> Secret:
    return Secret(f"v{secrets.token_hex(16)}", f"k{secrets.token_hex(16)}")


def spoken(outcome: Outcome, known: Secret) -> Verdict | None:
    """The first line in which the harness spoke: `WORD passed KEY`, or `WORD failed|error|invalid DETAIL`. Later ones
    are not believed: what runs after the tests were judged is the answer's own."""
    for line in outcome.stdout.decode("utf-8", "replace").splitlines():
        _, found, said = line.partition(known.word)
        kind, _, detail = said.strip().partition(" ")
        if found and kind in KINDS:
            if kind != "passed":
                return judged(kind, detail, outcome)
            forged = detail.strip() != known.key
            return judged("error", "the answer spoke for its test", outcome) if forged else judged(kind, "", outcome)
    return None


def silent(outcome: Outcome) -> Verdict:
    """The verdict on a run in which the harness never spoke."""
    if outcome.ending == "timeout":
        return judged("timeout", f"not done after {outcome.seconds:.0f} s", outcome)
    if outcome.ending in OVER:
        return judged("error", OVER[outcome.ending], outcome)
    return judged("error", f"ended before its tests were done (exit code {outcome.code})", outcome)


def judged(kind: Kind, detail: str, outcome: Outcome) -> Verdict:
    text = " ".join(detail.replace("\0", "").split())
    return Verdict(kind, text if len(text) <= MAX_DETAIL else text[: MAX_DETAIL - 3] + "...", round(outcome.seconds, 3))

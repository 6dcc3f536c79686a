"""What a tokenised example trains: tokens by role, and the faults of its mask. Pure functions of ids and labels.

Roles are found in the ids themselves, by the text that the recipe's template or prompt writes between two turns; that
text is learnt from a few made-up conversations (ft/probe.py). So the same audit runs before a run and inside one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from os.path import commonprefix

NOT_TRAINED = -100
START = ""  # the role before the first turn
TEMPLATE = "template"  # all that is no turn's content
FINAL_CHANNEL = "<|channel|>final<|message|>"
FAULTS = {
    "masked": "no token is trained",
    "inputs": "tokens of the user or the system are trained",
    "untrained": "an assistant's turn has no trained token",
    "no end": "an assistant's turn does not end in a special token",
    "end": "the token that ends an assistant's turn is not trained",
    "final": "the model is not taught to open its final channel",
    "bos": "the token that begins a text stands there twice",
    "eos": "the token that ends a text stands within a turn's own words",
    "shape": "turns cannot be told apart",
}


@dataclass(frozen=True)
class Facts:
    """What the audit has to know of a tokenizer and its template. Texts are in the tokenizer's own alphabet."""

    pieces: Sequence[str]  # id -> text
    special: frozenset[int]
    bos: int | None = None
    eos: int | None = None
    glue: dict[str, list[tuple[str, str]]] = field(default_factory=dict)  # role -> (next role, the text between them)
    tails: tuple[str, ...] = ()  # what may follow the last assistant's turn, the longest first

    @property
    def known(self) -> bool:
        """Whether turns can be told apart; not so for plain text (`completion`)."""
        return START in self.glue


@dataclass(frozen=True)
class Turn:
    """Tokens start to stop (exclusive) of one turn's content; `end` is the special token that ends it, if any does."""

    role: str
    start: int
    stop: int
    end: int | None


@dataclass
class Audit:
    """Counts over examples: tokens and trained tokens by role, and the places of the examples with each fault."""

    examples: int = 0
    tokens: Counter[str] = field(default_factory=Counter)
    trained: Counter[str] = field(default_factory=Counter)
    faults: dict[str, list[str]] = field(default_factory=dict)
    ends: Counter[int] = field(default_factory=Counter)  # the special tokens that end assistants' turns
    untrained_ends: Counter[int] = field(default_factory=Counter)

    def add(self, ids: Sequence[int], labels: Sequence[int], facts: Facts, place: str) -> None:
        """Count one example; `place` names it in the report."""
        self.examples += 1
        spans = turns(ids, facts)
        roles = roles_of(len(ids), spans)
        self.tokens.update(roles)
        self.trained.update(role for role, label in zip(roles, labels, strict=True) if label != NOT_TRAINED)
        for turn in spans:
            if turn.role == "assistant" and turn.end is not None:
                self.ends[ids[turn.end]] += 1
                self.untrained_ends[ids[turn.end]] += labels[turn.end] == NOT_TRAINED
        for fault in faults(ids, labels, facts, spans):
            self.faults.setdefault(fault, []).append(place)


def audit(examples: Iterable[tuple[Sequence[int], Sequence[int], str]], facts: Facts) -> Audit:
    """The audit of (ids, labels, place of the example) after each other."""
    found = Audit()
    for ids, labels, place in examples:
        found.add(ids, labels, facts, place)
    return found


def faults(ids: Sequence[int], labels: Sequence[int], facts: Facts, spans: Sequence[Turn]) -> list[str]:
    """Keys of FAULTS that hold for one example."""
    found = ["bos"] if facts.bos is not None and list(ids[:2]) == [facts.bos] * 2 else []
    if all(label == NOT_TRAINED for label in labels):
        return [*found, "masked"]
    if not facts.known:
        return found
    answers = [turn for turn in spans if turn.role == "assistant"]
    if not answers:
        return [*found, "shape"]
    if facts.eos is not None and any(facts.eos in ids[turn.start : turn.stop] for turn in spans):
        found.append("eos")
    trained = [_any(labels, turn.start, turn.stop) for turn in answers]
    if any(_any(labels, turn.start, turn.stop) for turn in spans if turn.role != "assistant"):
        found.append("inputs")
    if not all(trained):
        found.append("untrained")
    if any(turn.end is None for turn in answers):
        found.append("no end")
    if any(turn.end is not None and labels[turn.end] == NOT_TRAINED for turn in answers):
        found.append("end")
    return [*found, "final"] if _final_untrained(ids, labels, facts, answers[-1]) else found


def turns(ids: Sequence[int], facts: Facts) -> list[Turn]:
    """The turns of one example in order; none where they cannot be told apart."""
    text, offsets = _text(ids, facts)
    role, begin, here, found = START, 0, 0, []
    while step := _next(text, here, facts.glue.get(role, [])):
        at, following, glue = step
        found.append(_turn(role, (begin, at, at + len(glue)), offsets, ids, facts))
        role, begin = following, at + len(glue)
        here = begin
    if role == START:
        return []
    tail = next((tail for tail in facts.tails if text.endswith(tail)), "")
    at = max(begin, len(text) - len(tail)) if role == "assistant" else len(text)
    return [*found[1:], _turn(role, (begin, at, len(text)), offsets, ids, facts)]


def roles_of(length: int, spans: Sequence[Turn]) -> list[str]:
    """The role of each of `length` tokens."""
    roles = [TEMPLATE] * length
    for turn in spans:
        roles[turn.start : turn.stop] = [turn.role] * (turn.stop - turn.start)
    return roles


def opens(ids: Sequence[int], labels: Sequence[int], content: str, facts: Facts) -> bool:
    """Whether the token right before the last place of `content` is trained: the model then writes by itself what its
    template puts before an answer."""
    text, offsets = _text(ids, facts)
    token = bisect_left(offsets, text.rfind(content) + 1)
    return token > 0 and labels[token - 1] != NOT_TRAINED


def learn(conversations: Iterable[tuple[Sequence[int], list[tuple[str, str]]]], facts: Facts) -> Facts:
    """`facts` with the glue and the tails of tokenised conversations, each with its (role, content) in order.

    Contents must be plain ASCII letters, found nowhere else. A content that the template leaves out is passed over;
    successive contents of one role are one turn.
    """
    glue: dict[tuple[str, str], set[str]] = {}
    tails = set()
    for ids, contents in conversations:
        text, _ = _text(ids, facts)
        role, here = START, 0
        for following, content in contents:
            at = text.find(content, here)
            if at < 0:
                continue
            if following != role:
                glue.setdefault((role, following), set()).add(text[here:at])
            role, here = following, at + len(content)
        tails |= {text[here:]} if role == "assistant" else set()
    by_role: dict[str, list[tuple[str, str]]] = {}
    for (role, following), texts in glue.items():
        kept = sorted(texts) if role == START else _shared(texts, facts)
        by_role.setdefault(role, []).extend((following, text) for text in kept if text)
    by_role[START] = sorted({(role, _ending(text, role, by_role, facts)) for role, text in by_role.get(START, [])})
    longest = tuple(sorted(tails, key=len, reverse=True))
    return replace(facts, glue=by_role if by_role[START] else {}, tails=longest)


def _text(ids: Sequence[int], facts: Facts) -> tuple[str, list[int]]:
    """The example's text, and where in it each token ends."""
    pieces = [facts.pieces[i] for i in ids]
    return "".join(pieces), list(accumulate(map(len, pieces)))


def _next(text: str, here: int, glue: list[tuple[str, str]]) -> tuple[int, str, str] | None:
    """The first place from `here` on where a turn of another role begins: (place, its role, the text between)."""
    found = [(text.find(between, here), -len(between), role, between) for role, between in glue]
    at, _, role, between = min((f for f in found if f[0] >= 0), default=(-1, 0, "", ""))
    return (at, role, between) if at >= 0 else None


def _turn(role: str, place: tuple[int, int, int], offsets: list[int], ids: Sequence[int], facts: Facts) -> Turn:
    """From characters to tokens; a token belongs to the place of its last character. `place`: the content's begin and
    end, and the end of what follows it."""
    start, stop, after = (bisect_left(offsets, character + 1) for character in place)
    end = next((i for i in range(stop, min(after, len(ids))) if ids[i] in facts.special), None)
    return Turn(role, start, stop, end)


def _shared(texts: set[str], facts: Facts) -> list[str]:
    """What the variants of one glue begin with where that tells the role, as special tokens do; else all of them."""
    shared = commonprefix(sorted(texts))
    return [shared] if _has_special(shared, facts) else sorted(texts, key=len, reverse=True)


def _ending(text: str, role: str, by_role: dict[str, list[tuple[str, str]]], facts: Facts) -> str:
    """Of what stands before the first turn only the end that also stands before later ones: dates and default system
    messages come before it."""
    later = [between for before, glue in by_role.items() if before != START for to, between in glue if to == role]
    shared = max((commonprefix([text[::-1], between[::-1]])[::-1] for between in later), key=len, default="")
    return shared if _has_special(shared, facts) else text


def _has_special(text: str, facts: Facts) -> bool:
    return any(facts.pieces[i] in text for i in facts.special if facts.pieces[i])


def _any(labels: Sequence[int], start: int, stop: int) -> bool:
    return any(label != NOT_TRAINED for label in labels[start:stop])


def _final_untrained(ids: Sequence[int], labels: Sequence[int], facts: Facts, last: Turn) -> bool:
    """Harmony: whether the name of the last answer's final channel is not trained, so that the model would never leave
    its own analysis."""
    text, offsets = _text(ids[: last.stop], facts)
    at = text.rfind(FINAL_CHANNEL)
    if at < 0:
        return False
    name = at + FINAL_CHANNEL.index("final")
    start, stop = (bisect_left(offsets, character + 1) for character in (name, name + len("final")))
    return not all(label != NOT_TRAINED for label in labels[start:stop])

"""A rule: the kinds of a v2 function's parameters, and the command in v1, where `$1` is the first argument."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from prep.languages.autohotkey.pieces import Pieces
from prep.languages.autohotkey.v1.parameters import value_of


class Old(NamedTuple):
    """A statement in v1 without the brace of its block: what it shows, and whether v2 surely refuses to load it."""

    kind: str
    text: str
    refused: bool = False

    @property
    def takes_brace(self) -> bool:
        """v1 lets a brace stand at the end of an expression or a count, not of text."""
        return self.kind in ("", "Loop")


class Rule(NamedTuple):
    name: str
    kinds: str
    pattern: str  # `$0`: the variable that the result goes to

    @property
    def kind(self) -> str:
        """The words of the command that are not parameters."""
        return " ".join(
            word for word in re.split(r"[, ]+|\$\d", self.pattern.partition("\n")[0]) if word and word != "0"
        )


def in_order(names_of: Mapping[str, str]) -> Iterator[Rule]:
    """Commands with the name and the parameters of the function, in its order."""
    for kinds, names in names_of.items():
        for name in names.split():
            yield Rule(name.lower(), kinds, ", ".join([name, *(f"${at + 1}" for at in range(len(kinds)))]))


def rules(table: str) -> Iterator[Rule]:
    """Lines of `Name kinds: pattern`; `|` in a pattern ends a line."""
    for line in filter(None, map(str.strip, table.splitlines())):
        head, _, pattern = line.partition(": ")
        name, _, kinds = head.partition(" ")
        yield Rule(name.lower(), kinds, pattern.replace(" | ", "\n"))


# The only parameter of these takes its commas as they are, and so does the last one of FormatTime.
_LITERAL_COMMAS = frozenset({"Send", "SendEvent", "SendInput", "SendPlay", "OutputDebug", "FormatTime"})


def applied(rules: Sequence[Rule], name: str, arguments: list[Pieces], result: str = "") -> Old | None:
    """The first rule of this name that takes all the arguments."""
    found = (_filled(rule, arguments, result) for rule in rules if rule.name == name.lower())
    return next((old for old in found if old), None)


def _filled(rule: Rule, arguments: list[Pieces], result: str) -> Old | None:
    if len(arguments) > len(rule.kinds):
        return None
    first, _, rest = rule.pattern.partition("\n")
    command, *parameters = first.split(", ")
    values = {"$0": result}
    for at, kind in enumerate(rule.kinds):
        last = command in _LITERAL_COMMAS and bool(parameters) and parameters[-1].endswith(f"${at + 1}")
        value = value_of(kind, arguments[at] if at < len(arguments) else [], last)
        if value is None:
            return None
        values[f"${at + 1}"] = value
    if any(_is_torn(parameter, values) for parameter in parameters):
        return None
    written = [_with(values, parameter) for parameter in [command, *parameters]]
    while not written[-1]:
        written.pop()
    text = ", ".join(written) + ("\n" + _with(values, rest)) * bool(rest)
    return Old(rule.kind, text, len(written) > 1 or command.startswith("#"))


def _with(values: Mapping[str, str], pattern: str) -> str:
    return re.sub(r"\$\d", lambda found: values[found[0]], pattern)


def _is_torn(parameter: str, values: Mapping[str, str]) -> bool:
    """Something is written right before a value that is an expression, or that has a sign of its own."""
    value = values.get(parameter[-2:], "")
    return len(parameter) > 2 and parameter[-2] == "$" and value.startswith(("% ", "*"))

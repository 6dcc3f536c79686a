"""Values of a YAML file changed in its text: comments, order and every other line stay as they are."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import yaml

from prep.errors import UserError


class _Plain(yaml.SafeDumper):
    """House style: lists indented below their key, small numbers in full (2e-05 is a string to YAML 1.1)."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def represent_number(self, value: float) -> yaml.ScalarNode:
        text = f"{Decimal(repr(value)):f}" if math.isfinite(value) else repr(value)
        return self.represent_scalar("tag:yaml.org,2002:float", text if math.isfinite(value) else f".{text[-3:]}")


_Plain.add_representer(float, _Plain.represent_number)


def edited(text: str, values: Mapping[str, Any]) -> str:
    """`text` with `values` in it. A dotted key reaches one level down; None takes a key out; a new key comes after
    those that begin with the same word, else at the end. Raises UserError for a key that cannot be edited in place."""
    for dotted, value in values.items():
        key, _, child = dotted.partition(".")
        before: dict[str, Any] = yaml.safe_load(text)
        wanted = {**(before.get(key) or {}), child: value} if child else value
        if isinstance(wanted, dict):
            wanted = {name: inner for name, inner in wanted.items() if inner is not None}
        expected = {name: inner for name, inner in {**before, key: wanted}.items() if inner is not None}
        text = _with(text, key, child, value, wanted)
        if _read(text) != expected:  # an anchor was in the value, a block of text followed it, ...
            raise UserError(f"{dotted}: it cannot be changed in place: copy the recipe and edit it by hand")
    return text


def _read(text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return None


def _with(text: str, key: str, child: str, value: Any, wanted: Any) -> str:
    top = _pairs(yaml.compose(text, Loader=yaml.SafeLoader))
    if key not in top:
        return text if wanted is None else _inserted(text, key, _entry(key, wanted), top)
    name, node = top[key]
    if child and value is not None and isinstance(node, yaml.MappingNode) and child in _pairs(node):
        name, node = _pairs(node)[child]
        wanted = value
    start, end = name.end_mark.index, _end(node)
    if wanted is None:
        return text[: text.rfind("\n", 0, start) + 1] + text[_line_end(text, end) :]
    return f"{text[:start]}:{_rendered(wanted, name.start_mark.column)}{text[end:]}"


def _pairs(node: yaml.Node | None) -> dict[str, tuple[yaml.Node, yaml.Node]]:
    return {name.value: (name, value) for name, value in node.value} if node else {}


def _end(node: yaml.Node) -> int:
    """Where the value's own text ends: a block's mark is at whatever comes next, comments included."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return node.end_mark.index


def _line_end(text: str, index: int) -> int:
    found = text.find("\n", index)
    return len(text) if found < 0 else found + 1


def _inserted(text: str, key: str, entry: str, top: dict[str, tuple[yaml.Node, yaml.Node]]) -> str:
    kin = [name for name in top if name.partition("_")[0] == key.partition("_")[0]]
    at = _line_end(text, _end(top[kin[-1]][1])) if kin else len(text)
    return text[:at] + ("" if text[:at].endswith("\n") or not at else "\n") + entry + text[at:]


def _entry(key: str, value: Any) -> str:
    return f"{key}:{_rendered(value, 0)}\n"


def _rendered(value: Any, column: int) -> str:
    """What comes after the colon: one line, or an indented block for mappings and lists of them."""
    if value and (isinstance(value, dict) or (isinstance(value, list) and isinstance(value[0], dict))):
        block = yaml.dump(value, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=math.inf).rstrip("\n")
        return "".join(f"\n{' ' * (column + 2)}{line}" for line in block.splitlines())
    flow = yaml.dump([value], Dumper=_Plain, default_flow_style=True, allow_unicode=True, width=math.inf)
    return f" {flow.strip()[1:-1]}"

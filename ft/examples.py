"""Whether a row of a data file is an example of the type that its entry in the recipe says, and who speaks in it."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from typing import Any

_ROLES = {"system", "developer", "user", "assistant", "tool", "function", "ipython", "observation", "environment"}


def fault(row: Any, entry: Mapping[str, Any]) -> str | None:
    """Why a row is no example of the entry's type; None when it is one."""
    kind, field = entry["type"], str(entry.get("field_messages") or "messages")
    if isinstance(kind, dict):  # a prompt of the recipe's own
        needed = tuple(str(kind.get(f"field_{name}") or name) for name in ("instruction", "output"))
        given = str(kind.get("field_input") or "input")
    else:
        needed = {"alpaca": ("instruction", "output"), "chat_template": (field,)}.get(kind, ())
        given = "input" if kind == "alpaca" else ""
    if not isinstance(row, dict):
        return "no example: each line must be one JSON object, or the file end in .json and be one list of them"
    what = kind if isinstance(kind, str) else "of the recipe's own"
    missing = [name for name in needed if not row.get(name) or not str(row[name]).strip()]
    if missing:
        there = ", ".join(sorted(row)[:5])
        empty = "an empty" if missing[0] in row else "no"
        return f"{empty} '{missing[0]}', which data of type '{what}' needs (the row has {there or 'nothing'})"
    if given:
        texts = [*needed, *([given] if row.get(given) is not None else [])]
        if wrong := [name for name in texts if not isinstance(row[name], str)]:
            return f"'{wrong[0]}' must be text"
    if isinstance(kind, dict) and kind.get("format") and not kind.get("no_input_format") and not row.get(given):
        return f"no '{given}', and type.no_input_format, which is the prompt then, is not given: format is not used"
    return _conversation_fault(row[field], entry) if kind == "chat_template" else None


def _conversation_fault(turns: Any, entry: Mapping[str, Any]) -> str | None:
    names = entry.get("message_property_mappings") or {}
    role, content = names.get("role", "role"), names.get("content", "content")
    if not isinstance(turns, list) or not all(isinstance(turn, dict) for turn in turns):
        return "a conversation must be a list of mappings"
    if found := next(filter(None, (_turn_fault(turn, role, content) for turn in turns)), None):
        return found
    roles = role_names(entry)
    spoken = [str(roles.get(turn[role], turn[role])) for turn in turns]
    named = entry.get("roles_to_train") or ["assistant"]
    trained = [str(roles.get(name, name)) for name in named] if isinstance(named, list) else spoken
    if not set(spoken) & set(trained):
        there = ", ".join(textwrap.shorten(name, 20, placeholder="...") for name in spoken[:5])
        return f"no turn of {' or '.join(trained)}: nothing of it would be trained (its turns: {there})"
    strange = [name for name in spoken if name not in {*_ROLES, *roles.values(), *trained}]
    return f"a turn of '{strange[0]}', a role of no template: `roles` says which one it is" if strange else None


def _turn_fault(turn: Mapping[str, Any], role: str, content: str) -> str | None:
    if not isinstance(turn.get(role), str):
        there = ", ".join(sorted(turn)[:5])
        return f"a turn without '{role}' (it has {there}): message_property_mappings says what yours is called"
    if turn.get(content) is None and not turn.get("tool_calls"):
        return f"a turn without '{content}'"
    if not isinstance(turn.get(content) or "", str | list):
        return f"a turn whose '{content}' is {json.dumps(turn[content])[:40]}, no text"
    parts = turn[content] if isinstance(turn.get(content), list) else []
    if other := [part for part in parts if not isinstance(part, str) and not _text_part(part)]:
        return f"a turn with a part that is no text, {json.dumps(other[0])[:40]}: it would be left out"
    return None


def _text_part(part: Any) -> bool:
    return isinstance(part, dict) and any(isinstance(part.get(key), str) for key in ("text", "content", "value"))


def role_names(entry: Mapping[str, Any]) -> dict[str, str]:
    """Role in the data -> role in the template, by the entry's `roles` or else Axolotl's own."""
    if given := entry.get("roles"):
        return {source: role for role, sources in given.items() for source in sources}
    return {"human": "user", "gpt": "assistant"}

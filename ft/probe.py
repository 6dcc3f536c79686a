"""Made-up conversations, tokenised by Axolotl as the recipe says: what the template writes around the turns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ft.masks import Facts, learn
from ft.tokenised import Reader, failures, tokenise

Contents = list[tuple[str, str]]


def facts(tokenizer: Any, made: Iterable[tuple[list[int], list[int], Contents]]) -> Facts:
    """The facts for the mask audit, from the conversations that `tokenised` made for an entry of the recipe's data."""
    special = frozenset({*tokenizer.all_special_ids, *tokenizer.added_tokens_decoder})
    pieces = [piece or "" for piece in tokenizer.convert_ids_to_tokens(range(len(tokenizer)))]
    plain = Facts(pieces, special, tokenizer.bos_token_id, tokenizer.eos_token_id)
    return learn([(ids, contents) for ids, _, contents in made], plain)


def tokenised(reader: Reader, entry: Any) -> Iterator[tuple[list[int], list[int], Contents]]:
    """(ids, labels, contents) of the conversations that the template takes: it may refuse a system's turn."""
    from datasets import Dataset

    for made in conversations(entry):
        try:
            found = tokenise(reader, entry, Dataset.from_list([row for row, _ in made]))
        except failures():
            continue
        for row, (_, contents) in zip(found, made, strict=True):
            yield row["input_ids"], row["labels"], contents


def conversations(entry: Mapping[str, Any]) -> Iterator[list[tuple[dict[str, Any], Contents]]]:
    """Rows of the entry's type, with the contents that they are made of, in groups that a template takes or refuses
    as a whole; none for a type that has no turns."""
    kind = str(entry.get("type"))
    if kind.startswith("alpaca"):
        asked, given, answer = map(_word, ("asked", "given", "answer"))
        row = {"instruction": asked, "input": "", "output": answer}
        yield [
            (row, [("user", asked), ("assistant", answer)]),
            ({**row, "input": given}, [("user", asked), ("user", given), ("assistant", answer)]),
        ]
    elif isinstance(entry.get("type"), Mapping):  # a prompt of the recipe's own
        names = {name: str(entry["type"].get(f"field_{name}") or name) for name in ("instruction", "input", "output")}
        asked, given, answer = map(_word, ("asked", "given", "answer"))
        own = {names["instruction"]: asked, names["output"]: answer}
        yield [({**own, names["input"]: ""}, [("user", asked), ("assistant", answer)])]
        yield [({**own, names["input"]: given}, [("user", asked), ("user", given), ("assistant", answer)])]
    elif kind == "chat_template":
        for system in (False, True):
            for thinking in (None, "", _word("thought")):
                yield [_chat(entry, pairs, system, thinking) for pairs in (1, 3)]
        for system in (False, True):
            yield [_greeting(entry, system)]


def _chat(entry: Mapping[str, Any], pairs: int, system: bool, thinking: str | None) -> tuple[dict[str, Any], Contents]:
    names = entry.get("message_property_mappings") or {}
    role_key, content_key = names.get("role", "role"), names.get("content", "content")
    contents: Contents = [("system", _word("rules"))] if system else []
    for number in range(pairs):
        contents += [("user", _word(f"asked{'abc'[number]}")), ("assistant", _word(f"answer{'abc'[number]}"))]
    turns: list[dict[str, str]] = [{role_key: role, content_key: text} for role, text in contents]
    if thinking is not None:
        # a template may read its own name for it whatever the recipe says
        turns[-1] |= dict.fromkeys((str(entry.get("field_thinking")), "thinking", "reasoning_content"), thinking)
        contents[-1:] = [("assistant", thinking)] * bool(thinking) + contents[-1:]
    return {str(entry.get("field_messages") or "messages"): turns}, contents


def _greeting(entry: Mapping[str, Any], system: bool) -> tuple[dict[str, Any], Contents]:
    """A conversation that the assistant begins, after the system where there is one."""
    row, contents = _chat(entry, 1, system, thinking=None)
    (key, turns), hello = next(iter(row.items())), _word("hello")
    names = entry.get("message_property_mappings") or {}
    first = {names.get("role", "role"): "assistant", names.get("content", "content"): hello}
    place = int(system)
    contents = [*contents[:place], ("assistant", hello), *contents[place:]]
    return {key: [*turns[:place], first, *turns[place:]]}, contents


def _word(name: str) -> str:
    return f"zq{name}qz"

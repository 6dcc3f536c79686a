"""The user's own examples as the run trained them: their tokens, their texts, their chats, and how they end."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ft import tokenised
from ft.masks import NOT_TRAINED
from ft.verify import TOKENS, sampled
from prep.errors import UserError

EXAMPLES = 2000  # whose tokens are compared, at most
PROMPTS, PLACES = 32, 16  # whose logits are compared, and at how many places of each
ASKED, ANSWER = 4, 96  # questions that are answered, and the tokens of an answer at most


@dataclass
class Corpus:
    """Held-out examples first, then those trained on. `tokenizer` is the one that training had, with its template."""

    tokenizer: Any
    rows: list[tokenised.Row]
    chats: list[list[dict[str, Any]]] = field(default_factory=list)  # empty where the data is no chat

    def texts(self) -> list[str]:
        """Each example as text: a chat is rendered as it was trained, special tokens and all."""
        return [self.tokenizer.decode(row.input_ids, clean_up_tokenization_spaces=False) for row in self.rows]

    def prompts(self) -> list[str]:
        """What stands before the answers, as a user sends it to a model that is no chat model."""
        ids = [] if self.chats else [question(row) for row in self.rows]
        return [self.tokenizer.decode(i, skip_special_tokens=True, clean_up_tokenization_spaces=False) for i in ids]

    def sampled(self) -> list[dict[str, Any]]:
        """The examples whose logits are compared: those that are not cut, as far as there are enough."""
        by_length = sorted(self.rows, key=lambda row: len(row.input_ids) > TOKENS)[:PROMPTS]
        found = [sampled(row.input_ids[:TOKENS], row.labels[:TOKENS], PLACES) for row in by_length]
        return [row for row in found if row["positions"]]

    def asked(self) -> list[list[int]]:
        """The tokens of the questions with the shortest answers."""
        rows = [row for row in self.rows if len(row.input_ids) <= TOKENS and question(row)]
        return [question(row) for row in sorted(rows, key=lambda row: len(row.input_ids) - len(question(row)))[:ASKED]]

    def ends(self) -> set[int]:
        """The tokens that ended the trained answers, where they are special: what a model was taught to stop with."""
        last = Counter(next((i for i in reversed(row.labels) if i != NOT_TRAINED), NOT_TRAINED) for row in self.rows)
        few, special = len(self.rows) / 20, self.special()
        return {token for token, count in last.items() if token in special and count > few}

    def special(self) -> set[int]:
        """The tokens that no text is cut into."""
        return {*self.tokenizer.all_special_ids, *self.tokenizer.added_tokens_decoder}

    def inside(self) -> set[int]:
        """The tokens that trained answers hold before their end: what must end none."""
        return {
            token
            for row in self.rows
            for token, after in zip(row.labels, row.labels[1:], strict=False)
            if NOT_TRAINED not in (token, after)
        } - self.ends()


def question(row: tokenised.Row) -> list[int]:
    """The tokens before the first trained one."""
    first = next((place for place, label in enumerate(row.labels) if label != NOT_TRAINED), 0)
    return row.input_ids[:first]


def read(values: dict[str, Any]) -> Corpus:
    """The corpus of a run. Raises UserError where its data is gone."""
    reader = tokenised.reader(values)
    corpus = Corpus(reader.tokenizer, [])
    for key in ("test_datasets", "datasets"):
        for index, entry in enumerate(values.get(key) or []):
            corpus.rows += list(tokenised.rows(reader, key, index))[: EXAMPLES - len(corpus.rows)]
            if entry.get("type") == "chat_template" and Path(entry["path"]).is_file():
                corpus.chats += _chats(Path(entry["path"]), entry.get("field_messages", "messages"))
    if not corpus.rows:
        raise UserError("the recipe's data holds no example: nothing can be compared")
    return corpus


def _chats(path: Path, key: str) -> list[list[dict[str, Any]]]:
    with path.open(encoding="utf-8") as file:
        found = [json.loads(line)[key] for line in file if line.strip()]
    return [[{k: v for k, v in message.items() if v is not None} for message in chat] for chat in found]

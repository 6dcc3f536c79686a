"""A conversation with one server: what is asked, what came back, and what is remembered of it."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import Any

from ft.serving import stream
from ft.serving.offer import Offer
from ft.serving.stream import Piece
from prep.errors import UserError

_TOO_LONG = re.compile(r"context (window|length)|too long", re.IGNORECASE)
_CHANNEL, _FINAL = "<|channel|>", "<|channel|>final<|message|>"  # harmony's signs


@dataclass
class Talk:
    """`url` is that of chat completions, or of completions. `most` is the limit of an answer in tokens, 0 for all that
    the context leaves."""

    offer: Offer
    url: str
    key: str = ""
    system: str = ""
    temperature: float = 0.0
    most: int = 0
    turns: list[dict[str, str]] = field(default_factory=list)

    def ask(self, question: str) -> Generator[Piece]:
        """The answer as it comes. It is remembered as far as it came, also when the caller leaves off; a question
        that the server fails to answer is not. Raises UserError."""
        asked = {"role": "user", "content": question}
        lead = [{"role": "system", "content": self.system}] if self.system else []
        payload = self.offer.payload([*lead, *(self.turns if self.offer.chat else []), asked]) | self._limits()
        said = ""
        try:
            for piece in self._pieces(payload):
                said += piece.text
                yield piece
        except UserError as error:
            cut, said = not said and str(error).endswith("was cut"), ""
            raise self._explained((cut and stream.reason(self.url, payload, self.key)) or str(error)) from None
        finally:
            if said:
                self.turns += [asked, {"role": "assistant", "content": said}]

    def _pieces(self, payload: dict[str, Any]) -> Iterator[Piece]:
        found = stream.answer(self.url, payload, self.key)
        return spoken(found) if self.offer.harmony else found

    def _limits(self) -> dict[str, Any]:
        """Completions end after 16 tokens where nothing is said of it."""
        most = self.most or (0 if self.offer.chat else self.offer.context // 2 or 1024)
        return {"temperature": self.temperature, **({"max_tokens": most} if most else {})}

    def _explained(self, why: str) -> UserError:
        if not _TOO_LONG.search(why):
            return UserError(why, 1)
        context = f"the context of {self.offer.context} tokens" if self.offer.context else "the model's context"
        what, more = ("the chat", "/reset forgets what was said, ") if self.turns else ("the question", "")
        return UserError(f"{what} is longer than {context}: {more}--context gives more", 1)


def spoken(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """What gpt-oss says in its final channel: llama.cpp leaves harmony's signs, and the thoughts, in the text."""
    held, begun = "", False
    for piece in pieces:
        if begun:
            yield piece
            continue
        held += piece.text
        other = not _CHANNEL.startswith(held[: len(_CHANNEL)])  # it answers without channels
        begun = other or _FINAL in held
        if begun or piece.end:
            yield Piece(held if other else held.partition(_FINAL)[2], piece.end)

"""Ollama's Modelfile: the trained template in Ollama's own language, the stop tokens, the trained length.

A Jinja template cannot be translated, but what it writes around a question and an answer can be seen: it is rendered
with marks, and the pieces between them make the other template. Whether the two write the same is then tried; where
they do not, there is no TEMPLATE line and Ollama takes what it makes of the file's own.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ft import checkpoint
from ft.alpaca import WITHOUT_INPUT
from prep.errors import UserError

Chat = list[dict[str, str]]
_SYSTEM, _FIRST, _ANSWER, _SECOND = "<<the-system>>", "<<the-first>>", "<<the-answer>>", "<<the-second>>"
_TRIED: list[list[str]] = [["user"], ["user", "assistant", "user"], ["system", "user"]]
_TRIED += [["system", "user", "assistant", "user", "assistant", "user"]]


@dataclass(frozen=True)
class Pieces:
    """What a template writes around the texts of a chat."""

    begin: str  # before the first question, without a system text
    before_system: str | None  # None where the template takes none
    after_system: str
    to_answer: str  # between a question and its answer
    to_question: str  # between an answer and the next question
    end: str  # after the last question: the answer follows

    def write(self, chat: Chat) -> str:
        """The text of a chat, as Ollama will write it from `template`."""
        system = "".join(m["content"] for m in chat if m["role"] == "system")
        text = f"{self.before_system}{system}{self.after_system}" if system else self.begin
        first = True
        for message in chat:
            if message["role"] == "user":
                text += ("" if first else self.to_question) + message["content"]
                first = False
            elif message["role"] == "assistant":
                text += self.to_answer + message["content"]
        return text + self.end

    def template(self) -> str:
        """The same in Go's template language."""
        begin = self.begin
        if self.before_system is not None:
            begin = "{{ if .System }}" + self.before_system + "{{ .System }}" + self.after_system
            begin += "{{ else }}" + self.begin + "{{ end }}"
        turns = '{{ $first := true }}{{ range .Messages }}{{ if eq .Role "user" }}'
        turns += "{{ if $first }}{{ $first = false }}{{ else }}" + self.to_question + "{{ end }}{{ .Content }}"
        turns += '{{ else if eq .Role "assistant" }}' + self.to_answer + "{{ .Content }}{{ end }}{{ end }}"
        return begin + turns + self.end


def pieces(render: Callable[[Chat], str]) -> Pieces | None:
    """The pieces of a template, or None where they do not write what it writes. `render` raises ValueError for a chat
    that the template refuses."""

    def turn(role: str, text: str) -> dict[str, str]:
        return {"role": role, "content": text}

    first = turn("user", _FIRST)
    try:
        begin, end = render([first]).split(_FIRST)
        before, after = _around_system(render, first)
        chats = [[turn(role, f"text {number}") for number, role in enumerate(roles)] for roles in _TRIED]
        try:
            whole = render([first, turn("assistant", _ANSWER), turn("user", _SECOND)])
        except ValueError:  # made for one question: each is put as the first is
            to_answer, to_question, chats = end, f"\n\n{begin}", chats[:1]
        else:
            to_answer, rest = whole.split(_FIRST)[1].split(_ANSWER)
            to_question = rest.split(_SECOND)[0]
        found = Pieces(begin, before, after, to_answer, to_question, end)
        tried = [chat for chat in chats if chat[0]["role"] != "system" or before is not None]
        same = all(render(chat) == found.write(chat) for chat in tried)
    except ValueError:  # refused, or a text is written twice or not at all
        return None
    return found if same and "{{" not in "".join(piece or "" for piece in vars(found).values()) else None


def _around_system(render: Callable[[Chat], str], first: dict[str, str]) -> tuple[str | None, str]:
    try:
        before, rest = render([{"role": "system", "content": _SYSTEM}, first]).split(_SYSTEM)
    except ValueError:
        return None, ""
    return before, rest.split(_FIRST)[0]


def text(gguf: Path, trained: Pieces | None, stops: list[str], values: dict[str, Any], merged: Path) -> str:
    """The Modelfile beside `gguf`."""
    lines = [f"FROM ./{gguf.name}"]
    if trained:
        lines.append(f'TEMPLATE """{trained.template()}"""')
    else:
        lines.append("# No TEMPLATE: Ollama takes the chat template of the file itself.")
    lines += [f"PARAMETER stop {json.dumps(stop, ensure_ascii=False)}" for stop in stops]
    lines.append(f"PARAMETER num_ctx {values.get('sequence_len', 2048)}")
    path = merged / "generation_config.json"
    named = checkpoint.read_json(path) if path.is_file() else {}
    lines += [
        f"PARAMETER {key} {named[key]}" for key in ("temperature", "top_p", "top_k") if named.get(key) is not None
    ]
    return "\n".join(lines) + "\n"


def trained(values: dict[str, Any], tokenizer: Any) -> Pieces | None:
    """The pieces of what the run was trained on: its chat template, or Axolotl's Alpaca prompt."""
    kind = str(values["datasets"][0].get("type"))
    if kind == "alpaca":
        return pieces(alpaca)
    if kind != "chat_template" or writes_the_date(tokenizer):
        return None
    options = values.get("chat_template_kwargs") or {}
    bos = tokenizer.bos_token or ""

    def render(chat: Chat) -> str:
        from jinja2 import TemplateError

        try:
            found = tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True, **options)
        except TemplateError as error:
            raise ValueError(str(error)) from None
        return found.removeprefix(bos)  # llama.cpp puts it before every text

    return pieces(render)


def writes_the_date(tokenizer: Any) -> bool:
    """A template that writes today's date has no fixed pieces (harmony, which Ollama has of its own)."""
    return "strftime_now" in (tokenizer.chat_template or "") and "date_string" not in (tokenizer.chat_template or "")


def alpaca(chat: Chat) -> str:
    """The prompt of training for one question; Alpaca data has one turn."""
    if [message["role"] for message in chat] != ["user"]:
        raise ValueError("one question and its answer")
    return WITHOUT_INPUT.format(instruction=chat[0]["content"])


def stops(merged: Path, tokenizer: Any) -> list[str]:
    """The texts at which the merged model ends an answer. Raises UserError where it names none."""
    if found := checkpoint.ends(merged):
        return list(tokenizer.convert_ids_to_tokens(found))
    raise UserError(f"{merged}: no eos_token_id in generation_config.json or config.json: its answers would not end", 1)

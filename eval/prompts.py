"""How a question is put to a model: in its own chat template, in the training prompt, or as messages to a server."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from eval.task import Message, Question
from ft import alpaca
from prep.errors import UserError

CHAT, ALPACA, MESSAGES = "chat template", "alpaca", "messages"

_MARK = "THE-ANSWER-GOES-HERE"


class Prompting(NamedTuple):
    """`render` makes a question one text; `bos` is put before it by the tokenizer; `until` ends an answer; `after` is
    the token behind which the answer of a model that thinks aloud begins; `likely` makes the text that an answer
    follows whose likelihood is asked, where that is another one."""

    name: str
    render: Callable[[Question], str]
    bos: bool = False
    until: tuple[str, ...] = ()
    after: int | None = None
    likely: Callable[[Question], str] | None = None

    def text(self, question: Question, loss: bool) -> str:
        """What the model is given: to write after it, or to say how likely the known answer is."""
        return (self.likely or self.render)(question) if loss else self.render(question)


def as_messages() -> Prompting:
    """For a server that chats: it applies the model's template itself."""
    return Prompting(MESSAGES, lambda question: json.dumps(list(question.messages), ensure_ascii=False))


def without_tokenizer() -> Prompting:
    """The training prompt, for a server that completes texts: it puts BOS before them itself."""
    return Prompting(ALPACA, lambda one: alpaca_text(one.messages, one.payload.get("row")), until=alpaca.UNTIL)


def without_bos(prompting: Prompting, tokenizer: Any) -> Prompting:
    """For a server that puts BOS before a text itself, as the tokenizer does: a template's own would be a second."""
    bos = tokenizer.bos_token
    if not bos or tokenizer.encode("x")[:1] != [tokenizer.bos_token_id]:
        return prompting
    return prompting._replace(render=lambda one: prompting.render(one).removeprefix(bos))


def of_recipe(values: Mapping[str, Any], tokenizer: Any) -> Prompting:
    """As the recipe trained. Raises UserError for chat data and a tokenizer without a template."""
    if values["datasets"][0].get("type") != "chat_template":
        return _alpaca(tokenizer)
    template = values.get("chat_template_jinja")
    if template and Path(str(template)).is_file():
        template = Path(str(template)).read_text(encoding="utf-8")
    if not (template or tokenizer.chat_template):
        raise UserError(f"{values['base_model']}: its tokenizer has no chat template, and the recipe's data is chat")
    options = {**(values.get("chat_template_kwargs") or {}), **({"chat_template": template} if template else {})}
    return Prompting(CHAT, lambda question: _before_answer(question, tokenizer, options))


def of_tokenizer(tokenizer: Any) -> Prompting:
    """Its own chat template; the training prompt for a model without one."""
    if not tokenizer.chat_template:
        return _alpaca(tokenizer)

    known = tokenizer.get_vocab()
    after = known.get("</think>") if "<|channel|>" not in known else known.get("<|message|>")  # harmony, of gpt-oss
    render = lambda one: _templated(tokenizer, one.messages, {"add_generation_prompt": True})  # noqa: E731
    return Prompting(CHAT, render, after=after, likely=lambda one: _before_answer(one, tokenizer, {}))


def tokenizer_of(name: str, kind: str | None = None) -> Any:
    """The tokenizer of a folder or a Hub's name. Raises UserError, one line, where there is none."""
    import transformers

    try:
        return getattr(transformers, kind or "AutoTokenizer").from_pretrained(name)
    except (OSError, ValueError, KeyError, ImportError) as error:
        why = " ".join(str(error).split())
        raise UserError(f"{name}: no tokenizer that can be read: {why[:300]}") from None


def scored(prompt: str, answer: str) -> int:
    """Bytes of what is scored: the white space at a prompt's end (the line feed after `### Response:`) counts with the
    answer, as lm-eval tokenises them together."""
    return len((prompt + answer).encode()) - len(prompt.rstrip().encode())


def alpaca_text(messages: Sequence[Message], row: Mapping[str, Any] | None = None) -> str:
    """The training prompt of a conversation; what a system says stands before the question that follows it. `row` is
    the held-out row that the last question is from."""
    text = before = ""
    for number, message in enumerate(messages):
        if message["role"] == "system":
            before += message["content"] + "\n\n"
        elif message["role"] == "assistant":
            text += message["content"] + "\n\n"
        elif number == len(messages) - 1 and row and row.get("input"):
            text += alpaca.WITH_INPUT.format(instruction=before + row["instruction"], input=row["input"])
        else:
            text += alpaca.WITHOUT_INPUT.format(instruction=before + message["content"])
            before = ""
    return text


def _alpaca(tokenizer: Any) -> Prompting:
    # Most tokenizers put BOS before what they are given, and so did training.
    bos = tokenizer.bos_token_id is not None and tokenizer.encode("x")[:1] == [tokenizer.bos_token_id]
    return Prompting(ALPACA, lambda one: alpaca_text(one.messages, one.payload.get("row")), bos, alpaca.UNTIL)


def _before_answer(question: Question, tokenizer: Any, options: Mapping[str, Any]) -> str:
    """All that the template writes before an answer: its header too (harmony: that of the final channel)."""
    trained = (question.payload.get("row") or {}).get("messages")
    last = trained[-1] if trained else {"role": "assistant", "thinking": ""}
    # A row's own answer may carry more than its content; without `thinking` harmony renders no final channel.
    last = {key: value for key, value in last.items() if value is not None} | {"content": _MARK}
    text = _templated(tokenizer, [*question.messages, last], options)
    return text[: text.index(_MARK)]


def _templated(tokenizer: Any, messages: Sequence[Message], options: Mapping[str, Any]) -> str:
    """Where a template takes no system's turn, its words stand before the question that follows."""
    from jinja2 import TemplateError

    turns = [dict(message) for message in messages]
    try:
        return str(tokenizer.apply_chat_template(turns, tokenize=False, **options))
    except TemplateError as error:
        if turns[0]["role"] != "system" or len(turns) == 1:
            raise UserError(f"{tokenizer.name_or_path}: its chat template refuses these messages: {error}") from None
        joined = {**turns[1], "content": f"{turns[0]['content']}\n\n{turns[1]['content']}"}
        return _templated(tokenizer, [joined, *turns[2:]], options)

"""What a chat template makes of a conversation: all that is said must be in it, as it is said, and the prompt of a
question must be what stood before the answer in training. Told by rendering made-up conversations of code.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ft.examples import role_names
from ft.findings import Finding
from ft.tokenised import Reader, failures
from ft.tokenizers import CODE

Chat = list[dict[str, str]]
Render = Callable[..., str]
DAY = "zqdayqz"
_WITHIN = CODE.strip()  # a template may take blanks off both ends, as many published ones do


def faults(read: Reader, entry: Mapping[str, Any], roles: Iterable[str], opened: bool) -> list[Finding]:
    """What is wrong with the template of an entry of the recipe's data; nothing where it refuses a plain conversation,
    which its tokenisation tells. `roles`: those that speak in the data. `opened`: the model is taught to write itself
    what stands right before an answer."""
    try:
        template = _template(read, entry)
        render = _renderer(read, template)
        text = render(_chat(entry))
        found = [*_lost(text, _chat(entry)), *_system(render, entry, set(roles)), *_asked(render, entry, opened)]
        dated = DAY in render(_chat(entry), strftime_now=lambda *_: DAY)
    except failures():
        return []
    if not text.strip():
        return [
            Finding(
                "template", "the chat template writes nothing of a conversation", "chat_template: tokenizer_default"
            )
        ]
    if dated:
        text = "the chat template writes today's date into each example: tokenised on another day, the data is another"
        found.append(Finding("template", text, note=True))
    if template != read.tokenizer.chat_template:
        text = "the data has a chat template of its own, and another one is kept with the model, which it is asked in"
        found.append(Finding("template", f"{text}: name it at the top level of the recipe alone"))
    return [*found, *_unread(read, template)]


def _template(read: Reader, entry: Mapping[str, Any]) -> str:
    from axolotl.utils.chat_templates import get_chat_template_from_config

    return str(get_chat_template_from_config(read.config, ds_cfg=dict(entry), tokenizer=read.tokenizer))


def _renderer(read: Reader, template: str) -> Render:
    options = dict(read.config.chat_template_kwargs or {})

    def render(chat: Chat, **more: Any) -> str:
        return str(
            read.tokenizer.apply_chat_template(chat, tokenize=False, chat_template=template, **{**options, **more})
        )

    return render


def _chat(entry: Mapping[str, Any]) -> Chat:
    """Two questions and their answers, under the names that the template gets for them."""
    names = role_names(entry)
    return [
        {"role": names.get(role, role), "content": _content(role + number)}
        for number in "ab"
        for role in ("user", "assistant")
    ]


def _content(name: str) -> str:
    return f"{_head(name)} {_WITHIN}\n{name}"


def _head(name: str) -> str:
    """What a content begins with, found nowhere else."""
    return f"zq{name}qz"


def _lost(text: str, chat: Chat) -> list[Finding]:
    """What is said and not in the text, or not as it is said."""
    left_out = [turn for turn in chat if turn["content"].partition(" ")[0] not in text]
    changed = [turn for turn in chat if turn not in left_out and turn["content"] not in text]
    found = []
    if left_out:
        when = "" if left_out[-1] in chat[2:] else " in all but the last turns"
        who = " and the ".join(dict.fromkeys(turn["role"] for turn in left_out))
        found.append(Finding("template", f"the chat template leaves out the words of the {who}{when}"))
    if changed:
        said = changed[0]["content"]
        became = text[text.index(said.partition(" ")[0]) :]
        at = next((i for i, (a, b) in enumerate(zip(said, became, strict=False)) if a != b), len(became))
        words = f"{said[at : at + 12]!r} became {became[at : at + 12]!r}"
        found.append(Finding("template", f"the chat template changes what is said, and code with it: {words}"))
    return found


def _system(render: Render, entry: Mapping[str, Any], roles: set[str]) -> list[Finding]:
    if "system" not in roles or entry.get("drop_system_message"):
        return []
    turn = {"role": "system", "content": _content("system")}
    if _head("system") in render([turn, *_chat(entry)]):
        return []
    return [Finding("template", "the chat template leaves out the words of the system, and the data has such turns")]


def _asked(render: Render, entry: Mapping[str, Any], opened: bool) -> list[Finding]:
    """Whether an answer is asked for by what stood before answers in training."""
    chat = _chat(entry)
    whole, asked = render(chat), render(chat[:-1], add_generation_prompt=True)
    before = whole.partition(_head("assistantb"))[0]
    if before == whole:  # the answer is not there at all
        return []
    end = before[len(asked) :].strip() if before.startswith(asked) else ""
    if before.startswith(asked) and (opened or not end):
        return []
    taught, used = before[-40:], asked[-40:]
    text = f"answers are taught after {taught!r}, and asked for by {used!r}"
    cause = "add_generation_prompt must write what the template writes before an answer"
    return [Finding("template", f"the chat template: {text}: {cause}")]


def _unread(read: Reader, template: str) -> list[Finding]:
    """Names in chat_template_kwargs that the template does not read."""
    words = set(re.findall(r"[A-Za-z_]\w*", template))
    found = []
    for name in read.config.chat_template_kwargs or {}:
        if name not in words:
            near = difflib.get_close_matches(str(name), words, n=1)
            hint = f": did you mean '{near[0]}'?" if near else ""
            text = f"chat_template_kwargs: the chat template reads no '{name}', and it is passed over{hint}"
            found.append(Finding("template", text))
    return found

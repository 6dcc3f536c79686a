"""Held-out examples as (prompt, answer) text, the prompt's text as the recipe trained it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from prep.errors import UserError

# Axolotl's `type: alpaca`; the text is data that models were trained on, a test holds it against Axolotl's own.
_WITHOUT_INPUT = (
    "Below is an instruction that describes a task. "
    "Write a response that appropriately completes the request.\n\n"
    "### Instruction:\n{instruction}\n\n### Response:\n"
)
_MARK = "THE-ANSWER-GOES-HERE"
_WITH_INPUT = (
    "Below is an instruction that describes a task, paired with an input that provides further context. "
    "Write a response that appropriately completes the request.\n\n"
    "### Instruction:\n{instruction}\n\n### Input:\n{input}\n\n### Response:\n"
)


def held_out(values: dict[str, Any], limit: int | None = None) -> list[dict[str, Any]]:
    """The test split beside the recipe's training file, as items {id, task, question, prompt, answer, bytes, tokens}.

    `answer` is the content alone: neither the headers nor the end marker of a chat template count.
    """
    entry = values["datasets"][0]
    path = test_file(Path(entry["path"]))
    if path == Path(entry["path"]):
        raise UserError(f"{path}: no held-out file can be told from its name: name it train.... and the other test....")
    if not path.is_file():
        raise UserError(f"no test split {path}: build the dataset first, make dataset")
    rows = evenly(split_rows(path), limit)
    if not rows:
        raise UserError(f"{path}: empty: nothing to measure (raise the split's test share and build again)")
    tokenizer = _tokenizer(values)
    render = _chat_renderer(values, tokenizer) if entry.get("type") == "chat_template" else _alpaca
    items = [{"id": _id(row, number), **_task(row), **render(row)} for number, row in enumerate(rows)]
    return [{**item, **scored(item["prompt"], item["answer"], tokenizer)} for item in items]


def evenly(rows: list[Any], limit: int | None) -> list[Any]:
    """`limit` of them, spread over the whole: a split's rows stand in the order of their sources."""
    if limit is None or limit >= len(rows):
        return rows
    return [rows[number * len(rows) // limit] for number in range(limit)]


def scored(prompt: str, answer: str, tokenizer: Any) -> dict[str, int]:
    """Bytes and tokens of what the harness scores: it tokenises prompt and answer together, and counts the white space
    at the prompt's end (the line feed after `### Response:`) with the answer."""
    before = prompt.rstrip()
    both = tokenizer.encode(prompt + answer, add_special_tokens=False)
    tokens = len(both) - len(tokenizer.encode(before, add_special_tokens=False))
    return {"bytes": len((prompt + answer).encode()) - len(before.encode()), "tokens": tokens}


def adds_bos(values: dict[str, Any]) -> bool:
    """Whether training put BOS before a prompt: the recipe's tokenizer does, and no chat template writes its own."""
    tokenizer = _tokenizer(values)
    chat = values["datasets"][0].get("type") == "chat_template"
    return not chat and tokenizer.encode("x")[:1] == [tokenizer.bos_token_id]


def split_rows(path: Path) -> list[dict[str, Any]]:
    rows = []
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                rows.append(json.loads(line))
            except ValueError as error:
                raise UserError(f"{path}:{number}: not a JSON line ({error}): build the dataset again") from None
    return rows


def test_file(train: Path) -> Path:
    """data/ahk/train.chat.jsonl -> data/ahk/test.chat.jsonl."""
    return train.with_name(train.name.replace("train", "test", 1))


def _alpaca(row: dict[str, Any]) -> dict[str, str]:
    template = _WITH_INPUT if row.get("input") else _WITHOUT_INPUT
    question = row["instruction"] + (f"\n\n{row['input']}" if row.get("input") else "")
    return {"prompt": template.format_map(row), "answer": row["output"], "question": question}


def _tokenizer(values: dict[str, Any]) -> Any:
    import transformers

    kind = getattr(transformers, values.get("tokenizer_type") or "AutoTokenizer")
    return kind.from_pretrained(str(values.get("tokenizer_config") or values["base_model"]))


def _chat_renderer(values: dict[str, Any], tokenizer: Any) -> Any:
    if not tokenizer.chat_template:
        raise UserError(f"{values['base_model']}: its tokenizer has no chat template, and the recipe's data is chat")
    options = values.get("chat_template_kwargs") or {}

    def render(row: dict[str, Any]) -> dict[str, str]:
        messages = [{k: v for k, v in message.items() if v is not None} for message in row["messages"]]
        marked = [*messages[:-1], {**messages[-1], "content": _MARK}]
        text = tokenizer.apply_chat_template(marked, tokenize=False, **options)
        # Cut where the answer begins, after the header that the template gives it (harmony: the final channel's).
        return {
            "prompt": text[: text.index(_MARK)],
            "answer": messages[-1]["content"].strip(),
            "question": messages[-2]["content"],
        }

    return render


def _id(row: dict[str, Any], number: int) -> str:
    return str((row.get("metadata") or {}).get("id") or number)


def _task(row: dict[str, Any]) -> dict[str, str]:
    return {"task": str((row.get("metadata") or {}).get("task") or "")}

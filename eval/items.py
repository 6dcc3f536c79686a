"""Held-out examples as (prompt, answer) text, the prompt exactly as the recipe trained it."""

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
_WITH_INPUT = (
    "Below is an instruction that describes a task, paired with an input that provides further context. "
    "Write a response that appropriately completes the request.\n\n"
    "### Instruction:\n{instruction}\n\n### Input:\n{input}\n\n### Response:\n"
)


def held_out(values: dict[str, Any], limit: int | None = None) -> list[dict[str, Any]]:
    """The test split beside the recipe's training file, as items {id, task, question, prompt, answer, tokens}.

    `answer` is the content alone: neither the headers nor the end marker of a chat template count; `tokens` is its
    length by the recipe's tokenizer.
    """
    entry = values["datasets"][0]
    path = test_file(Path(entry["path"]))
    if path == Path(entry["path"]):
        raise UserError(f"{path}: no held-out file can be told from its name: name it train.... and the other test....")
    if not path.is_file():
        raise UserError(f"no test split {path}: build the dataset first, make dataset")
    with path.open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file][:limit]
    if not rows:
        raise UserError(f"{path}: empty: nothing to measure (raise the split's test share and build again)")
    tokenizer = _tokenizer(values)
    render = _chat_renderer(values, tokenizer) if entry.get("type") == "chat_template" else _alpaca
    items = [{"id": _id(row, number), **_task(row), **render(row)} for number, row in enumerate(rows)]
    return [{**item, "tokens": len(tokenizer.encode(item["answer"], add_special_tokens=False))} for item in items]


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
        answer = messages[-1]["content"]
        text = tokenizer.apply_chat_template(messages, tokenize=False, **options)
        # Cut before the answer, after the header that the template gives it (harmony: the final channel's).
        return {"prompt": text[: text.rindex(answer)], "answer": answer, "question": messages[-2]["content"]}

    return render


def _id(row: dict[str, Any], number: int) -> str:
    return str((row.get("metadata") or {}).get("id") or number)


def _task(row: dict[str, Any]) -> dict[str, str]:
    return {"task": str((row.get("metadata") or {}).get("task") or "")}

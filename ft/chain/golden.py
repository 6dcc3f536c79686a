"""Golden prompts: asked of every file that ships, so that a person can read what it answers before trusting it.

`configs/golden/DATA.yaml` has those of the dataset data/DATA; without one the first held-out questions are asked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from prep.errors import UserError

FOLDER = Path("configs/golden")
HELD_OUT = 5  # questions, where nobody has written golden prompts
_SHAPE = "a list of {prompt: TEXT, code: LANGUAGE}; code is left out where the answer is text"


@dataclass(frozen=True)
class Golden:
    """A question, where it stands, and the language that its answer must load in: none where the answer is text."""

    prompt: str
    source: str
    language: str = ""


def read(values: dict[str, Any]) -> list[Golden]:
    """The golden prompts of a run's dataset, or questions that it held out. Raises UserError for a wrong file."""
    path = FOLDER / f"{Path(str(values['datasets'][0]['path'])).parent.name}.yaml"
    return written(path) if path.is_file() else list(held_out(values))


def written(path: Path) -> list[Golden]:
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: not YAML: {' '.join(str(error).split())[:200]}") from None
    if not isinstance(entries, list) or not entries:
        raise UserError(f"{path}: golden prompts are {_SHAPE}")
    return [_golden(entry, f"{path}, prompt {number}") for number, entry in enumerate(entries, 1)]


def _golden(entry: object, place: str) -> Golden:
    if not isinstance(entry, dict) or not set(entry) <= {"prompt", "code"} or not all(map(_is_text, entry.values())):
        raise UserError(f"{place}: not {_SHAPE.removeprefix('a list of ')}")
    if not str(entry.get("prompt", "")).strip():
        raise UserError(f"{place}: has no prompt")
    return Golden(entry["prompt"].strip(), place, entry.get("code", ""))


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def held_out(values: dict[str, Any]) -> Iterator[Golden]:
    """The first questions of the validation data; of the training data where there is none."""
    entry = next(iter(values.get("test_datasets") or values["datasets"]))
    if not Path(str(entry["path"])).is_file():
        return
    with Path(entry["path"]).open(encoding="utf-8") as file:
        found = 0
        for number, line in enumerate(file, 1):
            prompt = _question(json.loads(line), entry) if line.strip() else ""
            if prompt and (found := found + 1) <= HELD_OUT:
                yield Golden(prompt, f"{entry['path']}:{number}")


def _question(row: dict[str, Any], entry: dict[str, Any]) -> str:
    """What was asked; nothing where a row is no single question."""
    if entry.get("type") == "alpaca":
        return "\n\n".join(part for part in (row.get("instruction"), row.get("input")) if part)
    turns = [m for m in row.get(entry.get("field_messages", "messages")) or [] if m.get("role") != "system"]
    return str(turns[0]["content"]) if [m["role"] for m in turns] == ["user", "assistant"] else ""


def token_ids(golden: Golden, values: dict[str, Any], tokenizer: Any, chats: list[list[dict[str, Any]]]) -> list[int]:
    """The question as training put it: in the chat template, under the system text that all `chats` share, or in
    Axolotl's Alpaca prompt."""
    asked = [{"role": "user", "content": golden.prompt}]
    if not chats:
        from ft.modelfile import alpaca

        return list(tokenizer(alpaca(asked))["input_ids"])
    systems = {chat[0]["content"] if chat[0]["role"] == "system" else "" for chat in chats}
    if len(systems) == 1 and (system := systems.pop()):
        asked.insert(0, {"role": "system", "content": system})
    options = values.get("chat_template_kwargs") or {}
    text = tokenizer.apply_chat_template(asked, tokenize=False, add_generation_prompt=True, **options)
    return list(tokenizer(text, add_special_tokens=False)["input_ids"])

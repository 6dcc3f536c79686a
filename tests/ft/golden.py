"""One fixed conversation, and one Alpaca row, as each recipe trains on them: what ⟦is trained⟧ is marked.

The files under tests/ft/golden are written by `python -m tests.ft.golden [NAME...]`, from the repository's folder; look
at the difference before you commit it.
"""

from __future__ import annotations

import difflib
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ft import recipe, standin, tokenised
from ft.families import family

FOLDER = Path(__file__).parent / "golden"
SYSTEM, QUESTIONS = "Answer in AutoHotkey v2.", ("Write f.\nShort, please.", "Now é 漢字 🙂")
ANSWERS = ("f(x) {\n\treturn x + 1\n}", 'MsgBox("é 漢字 🙂")')
CHAT = {
    "messages": [
        {"role": "system", "content": SYSTEM},
        {"role": "user", "content": QUESTIONS[0]},
        {"role": "assistant", "content": ANSWERS[0]},
        {"role": "user", "content": QUESTIONS[1]},
        {"role": "assistant", "content": ANSWERS[1], "thinking": ""},
    ]
}
ALPACA = {"instruction": QUESTIONS[0], "input": QUESTIONS[1], "output": ANSWERS[0]}


@dataclass(frozen=True)
class Masked:
    """A row as Axolotl tokenises it for a recipe: pieces of text in order, and whether each is trained."""

    pieces: list[tuple[str, bool]]
    terminators: tuple[str, ...]  # what ends an answer: the tokenizer's eos_token and the recipe's eot_tokens

    @property
    def text(self) -> str:
        """With the trained pieces marked. The day is left out: the template of gpt-oss writes it."""
        marked = "".join(f"⟦{text}⟧" if trained else text for text, trained in self.pieces)
        return re.sub(r"(?<=Current date: )\d{4}-\d\d-\d\d", "DATE", marked) + "\n"

    @property
    def trained(self) -> list[str]:
        return [text for text, trained in self.pieces if trained]


def reader(name: str, folder: Path, **changes: Any) -> tokenised.Reader:
    """Axolotl's tokenizer for a recipe over its stand-in, whose tokenizer and config are made under `folder`."""
    found = recipe.resolve(name)
    if not (folder / name).is_dir():
        standin.describe(family(found), list(standin.sample_texts()), folder / name)
    values = {**found.values, "base_model": str(folder / name), "tokenizer_config": None, **changes}
    return tokenised.reader({key: value for key, value in values.items() if value is not None})


def masked(read: tokenised.Reader) -> Masked:
    """The fixed row of the recipe's type, by Axolotl's own prompt strategy."""
    from datasets import Dataset

    entry = read.config["datasets"][0]
    raw = Dataset.from_list([ALPACA if entry.type == "alpaca" else CHAT])
    row = tokenised.tokenise(read, entry, raw)[0]
    ends = (read.tokenizer.eos_token, *(read.config.eot_tokens or ()))
    return Masked(_pieces(read.tokenizer, row["input_ids"], row["labels"]), ends)


def _pieces(tokenizer: Any, ids: list[int], labels: list[int]) -> list[tuple[str, bool]]:
    """Text by differences of the decoded whole: a token alone may be half a letter, or lose its blank."""
    bounds = [i for i in range(1, len(ids)) if (labels[i] == -100) != (labels[i - 1] == -100)] + [len(ids)]
    texts = ["", *(tokenizer.decode(ids[:end], clean_up_tokenization_spaces=False) for end in bounds)]
    return [(texts[i + 1][len(texts[i]) :], labels[end - 1] != -100) for i, end in enumerate(bounds)]


def difference(name: str, found: str) -> str:
    """What is not as in the golden file, line by line; empty when all is."""
    path = FOLDER / f"{name}.txt"
    golden = path.read_text(encoding="utf-8") if path.is_file() else ""
    lines = difflib.unified_diff(golden.splitlines(), found.splitlines(), f"golden/{name}.txt", "now", lineterm="")
    return "\n".join(lines)


def _renew(names: list[str]) -> None:
    import tempfile

    os.environ |= {"AXOLOTL_DO_NOT_TRACK": "1", "HF_HUB_OFFLINE": "1"}
    with tempfile.TemporaryDirectory() as folder:
        for name in names or recipe.names():
            text = masked(reader(name, Path(folder))).text
            changed = difference(name, text)
            (FOLDER / f"{name}.txt").write_text(text, encoding="utf-8")
            sys.stderr.write(f"{name}: {'changed' if changed else 'the same'}\n{changed}\n")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    _renew(sys.argv[1:])

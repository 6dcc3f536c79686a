"""Examples as the model will see them: special tokens visible, trained tokens in colour or between markers."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any

from rich.console import Console
from rich.text import Text

from ft.masks import NOT_TRAINED
from ft.noise import noise_to
from ft.recipe import OUTPUTS, resolve
from ft.tokenised import Row, reader, rows
from prep.errors import UserError

LOG = OUTPUTS / ".cache" / "preview.log"
MARKS = ("⟦", "⟧")
SPLITS = {"train": "datasets", "val": "test_datasets"}
# (trained, special) -> style on a terminal
_STYLES = {
    (True, False): "green",
    (True, True): "bold green reverse",
    (False, False): "dim",
    (False, True): "dim reverse",
}


@dataclass(frozen=True)
class Piece:
    """A run of tokens of one kind."""

    text: str
    trained: bool
    special: bool


@dataclass(frozen=True)
class Example:
    """One example to show: its title and its pieces in order."""

    title: str
    pieces: list[Piece]


def examples(
    model: str, overrides: list[str], count: int, split: str = "train", longest: bool = False
) -> list[Example]:
    """The first, or the longest, `count` examples of a split as Axolotl tokenises them. Raises UserError."""
    if split not in SPLITS:
        raise UserError(f"--split is '{split}': there are {' and '.join(SPLITS)}")
    values = resolve(model, overrides).values
    with noise_to(LOG):
        read = reader(values)
        entries = read.config.get(SPLITS[split]) or []
        if not entries:
            raise UserError(f"the recipe names no {SPLITS[split]}: there is nothing to show of '{split}'")
        found = (row for index in range(len(entries)) for row in rows(read, SPLITS[split], index))
        chosen = _longest(found, count) if longest else list(islice(found, count))
        return [Example(_title(row), list(pieces(row, read.tokenizer))) for row in chosen]


def _longest(found: Iterable[Row], count: int) -> list[Row]:
    return heapq.nlargest(count, found, key=lambda row: len(row.input_ids))


def _title(row: Row) -> str:
    trained = sum(label != NOT_TRAINED for label in row.labels)
    source = f" ({row.source})" if row.source else ""
    return f"{row.place}{source}: {len(row.input_ids)} tokens, {trained} trained"


def pieces(row: Row, tokenizer: Any) -> Iterator[Piece]:
    """The example's text cut where training or special tokens begin and end; joined it is the decoded example."""
    special = {*tokenizer.all_special_ids, *tokenizer.added_tokens_decoder}
    kinds = [(label != NOT_TRAINED, i in special) for i, label in zip(row.input_ids, row.labels, strict=True)]
    stop, before = 0, ""
    for (trained, is_special), run in groupby(kinds):
        stop += len(list(run))
        text = tokenizer.decode(row.input_ids[:stop], skip_special_tokens=False, clean_up_tokenization_spaces=False)
        yield Piece(text[len(before) :], trained, is_special)  # a run decoded alone would lose the blank it begins with
        before = text


def show(found: Iterable[Example], out: Console) -> None:
    """Print examples; in colour on a terminal, between markers elsewhere and where NO_COLOR is set."""
    plain = not out.is_terminal or out.no_color
    for example in found:
        out.rule(Text(example.title), align="left", characters="-")
        out.print(_marked(example.pieces) if plain else _coloured(example.pieces))
    out.print(Text(f"trained: {' ... '.join(MARKS)}") if plain else Text("trained", _STYLES[True, False]))


def _coloured(found: Iterable[Piece]) -> Text:
    return Text.assemble(*((piece.text, _STYLES[piece.trained, piece.special]) for piece in found))


def _marked(found: Iterable[Piece]) -> Text:
    """Trained runs between markers; special tokens are text of their own anyway."""
    text = ""
    for trained, run in groupby(found, key=lambda piece: piece.trained):
        joined = "".join(piece.text for piece in run)
        text += f"{MARKS[0]}{joined}{MARKS[1]}" if trained else joined
    return Text(text)

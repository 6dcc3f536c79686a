"""The reference in the prompt: the entries that a question's words hit, the best first (BM25; Robertson 1994)."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from eval.shots import Tokens
from eval.task import Message
from prep.errors import UserError
from prep.recipe import load_recipe
from prep.sources import table

K1, B = 1.5, 0.75  # how soon a word that is repeated counts no more; how much a long entry is held back
_WORD = re.compile(r"\w+")
NAME = 3
MOST = 20  # entries that are tried
HEAD = "Entries of the reference that may help:"


def read(path: Path) -> list[str]:
    """The entries of a dataset recipe's tables; or the paragraphs of a text. Raises UserError where there are none."""
    if path.suffix in (".yaml", ".yml"):
        recipe = load_recipe(path)
        tables = [source for source in recipe.sources if source.kind == "table"]
        found = [table.as_text(row.values) for source in tables for row in table.find(source)]
    else:
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise UserError(f"no file {path}") from None
        except UnicodeDecodeError:
            raise UserError(f"{path}: not UTF-8 text") from None
        found = [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]
    if not found:
        raise UserError(f"{path}: no entries: a dataset recipe with a source of kind table, or a text of paragraphs")
    return found


class Ranking:
    """BM25 over entries; letter case does not count, and a word of an entry's first line, its name, counts as NAME.

    What more than half of the `questions` say (write a function in ...) tells none from another and is passed over.
    """

    def __init__(self, entries: Sequence[str], questions: Sequence[str] = ()) -> None:
        self._entries = entries
        said = Counter(word for question in questions for word in set(_words(question)))
        self._common = {word for word, times in said.items() if len(questions) > 3 and times > len(questions) / 2}
        self._counts = [Counter(_words(entry) + (NAME - 1) * _words(entry.partition("\n")[0])) for entry in entries]
        self._sizes = [sum(count.values()) for count in self._counts]
        self._mean = sum(self._sizes) / len(entries)
        self._with: dict[str, list[int]] = {}
        for number, count in enumerate(self._counts):
            for word in count:
                self._with.setdefault(word, []).append(number)

    def best(self, question: str) -> list[tuple[float, str]]:
        """(score, entry) of every entry that has a word of the question, the best first; of equals the earlier."""
        scores: dict[int, float] = {}
        for word in set(_words(question)) - self._common:
            having = self._with.get(word, [])
            rarity = math.log(1 + (len(self._entries) - len(having) + 0.5) / (len(having) + 0.5))
            for number in having:
                times, size = self._counts[number][word], self._sizes[number]
                part = times * (K1 + 1) / (times + K1 * (1 - B + B * size / self._mean))
                scores[number] = scores.get(number, 0.0) + rarity * part
        return [
            (score, self._entries[number])
            for number, score in sorted(scores.items(), key=lambda one: (-one[1], one[0]))
        ]


def lead(ranking: Ranking, question: str, budget: int, tokens: Tokens) -> list[Message]:
    """The best entries that fit together, as what the system says; nothing where the question hits none."""
    text = HEAD
    for _, entry in ranking.best(question)[:MOST]:
        longer = f"{text}\n\n{entry}"
        if tokens(longer) <= budget:
            text = longer
    return [{"role": "system", "content": text}] if text != HEAD else []


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())

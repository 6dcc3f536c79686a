"""lm-evaluation-harness with this kit's two models: `python -m eval.bridge run --model kit-hf|kit-server ...`.

Its command line stays the program. The models are its own, and answer through a journal: what a run that was stopped
had answered is not asked again, and each answer has its seconds and tokens.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval import journal
from eval.journal import Entry, Key
from ft import lock

if TYPE_CHECKING:
    from lm_eval.api.instance import Instance

MODELS = {"kit-hf": "eval.lm_local:Local", "kit-server": "eval.lm_server:Server"}


class Journalled:
    """Stands between lm-eval and a model: only what the journal lacks is asked."""

    def __init__(self, path: Path) -> None:
        self._known = journal.read(path)
        self._writer = journal.Writer(journal.process_file(path))

    def complete(self, requests: Sequence[Instance], ask: Callable[[list[tuple[Key, Instance]]], object]) -> list[Any]:
        """The answers to all requests in order. `ask` is given those that are open, and must `add` an entry of each."""
        keys = list(journal.numbered((one.task_name or "", str(one.doc["id"]), *one.args) for one in requests))
        rest = [(key, one) for key, one in zip(keys, requests, strict=True) if key not in self._known]
        if rest:
            ask(rest)
        found = [self._known[key].answer for key in keys]
        return [tuple(answer) if isinstance(answer, list) else answer for answer in found]

    def add(self, entry: Entry) -> None:
        self._writer.add(entry)
        self._known[entry.key] = entry


def seed_of(seed: int, key: Key) -> int:
    """One for each answer: a run that goes on samples as one that was never stopped. 31 bits: all servers take it."""
    return int(journal.asked(json.dumps(key), seed)[:8], 16) >> 1


def main() -> None:
    from lm_eval.__main__ import cli_evaluate
    from lm_eval.api.registry import model_registry

    lock.die_with_command()
    for name, target in MODELS.items():
        model_registry.register(name, target=target)
    cli_evaluate()


if __name__ == "__main__":
    main()

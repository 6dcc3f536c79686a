"""A GGUF file behind llama.cpp's own server, on this machine alone, while it is judged."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from eval.endpoint import Endpoint
from ft.serving import engine
from ft.serving.stream import CHAT, TEXT

_CONTEXT = 8192  # tokens of a prompt and its answer
_HEADER = 64 * 2**20  # bytes that hold a file's metadata, its vocabulary included


def has_template(path: Path) -> bool:
    """Whether the file says how to chat with it."""
    with path.open("rb") as file:
        return b"tokenizer.chat_template" in file.read(_HEADER)


@contextmanager
def serving(path: Path, target: Path, likelihoods: bool, chat: bool, seconds: float) -> Iterator[Endpoint]:
    """Yields where the file answers; nothing of the server stays. `target` is the folder of results, which the command
    holds. Raises UserError where it does not start."""
    engine.require()
    place = engine.Place(port=engine.free_port())
    argv = engine.llama_argv(path, path.stem, place, _CONTEXT, likelihoods)
    with engine.serving(argv, path.stem, place, target, engine.PATIENCE):
        yield Endpoint(place.url + (CHAT if chat else TEXT), path.stem, seconds)

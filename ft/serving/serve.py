"""`ft serve`: a trained model behind an OpenAI-compatible server, until it is ended."""

from __future__ import annotations

import json
import secrets
import shlex
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from ft import lock
from ft.process import Child
from ft.serving import engine, offer
from ft.serving.engine import Place
from ft.serving.offer import Offer
from ft.serving.stream import CHAT, KEY, TEXT
from prep.errors import UserError

_QUESTION = "Write a script that says hello."


def serve(
    model: str, gguf: str, place: Place, context: int, patience: float, say: Callable[[str], None] = print
) -> None:
    """Serve until Ctrl+C or SIGTERM, which is how a server is ended. Raises UserError where it does not start, or ends
    by itself."""
    check_key(place.key)
    engine.check_place(place)
    found = offer.find(model, gguf, context)
    made = "" if place.alone or place.key else secrets.token_urlsafe(24)
    place = place._replace(key=place.key or made)
    folder = found.folder / str(place.port)
    if by := lock.holder(folder):
        raise UserError(f"process {by.get('pid', '?')} is about to listen on port {place.port}: choose another --port")
    say(f"loading   {found.path}, by {found.by}  (log: {folder / engine.LOG})")
    with engine.serving(found.argv(place), found.name, place, folder, patience) as server:
        try:
            for line in told(found, place, made):
                say(line)
            why = _ended(server, folder / engine.LOG)
        except KeyboardInterrupt:
            say("ended")
            return
    raise UserError(f"the server ended by itself: {why}\n  the whole log: {folder / engine.LOG}", 1)


def _ended(server: Child, log: Path) -> str:
    """Wait until the server ends by itself; returns why."""
    while server.poll() is None:
        with suppress(subprocess.TimeoutExpired):
            server.wait(1)
    return engine.cause(log, server)


def check_key(key: str) -> None:
    """Raises UserError for a key that could not be sent."""
    if key and not (key.isascii() and key.isprintable() and " " not in key):
        raise UserError("--key: letters, digits and signs of ASCII, without a blank")


def told(found: Offer, place: Place, made: str) -> Iterator[str]:
    """What a user needs of a server that is ready. `made` is the key where it was made here: it is said once."""
    yield f"address   {place.url}" + ("" if place.alone else f", for others http://THIS-MACHINE:{place.port}/v1")
    if place.key:
        yield f"key       export {KEY}={made or '...  (the one that you gave)'}"
    if found.by == "vLLM" and not place.alone:
        yield "note      vLLM asks for the key under /v1 alone, and /invocations answers too: put a proxy before it"
    if not found.chat:
        yield "note      asked with the Alpaca prompt, by completions, each question by itself"
    if found.harmony:
        yield "note      gpt-oss answers in channels, whose signs llama.cpp leaves in the text; ft chat leaves them out"
    url = place.url if found.chat else place.url + TEXT
    yield f"try       {curl(found, place)}"
    yield f"judge     python -m eval run {url} --tasks ahk_write --limit 20"
    run = f"{shlex.quote(str(found.run))} " if found.run else ""
    yield f"chat      python -m ft chat {run}--url {url}"
    yield "Ctrl+C ends it."


def curl(found: Offer, place: Place) -> str:
    """A line that asks the server a question, as the model was trained to be asked."""
    payload = found.payload([{"role": "user", "content": _QUESTION}]) | {"max_tokens": 200, "temperature": 0}
    lines = [f"curl {place.url}{CHAT if found.chat else TEXT}", "-H 'Content-Type: application/json'"]
    lines += [f'-H "Authorization: Bearer ${KEY}"'] if place.key else []
    return " \\\n  ".join([*lines, f"-d {shlex.quote(json.dumps(payload))}"])

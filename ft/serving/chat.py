"""`ft chat`: questions and answers in the terminal, and whether the code in each answer loads."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import NamedTuple, NoReturn

from ft.process import Child
from ft.serving import engine, offer, stream
from ft.serving.engine import Place
from ft.serving.offer import Offer
from ft.serving.screen import Screen
from ft.serving.talk import Talk
from prep.errors import INTERRUPTED, UserError

_ENDING = 10  # seconds that a server which no longer answers may take to end
HELP = """\
/reset         forget what was said
/system TEXT   what the model is told before all questions; /system alone: nothing
/help          this list
/quit          the end, as Ctrl+D; Ctrl+C ends an answer
\"\"\"            before and behind a question of several lines"""


class Options(NamedTuple):
    """`most`: tokens of an answer, 0 for all that fit; `name`: which model of a server that has several."""

    system: str = ""
    temperature: float = 0.0
    most: int = 0
    context: int = 0
    patience: float = engine.PATIENCE
    name: str = ""


class There(NamedTuple):
    """A server to talk to. `server` is its process where the chat started it, and `log` what that writes."""

    offer: Offer
    url: str
    key: str = ""
    server: Child | None = None
    log: Path | None = None


def chat(model: str, gguf: str, url: str, options: Options) -> int:
    """Talk until the end of the questions; returns how many had no answer, where nobody watched. Raises UserError where
    there is nothing to talk to."""
    for number in (signal.SIGTERM, signal.SIGHUP):  # Ctrl+C ends an answer, these the chat
        signal.signal(number, _end)
    screen, failed = Screen(), 0
    with _found(model, url, options) if url else _started(model, gguf, options, screen) as there:
        talk = Talk(there.offer, there.url, there.key, options.system, options.temperature, options.most)
        screen.note(_greeting(there))
        question: str | None = ""
        while question is not None:
            try:
                question = screen.question()
                if question and question.startswith("/"):
                    question = question if _command(talk, question.strip(), screen) else None
                elif question and question.strip():
                    failed += not _answered(talk, question.strip(), screen, there)
            except KeyboardInterrupt:
                if not screen.live:
                    raise
                screen.note("\n/quit or Ctrl+D ends the chat")
    return 0 if screen.live else failed


def _end(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(INTERRUPTED)


@contextmanager
def _found(model: str, url: str, options: Options) -> Iterator[There]:
    """A server that runs already; where a run is named, its model is asked as it was trained."""
    at, key = stream.address(url), os.environ.get(stream.KEY, "")
    place = at.removesuffix(stream.CHAT).removesuffix(stream.TEXT)
    names = stream.models(place, key, seconds=30)
    name = options.name or (names[0] if len(names) == 1 else "")
    if name not in names:
        wrong = f"it has no model '{name}'" if name else f"which of its {len(names)} models"
        raise UserError(f"{place}: {wrong} ({', '.join(sorted(names)[:8]) or 'none'})? --model-name says it")
    found = offer.behind(name, model, at.endswith(stream.CHAT), options.context)
    yield There(found, place + (stream.CHAT if found.chat else stream.TEXT), key)


@contextmanager
def _started(model: str, gguf: str, options: Options, screen: Screen) -> Iterator[There]:
    """A server of its own, on this machine alone; its log stays where it fails."""
    if not model:
        raise UserError("name a model: a recipe, a run's folder or a GGUF file; or give --url")
    found, began = offer.find(model, gguf, options.context), time.monotonic()
    place = Place(port=engine.free_port(), key=secrets.token_urlsafe(24))  # no page of a browser talks to it
    outer, failed = Path(tempfile.mkdtemp(prefix="ft-chat-")), False

    def watch() -> None:
        screen.passing(f"loading {found.path.name}, by {found.by} ... {time.monotonic() - began:.0f} s")

    try:
        with engine.serving(found.argv(place), found.name, place, outer / "server", options.patience, watch) as server:
            screen.passing("")
            log = outer / "server" / engine.LOG
            yield There(found, place.url + (stream.CHAT if found.chat else stream.TEXT), place.key, server, log)
    except UserError:
        failed = True
        screen.passing("")
        raise
    finally:
        if not failed:
            shutil.rmtree(outer, ignore_errors=True)


def _greeting(there: There) -> str:
    found = there.offer
    where = f"by {found.by}" if there.server else f"at {there.url.removesuffix(stream.CHAT).removesuffix(stream.TEXT)}"
    length = f", {found.context} tokens of context" if found.context else ""
    how = (
        ""
        if found.chat
        else "\nAsked with the Alpaca prompt: each question is by itself, what was said before is not seen."
    )
    return f"{found.name}, {where}{length}.\n/help lists the commands, Ctrl+D ends.{how}"


def _command(talk: Talk, text: str, screen: Screen) -> bool:
    """Do what a line with / says; False for the end."""
    name, _, rest = text[1:].partition(" ")
    if name in ("quit", "exit", "bye"):
        return False
    if name == "reset":
        talk.turns.clear()
        screen.note("the turns before are forgotten")
    elif name == "system":
        talk.system = rest.strip()
        screen.note(f"told before all questions: {talk.system}" if talk.system else "nothing is told before questions")
    elif name == "help":
        screen.note(HELP)
    else:
        screen.note(f"no command /{name}: /help lists them; a question may begin with a blank", "red")
    return True


def _answered(talk: Talk, question: str, screen: Screen, there: There) -> bool:
    """Show an answer and what its code is worth; False where there was none."""
    writer, before, end = screen.writer(), len(talk.turns), ""
    screen.blank()
    try:
        with closing(talk.ask(question)) as pieces:
            for piece in pieces:
                writer.feed(piece.text)
                end = piece.end or end
    except KeyboardInterrupt:
        if not screen.live:
            raise
        end = "stopped"
    except UserError as error:
        writer.close()
        _refuse_dead(there, str(error))
        screen.note(f"no answer: {error}", "red")
        return False
    writer.close()
    if end in ("length", "stopped"):
        screen.note("stopped" if end == "stopped" else "cut off: --max-tokens or the context ends here")
    if len(talk.turns) > before:
        _mark(talk.turns[-1]["content"], there.offer.language, screen)
    return True


def _refuse_dead(there: There, said: str) -> None:
    """Raises UserError where the chat's own server has ended, or is about to."""
    if not there.server or not there.log:
        return
    if said.endswith(("nothing listens there", "was cut")):
        with suppress(subprocess.TimeoutExpired):
            there.server.wait(_ENDING)
    if there.server.poll() is not None:
        why = engine.cause(there.log, there.server)
        raise UserError(f"the server has ended: {why}\n  the whole log: {there.log}", 1)


def _mark(answer: str, language: str, screen: Screen) -> None:
    if "```" not in answer and "~~~" not in answer:
        return
    from ft import fences

    screen.passing("checking its code ...")
    try:
        found = fences.check(answer, language)
    except UserError as error:
        screen.passing("")
        screen.note(f"its code was not checked: {error}")
        return
    screen.passing("")
    for block in found:
        screen.mark(block)

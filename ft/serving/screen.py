"""What a chat shows: answers as they come, wrapped at words; the marks of their code; questions, read with history."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress

from rich.console import Console
from rich.text import Text

from ft.fences import Block
from ft.serving.stream import printable
from prep.errors import UserError

_QUOTES = '"""'  # around a question of several lines
_STYLES = {"loads": "green", "does-not-load": "red"}


class Screen:
    """A terminal, or plain lines: then answers go to stdout, all else to stderr, and questions are lines of stdin."""

    def __init__(self) -> None:
        if sys.stdin is None or sys.stdout is None:
            raise UserError("a chat reads questions and writes answers: its input or its output is closed")
        for stream in (sys.stdin, sys.stdout):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")  # what the terminal has no sign for is a question mark
        self.live = sys.stdin.isatty() and sys.stdout.isatty()
        if self.live:
            with suppress(ImportError):
                import readline  # noqa: F401 - input() edits lines, and has those before, by its presence
        self._notes = Console(highlight=False, stderr=not self.live, soft_wrap=not self.live)

    def question(self) -> str | None:
        """The next question; None at the end. Raises KeyboardInterrupt."""
        first = self._line("\n> ")
        if first is None or not first.lstrip().startswith(_QUOTES):
            return first
        lines = [first.lstrip().removeprefix(_QUOTES)]
        while not lines[-1].rstrip().endswith(_QUOTES) and (more := self._line(". ")) is not None:
            lines.append(more)
        return "\n".join(lines).strip().removesuffix(_QUOTES)

    def _line(self, prompt: str) -> str | None:
        try:
            return input(prompt if self.live else "")
        except EOFError:
            return None

    def note(self, text: str, style: str = "dim") -> None:
        self._notes.print(Text(text, style))

    def passing(self, text: str) -> None:
        """A word that the next one takes the place of; nothing where lines stay."""
        if self.live:
            sys.stdout.write(f"\r\x1b[K{text[: shutil.get_terminal_size().columns - 1]}")
            sys.stdout.flush()

    def blank(self) -> None:
        """A line between a question and its answer, where somebody watches."""
        if self.live:
            sys.stdout.write("\n")

    def writer(self) -> Wrapped:
        width = shutil.get_terminal_size().columns if self.live else 0
        return Wrapped(sys.stdout.write, sys.stdout.flush, width)

    def mark(self, block: Block) -> None:
        """What the interpreter says of one block of code."""
        words = {"loads": "loads", "does-not-load": f"does not load: {block.reason}"}
        text = Text(f"{block.language or 'code'}, line {block.line}: ")
        self._notes.print(
            text.append(words.get(block.verdict, f"not checked: {block.reason}"), _STYLES.get(block.verdict, "dim"))
        )


class Wrapped:
    """Text as it comes, broken between words where a line is full; code in fences stays as it is. `width` 0: nothing is
    broken."""

    def __init__(self, write: Callable[[str], object], flush: Callable[[], None], width: int) -> None:
        self._write, self._flush, self._width = write, flush, width
        self._word = self._line = ""
        self._column, self._code = 0, False

    def feed(self, text: str) -> None:
        for sign in printable(text):
            if sign == "\n":
                self._end_line()
            elif sign.isspace() and not self._code:
                self._put_word()
                self._word = sign
            else:
                self._word += sign
            if self._code or not self._width:
                self._put_word()
        self._flush()

    def close(self) -> None:
        """End the last line."""
        self._put_word()
        if self._line:
            self._end_line()
        self._flush()

    def _end_line(self) -> None:
        self._put_word()
        if self._line.lstrip().startswith(("```", "~~~")):
            self._code = not self._code
        self._write("\n")
        self._line, self._column = "", 0

    def _put_word(self) -> None:
        if not self._word:
            return
        self._line += self._word
        if self._width and not self._code and self._column and self._column + len(self._word) > self._width:
            self._write("\n")
            self._column, self._word = 0, self._word.lstrip()
        self._write(self._word)
        self._column += len(self._word)
        self._word = ""

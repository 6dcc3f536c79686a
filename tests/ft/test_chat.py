"""`ft chat`: answers stream, turns are remembered, Ctrl+C ends an answer, code is marked; in a terminal and without."""

from __future__ import annotations

import io
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from ft import running
from ft.serving import engine, stream
from ft.serving.offer import Offer
from ft.serving.screen import Screen, Wrapped
from ft.serving.stream import Piece
from ft.serving.talk import Talk, spoken
from prep.errors import UserError
from tests.conftest import ROOT, command, one_line, run
from tests.ft.serving import PATIENCE, gone, left, merged_run, with_vllm


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server of known answers."""
    place = engine.Place(port=engine.free_port())
    argv = [sys.executable, "-m", "tests.ft.canned", *running.vllm("x", "canned", {}, place.host, place.port)[1:]]
    with subprocess.Popen(argv, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        try:
            end = time.monotonic() + PATIENCE
            while not engine.ready("canned", place) and time.monotonic() < end:
                time.sleep(0.05)
            yield place.url
        finally:
            process.kill()


def talk(url: str, chat: bool = True) -> Talk:
    return Talk(Offer("canned", Path(), chat, 64), url + (stream.CHAT if chat else stream.TEXT))


def said(found: Talk, question: str) -> str:
    return "".join(piece.text for piece in found.ask(question))


def test_what_was_said_is_remembered_and_a_system_text_goes_before_it(url: str) -> None:
    found = talk(url)
    assert said(found, "one") == "one is message 1"
    assert said(found, "two") == "two is message 3"
    assert said(found, "half a pair \udcff") == "half a pair ? is message 5"
    found.system = "Be short."
    assert said(found, "three") == "three is message 8"
    assert found.turns[-1] == {"role": "assistant", "content": "three is message 8"}


def test_an_alpaca_model_sees_each_question_by_itself(url: str) -> None:
    found = talk(url, chat=False)
    said(found, "one")
    assert said(found, "two").endswith("### Instruction:\ntwo\n\n### Response:\n is message 1")


def test_an_answer_that_was_left_off_is_remembered_as_far_as_it_came(url: str) -> None:
    found = talk(url)
    pieces = found.ask("slow")
    assert [next(pieces).text, next(pieces).text] == ["word ", "word "]
    pieces.close()
    assert [turn["content"] for turn in found.turns] == ["slow", "word word "]
    assert said(found, "next") == "next is message 3"


def test_a_question_that_is_too_long_is_not_remembered_and_says_what_to_do(url: str) -> None:
    found = talk(url)
    with pytest.raises(UserError, match=r"the question is longer than the context of 64 tokens: --context"):
        said(found, "long")
    said(found, "one")
    with pytest.raises(UserError, match=r"the chat is longer than .*: /reset forgets"):
        said(found, "long")
    assert len(found.turns) == 2


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        (["", "<|channel|>", "final", "<|message|>", "Hello", " there"], "Hello there"),
        (
            ["<|chan", "nel|>analysis<|message|>I think.<|end|><|start|>assistant<|channel|>final<|message|>Hello"],
            "Hello",
        ),
        (["Hello", "<|channel|>"], "Hello<|channel|>"),
        (["<b>", "Hello"], "<b>Hello"),
        (["<|channel|>analysis<|message|>", "It never ends"], ""),
    ],
)
def test_gpt_oss_is_shown_without_its_thoughts_and_the_signs_of_its_channels(pieces: list[str], text: str) -> None:
    found = list(spoken(iter([*map(Piece, pieces), Piece("", "stop")])))
    assert "".join(piece.text for piece in found) == text
    assert found[-1].end == "stop"


def wrapped(pieces: list[str], width: int) -> str:
    out = io.StringIO()
    writer = Wrapped(out.write, lambda: None, width)
    for piece in pieces:
        writer.feed(piece)
    writer.close()
    return out.getvalue()


def test_text_is_broken_between_words_however_it_comes_and_code_is_not() -> None:
    text = "one two three four\n\n```\na very long line of code\n```\nfive six seven"
    expected = "one two\nthree four\n\n```\na very long line of code\n```\nfive six\nseven\n"
    assert wrapped([text], 10) == expected
    assert wrapped(list(text), 10) == expected
    assert wrapped([text], 0) == text + "\n"


def test_an_answer_cannot_steer_the_terminal() -> None:
    assert wrapped(["a\x1b[2Jb\x07\r", "c\td"], 80) == "a[2Jbc\td\n"


@pytest.mark.parametrize(
    ("typed", "question"),
    [("one\n", "one"), ('"""one\n two"""\n', "one\n two"), ('"""one"""\n', "one"), ('"""one\n', "one"), ("", None)],
)
def test_a_question_may_have_several_lines(typed: str, question: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    assert Screen().question() == question


@pytest.mark.parametrize("closed", ["stdin", "stdout"])
def test_a_chat_whose_input_or_output_is_closed_is_one_line(closed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, closed, None)
    with pytest.raises(UserError, match="its input or its output is closed"):
        Screen()


def test_without_a_terminal_answers_go_to_stdout_and_all_else_to_stderr(url: str, tmp_path: Path) -> None:
    typed = "one\n\n/system Be short.\ntwo\n/reset\nthree\n/help\n/wat\ncode\n/quit\nnever asked\n"
    done = run("ft", "chat", "--url", url, cwd=tmp_path, input=typed)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[:3] == ["one is message 1", "two is message 4", "three is message 2"]
    assert lines[-1] == "That is all.code is message 4"
    assert "/reset         forget" in done.stderr and "no command /wat" in done.stderr
    assert "python, line 3: loads" in done.stderr
    assert "python, line 7: does not load: line 1: '(' was never closed" in done.stderr
    assert "cobol, line 13: not checked: " in done.stderr


def test_a_question_without_an_answer_is_one_line_and_exit_code_1(url: str, tmp_path: Path) -> None:
    done = run("ft", "chat", "--url", url, cwd=tmp_path, input="long\none\n")
    one_line(done, 1, "no answer: the question is longer than the model's context")
    assert done.stdout == "one is message 1\n"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), 2, "name a model"),
        (("nothing",), 2, "no run of 'nothing'"),
        (("--url", "ftp://x"), 2, "is no address of a server"),
        (("--url", "http://127.0.0.1:9"), 1, "nothing listens there"),
        (("--url", "URL", "--model-name", "x"), 2, "it has no model 'x' (canned)?"),
    ],
)
def test_nothing_to_talk_to_is_one_line(
    url: str, tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    arguments = tuple(url if one == "URL" else one for one in arguments)
    one_line(run("ft", "chat", *arguments, cwd=tmp_path, input="one\n"), code, words)


def test_a_server_of_its_own_that_ends_ends_the_chat_and_its_log_stays(tmp_path: Path) -> None:
    merged_run(tmp_path)
    done = run("ft", "chat", "run", cwd=tmp_path, env=with_vllm(tmp_path), input="one\ndie\ntwo\n")
    one_line(done, 1, "the server has ended: ")
    assert done.stdout == "one is message 1\n"
    assert Path(re.findall(r"the whole log: (\S+)", done.stderr)[0]).is_file()
    assert left(str(tmp_path)) == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 130), (signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_nothing_stays_of_a_chat_that_is_ended_from_outside(tmp_path: Path, number: int, code: int) -> None:
    merged_run(tmp_path)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(
        command("ft", "chat", "run"), cwd=tmp_path, env=with_vllm(tmp_path), text=True, **pipes
    ) as found:  # type: ignore[call-overload]
        found.stdin.write("one\n")
        found.stdin.flush()
        assert found.stdout.readline() == "one is message 1\n"
        children = psutil.Process(found.pid).children(recursive=True)
        found.send_signal(number)
        assert found.wait(PATIENCE) == code
    assert children and gone(children)


class Terminal:
    """A command in a terminal of 80 columns."""

    def __init__(self, argv: list[str], cwd: Path) -> None:
        pid, self._terminal = pty.fork()
        if not pid:
            os.chdir(cwd)
            os.execve(argv[0], argv, os.environ | {"TERM": "xterm", "COLUMNS": "80"})  # noqa: S606
        self._pid, self._read, self.all = pid, 0, ""

    def until(self, text: str, again: str = "") -> str:
        """What came since the last call, up to and with a text. `again` is typed once more where nothing comes: a
        Ctrl+C is lost in the moment between a prompt and the wait for what is typed."""
        end = time.monotonic() + PATIENCE
        while text not in self.all[self._read :]:
            if not select.select([self._terminal], [], [], 2)[0]:
                assert time.monotonic() < end, self.all
                self.type(again)
                continue
            self.all += os.read(self._terminal, 4096).decode()  # ends with OSError where the command does
        end_of = self.all.index(text, self._read) + len(text)
        found, self._read = self.all[self._read : end_of], end_of
        return found

    def type(self, text: str) -> None:
        os.write(self._terminal, text.encode())

    def signal(self, number: int) -> None:
        os.kill(self._pid, number)

    def close(self) -> None:
        """Closing a terminal ends what runs in it."""
        os.close(self._terminal)

    def code(self) -> int:
        end = time.monotonic() + PATIENCE
        while (found := os.waitpid(self._pid, os.WNOHANG)) == (0, 0) and time.monotonic() < end:
            time.sleep(0.05)
        assert found[0] == self._pid, "it has not ended"
        return os.waitstatus_to_exitcode(found[1])


def test_in_a_terminal_ctrl_c_ends_an_answer_and_ctrl_d_the_chat(url: str, tmp_path: Path) -> None:
    with closing(Terminal(command("ft", "chat", "--url", url), tmp_path)) as terminal:
        talk_in(terminal)


def talk_in(terminal: Terminal) -> None:
    terminal.until("> ")
    terminal.type("slow\n")
    terminal.until("word word")
    terminal.type("\x03")
    terminal.until("stopped", again="\x03")
    terminal.until("> ")
    terminal.type("\x03")
    terminal.until("Ctrl+D ends the chat", again="\x03")
    terminal.type("two\n")
    terminal.until("two is message 3")
    terminal.until("> ")
    terminal.type("code\n")
    shown = terminal.until("cobol, line 13")
    assert "broken, so that you can\r\nsee how" in shown
    assert "\x1b[32mloads" in shown and "\x1b[31mdoes not load: line 1" in shown
    terminal.until("> ")
    terminal.type("\x1b[A\x1b[A\n")  # the question before the last
    terminal.until("two is message 7")
    terminal.until("> ")
    terminal.type("\x04")
    assert terminal.code() == 0


def test_a_chat_in_a_terminal_is_ended_from_outside(url: str, tmp_path: Path) -> None:
    with closing(Terminal(command("ft", "chat", "--url", url), tmp_path)) as terminal:
        terminal.until("> ")
        terminal.type("slow\n")
        terminal.until("word word")
        terminal.signal(signal.SIGTERM)
        assert terminal.code() == 130

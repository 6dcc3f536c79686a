"""AutoHotkey v2 answers, run by the real interpreter: a fresh Wine session in the sandbox for each.

The script goes in by stdin, so that no file holds the secret word; the answer alone is a file, `answer.ahk`, so that
what does not load is named by its own line. Wine starts without its services and with no screen: what needs COM
servers in processes of their own, a printer, sound or a window on a screen does not work here; IniRead without a
default gives "" for what is missing, where Windows throws.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from eval.harness.verdict import Verdict, judged, secret, silent, spoken
from eval.sandbox import Limits, Outcome, Room, run
from prep import languages
from prep.errors import UserError
from prep.languages.autohotkey import wine
from prep.languages.autohotkey.code import called, functions
from prep.languages.autohotkey.engine import Engine, version
from prep.languages.autohotkey.handover import OWN_WARN
from prep.languages.autohotkey.interpreter import interpreter
from prep.languages.autohotkey.lexer import DIRECTIVE, HOTKEY, HOTSTRING, Token, lex
from prep.languages.autohotkey.names import existing
from prep.languages.autohotkey.report import REPORT
from prep.languages.autohotkey.units import class_name, definition, units

LANGUAGE = "autohotkey"
FENCES = languages.FENCES[LANGUAGE]
# An answer that has one of these of its own would speak for the harness.
_USES = ("FileAppend", "ExitApp", "OnError", "RegExReplace", "Type", "String", "Assert")
_BEGAN = "began"  # said before the answer's first line
_STARTS = 3  # Wine fails to start about once in some thousand runs on a busy machine
_DEFINES = (DIRECTIVE, HOTKEY, HOTSTRING)
_SCREENLESS = '\n[Software\\\\Wine\\\\Drivers]\n"Graphics"="null"\n"Audio"=""\n'
_SCRIPT = """\
#Requires AutoHotkey v2.0
#Warn All, Off
#SingleInstance Off
#NoTrayIcon
FileAppend("{word} {began}`n", "*", "UTF-8-RAW")
{word}_Count := 0
OnError({word}_Error)
#Include "Z:\\answer\\answer.ahk"
{test}
if !{word}_Count
    {word}_Say("error", "no assertion was reached")
{word}_Say("passed", "{key}")
{word}_Say(kind, detail := "") {{
    static said := false
    if !said
        said := true, FileAppend("`n{word} " kind " " RegExReplace(detail, "\\s+", " ") "`n", "*", "UTF-8-RAW")
    ExitApp(kind = "passed" ? 0 : 3)
}}
{word}_Error(thrown, mode) {{
    if !(thrown is Error)
        {word}_Say("error", "thrown: " (thrown is Primitive ? String(thrown) : Type(thrown)))
    {word}_Say("error", Type(thrown) ": " thrown.Message (thrown.Extra = "" ? "" : " (" thrown.Extra ")") " at "
        (InStr(thrown.File, "answer.ahk") ? "answer.ahk:" thrown.Line : "the test, after assertion " {word}_Count))
}}
Assert(condition, message := "") => {word}_Assert(condition, message)
{word}_Assert(condition, message := "") {{
    global {word}_Count += 1
    if !condition
        {word}_Say("failed", "assertion " {word}_Count (message = "" ? "" : ": " message))
}}
"""
_DIALOG = 'MsgBox(*) => "OK" ; a dialog in an example call would wait for ever\n'


def name() -> str:
    """What judges, for the record."""
    return version().partition(",")[0]


@contextmanager
def harness() -> Iterator[Harness]:
    """Raises UserError when Wine or the interpreter is missing."""
    if os.name == "nt":
        raise UserError("model-written code runs only in a sandbox, which Windows lacks: run this under WSL or Docker")
    if missing := Engine.missing():
        raise UserError("cannot start AutoHotkey: " + "; ".join(missing))
    with tempfile.TemporaryDirectory(prefix="exec-") as folder:
        yield Harness(Path(folder))


class Harness:
    """`run(answer, test)` may be called from several threads."""

    def __init__(self, folder: Path) -> None:
        prefix = _prefix()
        self._folder = folder
        registry = folder / "user.reg"
        text = (prefix / "user.reg").read_text(encoding="utf-8", errors="surrogateescape")
        registry.write_text(text + _SCREENLESS, encoding="utf-8", errors="surrogateescape")
        windows, home = "/prefix/drive_c/windows", f"/prefix/drive_c/users/{_user(prefix)}"
        self._places: dict[str, Path | None] = {
            "/prefix": None,
            windows: prefix / "drive_c/windows",
            f"{windows}/temp": None,
            # Without wineboot Wine starts none of its services: they would cost more than the script.
            f"{windows}/system32/wineboot.exe": Path(os.devnull),
            **{f"/prefix/{name}": prefix / name for name in (".update-timestamp", "system.reg", "userdef.reg")},
            "/prefix/user.reg": registry,
            "/opt/AutoHotkeyV2.exe": Path(str(interpreter())),
        }
        self._folders = [
            f"{home}/{name}" for name in ("Temp", "AppData/Roaming", "AppData/Local", "Documents", "Desktop")
        ]
        self._environment = {
            "WINEPREFIX": "/prefix",
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree,mshtml,winemenubuilder.exe=",
            "USER": _user(prefix),
        }

    def run(self, answer: str, test: str, limits: Limits | None = None, entry_point: str = "") -> Verdict:
        """One answer, one test, one fresh sandbox. Of the built-in functions that the test calls, the answer may only
        define `entry_point` anew."""
        known = secret()
        answer = answer.replace("\r\n", "\n")
        tokens = lex(answer)
        own = {found.name.lower(): found for found in functions(tokens)}
        for taken in (own[name.lower()] for name in _USES if name.lower() in own):
            return Verdict("invalid", f"answer.ahk:{taken.line}: defines {taken.name}, which belongs to the harness")
        tested = lex(test)
        used = {name.lower() for name, _ in called(tested)} & existing().functions - {entry_point.lower()}
        for taken in (own[name] for name in sorted(used & own.keys())):
            return Verdict("invalid", f"answer.ahk:{taken.line}: defines {taken.name} anew, which its test calls")
        test = _own_assert(tested, known.word)
        script = _SCRIPT.format(**known._asdict(), test=test, began=_BEGAN) + ("" if "msgbox" in own else _DIALOG)
        with tempfile.NamedTemporaryFile(dir=self._folder, suffix=".ahk") as file:
            file.write(_encoded(_to_its_end(answer, tokens)))
            file.flush()
            places = {**self._places, "/answer/answer.ahk": Path(file.name)}
            links = {"/prefix/dosdevices/c:": "../drive_c", "/prefix/dosdevices/z:": "/"}
            room = Room(places, self._folders, links, self._environment)
            argv = [str(wine.wine()), "/opt/AutoHotkeyV2.exe", "/ErrorStdOut=utf-8", "*"]
            for _ in range(_STARTS):
                outcome = run(argv, room, script.encode("utf-8"), limits)
                if verdict := spoken(outcome, known) or _invalid(outcome):
                    return verdict
                killed = outcome.code is not None and outcome.code < 0  # by whoever stops it all
                if outcome.ending != "exit" or killed or f"{known.word} {_BEGAN}".encode() in outcome.stdout:
                    break  # the answer ran: how it ended is its own doing
        return silent(outcome)


def _prefix() -> Path:
    """Wine's folder; where there is none yet the engine makes it, as for any check."""
    with Engine():
        return wine.template(os.environ)


def _user(prefix: Path) -> str:
    """The name under which Wine made the prefix."""
    return next(path.name for path in sorted((prefix / "drive_c/users").iterdir()) if path.name != "Public")


def _own_assert(test: Sequence[Token], word: str) -> str:
    """The test with an Assert of its own: the one that the answer may call can be given another `Call`."""
    return "".join(f"{word}_{token.text}" if token.text.lower() == "assert" else token.text for token in test)


def _encoded(answer: str) -> bytes:
    """With a byte order mark: nothing is guessed. A `#Warn` of its own would open dialogs."""
    return b"\xef\xbb\xbf" + OWN_WARN.sub(rb"\1;", answer.encode("utf-8", "replace"))


def _to_its_end(answer: str, tokens: Sequence[Token]) -> str:
    """Without each `return` behind which there are only definitions: people close the part that runs with it, and it
    would end the script before its test."""
    lines = answer.split("\n")
    for unit in reversed([unit for unit in units(tokens) if unit.inside is None]):
        first = unit.items[0]
        if first.word == "return" and len(unit.items) == 1:
            lines[first.line - 1] = ""
        elif first.kind not in _DEFINES and definition(unit) is None and not class_name(unit):
            break
    return "\n".join(lines)


def _invalid(outcome: Outcome) -> Verdict | None:
    """What the interpreter said of a script that does not load."""
    if outcome.code != 2:
        return None
    for line in outcome.stderr.decode("utf-8", "replace").splitlines():
        if found := REPORT.match(line):
            own = "answer.ahk" in found["file"]
            where = f"answer.ahk:{found['line']}" if own else "beside its test"
            return judged("invalid", f"{where}: {found['message']}", outcome)
    return None

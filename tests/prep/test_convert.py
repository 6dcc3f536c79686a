"""Lines of v1 from lines of v2: only what both say the same way, and every command of the tables once."""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from prep.languages.autohotkey import wine
from prep.languages.autohotkey.engine import Engine, interpreter
from prep.languages.autohotkey.pieces import script_lines
from prep.languages.autohotkey.v1 import commands
from prep.languages.autohotkey.v1.rules import Old
from prep.languages.autohotkey.v1.statements import in_v1
from prep.languages.judge import Script
from prep.recipe import Convert
from prep.record import Document, normalised_key
from prep.tasks.convert import examples, pieces
from tests.prep.test_engine import needs_engine

SAMPLES = sorted(Path("prep/samples/scripts").rglob("*.ahk"))


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as started:
        yield started


def document(text: str, language: str = "AutoHotkey v2") -> Document:
    return Document("a.ahk", "scripts", language, "", text, key=normalised_key(text))


def old(statement: str) -> Old | None:
    [line] = script_lines(statement)
    return in_v1(line.code)


def converted(script: str) -> list[tuple[str, str]]:
    """All pieces, in the order of their text."""
    return sorted(pieces(script, random.Random(1)))


@pytest.mark.parametrize(
    ("new", "was"),
    [
        ('MsgBox("Hello")', "MsgBox, Hello"),
        ("MsgBox 'Hello, ' name '!'", "MsgBox, Hello`, %name%!"),
        ('MsgBox("50% `; off", "A; B", "YesNo Icon?")', "MsgBox, 36, A; B, 50`% `; off"),
        ('MsgBox("Done", , 64)', "MsgBox, 64, , Done"),
        ('Send("a, b{Enter}")', "Send, a, b{Enter}"),
        ('SendText("x" y)', "Send, {Text}x%y%"),
        ("Sleep(n * 2)", "Sleep, % n * 2"),
        ("Sleep 100", "Sleep, 100"),
        ('ToolTip(ready ? "yes, it is" : "no")', 'ToolTip, % ready ? "yes, it is" : "no"'),
        ('ToolTip("say `"hi`" " StrLen(x))', 'ToolTip, % "say ""hi"" " StrLen(x)'),
        ('FileAppend("a`nb", file)', "FileAppend, a`nb, *%file%"),
        ('FileAppend("done", "log.txt", "UTF-8")', "FileAppend, done, log.txt, UTF-8"),
        ('FileAppend(line, file, "`n UTF-8")', "FileAppend, %line%, %file%, UTF-8"),
        ('WinMove(0, 10, , , "ahk_id " id)', "WinMove, ahk_id %id%, , 0, 10"),
        ('x := "text"', "x = text"),
        ('x := ""', "x ="),
        ('x := " blank first"', 'x := " blank first"'),
        ("x := name", "x := name"),
        ('x := name " end"', 'x := name " end"'),
        ('A_Clipboard := "C:\\" dir "\\a"', "Clipboard = C:\\%dir%\\a"),
        ("x := SubStr(s, -3)", "StringRight, x, s, 3"),
        ("x := SubStr(s, 1, -1)", "StringTrimRight, x, s, 1"),
        ('x := StrReplace(s, ",", " ")', "StringReplace, x, s, `,, %A_Space%, All"),
        ('x := IniRead("a.ini", "s", "k", "")', "IniRead, x, a.ini, s, k, %A_Space%"),
        ('pid := ProcessExist("a.exe")', "Process, Exist, a.exe\npid := ErrorLevel"),
        ('if (x = "yes")', "if x = yes"),
        ('if x != "no"', "if x <> no"),
        ('if (x = "a" || x = "b")', "if x in a,b"),
        ("if x >= 1 && x <= 9", "if x between 1 and 9"),
        ('if !FileExist(dir "\\a.txt")', "IfNotExist, %dir%\\a.txt"),
        ('if MsgBox("Go?", "Title", "YesNo") = "Yes"', "MsgBox, 4, Title, Go?\nIfMsgBox, Yes"),
        ("if (a > b && !c)", "if (a > b && !c)"),
        ("Loop n", "Loop, %n%"),
        ('Loop Parse, s, ",", " `t"', "Loop, Parse, s, `,, %A_Space%`t"),
        ('Loop Files, "C:\\*.txt", "R"', "Loop, Files, C:\\*.txt, R"),
        ('#HotIf WinActive("ahk_exe a.exe")', "#IfWinActive, ahk_exe a.exe"),
        ("#HotIf mode = 1", "#If mode = 1"),
        ("for key, value in list", "for key, value in list"),
    ],
)
def test_a_statement_becomes_the_command_that_means_the_same(new: str, was: str) -> None:
    found = old(new)
    assert found
    assert found.text == was


@pytest.mark.parametrize(
    "statement",
    [
        "x := SubStr(s, 0)",  # counts from the end in v1
        "if (a = b)",  # numeric texts compare as numbers in v1
        'if (x = "5")',
        "x := a / b",  # another number of decimals
        "x := 0.5 + a",
        "for value in list",  # the key in v1
        "WinActivate(hwnd)",  # a handle in v2, a title in v1
        'WinWait("a", , 0)',  # half a second in v1
        'ControlClick("x10 y20", "a")',  # from another corner in v1
        'FileSetAttrib("R", "a.txt")',
        'x := IniRead("a.ini", "s", "k")',  # ERROR in v1
        'x := RegRead("HKCU\\a", "b")',
        'MsgBox("")',
        "x := A_Args.Length",
        "x := A_OSVersion",
        "x := [1, 2]",
        "x := obj.name",
        "x := a ?? b",
        "x := y is Integer",
        "A_Index := 5",
        "Unknown(x)",
        'MsgBox("a::b")',  # a hotkey in v1
        "x := 1, y := 2",
        "return x",
        'FileAppend(text, "*")',
    ],
)
def test_what_v1_has_not_or_means_otherwise_is_not_taken(statement: str) -> None:
    assert old(statement) is None


def test_blocks_come_whole_with_comments_and_without_their_indentation() -> None:
    script = """Show(text) {
    global shown
    Loop 2 {  ; twice
        if (text != "") {
            ToolTip(text)
        } else {
            ToolTip()
            break
        }
        ; wait
        Sleep(50)
    }
    shown[1] := true
}"""
    [(was, new)] = converted(script)
    assert new.startswith("Loop 2 {  ; twice\n    if (text")
    assert was == (
        "Loop, 2 {  ; twice\n    if text <>\n    {\n        ToolTip, %text%\n    } else {\n        ToolTip\n"
        "        break\n    }\n    ; wait\n    Sleep, 50\n}"
    )


def test_a_hotkey_ends_with_return_in_v1() -> None:
    assert converted('^j:: {\n    Send("^c")\n    ClipWait(1)\n}\n^k::Send("x")') == [
        (
            "^j::\n    Send, ^c\n    ClipWait, 1\nreturn\n^k::Send, x",
            '^j:: {\n    Send("^c")\n    ClipWait(1)\n}\n^k::Send("x")',
        )
    ]


@pytest.mark.parametrize(
    ("script", "taken"),
    [
        ("x := 5\ny := x + 1", []),  # the same in both
        ('x := ""', []),  # every script has it
        ("^j:: {\n    count := 1\n    Sleep(count)\n}", [("Sleep, %count%", "Sleep(count)")]),  # local in v2
        ("Loop {\n    Sleep(5)\n} until done\n", [("Sleep, 5", "Sleep(5)")]),
        ('class A {\n    text := "a b"\n}', []),
        ("handler := Show\nShow() {\n}", []),
        ('text := "\n(\nMsgBox("a")\n)"', []),
        ('; MsgBox("a")\n/*\nSleep(5)\n*/', []),
        ("if a\n" * 5000 + "Unknown()", []),
    ],
)
def test_what_cannot_be_converted_whole_is_left_out(script: str, taken: list[tuple[str, str]]) -> None:
    assert converted(script) == taken


def test_the_body_of_a_header_that_is_not_taken_is_not_taken_alone() -> None:
    assert converted("if (a = b)\n    Sleep(5)\n") == []


def test_examples_claim_that_v2_loads_and_v1_does_not_and_are_the_same_each_time() -> None:
    text = '; Waits a while and beeps then\nSleep(100)\nSoundBeep(500, 20)\nif (list[1])\n    return\nSend("a")\n'
    made = examples(document(text), Convert(), 5)
    assert isinstance(made, list)
    assert made == examples(document(text), Convert(), 5)
    assert {example.output for example in made} == {"Sleep(100)\nSoundBeep(500, 20)", 'Send("a")'}
    for example in made:
        new, was = example.claims
        assert (new.code, new.loads, was.loads) == (example.output, True, False)
        assert f"```autohotkey\n{was.code}\n```" in example.instruction
    assert len({example.id for example in made}) == 2
    assert len(list(examples(document(text), Convert(), 1))) == 1  # type: ignore[arg-type]


@pytest.mark.parametrize("path", SAMPLES[::20])
def test_a_script_that_is_torn_anywhere_raises_nothing(path: Path) -> None:
    script, drawn = path.read_text(encoding="utf-8-sig"), random.Random(1)
    for _ in range(20):
        start = drawn.randrange(len(script))
        converted(script[start : start + drawn.randrange(300)])


def test_other_languages_give_nothing() -> None:
    assert examples(document("Sleep(100)", "Python"), Convert(), 3) == []


# One line at least for each command of the tables.
EVERY = r"""
BlockInput("On")
Click(10, 20, "Right")
ClipWait(2)
ControlClick("Button1", "Setup")
ControlFocus("Edit1", "Setup")
ControlHide("Button2", "Setup")
ControlSend("abc{Enter}", "Edit1", "Setup")
ControlSetText("new text", "Edit1", "Setup")
ControlShow("Button2", "Setup")
CoordMode("Mouse", "Screen")
A_CoordModeMouse := "Screen"
A_CoordModePixel := "Screen"
A_CoordModeToolTip := "Screen"
Critical("On")
DetectHiddenText(false)
DetectHiddenWindows(true)
A_DetectHiddenWindows := true
DirCopy("a", "b", true)
DirCreate(A_Temp "\new")
DirDelete("a", 1)
DirMove("a", "b")
Download("https://example.com/a.txt", "a.txt")
EnvSet("NAME", "value")
Exit(1)
ExitApp(2)
FileAppend("line", "a.txt")
FileAppend(text "`n", "a.txt")
FileCopy("*.txt", "D:\copies", 1)
FileCreateShortcut("C:\a.exe", A_Desktop "\a.lnk")
FileDelete("a.txt")
FileEncoding("UTF-8")
A_FileEncoding := "UTF-8"
FileMove("a.txt", "b.txt")
FileRecycle("a.txt")
FileRecycleEmpty("C:\")
FileSetAttrib("+R", "a.txt")
FileSetTime(A_Now, "a.txt", "M")
GroupActivate("Editors", "R")
GroupAdd("Editors", "ahk_exe notepad.exe")
GroupClose("Editors", "A")
A_HotkeyInterval := 2000
A_IconTip := "A tip"
ImageSearch(&x, &y, 0, 0, 100, 100, "a.png")
IniDelete("a.ini", "s", "k")
IniWrite("value", "a.ini", "s", "k")
InstallKeybdHook()
InstallMouseHook()
KeyWait("Ctrl", "T1")
ListHotkeys()
ListLines(false)
ListVars()
A_MaxHotkeysPerInterval := 200
A_MenuMaskKey := "vkE8"
MenuSelect("Untitled", "", "File", "Open")
MouseClick("Left", 10, 20, 2)
MouseClickDrag("Left", 0, 0, 50, 50)
MouseGetPos(&x, &y)
MouseMove(10, 20, 0, "R")
MsgBox("text")
OutputDebug("text")
Persistent()
PostMessage(0x112, 0xF060, 0, , "Setup")
ProcessClose("a.exe")
ProcessSetPriority("High", "a.exe")
ProcessWait("a.exe", 5)
ProcessWaitClose("a.exe", 5)
RegDelete("HKCU\Software\A", "name")
RegDeleteKey("HKCU\Software\A")
RegWrite("value", "REG_SZ", "HKCU\Software\A", "name")
Reload()
Run("notepad.exe " path, , "Max", &pid)
RunWait("notepad.exe", "C:\")
Send("text{Enter}")
SendEvent("text")
SendInput("^c")
SendLevel(1)
SendMessage(0x112, 0xF060, 0, , "Setup")
SendMode("Event")
A_SendMode := "Event"
SendPlay("text")
SendText("text")
SetCapsLockState("AlwaysOff")
SetControlDelay(-1)
SetDefaultMouseSpeed(0)
SetKeyDelay(10, 10)
SetMouseDelay(-1)
SetNumLockState("On")
SetRegView(64)
SetScrollLockState("Off")
SetStoreCapsLockMode(false)
SetTitleMatchMode("RegEx")
A_TitleMatchMode := 2
SetWinDelay(0)
A_WinDelay := 0
SetWorkingDir(A_ScriptDir)
A_WorkingDir := "C:\"
Shutdown(1)
Sleep(100)
SoundBeep(500, 100)
SoundPlay("*64")
SoundSetMute(1)
SoundSetVolume("+5")
SplitPath(path, &name, &dir)
Suspend(true)
Thread("Priority", 1)
ToolTip("text", 10, 10)
TraySetIcon("a.ico", 1)
TrayTip("text", "title", "Iconi Mute")
WinActivate("Setup")
WinActivateBottom("Setup")
WinClose("Setup", , 2)
WinGetPos(&x, &y, , , "A")
WinHide("Setup")
WinKill("Setup")
WinMaximize("A")
WinMinimize("A")
WinMinimizeAll()
WinMinimizeAllUndo()
WinMove(0, 0, 100, 100, "A")
WinMoveBottom("A")
WinMoveTop("A")
WinRedraw("A")
WinRestore("A")
WinSetAlwaysOnTop(-1, "A")
WinSetExStyle("+0x20", "A")
WinSetStyle("-0xC00000", "A")
WinSetTitle("New title", "A")
WinSetTransColor("Black", "A")
WinSetTransparent(200, "A")
WinShow("Setup")
WinWait("Setup", , 3)
WinWaitActive("Setup", , 3)
WinWaitClose("Setup", , 3)
WinWaitNotActive("Setup", , 3)
text := ControlGetText("Edit1", "Setup")
dir := DirSelect("C:\", 1, "Choose")
size := DriveGetCapacity("C:\")
system := DriveGetFileSystem("C:\")
label := DriveGetLabel("C:\")
list := DriveGetList("Fixed")
serial := DriveGetSerial("C:\")
free := DriveGetSpaceFree("C:\")
status := DriveGetStatus("C:\")
kind := DriveGetType("C:\")
path := EnvGet("PATH")
attributes := FileGetAttrib("a.txt")
size := FileGetSize("a.txt", "K")
time := FileGetTime("a.txt", "M")
version := FileGetVersion("a.exe")
text := FileRead("a.txt")
text := FileRead("a.txt", "UTF-8")
chosen := FileSelect(3, "C:\", "Choose", "Text (*.txt)")
time := FormatTime(, "dddd, d MMMM yyyy")
value := IniRead("a.ini", "s", "k", "none")
count := MonitorGetCount()
name := MonitorGetName(1)
first := MonitorGetPrimary()
colour := PixelGetColor(10, 20)
pid := ProcessClose("a.exe")
pid := ProcessExist("a.exe")
pid := ProcessWait("a.exe", 5)
roll := Random(1, 6)
value := RegRead("HKCU\Software\A", "name", "")
code := RunWait("a.exe")
text := StatusBarGetText(1, "Setup")
length := StrLen(text)
text := StrLower(text)
text := StrReplace(text, "a", "b")
text := StrTitle(text)
text := StrUpper(text)
width := SysGet(0)
class_ := WinGetClass("A")
count := WinGetCount("ahk_class Notepad")
id := WinGetID("A")
id := WinGetIDLast("A")
state := WinGetMinMax("A")
pid := WinGetPID("A")
name := WinGetProcessName("A")
path := WinGetProcessPath("A")
text := WinGetText("A")
title := WinGetTitle("A")
glass := WinGetTransparent("A")
day := DateAdd(day, 7, "Days")
days := DateDiff(days, "20240101", "Days")
list := Sort(list, "N")
part := SubStr(text, 1, 3)
part := SubStr(text, 2, 3)
part := SubStr(text, -3)
part := SubStr(text, 3)
part := SubStr(text, 1, -3)
if FileExist("a.txt")
if !FileExist("a.txt")
if InStr(text, "a")
if !InStr(text, "a")
if WinActive("A")
if !WinActive("A")
if WinExist("A")
if !WinExist("A")
if ClipWait(1)
if !ClipWait(1)
if KeyWait("a", "T1")
if !KeyWait("a", "T1")
if ProcessExist("a.exe")
if !ProcessExist("a.exe")
if WinWait("a", , 1)
if !WinWait("a", , 1)
if WinWaitActive("a", , 1)
if !WinWaitActive("a", , 1)
if WinWaitClose("a", , 1)
if !WinWaitClose("a", , 1)
if IsAlnum(text)
if IsAlpha(text)
if IsDigit(text)
if IsFloat(text)
if IsInteger(text)
if !IsInteger(text)
if IsNumber(text)
if !IsNumber(text)
if IsSpace(text)
if IsTime(text)
if IsXDigit(text)
if MsgBox("Go?", "Title", "YesNo") = "Yes"
if text = "a"
if text != "a"
if (text = "a" || text = "b")
if (n >= 1 && n <= 9)
Loop 5
Loop Files, "*.txt"
Loop Parse, text, "`n"
Loop Read, "a.txt"
Loop Reg, "HKCU\Software", "K"
#HotIf WinActive("A")
#HotIf !WinActive("A")
#HotIf WinExist("A")
#HotIf !WinExist("A")
#HotIf mode = 1
text := "some text"
""".strip().split("\n")
TABLES = (
    commands.STATEMENTS,
    commands.RESULTS,
    commands.CONDITIONS,
    commands.LOOPS,
    commands.DIRECTIVES,
    commands.OWN_RESULTS,
)


def test_every_command_of_the_tables_is_found_in_a_script_that_uses_it() -> None:
    found = {statement: old(statement) for statement in EVERY}
    assert [statement for statement, was in found.items() if was is None] == []
    kinds = {was.kind for was in found.values() if was}
    assert {rule.kind for table in TABLES for rule in table} - kinds == set()


def with_body(statement: str) -> str:
    """A header needs a statement to load."""
    headed = statement.split("\n")[-1].lower().startswith(("if", "loop"))
    return f"{statement}\n{{\n}}\n" if headed else f"{statement}\n"


@needs_engine
def test_every_command_of_the_tables_loads_in_v2_and_not_as_v1_writes_it(engine: Engine) -> None:
    [whole] = engine.check([Script(Path("a.ahk"), "".join(map(with_body, EVERY)))])
    assert (whole.loads, whole.message) == (True, "")
    refused = [was.text for statement in EVERY if (was := old(statement)) and was.refused]
    assert len(refused) > 0.8 * len(EVERY)
    refused = refused[::4]  # each needs a start of its own
    verdicts = engine.check([Script(Path("a.ahk"), with_body(text)) for text in refused])
    assert [text for text, verdict in zip(refused, verdicts, strict=True) if verdict.loads] == []


@needs_engine
def test_every_command_of_the_tables_loads_in_v1_as_v1_writes_it(engine: Engine, tmp_path: Path) -> None:
    v2 = interpreter()
    assert v2
    script = tmp_path / "v1.ahk"
    texts = [was.text for statement in EVERY if (was := old(statement))]
    script.write_text("".join(map(with_body, texts)), encoding="utf-8-sig")
    command = [str(v2.with_name("AutoHotkey.exe")), "/ErrorStdOut", "/iLib"]  # loads, and writes what it would include
    command += [wine.windows_path(tmp_path / "used.ahk"), wine.windows_path(script)]
    if os.name != "nt":
        command.insert(0, str(wine.wine()))
    with (tmp_path / "said").open("wb") as said:
        done = subprocess.run(command, env=engine._env, stdin=subprocess.DEVNULL, stderr=said, timeout=60, check=False)
    assert (done.returncode, (tmp_path / "said").read_text()) == (0, "")


@needs_engine
def test_what_is_made_of_the_samples_holds(engine: Engine) -> None:
    made = [examples(document(path.read_text(encoding="utf-8-sig")), Convert(), 1) for path in SAMPLES[::3]]
    claims = [claim for found in made if isinstance(found, list) for example in found for claim in example.claims]
    verdicts = engine.check([Script(Path("a.ahk"), claim.code) for claim in claims])
    failed = [claim for claim, verdict in zip(claims, verdicts, strict=True) if claim.loads != verdict.loads]
    assert len(claims) > len(SAMPLES) / 6
    assert len(failed) <= len(claims) / 2 / 10

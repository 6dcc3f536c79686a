"""Secrets as people leave them in scripts, and what only looks like one.

The numbers are those that regulators keep for films, and 555-2368; the keys are put together here, so that nobody's
scanner takes this file for a leak.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from detect_secrets.plugins.keyword import DENYLIST
from hypothesis import example, given, settings
from hypothesis import strategies as st

from prep.languages.autohotkey.engine import Engine
from prep.languages.judge import Script
from prep.secrets import Secret, find, redact

needs_engine = pytest.mark.skipif(
    bool(Engine.missing()) and "CI" not in os.environ, reason="; ".join(Engine.missing()) or "the engine is here"
)
SAMPLES = sorted((Path(__file__).parents[2] / "prep/samples/scripts").rglob("*.ahk"))

MIXED = "a1B2c3D4e5F6g7H8i9J0"
HEX = "0123456789abcdef" * 2
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.dozjgNryP4J3jVmNHl0w5N"
BODY = (MIXED * 4)[:64]

FOUND = {
    "password": [
        (':R:pw1::S3cret!pass', ':R:pw1::REDACTED'),
        ('::mypass::swordfish', '::mypass::REDACTED'),
        (':*:;pwd::hunter2{Enter}', ':*:;pwd::REDACTED{Enter}'),
        ('::;;1::Tr0ub4dor&3 ; password for the till', '::;;1::REDACTED ; password for the till'),
        ('::mypw::Correct Horse9! staple', '::mypw::REDACTED'),
        ('::gmailpw::hunter22', '::gmailpw::REDACTED'),
        ('::in::jane{Tab}S3cret!{Enter}', '::in::jane{Tab}REDACTED{Enter}'),
        (':X:pw1::SendText("S3cret!pass")', ':X:pw1::SendText("REDACTED")'),
        ('::mypw::\n{\n    Send("S3cret!pass")\n}', '::mypw::\n{\n    Send("REDACTED")\n}'),
        ('::mypw::\n(\nS3cret!pass\n)', '::mypw::\n(\nREDACTED\n)'),
        ('Hotstring("::mypw", "S3cret!pass")', 'Hotstring("::mypw", "REDACTED")'),
        ('password := "hunter2"', 'password := "REDACTED"'),
        ("Password:='swordfish'", "Password:='REDACTED'"),
        ('cfg.Password := "swordfish"', 'cfg.Password := "REDACTED"'),
        ('cfg["db_password"] := "hunter2"', 'cfg["db_password"] := "REDACTED"'),
        ('ftpPass := "hunter2!"', 'ftpPass := "REDACTED"'),
        ('if (password == "swordfish")', 'if (password == "REDACTED")'),
        ('login := Map("user", "jane", "password", "hunter2")', 'login := Map("user", "jane", "password", "REDACTED")'),
        ('login := {user: "jane", password: "hunter2"}', 'login := {user: "jane", password: "REDACTED"}'),
        ('s := "{`"password`": `"hunter2`"}"', 's := "{`"password`": `"REDACTED`"}"'),
        ('pwd := "ab`"cd12"', 'pwd := "REDACTED"'),
        ('RunAs("jane", "swordfish", "FIRM")', 'RunAs("jane", "REDACTED", "FIRM")'),
        ('RunAs user, "swordfish"', 'RunAs user, "REDACTED"'),
        ('whr.SetCredentials("jane", "hunter2", 0)', 'whr.SetCredentials("jane", "REDACTED", 0)'),
        ('IniWrite("hunter2", "a.ini", "Login", "Password")', 'IniWrite("REDACTED", "a.ini", "Login", "Password")'),
        (r'Run("net use Z: \\srv\x hunter2 /user:jane")', r'Run("net use Z: \\srv\x REDACTED /user:jane")'),
        ('Run("curl -u jane:hunter2 https://host")', 'Run("curl -u jane:REDACTED https://host")'),
        ('db.Open("Driver={SQL Server};Uid=sa;Pwd=swordfish;")', 'db.Open("Driver={SQL Server};Uid=sa;Pwd=REDACTED;")'),
        ('cs := "Server=x;User Id=sa;Password=S3cret!;"', 'cs := "Server=x;User Id=sa;Password=REDACTED;"'),
        ('Download("ftp://jane:S3cret!@ftp.firm.com/a", "a")', 'Download("ftp://jane:REDACTED@ftp.firm.com/a", "a")'),
        ('h.Header("Authorization", "Basic amFuZTpodW50ZXIy")', 'h.Header("Authorization", "Basic REDACTED")'),
        ('Run("plink.exe -ssh host -pw hunter2!")', 'Run("plink.exe -ssh host -pw REDACTED")'),
        ('Run("tool --password S3cret9")', 'Run("tool --password REDACTED")'),
        ('; Password: S3cret!pass', '; Password: REDACTED'),
        ('DB_PASSWORD=hunter2', 'DB_PASSWORD=REDACTED'),
        ('connect(user="jane", password="swordfish")', 'connect(user="jane", password="REDACTED")'),
        ('password: str = "swordfish"', 'password: str = "REDACTED"'),
        ('{"password": "ab\\"cd12"}', '{"password": "REDACTED"}'),
        ("CREATE USER jane IDENTIFIED BY 'swordfish';", "CREATE USER jane IDENTIFIED BY 'REDACTED';"),
        ("ALTER ROLE jane PASSWORD 'swordfish';", "ALTER ROLE jane PASSWORD 'REDACTED';"),
        ("CREATE LOGIN jane WITH PASSWORD = 'S3cret!';", "CREATE LOGIN jane WITH PASSWORD = 'REDACTED';"),
    ],
    "key": [
        (f'token := "ghp_{MIXED}abcdefgh12345678"', 'token := "ghp_REDACTED"'),
        (f'key := "AKIA{"A1B2C3D4" * 2}"', 'key := "AKIAREDACTED"'),
        (f'aws_secret_key = "{MIXED * 2}"', 'aws_secret_key = "REDACTED"'),
        (f'cs := "AccountName=x;AccountKey={MIXED * 4}abcdef==;"', 'cs := "AccountName=x;AccountKey=REDACTED;"'),
        (f'"https://hooks.slack.com/services/T01A/B02C/{MIXED}"', '"https://hooks.slack.com/services/REDACTED"'),
        (f'"discord.com/api/webhooks/{12**15}/{MIXED * 2}"', f'"discord.com/api/webhooks/{12**15}/REDACTED"'),
        (f'bot := "12345678:{MIXED}{MIXED[:15]}"', 'bot := "12345678:REDACTED"'),
        (f'Send("see`nglpat-{MIXED}")', 'Send("see`nglpat-REDACTED")'),
        (f'x = "sk-{MIXED}T3BlbkFJ{MIXED}"', 'x = "sk-REDACTED"'),
        (f'x = "AIza{MIXED}{MIXED[:15]}"', 'x = "AIzaREDACTED"'),
        (f'x := "AC{HEX}"', 'x := "ACREDACTED"'),
        (f'x := "{JWT}"', 'x := "REDACTED"'),
        (f'h.Header("Authorization", "Bearer {MIXED}")', 'h.Header("Authorization", "Bearer REDACTED")'),
        (f'h.SetRequestHeader("X-API-Key", "{MIXED}")', 'h.SetRequestHeader("X-API-Key", "REDACTED")'),
        (f'url := "https://firm.com/v1?api_key={HEX}&q=1"', 'url := "https://firm.com/v1?api_key=REDACTED&q=1"'),
        (f'clientSecret := "{MIXED}"', 'clientSecret := "REDACTED"'),
        (f'-----BEGIN RSA PRIVATE KEY-----\n{BODY}\nAb1=\n-----END RSA PRIVATE KEY-----',
         '-----BEGIN RSA PRIVATE KEY-----\nREDACTED\nREDACTED\n-----END RSA PRIVATE KEY-----'),
        (f'k = "-----BEGIN PRIVATE KEY-----\\n{BODY}\\n-----END PRIVATE KEY-----"',
         'k = "-----BEGIN PRIVATE KEY-----\\nREDACTED\\n-----END PRIVATE KEY-----"'),
    ],
    "email": [
        (':*:@@::jane@firm.com', ':*:@@::user@example.com'),
        (':*:;m::j.o-hara+till@mail.firm.co.uk{Tab}', ':*:;m::user@example.com{Tab}'),
        ('Run("mailto:jane@firm.de?subject=Hi")', 'Run("mailto:user@example.com?subject=Hi")'),
        ('MsgBox("Hi`njane@firm.com`nBye")', 'MsgBox("Hi`nuser@example.com`nBye")'),
        ('print("Hi\\njane@firm.com\\nBye")', 'print("Hi\\nuser@example.com\\nBye")'),
        ('print("\\u00e4jane@firm.com")', 'print("\\u00e4user@example.com")'),
        ('; written by Jane <jane@firm.com>.', '; written by Jane <user@example.com>.'),
        ('7,Jane,jane@firm.com,Berlin', '7,Jane,user@example.com,Berlin'),
        ("INSERT INTO t VALUES ('jürgen@firma.de');", "INSERT INTO t VALUES ('user@example.com');"),
    ],
    "phone": [
        ('::myph::+1 212 555 2368', '::myph::+1 555 555 0100'),
        ('::tel::(212) 555-2368', '::tel::(555) 555-0100'),
        ('::num::2125552368', '::num::5555550100'),
        ('::fax::212 555 2368', '::fax::555 555 0100'),
        (':X:myph::SendText("2125552368")', ':X:myph::SendText("5555550100")'),
        ('phone := "212-555-2368"', 'phone := "555-555-0100"'),
        ('phone := "1-212-555-2368"', 'phone := "1-555-555-0100"'),
        ('; call 212.555.2368 first', '; call 555.555.0100 first'),
        ('MsgBox("Tel`n+49 30 23125123`nBerlin")', 'MsgBox("Tel`n555-0100`nBerlin")'),
        ('x := "+49 (0)30 23125-123"', 'x := "555-0100"'),
        ('; (+49) 30 23125123', '; 555-0100'),
        ('; Jane (030 23125123)', '; Jane (555-0100)'),
        ('x := "0049 30 23125123"', 'x := "555-0100"'),
        ('; Tel. 030 / 23125123', '; Tel. 555-0100'),
        ('x = "0171/3920012"', 'x = "555-0100"'),
        ("'020 7946 0123'", "'555-0100'"),
        ('7,212-555-2368,Berlin', '7,555-555-0100,Berlin'),
        ('42, +49 30 23125123', '42, 555-0100'),
        ('Run("tel:+442079460123")', 'Run("tel:555-0100")'),
    ],
    "user-folder": [
        (r'Run("C:\Users\jane\Desktop\a.exe")', r'Run("C:\Users\user\Desktop\a.exe")'),
        (r'path := "C:\Users\Jane Doering\Documents"', r'path := "C:\Users\user\Documents"'),
        ('p = "C:\\\\Users\\\\jane\\\\x"', 'p = "C:\\\\Users\\\\user\\\\x"'),
        (r'dir := "D:\users\jane"', r'dir := "D:\users\user"'),
        (r'"C:\Documents and Settings\jane\x"', r'"C:\Documents and Settings\user\x"'),
        ('#Include C:/Users/jane/lib.ahk', '#Include C:/Users/user/lib.ahk'),
        ('open("/home/jane/notes.txt")', 'open("/home/user/notes.txt")'),
        ('cd /Users/jane/code', 'cd /Users/user/code'),
        ('cd /mnt/c/Users/jane/code', 'cd /mnt/c/Users/user/code'),
        (r'x := "\\server\Users\jane\x"', r'x := "\\server\Users\user\x"'),
        (r'Run(EnvGet("SystemDrive") "\Users\jane\a.exe")', r'Run(EnvGet("SystemDrive") "\Users\user\a.exe")'),
    ],
}  # fmt: skip

NOTHING = r"""
password := ""
password := "password"
password := "your_password"
password := "****"
password := "xxxxxxxx"
password := "<password>"
password := "{password}"
password := "%pass%"
password := IniRead("a.ini", "login", "password")
password := InputBox("Enter the password", "Login", "Password").Value
MsgBox("Password: " password)
ib := InputBox("Password:", "Login", "Password w200 h100")
g.Add("Edit", "w200 vPassword1 Password*")
g.Add("Text", "xm", "Password:")
columns := ["password", "P4sscode", "email"]
labels := {user: "Benutzer", password: "Senha"}
samples := ["password", "Pass123", "MyP@ss123", "Strong@Pass1", "Sup3r$ecure!"]
passwordLabel := "Enter8"
passwordFile := "C:\secret\pw1.txt"
password = "^(?=.*\d).{8,}$"
password := "C:\keys\pw1.txt"
password = os.environ["PASSWORD"]
password = getpass.getpass()
password = var1
connect(password=pw1, user=me)
password = "${DB_PASSWORD}"
password = "$PASSWORD1"
bypass := "level2!"
compass = "north1!"
pass: "Icon4"
results := {fail: "Icon1", pass: "Icon2"}
::pw::please wait
::pass::passenger
::passwrod::password
::bypass::bypass it
IniWrite("1", "a.ini", "Login", "ShowPassword")
IniWrite(pw, "a.ini", "Login", "Password")
::pwd::password
::btw::by the way ; no password here
:*:mail::
::mypw::%password%
:X:mypw::Send(GetPassword("mail1"))
Password::Send("x")
cs := "Server=x;Uid=" user ";Pwd=" pwd ";"
cs := Format("Uid={};Pwd={};", user, pwd)
Download("https://user:pass@host.com/a", "a")
Download("https://user:REDACTED@host.com/a", "a")
Download("https://host.com:8080/@jane", "a")
RunAs("user", "password")
RunAs(user, pass)
Run("tool --password %pw%")
Run("tool --password is required")
h.SetRequestHeader("Authorization", "Bearer " token)
h.SetRequestHeader("Authorization", "Basic authentication")
; Authorization: Bearer <token>
SELECT password FROM users WHERE password = @password AND token = :token;
ALTER ROLE jane PASSWORD 'password';
token := "abc"
token := StrSplit(line, ",")[1]
apiKey := "YOUR_API_KEY_1234567890"
api_key = "xxxxxxxxxxxxxxxx1234"
<assembly publicKeyToken="b77a5c561934e089" version="4.0.0.0"/>
hotkey := "abcdefgh12345678abcdefgh"
key := "AKIAIOSFODNN7EXAMPLE"
if InStr(text, "-----BEGIN RSA PRIVATE KEY-----") && InStr(text, "-----END RSA PRIVATE KEY-----")
-----BEGIN RSA PRIVATE KEY----- is how it begins ; ==================================================
; pwd=something
task-list-with-a-very-long-name-1234567890
md5 := "5f4dcc3b5aa765d61d8327deb882cf99"
sha := "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
CLSID := "{645FF040-5081-101B-9F08-00AA002F954E}"
:*:@@::jane@example.com
email := "jane.doe@mail.example.org"
email := "user@domain.com"
email := "your.name@gmail.com"
git@github.com:user/repo.git
icon := "icon@2x.png"
y = weights@self.bias
y = a@b.to(device)
@returns {Map}
MsgBox("@someone said hi")
email := user "@" host ".com"
npm install lodash@4.17.21
x := "admin@localhost"
::ph::555-0123
:C:PI::3.14159265359
phone := "212-555-0123"
phone := "(555) 555-0100"
phone := "123-456-7890"
phone := "000-000-0000"
date := "2024-01-15 10:30:00"
date := "01/02/2024 03:04"
; 15.01.2024 - 20.01.2024
stamp := 20240115103000
version := "10.0.19041.1266"
ip := "192.168.100.200"
WinMove(100, 200, 300, 400)
Click 100 200 300
points := "100, 200, 300, 400"
points := "800 600 1000 200 300 4000"
grid := "212 555 2368"
size := "1920x1080 2560x1440"
price := "$1,299.00 1 299 000"
hours := "0930-1730 0800-1200"
color := 0xFF00FF + 0x12345678
g.Opt("+0x40000 -0xC00000 +E0x80")
id := "3f2504e0-4f89-11d3-9a0c-0305e82c3301"
isbn := "978-3-16-148410-0"
x := a +1234567 - 89
+1::Send("2")
card := "4111 1111 1111 1111"
crc := "00 11 22 33 44 55 66 77"
serial := "0123-0456-0789-0000"
path := "C:\Users\" A_UserName "\Desktop"
path := "C:\Users\%UserName%\x"
path := "C:\Users\Public\Documents\x"
path := "C:\Users\Default\x"
path := "C:\Users\All Users\x"
path := "C:\Users\user\x"
path := "C:\Users\username\x"
path := "C:\Users\<name>\x"
path := "C:\Users\*\AppData"
path := "C:\Users"
path = f"C:\\Users\\{user}\\x"
url := "https://site.com/home/jane/"
url := "https://site.com/Users/jane/"
fetch("/home/index/")
path := "/home/user/x"
key := "HKEY_USERS\S-1-5-21\Software"
""".strip("\n").split("\n")

CASES = [(kind, before, after) for kind, pairs in FOUND.items() for before, after in pairs]


@pytest.mark.parametrize(("kind", "before", "after"), CASES, ids=[before[:50] for _, before, _ in CASES])
def test_a_secret_goes_and_the_code_around_it_stays(kind: str, before: str, after: str) -> None:
    redacted, counts = redact(before)
    assert redacted == after
    assert set(counts) == {kind}
    assert find(after) == []


@pytest.mark.parametrize("line", NOTHING)
def test_what_only_looks_like_a_secret_stays(line: str) -> None:
    assert find(line) == []
    assert redact(line) == (line, {})


@pytest.mark.parametrize("word", [word.replace("_?", "_") for word in DENYLIST])
def test_every_name_that_detect_secrets_knows_is_known(word: str) -> None:
    assert find(f'{word} := "{MIXED}"')


def test_find_says_what_and_where_in_order() -> None:
    text = ':*:@@::jane@firm.com\npassword := "hunter2"\n'
    assert find(text) == [Secret("email", 7, 20), Secret("password", 34, 41)]
    assert redact(text)[1] == {"email": 1, "password": 1}


def test_positions_are_right_behind_a_letter_that_is_longer_in_lower_case() -> None:
    assert redact('İİİ := 1\npassword := "hunter2"')[0] == 'İİİ := 1\npassword := "REDACTED"'


@pytest.mark.parametrize("text", ["a1@firm.com@other.com", '::pw1::S3cret!password := "hunter2"{Tab}S3cret!{Enter}'])
def test_a_stand_in_that_uncovers_a_neighbour_takes_it_along(text: str) -> None:
    assert find(redact(text)[0]) == []


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_the_sample_scripts_have_none(path: Path) -> None:
    assert find(path.read_text(encoding="utf-8-sig")) == []


def test_there_are_samples() -> None:
    assert len(SAMPLES) > 10


PIECES = [before for _, before, _ in CASES] + [after for _, _, after in CASES] + NOTHING
GLUE = [
    "\n",
    " ",
    "",
    '"',
    "'",
    ":",
    "::",
    "@",
    ".",
    "=",
    "`n",
    "\\n",
    ", ",
    "-",
    "+",
    "/",
    "\\",
    ";",
    "\r\n",
    "x",
    "1",
]
mixed = st.lists(
    st.sampled_from(PIECES)
    | st.sampled_from(GLUE)
    | st.text("aZ19 @.-+:;/\\`\"'=%{}\n_", max_size=12)
    | st.text(max_size=8),
    max_size=8,
).map("".join)


@settings(max_examples=400, deadline=None)
@given(mixed)
def test_nothing_is_left_to_find_and_no_line_is_gained_or_lost(text: str) -> None:
    redacted, counts = redact(text)
    assert find(redacted) == []
    assert redact(redacted) == (redacted, {})
    assert redacted.count("\n") == text.count("\n")
    assert bool(counts) == bool(find(text)) == (redacted != text)


@given(mixed)
def test_secrets_are_in_order_and_apart(text: str) -> None:
    at = 0
    for secret in find(text):
        assert at <= secret.start < secret.end <= len(text)
        assert "\n" not in text[secret.start : secret.end]
        at = secret.end


@example({"password": "a1b2c`", "mail": "x"}, (",", ":"))
@given(
    st.dictionaries(st.sampled_from(["a", "password", "mail", "api_key"]), mixed, max_size=3),
    st.sampled_from([(",", ":"), (", ", ": ")]),
)
def test_json_stays_json(value: dict[str, str], separators: tuple[str, str]) -> None:
    for ascii_only in (True, False):
        written = json.dumps(value, ensure_ascii=ascii_only, separators=separators)
        assert json.loads(redact(written)[0]).keys() == value.keys()


@example("x", "\U00012544jane@firm.com")
@given(st.sampled_from(["x", "password", "mail"]), mixed)
def test_python_stays_python(name: str, value: str) -> None:
    ast.parse(redact(f"{name} = {value!r}\n")[0])


HOSTILE = [  # _ is a space, | a line end
    "a", "@", "1", "eyJ", "sk-", "://a:", "pass", "::", 'password="', "-", "C:\\Users\\", "xoxb-1-", "jane@a.", "key",
    "212-555-", "aws_key", "|:a:pw::x", "{", "eyJ.", "T3BlbkFJ", "\\", "|::pw::|{|", "(1", "+1_", "a@b.de_", "pw_", "_",
    "+49_30_", "bearer_a", "BEGIN_PRIVATE_KEY_", "C:\\Users\\a_", 'token="1a"', "\\n`", "|:X:pw::Send(", "ghp_", "AKIA",
    "GR1348941a", "eyJhbGciOiJIUzI1NiJ9.eyJ.", "AC0", "/home/", "{a}", 'RunAs("', "curl_", "-u_", "Authorization:_",
    "||:", "hooks.slack.com/services/T/B/", "-us1", ":a", "-END", "AIza", "discord.com/api/webhooks/", "sk-aT3BlbkFJ",
    "|password=a1b2c", "|::a::212-555-2368_x",
]  # fmt: skip


@pytest.mark.parametrize("piece", [piece.replace("_", " ").replace("|", "\n") for piece in HOSTILE])
def test_hostile_text_takes_time_in_proportion(piece: str) -> None:
    def cost(size: int) -> float:
        text = piece * (size // len(piece))
        started = time.process_time()
        find(text)
        return time.process_time() - started

    cost(1000)  # the imports
    small = max(cost(20_000), 0.02)
    assert cost(320_000) < 80 * small  # 16 times the text; squares would take 256 times as long


def test_libraries_are_not_imported_for_text_that_has_nothing_for_them() -> None:
    code = (
        "import sys; from prep import secrets; secrets.redact(open(sys.argv[1], encoding='utf-8-sig').read());"
        "sys.exit(any(name in sys.modules for name in ('detect_secrets', 'phonenumbers')))"
    )
    for path in SAMPLES[:3]:
        assert subprocess.run([sys.executable, "-c", code, str(path)], check=False, timeout=60).returncode == 0


@needs_engine
def test_a_script_with_each_kind_of_secret_still_loads(tmp_path: Path) -> None:
    lines = [
        before
        for kind in FOUND
        for before, _ in FOUND[kind]
        if before.startswith(":") or (":= " in before and before.count('"') == 2 and "\\" not in before)
    ]
    text = "#Requires AutoHotkey v2.0\n" + "\n".join(dict.fromkeys(lines)) + "\n"
    redacted, counts = redact(text)
    assert set(counts) >= {"password", "key", "email", "phone"}
    paths = [tmp_path / "before.ahk", tmp_path / "after.ahk"]
    paths[0].write_text(text, encoding="utf-8")
    paths[1].write_text(redacted, encoding="utf-8")
    with Engine() as engine:
        verdicts = list(engine.check([Script(path) for path in paths]))
    assert [(verdict.loads, verdict.message) for verdict in verdicts] == [(True, ""), (True, "")]

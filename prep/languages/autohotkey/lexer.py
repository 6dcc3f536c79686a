"""A lexer for AutoHotkey v2.0 that loses nothing: the tokens of any text, joined, are that text again.

It follows how AutoHotkey itself reads a script (script.cpp, v2.0), line by line: first the comments, also out of a
string that holds a blank before `;`, then sections, hotstrings, hotkeys, labels, directives; expressions are the rest.
Every step looks at a character a fixed number of times, so the time is linear in the length of the text.

Kinds of tokens (KINDS):
- blank: spaces and tabs, also a byte order mark at the start; newline: CRLF, LF or CR
- comment: from `;` to the end of the line; block-comment: from `/*` to `*/`, several lines in one token
- string: with its quotes; a piece of one where a section stands in between, or where the closing quote is missing
- section: the `(` with its options, the `)`, and each line between them when the section stands in a string or belongs
  to a hotstring; between the brackets of any other section stand the tokens of the expression
- hotkey: the label with its `::`, a remap such as `a::b` whole
- hotstring: options, trigger and `::`; hotstring-text: what it types
- directive: the `#Name`; text: the argument of a directive that takes no expression
- label: `name:` alone on its line, without a `default:`
- name, number, operator (also `%`), punctuation: ( ) [ ] { } and the comma
- other: what has no meaning outside of a string
"""

from __future__ import annotations

import re
from typing import NamedTuple

BLANK, NEWLINE, COMMENT, BLOCK_COMMENT = "blank", "newline", "comment", "block-comment"
STRING, SECTION, HOTKEY, HOTSTRING, HOTSTRING_TEXT = "string", "section", "hotkey", "hotstring", "hotstring-text"
DIRECTIVE, TEXT, LABEL, NAME, NUMBER = "directive", "text", "label", "name", "number"
OPERATOR, PUNCTUATION, OTHER = "operator", "punctuation", "other"
KINDS = frozenset({BLANK, NEWLINE, COMMENT, BLOCK_COMMENT, STRING, SECTION, HOTKEY, HOTSTRING, HOTSTRING_TEXT})
KINDS |= {DIRECTIVE, TEXT, LABEL, NAME, NUMBER, OPERATOR, PUNCTUATION, OTHER}


class Token(NamedTuple):
    """A piece of a script; `kind` is one of KINDS, `line` the line that it starts on, from 1."""

    kind: str
    text: str
    line: int


def lex(source: str) -> list[Token]:
    """The tokens of a script in their order; never raises, and loses no character of any text."""
    return _Lexer(source).run()


_NEWLINE = re.compile(r"\r\n?|\n")
_BLANKS = re.compile(r"[ \t]*")
_COMMENT_START = re.compile(r"[ \t];")
_BLOCK_END = re.compile(r"[\r\n][ \t]*\*/|\*/(?=[ \t]*(?:[\r\n]|\Z))")
_IDENTIFIER = r"[A-Za-z0-9_\x80-\U0010ffff]"  # AutoHotkey takes every character above ASCII into a name
_LABEL = re.compile(rf"{_IDENTIFIER}+:")
_DIRECTIVE = re.compile(r"#[A-Za-z_]\w*")
# These take their argument as it stands; the v1 ones among them too, so that a title is not read as an expression.
_RAW = re.compile(
    r"#(?:include|includeagain|requires|dllload|hotstring|errorstdout|singleinstance|warn|ifwin(?:not)?(?:active|exist)|"
    r"commentflag|escapechar|delimiter|derefchar|menumaskkey)",
    re.IGNORECASE,
)

_HOTSTRING = re.compile(r":([A-Za-z0-9?*\- \t]*):(?:[^`:]++|`.|:(?!:))*+::", re.DOTALL)
_KEY = rf"(?:{_IDENTIFIER}+|`;|[^ \t])"
_HOTKEY = re.compile(rf"(?:[~*$<>^!+#]*{_KEY}|~?{_KEY}[ \t]* & [ \t]*~?{_KEY})(?:[ \t]+up)?", re.IGNORECASE | re.DOTALL)
_KEY_NAMES = (
    r"numpad(?:[0-9]|mult|div|add|sub|dot|del|ins|clear|up|down|left|right|home|end|pg(?:up|dn)|enter)|"
    r"(?:num|caps|scroll)?lock|esc(?:ape)?|tab|space|backspace|bs|enter|printscreen|ctrlbreak|help|sleep|appskey|"
    r"[lr]?(?:control|ctrl|shift|alt)|[lr]win|f(?:[1-9]|1[0-9]|2[0-4])|[lmr]button|xbutton[12]|wheel(?:down|up|left|right)|"
    r"browser_(?:back|forward|refresh|stop|search|favorites|home)|volume_(?:mute|down|up)|"
    r"media_(?:next|prev|stop|play_pause)|launch_(?:mail|media|app[12])|del(?:ete)?|ins(?:ert)?|up|down|left|right|home|"
    r"end|pgup|pgdn|vk[0-9a-f]{1,2}(?:sc[0-9a-f]{1,3})?|sc[0-9a-f]{1,3}|(?:shift)?alttab|alttab(?:menu|andmenu|menudismiss)"
)
# `Pause` alone is the function, and `{` alone opens a block.
_REMAP = re.compile(
    rf"[ \t]*(?:[~*$<>^!+#]+(?:pause|{_KEY_NAMES}|`\{{|[^ \t])|{_KEY_NAMES}|`\{{|[^ \t{{])", re.IGNORECASE | re.DOTALL
)

_DECIMAL = rf"(?:[0-9]+(?:\.[0-9]+)?|(?<!{_IDENTIFIER})(?<![)\]])\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_CODE = re.compile(
    rf"(?P<blank>[ \t]+)|(?P<number>(?>0[xX][0-9A-Fa-f]+|{_DECIMAL})(?!{_IDENTIFIER}))|(?P<name>{_IDENTIFIER}+)|"
    r"""(?P<string>"(?:[^"`]++|`.)*+"|'(?:[^'`]++|`.)*+')|(?P<unclosed>["'].*)|"""
    r"(?P<punctuation>[()\[\]{},])|"
    r"(?P<operator>>>>=?|<<=|>>=|//=|!==|\?\?=|[-:+*/.|&^!~<>=]=|<>|=>|&&|\|\||\+\+|--|\*\*|//|<<|>>|\?\?|[-+*/.<>=!~&|^?:%])|"
    r"(?P<other>[`@$#\\;\x00-\x08\x0b-\x1f\x7f\r\n]+)",
    re.DOTALL,
)
_REST = {quote: re.compile(rf"(?:[^{quote}`]++|`.)*+{quote}", re.DOTALL) for quote in "\"'"}
_WORD_OPERATORS = frozenset({"and", "or", "not", "is", "in", "contains", "as"})
_BEFORE_VALUE = _WORD_OPERATORS | {"return", "throw"}  # a brace after these opens an object, not a block
_OPTION = re.compile(r"join.*|[lr]trim.*|c(?:o(?:m(?:m(?:e(?:n(?:ts?)?)?)?)?)?)?|[`%,]+", re.IGNORECASE | re.DOTALL)
_COMMENTS_OPTION = re.compile(r"[( \t]c(?:o(?:m(?:m(?:e(?:n(?:ts?)?)?)?)?)?)?(?:[ \t]|\Z)", re.IGNORECASE)


class _Section(NamedTuple):
    literal: bool  # it stands in a string or belongs to a hotstring: its lines are text
    comments: bool


class _Lexer:
    def __init__(self, source: str) -> None:
        self.source = source
        self.tokens: list[Token] = []
        self.line = 1
        self.open = ""  # what the line before left open: a quote, or TEXT after a hotstring
        self.section: _Section | None = None
        self.brackets: list[str] = []  # the open ones of an expression, without the braces of blocks
        self.trailing = False  # the expression goes on: its last line ends with an operator
        self.executes = self.raw = False  # what #Hotstring set for all hotstrings: X, and T or R

    def run(self) -> list[Token]:
        at = 1 if self.source.startswith("\ufeff") else 0
        if at:
            self._add(BLANK, self.source[:1])
        while at < len(self.source):
            newline = _NEWLINE.search(self.source, at)
            end = newline.start() if newline else len(self.source)
            at = self._line(at, end) if at < end else end
            newline = _NEWLINE.match(self.source, at)
            if newline:
                self._add(NEWLINE, newline.group())
                self.line += 1
                at = newline.end()
        return self.tokens

    def _add(self, kind: str, text: str) -> None:
        self.tokens.append(Token(kind, text, self.line))

    def _line(self, at: int, end: int) -> int:
        """One line without its newline; answers where it ended, further down after a block comment."""
        if self.section:
            self._section_line(self.section, at, end)
            return end
        at = self._blanks(at, end)
        if self.source.startswith("/*", at, end):
            at, end = self._block_comment(at, end)
        elif self.source.startswith(";", at, end):
            self._add(COMMENT, self.source[at:end])
            return end
        if at < end:
            code = self._code_end(at, end)
            if code > at:
                self._start(at, code)
            self._tail(code, end)
        return end

    def _blanks(self, at: int, end: int) -> int:
        """Blanks from here on; answers where they end."""
        found = _BLANKS.match(self.source, at, end)
        if not found or not found.group():
            return at
        self._add(BLANK, found.group())
        return found.end()

    def _code_end(self, at: int, end: int) -> int:
        """Where the code of a line ends: before the blanks at its end or before those of a comment.

        AutoHotkey looks for comments before it looks at anything else: a blank and `;` end a string, too.
        """
        if self.source.find(";", at, end) >= 0 and (comment := _COMMENT_START.search(self.source, at, end)):
            end = comment.start()
        while end > at and self.source[end - 1] in " \t":
            end -= 1
        return end

    def _tail(self, at: int, end: int) -> None:
        """The blanks and the comment after the code of a line."""
        at = self._blanks(at, end)
        if at < end:
            self._add(COMMENT, self.source[at:end])

    def _block_comment(self, at: int, end: int) -> tuple[int, int]:
        """A block comment; answers what is left of the line that it ends on.

        It ends with a line that starts or ends with `*/`. In its first line a `;` still hides what follows.
        """
        stop = self._code_end(at, end)
        if not self.source.startswith("*/", max(at + 1, stop - 2), stop):
            found = _BLOCK_END.search(self.source, end)
            stop = found.end() if found else len(self.source)
        text = self.source[at:stop]
        self._add(BLOCK_COMMENT, text)
        if stop > end:
            self.line += len(_NEWLINE.findall(text))
            newline = _NEWLINE.search(self.source, stop)
            end = newline.start() if newline else len(self.source)
        at = self._blanks(stop, end)
        if self.source.startswith(";", at, end) and at > stop:
            self._add(COMMENT, self.source[at:end])
            at = end
        return at, end

    def _start(self, at: int, end: int) -> None:
        """A line from its first character on that is no blank; `end` is the end of its code."""
        if self.source[at] == "(" and self._opens_section(at, end):
            return
        self.open = ""
        hotstring = _HOTSTRING.match(self.source, at, end)
        if hotstring and not (hotstring[1] and self._goes_on()):  # in an expression it is the `:` of a condition
            self._hotstring(hotstring, end)
            return
        colons = self.source.find("::", at, end)
        while not self._labelled(at, colons, end):
            if self.source[at] not in "{}" or self.brackets or (self.trailing and self.source[at] == "{"):
                self._expression(at, end)
                return
            self._add(PUNCTUATION, self.source[at])  # a brace of a block: what follows stands as on a line of its own
            self.trailing = False
            at = self._blanks(at + 1, end)
            if at == end:
                return

    def _goes_on(self) -> bool:
        return self.trailing or bool(self.brackets)

    def _labelled(self, at: int, colons: int, end: int) -> bool:
        """A hotkey, a directive or a label; `colons` is where the first `::` of the line is, or -1."""
        if colons >= 0 and self.source.startswith(":::", at, end):
            colons = at + 1
        if colons > at and _HOTKEY.fullmatch(self.source, at, colons) and not self._quoted(at, colons):
            self._hotkey(at, colons + 2, end)
        elif directive := _DIRECTIVE.match(self.source, at, end):
            self._directive(directive, end)
        elif self._label(at, end):
            self._restart()
            self._add(LABEL, self.source[at:end])
        else:
            return False
        return True

    def _quoted(self, at: int, end: int) -> bool:
        """Inside an expression a line such as `"::x"` starts with a string, not with the hotkey of the quote key."""
        return self._goes_on() and any(quote in self.source[end - 1 : end] for quote in "\"'")

    def _label(self, at: int, end: int) -> bool:
        if self._goes_on() or self.source[end - 1] != ":":
            return False
        return bool(_LABEL.fullmatch(self.source, at, end)) and self.source[at : end - 1].lower() != "default"

    def _restart(self) -> None:
        """What follows belongs to no expression before it."""
        self.brackets.clear()
        self.trailing = False

    def _hotkey(self, at: int, action: int, end: int) -> None:
        self._restart()
        if _REMAP.fullmatch(self.source, action, end):
            self._add(HOTKEY, self.source[at:end])
            return
        self._add(HOTKEY, self.source[at:action])
        self._expression(action, end)

    def _hotstring(self, found: re.Match[str], end: int) -> None:
        self._restart()
        self._add(HOTSTRING, found.group())
        options, action = found[1].lower(), self.source[found.end() : end]
        raw = _option(options, "t", _option(options, "r", self.raw))
        if _option(options, "x", self.executes) or (action.strip(" \t") == "{" and not raw):
            self._expression(found.end(), end)
            return
        if action:
            self._add(HOTSTRING_TEXT, action)
        self.open = TEXT

    def _directive(self, found: re.Match[str], end: int) -> None:
        self._restart()
        self._add(DIRECTIVE, found.group())
        if not _RAW.fullmatch(found.group()):
            self._expression(found.end(), end)
        elif (at := self._blanks(found.end(), end)) < end:
            text = self.source[at:end].lower()
            self._add(TEXT, self.source[at:end])
            if found.group().lower() == "#hotstring" and not text.startswith(("endchars", "nomouse")):
                self.executes = _option(text, "x", self.executes)
                self.raw = _option(text, "t", _option(text, "r", self.raw))

    def _opens_section(self, at: int, end: int) -> bool:
        """A `(` at the start of a line opens a section when only options follow it, and none with a bracket."""
        if self.source.startswith(":", at + 1, end):
            return False
        for option in self.source[at + 1 : end].replace("\t", " ").split(" "):
            if option and not _OPTION.fullmatch(option):
                return False
        text = self.source[at:end]
        self._add(SECTION, text)
        self.section = _Section(bool(self.open), bool(_COMMENTS_OPTION.search(text)))
        return True

    def _section_line(self, section: _Section, at: int, end: int) -> None:
        start = at + len(self.source[at:end]) - len(self.source[at:end].lstrip(" \t"))
        if self.source.startswith(")", start, end):
            self._blanks(at, end)
            self._add(SECTION, ")")
            self.section = None
            code = self._code_end(start + 1, end)
            self._after_section(start + 1, code)
            self._tail(code, end)
            return
        code = end
        if section.comments:
            code = at if self.source.startswith(";", start, end) else self._code_end(at, end)
        if not section.literal:
            self._expression(at, code)
        elif at < code:
            self._add(SECTION, self.source[at:code])
        self._tail(code, end)

    def _after_section(self, at: int, end: int) -> None:
        if at == end:
            self.trailing = False
        elif self.open == TEXT:
            self._add(HOTSTRING_TEXT, self.source[at:end])
        else:
            self._expression(at, end)

    def _expression(self, at: int, end: int) -> None:
        """Code up to `end`; it may start in a string that a section left open."""
        if self.open and at < end:
            rest = _REST[self.open].match(self.source, at, end)
            stop = rest.end() if rest else end
            self._add(STRING, self.source[at:stop])
            self.open = "" if rest else self.open
            at = stop
        add, line = self.tokens.append, self.line
        for found in _CODE.finditer(self.source, at, end):
            kind, text = found.lastgroup, found[0]
            if kind == PUNCTUATION:
                self._bracket(text)
            elif kind == "unclosed":
                self.open, kind = text[0], STRING
            add(Token(kind or OTHER, text, line))
        self.trailing = self._ends_with(_WORD_OPERATORS)

    def _bracket(self, text: str) -> None:
        if text in "([" or (text == "{" and (self.brackets or self._ends_with(_BEFORE_VALUE))):
            self.brackets.append(text)
        elif text == "}" and self.brackets and self.brackets[-1] != "{":
            self.brackets.clear()  # one was never closed; the end of the block ends the search for it
        elif text in ")]}" and self.brackets:
            self.brackets.pop()

    def _ends_with(self, words: frozenset[str]) -> bool:
        """Whether the last token is an operator, a comma or one of the words; not the `:` that ends a case."""
        last = next((token for token in self.tokens[:-3:-1] if token.kind != BLANK), None)
        if last is None or last.kind in (NEWLINE, COMMENT, BLOCK_COMMENT):
            return self.trailing
        if last.kind == OPERATOR:
            return last.text not in ("++", "--", ":", "%")
        return last.text in ("(", "[", ",") or (last.kind == NAME and last.text.lower() in words)


def _option(options: str, letter: str, default: bool) -> bool:
    """An option of hotstrings: `x` turns it on, `x0` off; the last one counts."""
    at = options.rfind(letter)
    return default if at < 0 else options[at + 1 : at + 2] != "0"

"""Bytes to text, and names to labels that do not depend on the machine."""

from __future__ import annotations

import codecs
import os
import re
import unicodedata
from pathlib import Path

_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def decode(data: bytes) -> tuple[str, str]:
    """Text without its BOM, and the encoding it was in: UTF-8, UTF-16 by its BOM, or cp1252.

    Raises ValueError saying why the bytes are not text.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text, encoding = _strict(data, "utf-16"), "utf-16"
    elif b"\0" in data:
        raise ValueError(f"NUL byte at offset {data.index(0)}")
    else:
        encoding = "utf-8-sig" if data.startswith(codecs.BOM_UTF8) else "utf-8"
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            text, encoding = _strict(data, "cp1252"), "cp1252"
    if "\0" in text:
        raise ValueError("NUL characters")
    refuse_control(text)
    return text, encoding


def refuse_control(text: str) -> None:
    """Raise ValueError when a text has more control characters than slip into one."""
    if _CONTROL.search(text) and len(_CONTROL.findall(text)) > max(2, len(text) // 100):
        raise ValueError("control characters")


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ValueError(f"not {encoding} at offset {error.start}: {error.reason}") from None


def label(path: Path) -> str:
    """A path as outputs show it: posix, never absolute, always encodable as UTF-8."""
    return printable(path.name if path.is_absolute() else path.as_posix())


def printable(name: str) -> str:
    """A file's name as one line of UTF-8 can say it: other bytes and control characters are shown as escapes."""
    shown = os.fsencode(name).decode("utf-8", "backslashreplace")
    return shown if shown.isprintable() else "".join(map(_escaped, shown))


def _escaped(letter: str) -> str:
    return f"\\x{ord(letter):02x}" if unicodedata.category(letter) == "Cc" else letter

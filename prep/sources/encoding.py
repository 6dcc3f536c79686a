"""Which encoding a script is read in: as its language's interpreter reads it, never by a guess.

AutoHotkey v2 reads UTF-8, and little-endian UTF-16 by its BOM. Bytes that are neither become other letters there and
take the quotes and line ends behind them along, so such a file is not the script that its author sees. Python says
its encoding in the file. Of other languages UTF-8 and UTF-16 by its BOM are read.
"""

from __future__ import annotations

import codecs
import io
import tokenize

from prep.languages import checker_of
from prep.sources.text import decode, refuse_control

SAVE = "save it as UTF-8"


class EncodingError(ValueError):
    """The letters of a text are not known."""


def read(data: bytes, language: str) -> tuple[str, str]:
    """Text without its BOM, and its encoding. Raises EncodingError, or ValueError when the bytes are no text."""
    speaks = checker_of(language)
    if speaks == "python" and b"\0" not in data:
        return _python(data)
    if speaks == "autohotkey" and data.startswith(codecs.BOM_UTF16_BE):
        raise EncodingError(f"big-endian UTF-16, which AutoHotkey does not read: {SAVE}")
    if b"\0" not in data and not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            refuse_control(data.decode("latin-1"))
            raise EncodingError(f"not UTF-8 at offset {error.start}: {SAVE}") from None
    return decode(data)


def _python(data: bytes) -> tuple[str, str]:
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError) as error:
        refuse_control(data.decode("latin-1"))
        raise EncodingError(f"{error}: declare its encoding, or {SAVE}") from None
    refuse_control(text)
    return text, encoding

"""Whether a script names other files, on which its verdict then hangs: asked of every file, so of bytes and fast."""

from __future__ import annotations

import re

_FILES = re.compile(rb"#\0?(?:i\0?n\0?c\0?l\0?u\0?d\0?e|d\0?l\0?l\0?l\0?o\0?a\0?d)", re.IGNORECASE)  # \0: in UTF-16


def names_files(source: bytes) -> bool:
    """Whether there may be an `#Include` or `#DllLoad` line."""
    return bool(_FILES.search(source))

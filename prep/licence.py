"""The licence that a file's own header names, as its SPDX identifier."""

from __future__ import annotations

import re

_SPDX = re.compile(r"SPDX-License-Identifier:\s*([\w.+-]+(?:\s+(?:OR|AND|WITH)\s+[\w.+-]+)*)")
_NAMED = (
    (re.compile(r"\bunlicense\b|unlicense\.org", re.I), "Unlicense"),
    (re.compile(r"creativecommons\.org/publicdomain/zero|\bCC0\b", re.I), "CC0-1.0"),
    (
        re.compile(
            r"\bMIT\b[\s-]+licen[cs]e|licen[cs]e\s*[:=]?\s*\(?MIT\b|Permission is hereby granted, free of charge", re.I
        ),
        "MIT",
    ),
    (re.compile(r"\bapache\b[\s,-]+licen[cs]e|licen[cs]e\s*[:=]?\s*apache", re.I), "Apache-2.0"),
    (re.compile(r"\bLGPL|lesser general public licen[cs]e", re.I), "LGPL"),
    (re.compile(r"\bAGPL|affero general public licen[cs]e", re.I), "AGPL"),
    (re.compile(r"\bGPL|general public licen[cs]e", re.I), "GPL"),
    (re.compile(r"\bMPL\b|mozilla public licen[cs]e", re.I), "MPL-2.0"),
    (re.compile(r"\bBSD\b", re.I), "BSD"),
    (re.compile(r"\bWTFPL\b", re.I), "WTFPL"),
    (re.compile(r"\bpublic domain\b", re.I), "public-domain"),
    (re.compile(r"\ball rights reserved\b", re.I), "all-rights-reserved"),
)


def licence_of(text: str) -> str:
    """Empty when it names none; a family such as GPL where it does not say which version."""
    if found := _SPDX.search(text):
        return " ".join(found[1].split())
    return next((name for pattern, name in _NAMED if pattern.search(text)), "")

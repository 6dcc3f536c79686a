"""Header comments as other languages write them: what is asked, and what stays of the script."""

from __future__ import annotations

import pytest

from prep.languages.comments import UNKNOWN, Syntax, comment_at, syntax_of
from prep.tasks.header import parse

MIT = """Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction.

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY."""
APACHE = """Copyright 2021 Somebody LLC

Licensed under the Apache License, Version 2.0 (the "License");
you may not use this file except in compliance with the License.
You may obtain a copy of the License at

    https://www.apache.org/licenses/LICENSE-2.0

Unless required by applicable law or agreed to in writing, software
distributed under the License is distributed on an "AS IS" BASIS,
WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
See the License for the specific language governing permissions and
limitations under the License."""
GPL = """This program is free software: you can redistribute it and/or modify
it under the terms of the GNU General Public License as published by
the Free Software Foundation, either version 3 of the License, or
(at your option) any later version.

This program is distributed in the hope that it will be useful,
but WITHOUT ANY WARRANTY; without even the implied warranty of
MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.

You should have received a copy of the GNU General Public License
along with this program.  If not, see <https://www.gnu.org/licenses/>."""
BSD = """Redistribution and use in source and binary forms, with or without
modification, are permitted provided that the following conditions are met:

* Redistributions of source code must retain the above copyright notice,
  this list of conditions and the following disclaimer.
* Neither the name of the author may be used to endorse products
  derived from this software."""


def commented(text: str, before: str, sign: str, after: str) -> str:
    """A comment around a text, `sign` at the start of each line."""
    return before + "".join(f"{sign} {line}".rstrip() + "\n" for line in text.split("\n")) + after


PYTHON = '''\
#!/usr/bin/env python3
# -*- coding: utf-8 -*-
# SPDX-License-Identifier: Apache-2.0
"""
shop.orders
~~~~~~~~~~~

Reads the orders of a day from :mod:`csv` files
and prints the sum for each customer.

:copyright: (c) 2020 by Somebody.

>>> total("orders.csv")
12
"""
import csv
'''
RAW = "# Paths\n# vim: set ts=4:\n# of Windows\nr'''Matches C:\\paths in a log file.'''\nimport re\n"
JAVASCRIPT = """\
#!/usr/bin/env node
'use strict';
/**
 * @fileoverview Watches a folder and runs the tests again
 *   when {@link File} or `glob` change.
 * @author Somebody
 * @license MIT
 */
/* eslint-disable no-console */
const fs = require('fs');
"""
JAVA = """\
/*
 * Copyright (c) 2020 Somebody. All rights reserved.
 */
/**
 * Counts how often {@code word} is in a text.
 * <p>
 * Case does not count.
 *
 * @param text what is read
 */
class Count {}
"""
LUA = "--[==[\n  Greets everybody [[in the room]]\n  and waits for an answer from each.\n--]==]\nlocal x = 1\n"
LUA_LINES = (
    "--- Splits a string at a separator.\n-- Empty parts are kept.\n-- @module split\n-- @author Me\n\nlocal M = {}\n"
)
SQL = """\
-- ---------------------------------------
-- Counts the orders of each customer
-- Created by: somebody, 2020-01-01
-- ---------------------------------------
SELECT 1;
"""
C = """\
#pragma once
/**
 * \\file words.c
 * \\brief Counts the words of a file
 * \\details
 * Blanks and tabs part words, lines do too.
 * \\author Somebody
 */
#include <stdio.h>

/* The buffer that all of this is read into */
char buffer[80];
"""
RUST = "//! Counts the words of a file.\n//! Blanks part words.\n\nuse std::fs;\n"
R = """\
#' Counts the words of a file
#'
#' Blanks part the words of it.
#' @param path the file
count <- function(path) 1
"""


@pytest.mark.parametrize(
    ("language", "script", "title", "text", "body"),
    [
        (
            "Python 3",
            PYTHON,
            "",
            "Reads the orders of a day from `csv` files and prints the sum for each customer.",
            "#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\n\nimport csv",
        ),
        ("Python", RAW, "Paths", "of Windows\n\nMatches C:\\paths in a log file.", "# vim: set ts=4:\n\nimport re"),
        (
            "JavaScript",
            JAVASCRIPT,
            "",
            "Watches a folder and runs the tests again when File or `glob` change.",
            "#!/usr/bin/env node\n'use strict';\n\n/* eslint-disable no-console */\nconst fs = require('fs');",
        ),
        ("Java", JAVA, "", "Counts how often `word` is in a text.\n\nCase does not count.", "class Count {}"),
        ("Lua 5.4", LUA, "", "Greets everybody [[in the room]] and waits for an answer from each.", "local x = 1"),
        ("Lua", LUA_LINES, "", "Splits a string at a separator.\nEmpty parts are kept.", "local M = {}"),
        ("SQL", SQL, "Counts the orders of each customer", "", "SELECT 1;"),
        (
            "C",
            C,
            "Counts the words of a file",
            "Blanks and tabs part words, lines do too.",
            "#pragma once\n\n#include <stdio.h>\n\n/* The buffer that all of this is read into */\nchar buffer[80];",
        ),
        ("Rust", RUST, "", "Counts the words of a file.\nBlanks part words.", "use std::fs;"),
        ("R", R, "Counts the words of a file", "Blanks part the words of it.", "count <- function(path) 1"),
    ],
    ids=["python", "raw", "javascript", "java", "lua-block", "lua", "sql", "c", "rust", "r"],
)
def test_the_header_of_a_language_is_read(language: str, script: str, title: str, text: str, body: str) -> None:
    assert parse(script, syntax_of(language)) == (title, text, body)


@pytest.mark.parametrize("licence", [MIT, APACHE, GPL, BSD], ids=["MIT", "Apache", "GPL", "BSD"])
@pytest.mark.parametrize(
    ("language", "before", "sign", "after"),
    [("C", "/*\n", " *", " */\n"), ("Python", "", "#", ""), ("Lua", "", "--", ""), ("AutoHotkey", "", ";", "")],
)
def test_a_licence_is_no_description(language: str, before: str, sign: str, after: str, licence: str) -> None:
    syntax = syntax_of(language)
    assert parse(commented(licence, before, sign, after) + "\nx\n", syntax) == ("", "", "x")
    described = f"Word counter\n\nCopyright (c) 2020 Somebody\n\n{licence}\n\nCounts the words of a file."
    assert parse(commented(described, before, sign, after) + "\nx\n", syntax) == (
        "Word counter",
        "Counts the words of a file.",
        "x",
    )


@pytest.mark.parametrize(
    "around",
    [
        pytest.param("{}\n\n" + GPL.replace("This program", "groff"), id="a licence that names the program"),
        pytest.param("{}\n\n[Released under MIT License. See license.txt]", id="a licence in brackets"),
        pytest.param(
            "Public Domain.\n\nNO WARRANTY EXPRESSED OR IMPLIED. USE AT YOUR OWN RISK.\n\n{}", id="no licence"
        ),
        pytest.param("            -*- Mode: Sh -*-\n\n{}", id="a line for Emacs"),
        pytest.param('{}\n\n>>> sort({{}})\n{{\n...\n"a": "one of these",\n}}', id="Python's prompt"),
        pytest.param(
            "{} A full description of it all\nis at <https://sort.org/manual>.", id="an address in a sentence"
        ),
        pytest.param("{} For the whole list of its options see\nhttps://sort.org/manual", id="an address at its end"),
    ],
)
def test_what_is_no_description_leaves_nothing_of_itself(around: str) -> None:
    said = "Sorts the words of a text by their size."
    header = parse(commented(around.format(said), "", "#", "") + "\nsort\n", syntax_of("Bash"))
    assert (header.title, header.text) == ("", said)


def test_the_word_example_at_a_sentences_end_is_no_address() -> None:
    said = "Sorts the words of a text by their size; the file of tests has a longer\nexample."
    assert parse(commented(said, "", "#", "") + "\nsort\n", syntax_of("Bash")).text == said.replace("\n", " ")


def test_a_remark_on_the_licence_takes_nothing_with_it() -> None:
    script = "# Distributed under the terms of the MIT License.\n# Counts all the words of a file.\nx\n"
    assert parse(script, syntax_of("Python")).text == "Counts all the words of a file."


def test_what_documents_a_function_is_not_the_header() -> None:
    script = (
        "// Helpers\n\n/**\n * Adds two numbers and gives their sum.\n * @param {number} a\n */\nfunction add(a) {}\n"
    )
    header = parse(script, syntax_of("JavaScript"))
    assert header.words == 1
    assert header.body.startswith("/**\n * Adds")


def test_the_name_of_a_function_is_no_title() -> None:
    script = "/**\n * @function addAll\n * @description Adds all the numbers of a list.\n */\nx\n"
    assert parse(script, syntax_of("TypeScript"))[:2] == ("", "Adds all the numbers of a list.")


def test_a_label_needs_a_sign_to_be_one() -> None:
    """`Function keys` are no function's name, and `Title case` is no title."""
    assert parse("; Title case for the selected words\nMsgBox 1\n").title == "Title case for the selected words"
    assert parse("; Function: Adds two large numbers.\nMsgBox 1\n").text == "Adds two large numbers."


def test_a_language_that_is_not_known_has_no_comments() -> None:
    assert syntax_of("Klingon") == UNKNOWN
    assert parse("; Counts all the words of a file\nx\n", UNKNOWN).words == 0


def test_a_comment_that_does_not_end_is_no_reason_to_fail() -> None:
    assert comment_at(["/* a", "b"], 0, Syntax("//", (("/*", "*/"),))) == (2, [" a", "b"], "")
    assert comment_at([""], 0, Syntax("#")) is None


def test_a_long_header_ends_with_a_whole_sentence() -> None:
    sentence = "This is one of very many sentences about words"
    header = parse("; " + f"{sentence}. " * 18 + "\n; " + f"{sentence}. " * 18 + "\nMsgBox 1\n")
    assert header.text.endswith(sentence + ".")
    assert 1000 < len(header.text) <= 1500

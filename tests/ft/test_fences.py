"""The fenced blocks of an answer, each judged as the language that it names."""

from __future__ import annotations

from ft.fences import check, check_all

ANSWER = """Two ways:
```py
print(1)
```
and, without a name,
~~~~
{"a": 1
~~~~
```ruby
puts 1
```
```python
def f(:
"""


def test_each_block_is_judged_by_its_own_language() -> None:
    found = check(ANSWER, "json")
    assert [(block.line, block.language, block.verdict) for block in found] == [
        (2, "python", "loads"),
        (6, "json", "does-not-load"),
        (9, "ruby", "unjudged"),
        (12, "python", "does-not-load"),
    ]
    assert found[3].reason.startswith("line 1: ")


def test_an_answer_without_a_fence_has_no_block() -> None:
    assert check("Use `MsgBox` for that.", "python") == []


def test_an_empty_block_is_no_code_that_loads() -> None:
    assert check("```\n\n```\ntext\n```python\n \n", "json") == []


def test_an_answer_without_a_fence_is_code_where_it_should_be() -> None:
    answers = [("x = 1", "python"), ("x = (", "python"), ("Only words.", ""), (" \n", "python")]
    found = check_all(answers, bare=True)
    assert [[block.verdict for block in blocks] for blocks in found] == [["loads"], ["does-not-load"], [], []]

"""A suite: questions of any domain with checks of their answers, in one YAML or JSONL file.

A row has `id`, `question` and `checks`; it may have `category`, `reference`, an answer in words, and `source`, where it
stands. A question that asks for code has `test` in the place of checks, with `entry_point` and `language`, and its
answer is run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from eval import checklist, execute
from prep import yaml_file
from prep.errors import UserError

_KEYS = ("id", "category", "question", "reference", "source", "checks", "test", "entry_point", "language")


class Row(NamedTuple):
    """`checks` as they are written; `where` is file:line. A row has checks or a test."""

    id: str
    category: str
    question: str
    reference: str
    checks: Sequence[Mapping[str, Any]]
    where: str
    source: str = ""
    test: str = ""
    entry_point: str = ""
    language: str = "python"


def read(path: Path) -> list[Row]:
    """Raises UserError naming file and line for a row that is broken, has no checks or takes another's id."""
    if not path.is_file():
        raise UserError(f"no file {path}")
    rows: dict[str, Row] = {}
    for where, given in execute.read_rows(path) if path.suffix == ".jsonl" else _yaml(path):
        row = _row(where, given, path.parent)
        if row.id in rows:
            raise UserError(f"{where}: the id '{row.id}' is taken by {rows[row.id].where}: ids must differ")
        rows[row.id] = row
    if not rows:
        raise UserError(f"{path}: no questions in it: nothing to ask")
    return list(rows.values())


def _row(where: str, given: Any, folder: Path) -> Row:
    if not isinstance(given, dict):
        raise UserError(f"{where}: a question is a mapping of id, question and checks")
    if unknown := [str(key) for key in given if key not in _KEYS]:
        raise UserError(f"{where}: does not know '{unknown[0]}': a question has {', '.join(_KEYS)}")
    for name in ("id", "question"):
        if isinstance(given.get(name), bool | float) or not str(given.get(name) or "").strip():
            raise UserError(f"{where}: no '{name}': a question has id, question and checks")
    texts = {name: given.get(name, "") for name in _KEYS if name not in ("id", "checks", "language")}
    if wrong := [name for name, value in texts.items() if not isinstance(value, str)]:
        raise UserError(f"{where}: '{wrong[0]}' must be a text (in YAML: put quotes around it)")
    tested = bool(texts["test"].strip())
    if tested and given.get("checks"):
        raise UserError(f"{where}: has checks and a test: code is judged by its test alone")
    if not tested:
        checklist.parse(given.get("checks") or [], where, folder)
    row = Row(id=str(given["id"]), checks=given.get("checks") or [], where=where, **texts)
    row = row._replace(language=str(given.get("language") or Row._field_defaults["language"]))
    if tested:
        execute.refuse_untested(row.test, row.language, where)
    return row


def _yaml(path: Path) -> Iterator[tuple[str, Any]]:
    """(file:line, row) of a list, or of the list under `questions`."""
    try:
        loader = yaml_file.Loader(path.read_text(encoding="utf-8"))
        root = loader.get_single_node()
        for node in _listed(path, root):
            yield f"{path}:{node.start_mark.line + 1}", loader.construct_document(node)
    except UnicodeDecodeError:
        raise UserError(f"{path}: not UTF-8 text") from None
    except RecursionError:
        raise UserError(f"{path}: nested too deeply for a suite") from None
    except yaml.YAMLError as error:
        raise yaml_file.broken(path, error) from None


def _listed(path: Path, root: yaml.Node | None) -> list[yaml.Node]:
    found = root
    if isinstance(root, yaml.MappingNode):
        found = next((value for key, value in root.value if key.value == "questions"), None)
    if root is not None and not isinstance(found, yaml.SequenceNode):
        raise UserError(f"{path}: a suite is a list of questions, or has one under `questions:`")
    return list(found.value) if found else []

"""The data files of a recipe: every bad row counted, the first one named with its line and what it lacks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ft import data


def entry(path: Path, rows: list[Any], **more: Any) -> dict[str, Any]:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return {"datasets": [{"path": str(path), "type": "chat_template", **more}]}


def talk(*roles: str) -> dict[str, Any]:
    return {"messages": [{"role": role, "content": "x"} for role in roles]}


def test_bad_rows_are_counted_and_the_first_is_named(tmp_path: Path) -> None:
    rows = [{"instruction": "a", "output": "b"}, {"instruction": "a"}, {"output": "b"}]
    (found,) = data.problems(entry(tmp_path / "rows.jsonl", rows, type="alpaca"))
    assert "rows.jsonl:2: no 'output'" in found
    assert "2 of 3 rows are bad" in found


def test_an_answer_of_blanks_is_none(tmp_path: Path) -> None:
    (found,) = data.problems(entry(tmp_path / "rows.jsonl", [{"instruction": "a", "output": " \n"}], type="alpaca"))
    assert "rows.jsonl:1: no 'output'" in found


def test_rows_that_are_trained_and_evaluated_on_are_found_whatever_their_metadata(tmp_path: Path) -> None:
    rows = [{**talk("user", role), "metadata": {"id": role}} for role in ("assistant", "gpt")]
    both = entry(tmp_path / "train.jsonl", rows)
    both["test_datasets"] = entry(tmp_path / "val.jsonl", [talk("user"), {**rows[1], "metadata": 5}])["datasets"]
    assert data.shared(both) == [(f"{tmp_path}/val.jsonl:2", f"{tmp_path}/train.jsonl:2")]
    assert data.shared({"datasets": both["datasets"], "test_datasets": both["datasets"]}) == []


def test_copies_are_counted_and_a_file_that_stands_twice_once(tmp_path: Path) -> None:
    values = entry(tmp_path / "train.jsonl", [talk("user"), talk("assistant"), {**talk("user"), "metadata": 1}])
    assert data.copies({"datasets": values["datasets"] * 2}) == (1, 3)


def test_conversations_that_end_in_a_question_are_found(tmp_path: Path) -> None:
    rows = [talk("user", "assistant"), talk("human", "gpt", "human"), talk("user", "assistant", "tool")]
    assert data.unanswered(entry(tmp_path / "train.jsonl", rows)) == [f"{tmp_path}/train.jsonl:2"]
    assert data.unanswered(entry(tmp_path / "rows.jsonl", [{"instruction": "a", "output": "b"}], type="alpaca")) == []


def test_examples_are_counted_where_the_files_alone_tell(tmp_path: Path) -> None:
    values = entry(tmp_path / "rows.jsonl", [talk("user"), talk("gpt")], split="train")
    assert data.rows_of({"datasets": values["datasets"] * 2}, "datasets") == 4
    assert data.rows_of(values, "test_datasets") == 0
    assert data.rows_of({**values, "val_set_size": 0.1}, "datasets") is None
    for more in ({"shards": 4}, {"split": "train[:1]"}):
        assert data.rows_of({"datasets": [{**values["datasets"][0], **more}]}, "datasets") is None


def test_what_is_no_file_of_examples_is_told_as_what_it_is(tmp_path: Path) -> None:
    (found,) = data.problems({"datasets": [{"path": str(tmp_path), "ds_type": "json", "type": "alpaca"}]})
    assert "a folder: name the file in it" in found
    (found,) = data.problems(entry(tmp_path / "rows.jsonl", [[talk("user")]]))
    assert "rows.jsonl:1: no example: each line must be one JSON object" in found


def test_data_of_another_type_says_what_its_rows_have(tmp_path: Path) -> None:
    (found,) = data.problems(entry(tmp_path / "rows.jsonl", [{"instruction": "a", "output": "b"}]))
    assert "no 'messages'" in found
    assert "instruction, output" in found


@pytest.mark.parametrize(
    ("row", "more", "says"),
    [
        (talk("user"), {}, "no turn of assistant"),
        (talk("user", "narrator"), {"roles_to_train": ["assistant"]}, "no turn of assistant"),
        ({"messages": [{"role": "user"}]}, {}, "a turn without 'content'"),
        ({"messages": [{"content": "x"}]}, {}, "a turn without 'role'"),
        ({"messages": [{"role": "user", "content": 5}]}, {}, "'content' is 5, no text"),
        ({"messages": [{"from": "user", "value": "x"}]}, {}, "(it has from, value): message_property_mappings"),
        (talk("user", "assistant", "bot"), {}, "a turn of 'bot', a role of no template"),
        ({"messages": "hello"}, {}, "a list of mappings"),
        ({"messages": []}, {}, "no 'messages'"),
    ],
)
def test_conversations_that_train_nothing_are_found(
    tmp_path: Path, row: dict[str, Any], more: dict[str, Any], says: str
) -> None:
    (found,) = data.problems(entry(tmp_path / "rows.jsonl", [row], **more))
    assert "rows.jsonl:1: " in found
    assert says in found


@pytest.mark.parametrize(
    ("row", "more"),
    [
        (talk("user", "assistant"), {}),
        (talk("human", "gpt"), {}),
        (talk("user", "assistant", "tool", "assistant"), {}),
        (talk("user", "assistant"), {"roles_to_train": "assistant"}),  # no list: the schema says so
        (talk("question", "answer"), {"roles": {"assistant": ["answer"], "user": ["question"]}}),
        (
            {"messages": [{"from": "user", "value": "x"}, {"from": "assistant", "value": "y"}]},
            {"message_property_mappings": {"role": "from", "content": "value"}},
        ),
    ],
)
def test_conversations_in_names_of_their_own_are_right(
    tmp_path: Path, row: dict[str, Any], more: dict[str, Any]
) -> None:
    assert data.problems(entry(tmp_path / "rows.jsonl", [row], **more)) == []


def test_a_json_file_that_is_one_list_is_read(tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    path.write_text(json.dumps([talk("user", "assistant"), talk("user")], indent=1))
    (found,) = data.problems({"datasets": [{"path": str(path), "type": "chat_template"}]})
    assert "rows.json[1]: no turn of assistant" in found


def test_a_blank_line_is_no_row(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(talk("user", "assistant")) + "\n\n" + json.dumps(talk("user")) + "\n")
    (found,) = data.problems({"datasets": [{"path": str(path), "type": "chat_template"}]})
    assert "rows.jsonl:3: " in found
    assert data.places(path, 2) == [f"{path}:1", f"{path}:3"]


def test_places_of_a_slice_are_indices(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("{}\n{}\n{}\n")
    assert data.places(path, 2) == [f"{path}[0]", f"{path}[1]"]

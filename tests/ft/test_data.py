"""The data files of a recipe: every bad row counted, the first one named with its line and what it lacks."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from ft import data
from prep.errors import UserError


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
    assert "rows.jsonl:1: an empty 'output'" in found


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
        ({"messages": []}, {}, "an empty 'messages'"),
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


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (
            b'{"instruction": "a", "output": "b"}\n\xef\xbb\xbf{"instruction": "a", "output": "b"}\n',
            ":2: not a JSON line (a byte",
        ),
        (b'{"instruction": "a \\ud800", "output": "b"}\n', ":1: not a JSON line ('utf-8' codec can't encode"),
        (b'{"instruction": ' + b"[" * 100_000 + b"\n", ":1: not a JSON line (maximum recursion"),
        (b"\x1f\x8b\x08\x00\n", "packed by gzip: gunzip it"),
        (b"PAR1\n", "a Parquet file"),
        (b'{"instruction": "a", "output": "b", "input": {"c": 1}}\n', ":1: 'input' must be text"),
    ],
    ids=["mark", "surrogate", "deep", "gzip", "parquet", "input"],
)
def test_a_file_that_would_break_the_run_later_is_told_now(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(content)
    (found,) = data.problems({"datasets": [{"path": str(path), "type": "alpaca"}]})
    assert says in found


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"roles": ["user"]}, "roles must be a mapping such as roles: {user: [human]"),
        ({"roles": {"user": "human"}}, "roles must be a mapping"),
        ({"message_property_mappings": "from"}, "message_property_mappings must be a mapping"),
        ({"field_messages": 5}, "field_messages must be a name, not 5"),
        ({"type": None}, "says no type"),
    ],
)
def test_an_entry_whose_names_are_of_a_wrong_type_is_one_line(tmp_path: Path, more: dict[str, Any], says: str) -> None:
    with pytest.raises(UserError, match=f"rows.jsonl: {re.escape(says)}"):
        data.problems(entry(tmp_path / "rows.jsonl", [talk("user", "assistant")], **more))


def test_a_prompt_of_the_recipes_own_needs_its_fields(tmp_path: Path) -> None:
    row = {"q": "a", "a": "b"}

    def found(**kind: str) -> list[str]:
        return data.problems(entry(tmp_path / "rows.jsonl", [row], type={"field_instruction": "q", **kind}))

    assert "no 'output', which data of type 'of the recipe's own' needs" in found()[0]
    assert (
        "type.no_input_format, which is the prompt then, is not given"
        in found(field_output="a", format="{instruction}")[0]
    )
    assert found(field_output="a", format="{instruction} {input}", no_input_format="{instruction}") == []


def test_a_part_of_a_turn_that_is_no_text_is_found(tmp_path: Path) -> None:
    row = talk("user", "assistant")
    row["messages"][0]["content"] = [{"type": "text", "text": "x"}]
    assert data.problems(entry(tmp_path / "rows.jsonl", [row])) == []
    row["messages"][0]["content"].append({"type": "image_url", "image_url": {"url": "y"}})
    assert "a part that is no text" in data.problems(entry(tmp_path / "rows.jsonl", [row]))[0]


def test_a_field_that_is_named_and_nowhere_there_is_told(tmp_path: Path) -> None:
    values = entry(tmp_path / "rows.jsonl", [talk("user", "assistant")], message_field_training="train")
    assert data.unread(values) == [f"{tmp_path}/rows.jsonl: message_field_training is 'train', which no turn has"]
    row = talk("user", "assistant")
    row["messages"][1]["train"] = True
    assert data.unread(entry(tmp_path / "rows.jsonl", [row], message_field_training="train")) == []


def test_an_address_is_no_file_here() -> None:
    values = {"datasets": [{"path": "https://example.org/rows.jsonl", "type": "alpaca"}]}
    assert data.problems(values) == [] and data.files(values) == []


def test_a_run_without_data_is_refused_before_it_starts() -> None:
    with pytest.raises(UserError, match="datasets: none are named"):
        data.check({"datasets": []})

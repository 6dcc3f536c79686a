"""The rows of a batch are found by their text, whatever a template or a tokenizer puts around it."""

from __future__ import annotations

import json
from pathlib import Path

from ft.culprits import rows_in

ALPACA = [
    {
        "instruction": "Say hi",
        "input": "",
        "output": "MsgBox(1)",
        "metadata": {"id": "a", "source": "a.ahk", "task": "write"},
    },
    {
        "instruction": "Say hi",
        "input": "",
        "output": "MsgBox(2)",
        "metadata": {"id": "b", "source": "b.ahk", "task": "write"},
    },
    {
        "instruction": "Other",
        "input": "x",
        "output": "ExitApp",
        "metadata": {"id": "c", "source": "c.ahk", "task": "fim"},
    },
]


def written(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_all_rows_of_a_packed_batch_are_named_and_no_other(tmp_path: Path) -> None:
    file = written(tmp_path / "rows.jsonl", ALPACA)
    packed = "<s>### Instruction:\nSay hi\n\n### Response:\nMsgBox( 2)</s>"
    packed += "<s>### Instruction:\nOther\n### Input:\nx\nExitApp</s>"
    assert [row["id"] for row in rows_in([packed], [file])] == ["b", "c"]
    assert rows_in([packed], [file])[0] == {"file": str(file), "line": 2, "id": "b", "source": "b.ahk", "task": "write"}


def test_parts_in_two_rows_of_a_batch_are_no_row(tmp_path: Path) -> None:
    file = written(tmp_path / "rows.jsonl", ALPACA[:1])
    assert rows_in(["Say hi", "MsgBox(1)"], [file]) == []


def test_chat_rows_and_rows_without_metadata_are_named_by_their_line(tmp_path: Path) -> None:
    turns = [{"role": "user", "content": "Say hi"}, {"role": "assistant", "content": "MsgBox(1)", "thinking": ""}]
    file = written(tmp_path / "rows.jsonl", [{"messages": turns}])
    assert rows_in(["<|user|>Say hi<|end|><|assistant|>MsgBox(1)"], [file]) == [{"file": str(file), "line": 1}]

"""Held-out items: the prompt exactly as the recipe trained it, the answer alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eval import items, run
from eval.tasks import scorers
from prep.errors import UserError


@pytest.mark.parametrize("given", ["", "x := 1"])
def test_the_alpaca_prompt_is_axolotls_own(given: str) -> None:
    from axolotl.prompters import AlpacaPrompter

    row = {"instruction": "Double it.", "input": given, "output": "x := 2"}
    theirs = next(AlpacaPrompter().build_prompt(row["instruction"], row["input"]))
    assert items._alpaca(row)["prompt"] == theirs


def test_the_test_split_lies_beside_the_training_file() -> None:
    assert items.test_file(Path("data/train/train.chat.jsonl")) == Path("data/train/test.chat.jsonl")


def test_loss_is_per_byte_and_perplexity_per_token() -> None:
    found = scorers.loss({"bytes": 3, "tokens": 2}, [(-6.0, False)])
    assert found == {"bits_per_byte": (-6.0, 3), "perplexity": (-6.0, 2)}
    assert scorers.loss({"output": "abc"}, [(-6.0, False)])["perplexity"] == (-6.0, 3)


def test_samples_show_every_kind_of_task_first() -> None:
    rows = [{"task": task, "n": n} for n, task in enumerate(["b", "b", "b", "a"])]
    assert [row["n"] for row in run.spread(rows, 3)] == [3, 0, 1]


def test_the_harness_is_called_as_its_own_program() -> None:
    subject = run.Subject("tuned", "outputs/x/merged", "some/tokenizer", bos=True)
    argv = run.command(subject, ["ahk_loss"], Path("out"), gpu=False)
    assert argv[1:6] == ["-m", "lm_eval", "run", "--model", "hf"]
    assert "pretrained=outputs/x/merged,tokenizer=some/tokenizer,dtype=float32,add_bos_token=True" in argv
    assert argv[argv.index("--tasks") + 1] == "ahk_loss"


def results(n: int) -> dict[str, Any]:
    return {"n-samples": {"ahk_loss": {"effective": n}}, "results": {"ahk_loss": {"bits_per_byte,none": 1.5}}}


def test_zero_items_are_an_error_and_no_number() -> None:
    with pytest.raises(UserError, match="ran on no item"):
        run._summary({"base": results(3), "tuned": results(0)}, ["ahk_loss"], Path("out"))


def test_the_summary_puts_base_beside_tuned() -> None:
    found = run._summary({"base": results(3), "tuned": results(3)}, ["ahk_loss"], Path("out"))
    assert found["tasks"]["ahk_loss"] == {"n": 3, "metrics": {"bits_per_byte": {"base": 1.5, "tuned": 1.5}}}


def test_a_pointed_task_keeps_the_tasks_own_file_and_reads_the_items(in_workspace: Path, tmp_path: Path) -> None:
    import yaml

    (tmp_path / "train.alpaca.jsonl").write_text("")
    rows = [{"instruction": f"q{n}", "input": "", "output": f"a{n}", "metadata": {"id": str(n)}} for n in range(5)]
    (tmp_path / "test.alpaca.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    from ft import recipe, standin

    standin.make(recipe.resolve("deepseek"), tmp_path / "model")
    values = recipe.resolve("deepseek", [f"base_model={tmp_path}/model"]).values
    values["datasets"] = [{"path": str(tmp_path / "train.alpaca.jsonl"), "type": "alpaca", "ds_type": "json"}]
    run.write_items(tmp_path / "out", values, ["ahk_loss"], limit=4)
    written = [json.loads(line) for line in (tmp_path / "out/items.jsonl").read_text().splitlines()]
    assert [item["answer"] for item in written] == ["a0", "a1", "a2", "a3"]
    assert all(item["tokens"] > 0 for item in written)
    task = yaml.safe_load((tmp_path / "out/tasks/ahk_loss.yaml").read_text())
    assert Path(task["include"]) == run.TASKS / "ahk_loss.yaml"
    assert task["dataset_kwargs"]["data_files"]["test"] == str(tmp_path / "out/items.jsonl")

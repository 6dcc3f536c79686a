"""What a model is asked: the prompt exactly as the recipe trained it, its own template, or messages."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml

from eval import asked, items, prompts, task
from eval.asked import Asked
from eval.task import Question
from eval.tasks import scorers
from prep.errors import UserError

USER = [{"role": "user", "content": "Double it."}]


@pytest.mark.parametrize("given", ["", "x := 1"])
def test_the_alpaca_prompt_is_axolotls_own(given: str) -> None:
    from axolotl.prompters import AlpacaPrompter

    row = {"instruction": "Double it.", "input": given, "output": "x := 2"}
    theirs = next(AlpacaPrompter().build_prompt(row["instruction"], row["input"]))
    messages = [{"role": "user", "content": f"Double it.\n\n{given}".strip()}]
    assert prompts.alpaca_text(messages, row) == theirs
    if not given:
        assert prompts.alpaca_text(USER) == theirs


def test_messages_before_a_question_stand_before_it_in_the_training_prompt() -> None:
    shown = [{"role": "system", "content": "Facts."}, *USER, {"role": "assistant", "content": "x * 2"}, *USER]
    one = prompts.alpaca_text(USER)
    with_facts = one.replace("### Instruction:\n", "### Instruction:\nFacts.\n\n")
    assert prompts.alpaca_text(shown) == with_facts + "x * 2\n\n" + one


class Tokenizer:
    """As transformers has it, with a template that takes no system's turn."""

    chat_template: str | None = "one"
    name_or_path, bos_token, bos_token_id = "a/model", "<s>", 1
    vocabulary: ClassVar[dict[str, int]] = {}

    def get_vocab(self) -> dict[str, int]:
        return self.vocabulary

    def encode(self, text: str) -> list[int]:
        return [1, 2]

    def apply_chat_template(self, turns: list[dict[str, str]], tokenize: bool, **options: Any) -> str:
        from jinja2 import TemplateError

        if turns[0]["role"] == "system":
            raise TemplateError("no system")
        text = "<s>" + "".join(f"[{turn['role']}]{self.channel(turn)}{turn['content'].strip()}" for turn in turns)
        return text + ("[assistant]" if options.get("add_generation_prompt") else "")

    def channel(self, turn: dict[str, str]) -> str:
        return "<final>" if turn["role"] == "assistant" and "</think>" in self.vocabulary else ""


def test_a_model_with_a_template_is_asked_in_it_and_one_without_in_the_training_prompt() -> None:
    tokenizer = Tokenizer()
    found = prompts.of_tokenizer(tokenizer)
    assert (found.name, found.bos) == ("chat template", False)
    assert found.render(Question("a", "", USER)) == "<s>[user]Double it.[assistant]"
    assert found.text(Question("a", "", USER), loss=True) == "<s>[user]Double it.[assistant]"
    tokenizer.chat_template = None
    found = prompts.of_tokenizer(tokenizer)
    assert (found.name, found.bos) == ("alpaca", True)
    assert found.render(Question("a", "", USER)) == prompts.alpaca_text(USER)


def test_a_template_without_a_systems_turn_has_its_words_before_the_question() -> None:
    messages = [{"role": "system", "content": "Facts."}, *USER]
    found = prompts.of_tokenizer(Tokenizer()).render(Question("a", "", messages))
    assert found == "<s>[user]Facts.\n\nDouble it.[assistant]"


def test_a_recipes_prompt_ends_where_the_answer_begins_and_its_data_needs_a_template() -> None:
    values = {"base_model": "a/model", "datasets": [{"path": "train.jsonl", "type": "chat_template"}]}
    tokenizer = Tokenizer()
    row = {"messages": [*USER, {"role": "assistant", "thinking": "", "content": " x * 2"}]}
    for payload in ({}, {"row": row}):
        found = prompts.of_recipe(values, tokenizer).render(Question("a", "", USER, payload=payload))
        assert found == "<s>[user]Double it.[assistant]"
    tokenizer.chat_template = None
    with pytest.raises(UserError, match="no chat template"):
        prompts.of_recipe(values, tokenizer)


def test_a_server_that_puts_bos_before_a_text_gets_none() -> None:
    found = prompts.without_bos(prompts.of_tokenizer(Tokenizer()), Tokenizer())
    assert found.render(Question("a", "", USER)) == "[user]Double it.[assistant]"


def test_the_test_split_lies_beside_the_training_file() -> None:
    assert items.test_file(Path("data/train/train.chat.jsonl")) == Path("data/train/test.chat.jsonl")


def test_loss_is_per_byte_and_perplexity_per_token() -> None:
    found = scorers.loss({"bytes": 3, "tokens": 2}, [(-6.0, False)])
    assert found == {"bits_per_byte": (-6.0, 3), "perplexity": (-6.0, 2)}
    assert scorers.loss({"output": "abc"}, [(-6.0, False)])["perplexity"] == (-6.0, 3)


def test_samples_show_every_kind_of_task_first() -> None:
    rows = [(kind, n) for n, kind in enumerate(["b", "b", "b", "a"])]
    assert [n for _, n in items.spread(rows, 3, lambda row: row[0])] == [3, 0, 1]


def questions(count: int) -> list[Question]:
    return [Question(f"q{n}", "k", [{"role": "user", "content": f"q{n}?"}], f" a{n}\n") for n in range(count)]


def test_a_loss_task_is_the_tasks_own_file_pointed_at_the_items(tmp_path: Path) -> None:
    found = Asked(task.find("ahk_loss"), questions(2), 1, 0.0, 0)
    written = asked.files(tmp_path, found, prompts.without_tokenizer(), served=False)
    rows = [json.loads(line) for line in written[tmp_path / "items/ahk_loss.jsonl"].splitlines()]
    assert [row["answer"] for row in rows] == [" a0\n", " a1\n"]
    assert rows[0]["bytes"] == len("\n a0\n")  # the line feed after "### Response:" counts
    pointed = yaml.safe_load(written[tmp_path / "tasks/ahk_loss.yaml"])
    assert Path(pointed["include"]) == task.FOLDER / "ahk_loss.yaml"
    assert pointed["dataset_kwargs"]["data_files"]["test"] == str(tmp_path / "items/ahk_loss.jsonl")


@pytest.mark.parametrize("served", [True, False])
def test_what_is_written_has_all_its_settings_and_none_of_the_models_own(tmp_path: Path, served: bool) -> None:
    found = Asked(replace(task.find("ahk_exec"), name="My suite, 2"), questions(1), 5, 0.7, 99)
    written = asked.files(tmp_path, found, prompts.without_tokenizer(), served)
    pointed = yaml.safe_load(written[tmp_path / "tasks/My_suite__2.yaml"])
    options = pointed["generation_kwargs"]
    assert pointed["repeats"] == 5
    assert (options["temperature"], options["max_gen_toks"], options["top_p"]) == (0.7, 99, 1.0)
    assert options["until"] == ["### Instruction:"]
    assert options.get("do_sample") == (None if served else True)
    assert options.get("repetition_penalty") == (None if served else 1.0)


def test_several_answers_are_drawn_and_one_is_the_likeliest() -> None:
    exec_ = task.find("ahk_exec")
    assert asked.asked(exec_, None, 3, {}).temperature == 0
    assert asked.asked(exec_, None, 3, {"samples": 5}).temperature == asked.WARM
    assert asked.asked(exec_, None, 3, {"samples": 5, "temperature": 0.2}).temperature == 0.2
    with pytest.raises(UserError, match="5 answers at temperature 0 are 5 times the same"):
        asked.asked(exec_, None, 3, {"samples": 5, "temperature": 0})


def test_answers_to_questions_of_one_id_are_told_apart() -> None:
    found = asked.unique([*questions(2), *questions(1)])
    assert [one.id for one in found] == ["q0", "q1", "q0#2"]


def test_messages_are_put_before_every_question_of_its_own() -> None:
    found = Asked(task.find("ahk_exec"), questions(2), 1, 0.0, 9)
    led = asked.led(found, lambda one: [{"role": "system", "content": f"about {one.id}"}])
    assert [[turn["content"] for turn in one.messages] for one in led.questions] == [
        ["about q0", "q0?"],
        ["about q1", "q1?"],
    ]


@pytest.mark.parametrize(
    ("vocabulary", "after"),
    [({}, None), ({"</think>": 7}, 7), ({"<|channel|>": 3, "<|message|>": 4}, 4), ({"<|message|>": 4}, None)],
)
def test_what_a_model_thinks_aloud_is_no_part_of_its_answer(
    monkeypatch: pytest.MonkeyPatch, vocabulary: dict[str, int], after: int | None
) -> None:
    monkeypatch.setattr(Tokenizer, "vocabulary", vocabulary)
    assert prompts.of_tokenizer(Tokenizer()).after == after


def test_an_answers_likelihood_is_asked_behind_all_that_the_template_writes_before_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Tokenizer, "vocabulary", {"</think>": 7})
    found = prompts.of_tokenizer(Tokenizer())
    assert found.text(Question("a", "", USER), loss=False).endswith("[assistant]")
    assert found.text(Question("a", "", USER), loss=True).endswith("[assistant]<final>")

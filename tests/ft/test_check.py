"""`ft check` and `ft preview` on recipes with faults put in by hand: each is named with its cause.

All in this process, by Axolotl's own tokenisation over the stand-ins' tokenizers.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from ft import recipe, standin, tokenised, wording
from ft.check import Options, check, passed
from ft.cli import app
from ft.families import family
from ft.findings import Report
from ft.prepared import is_checked
from ft.schema import names_nobody_knows
from tests.conftest import ROOT, folder_like_a_clone

pytestmark = pytest.mark.slow  # imports Axolotl
RECIPES = sorted(path.stem for path in (ROOT / "configs").glob("*.yaml"))
ANSWER = "f(x) {\n\treturn x + 1  ; {n}\n}\n" * 8
HARMONY = "{% for m in messages %}<|start|>{{ m.role }}<|message|>{{ m.content }}"
USUAL = Options()
Values = dict[str, Any]
Edit = Callable[[Values], object]


def alpaca(n: int) -> Values:
    return {
        "instruction": f"Write f, {n} of it.",
        "input": "",
        "output": ANSWER.replace("{n}", str(n)),
        "metadata": {"source": f"scripts/{n}.ahk"},
    }


def chat(n: int, pairs: int = 1, thinking: str = "thinking") -> Values:
    turns: list[Values] = []
    for _ in range(pairs):
        answer = {"role": "assistant", "content": ANSWER.replace("{n}", str(n))}
        turns += [{"role": "user", "content": f"Write f, {n} of it."}, answer]
    turns[-1][thinking] = ""
    return {"messages": turns, "metadata": {"source": f"scripts/{n}.ahk"}}


def write(path: Path, rows: list[Values]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture(scope="module", autouse=True)
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A clone with a small, right dataset under the name that the recipes use, as the current folder."""
    folder, before = folder_like_a_clone(tmp_path_factory.mktemp("check")), Path.cwd()
    for split, numbers in (("train", range(96)), ("val", range(100, 148))):
        for kind, make in (("alpaca", alpaca), ("chat", chat)):
            write(folder / f"data/ahk/{split}.{kind}.jsonl", [make(n) for n in numbers])
    os.chdir(folder)
    yield folder
    os.chdir(before)


def values_of(name: str) -> Values:
    """A shipped recipe over its stand-in's tokenizer and config, which are made once."""
    found = recipe.resolve(name)
    folder = Path("outputs/standin") / name
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        standin.describe(family(found), list(standin.sample_texts()), folder)
    return {**found.values, "base_model": str(folder), "tokenizer_config": str(folder)}


def checked(name: str, edit: Edit = lambda values: None, options: Options = USUAL) -> Report:
    values = values_of(name)
    edit(values)
    path = Path("faulty.yaml")
    path.write_text(yaml.safe_dump({key: value for key, value in values.items() if value is not None}))
    return check(str(path), [], options)


def entries(values: Values, **changes: Any) -> None:
    """The same change to each entry of the recipe's data."""
    for key in ("datasets", "test_datasets"):
        values[key] = [{**entry, **changes} for entry in values[key]]


def data(values: Values, rows: list[Values], key: str = "datasets") -> None:
    path = write(Path("data/faulty") / f"{key}.jsonl", rows)
    values[key] = [{**values[key][0], "path": str(path)}]


def template(values: Values, text: str) -> None:
    values |= {"chat_template": "jinja", "chat_template_jinja": text}


@pytest.mark.parametrize("name", RECIPES)
def test_a_shipped_recipe_on_good_data_passes(name: str) -> None:
    report = checked(name)
    assert report.problems == []
    assert report.not_checked == []
    assert {check for check, _ in report.checked} >= {
        "keys",
        "rules",
        "schema",
        "data",
        "tokenizer",
        "masks",
        "lengths",
    }


# recipe, fault, words of what is said
FAULTS: list[tuple[str, Edit, list[str]]] = [
    ("codellama", lambda v: v["datasets"][0].update(typ="x"), ["faulty.yaml:", "'typ' under datasets[0]", "'type'?"]),
    ("codellama", lambda v: v["gradient_checkpointing_kwargs"].update(use_reentrent=False), ["'use_reentrant'?"]),
    ("codellama", lambda v: v.update(peft={"loftq_config": {"loftq_bit": 4}}), ["peft.loftq_config", "'loftq_bits'?"]),
    ("codellama", lambda v: v.update(fsdp_config={"offload_parms": True}), ["'offload_params'?"]),
    ("codellama", lambda v: v.update(liger_rmsnorm=True), ["'liger_rms_norm'?"]),
    ("codellama", lambda v: v.update(train_on_eos="turn"), ["belongs under", "datasets"]),
    ("codellama", lambda v: v.update(lora_r="many"), ["Axolotl refuses", "lora_r"]),
    ("codellama", lambda v: v.update(max_steps=5), ["num_epochs has no effect"]),
    (
        "codellama",
        lambda v: data(v, [alpaca(1)] * 9, "test_datasets") or v.update(eval_sample_packing=True),
        ["packed batch"],
    ),
    ("codellama", lambda v: data(v, []), ["datasets.jsonl: empty"]),
    ("codellama", lambda v: data(v, [], "test_datasets"), ["test_datasets.jsonl: empty"]),
    ("codellama", lambda v: v["datasets"][0].update(path="data/none.jsonl"), ["data/none.jsonl: not there"]),
    ("codellama", lambda v: entries(v, type="chat_template"), ["no 'messages'", "instruction"]),
    ("codellama", lambda v: v.update(sequence_len=64), ["are dropped", "scripts/", "sequence_len: "]),
    (
        "codellama",
        lambda v: data(v, [alpaca(1)] * 40 + [{**alpaca(7), "output": ANSWER * 40}] * 8),
        [":41 (scripts/7.ahk)"],
    ),
    ("deepseek", lambda v: v.update(tokenizer_type=None), ["does not give code back", "PreTrainedTokenizerFast"]),
    (
        "gpt-oss",
        lambda v: entries(v, train_on_eos="none"),
        ["ends an assistant's turn is not trained", "train_on_eos is none"],
    ),
    (
        "gpt-oss",
        lambda v: entries(v, roles_to_train=["user"]),
        ["of the user or the system are trained", "roles_to_train is"],
    ),
    (
        "gpt-oss",
        lambda v: v.update(train_on_inputs=True),
        ["of the user or the system are trained", "train_on_inputs is true"],
    ),
    ("gpt-oss", lambda v: entries(v, roles_to_train=["narrator"]), ["no turn of narrator"]),
    (
        "gpt-oss",
        lambda v: v.update(eot_tokens=None) or data(v, [chat(n, 2) for n in range(9)]),
        ['eot_tokens: ["<|end|>"]'],
    ),
    (
        "gpt-oss",
        lambda v: template(v, HARMONY + "{% endfor %}"),
        ["does not end in a special token", "never learns to stop"],
    ),
    (
        "gpt-oss",
        lambda v: template(v, HARMONY + "<|end|>{% endfor %}"),
        ["answers end in <|end|>", "stops at <|return|>"],
    ),
    (
        "gpt-oss",
        lambda v: template(v, "<|startoftext|>" * 2 + HARMONY + "<|return|>{% endfor %}"),
        ["stands there twice"],
    ),
    ("gpt-oss", lambda v: template(v, "{{ raise_exception('no') }}"), ["cannot tokenise"]),
    (
        "gpt-oss",
        lambda v: data(v, [chat(n, thinking="thoughts") for n in range(60)]),
        ["not taught to open its final channel", "field_thinking"],
    ),
    (
        "qwen2",
        lambda v: entries(v, train_on_eos="last") or data(v, [chat(n, 2) for n in range(60)]),
        ["train_on_eos is last"],
    ),
    ("qwen2", lambda v: v.update(eot_tokens=["<|im_ends|>"]), ["no token of this tokenizer", "<|im_end|>"]),
    (
        "codellama",
        lambda v: entries(v, type={"field_outptu": "output", "no_input_format": "{instruction} "}),
        ["under datasets[0].type", "'field_output'?"],
    ),
    (
        "codellama",
        lambda v: v.update(test_datasets=None, val_set_size=96, min_sample_len=5000),
        ["nothing would be left"],
    ),
    ("codellama", lambda v: v.update(min_sample_len=5000), ["96 of 96 are dropped", "below min_sample_len"]),
    (
        "codellama",
        lambda v: entries(v, type="input_output") or data(v, [segments(n) for n in range(60)]),
        ["do not end in a trained end token"],
    ),
    (
        "llama32",
        lambda v: v.update(chat_template="chatml", chat_template_kwargs=None),
        ["begin without <|begin_of_text|>"],
    ),
    ("qwen2", lambda v: v.update(plugins=None), ["'liger_rms_norm'", "it needs plugins: [axolotl.integrations.liger"]),
    ("qwen2", lambda v: data(v, [chat(n) for n in range(48)], "test_datasets"), ["48 evaluation rows are trained on"]),
    (
        "codellama",
        lambda v: v.update(lora_target_modules=["q_proj", "k_projj"]),
        ["'k_projj', and it is passed over: did you mean 'k_proj'?"],
    ),
    ("codellama", lambda v: v.update(lr_scheduler="cosin", optimizer="adamw"), ["there is no 'cosin'", "'cosine'?"]),
    ("codellama", lambda v: v.update(warmup_ratio=None, warmup_steps=5000), ["ends before its full learning rate"]),
    ("codellama", lambda v: v.update(num_epochs=0), ["num_epochs must be a number above 0, not 0"]),
    ("codellama", lambda v: v.update(plugins=["mine.Plugin"]), ["there is no 'mine.Plugin'"]),
    ("codellama", lambda v: v.update(plugins=["axolotl.integrations.ligr.Plugin"]), ["there is no 'axolotl"]),
    (
        "qwen2",
        lambda v: entries(v, message_field_training="train") or data(v, [untrained(n) for n in range(60)]),
        ["no token is trained"],
    ),
]


# a chat template, who speaks in the data, and words of what is said
CHATML = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
ASKED = "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
SOUND = CHATML + ASKED
TEMPLATES: list[tuple[str, set[str], str]] = [
    (
        SOUND.replace("m.content", "m.content.split()|join(' ')"),
        set(),
        r"changes what is said, and code with it: '\n\tif",
    ),
    (SOUND.replace("m.content", "m.content|e"), set(), "became '&lt; 2"),
    (SOUND.replace("in messages", "in messages[-2:]"), set(), "the user and the assistant in all but the last turns"),
    (SOUND.replace("in messages", "in messages if m.role != 'user'"), set(), "leaves out the words of the user"),
    (
        SOUND.replace("in messages", "in messages if m.role != 'system'"),
        {"system"},
        "leaves out the words of the system",
    ),
    (SOUND.replace("in messages", "in conversation"), set(), "writes nothing"),
    (CHATML, set(), "add_generation_prompt must write"),
    (SOUND.replace("assistant", "model"), set(), "add_generation_prompt must write"),
    ("{{ strftime_now('%Y') }}" + SOUND, set(), "today's date"),
    (SOUND + "{# for qwen2 #}", set(), "another one is kept with the model"),
]


@pytest.fixture(scope="module")
def qwen2() -> tokenised.Reader:
    return tokenised.reader({**values_of("qwen2"), "chat_template_kwargs": {"enable_thinkin": False}})


def told(read: tokenised.Reader, text: str, roles: set[str]) -> list[str]:
    entry = {"type": "chat_template", "chat_template": "jinja", "chat_template_jinja": text}
    return [finding.text for finding in wording.faults(read, entry, roles, opened=False)]


@pytest.mark.parametrize(("text", "roles", "says"), TEMPLATES, ids=[says for _, _, says in TEMPLATES])
def test_a_chat_template_that_does_not_write_what_is_said_is_told(
    qwen2: tokenised.Reader, text: str, roles: set[str], says: str
) -> None:
    found = told(qwen2, text, roles)
    assert any(says in line for line in found), found


def test_a_sound_template_is_not_and_options_that_it_does_not_read_are_told(qwen2: tokenised.Reader) -> None:
    found = told(qwen2, SOUND, {"system"})
    assert [line for line in found if "another one" not in line] == [
        "chat_template_kwargs: the chat template reads no 'enable_thinkin', and it is passed over"
    ]
    assert not any(
        "enable_thinkin" in line for line in told(qwen2, SOUND + "{% if enable_thinkin %}{% endif %}", set())
    )


def test_what_a_model_writes_by_itself_need_not_be_in_its_prompt(qwen2: tokenised.Reader) -> None:
    entry = {"type": "chat_template", "chat_template": "jinja", "chat_template_jinja": CHATML}
    found = wording.faults(qwen2, entry, set(), opened=True)
    assert not any("add_generation_prompt" in finding.text for finding in found)


def test_names_that_a_library_would_refuse_later_are_told() -> None:
    values = {"peft_init_lora_weights": "gausian", "lr_scheduler_kwargs": {"num_cycle": 2}, "lr_scheduler": "cosine"}
    found = " ".join(names_nobody_knows(values))
    assert "'gaussian'?" in found and "'num_cycles'?" in found
    right = {"peft_init_lora_weights": "pissa_niter_4", "lr_scheduler_kwargs": {"num_cycles": 2}}
    assert names_nobody_knows(right) == []


def segments(n: int) -> Values:
    return {"segments": [{"label": False, "text": f"<s>{n}"}, {"label": True, "text": ANSWER}]}


def untrained(n: int) -> Values:
    return {"messages": [{**turn, "train": False} for turn in chat(n)["messages"]]}


@pytest.mark.parametrize(("name", "edit", "says"), FAULTS, ids=[says[-1] for _, _, says in FAULTS])
def test_a_fault_put_in_by_hand_is_named_with_its_cause(name: str, edit: Edit, says: list[str]) -> None:
    report = checked(name, edit)
    assert not passed(report, USUAL)
    told = [f"{finding.text}\n{finding.fix}" for finding in report.problems]
    assert any(all(words in text for words in says) for text in told), told


def test_all_faults_are_told_at_once() -> None:
    def edit(values: Values) -> None:
        values |= {"lerning_rate": 1, "warmup_steps": 5, "lora_r": "many", "train_on_inputs": True}
        data(values, [], "test_datasets")

    told = " ".join(finding.text for finding in checked("codellama", edit).problems)
    for words in ("'lerning_rate'", "warmup_steps and warmup_ratio", "lora_r", "test_datasets.jsonl: empty"):
        assert words in told


def test_names_of_the_adapter_are_held_against_the_model() -> None:
    def edit(values: Values) -> None:
        values |= {
            "lora_target_modules": ["query"],
            "peft_layers_to_transform": [1, 2],
            "lora_modules_to_save": ["wte"],
        }

    told = " ".join(finding.text for finding in checked("codellama", edit).problems)
    for words in (
        "called 'query', and it is passed over: its layers are q_proj",
        "no layer 2, the model has 2",
        "'wte'",
    ):
        assert words in told


def test_conversations_that_the_assistant_begins_are_right() -> None:
    def edit(values: Values) -> None:
        hello = {"role": "assistant", "content": "Good day."}
        data(values, [{"messages": [hello, *chat(n)["messages"]]} for n in range(60)])

    for name in ("qwen2", "llama32", "gpt-oss"):
        assert checked(name, edit).problems == []


def test_rows_that_hold_the_text_of_the_end_are_noted() -> None:
    def edit(values: Values) -> None:
        data(values, [{**alpaca(n), "output": "One.</s> Two.\n" * (n == 7) + ANSWER} for n in range(60)])

    (note,) = [found for found in checked("codellama", edit).findings if found.check == "masks"]
    assert note.note and "within a turn's own words in 1 of 60 examples" in note.text and "jsonl:8 (" in note.text


def test_a_tokenizer_of_another_model_is_told_by_its_size() -> None:
    def edit(values: Values) -> None:
        config = Path("outputs/small/config.json")
        config.parent.mkdir(exist_ok=True)
        whole = json.loads((Path(values["base_model"]) / "config.json").read_text())
        config.write_text(json.dumps(whole | {"vocab_size": 100}))
        values["base_model"] = str(config.parent)

    told = [finding.text for finding in checked("codellama", edit).problems]
    assert any("the model 100: is it another model's?" in text for text in told), told


def test_a_key_that_stands_twice_is_told_with_its_line(place: Path) -> None:
    path = place / "twice.yaml"
    path.write_text((ROOT / "configs/codellama.yaml").read_text() + "lora_r: 8\n")
    last = len(path.read_text().splitlines())
    told = [finding.text for finding in check(str(path), [], Options(offline=True)).problems]
    assert any(f"twice.yaml:{last}: 'lora_r' stands twice" in text for text in told)


def test_without_the_tokenizer_the_rest_is_checked_and_it_is_said(place: Path) -> None:
    def away(values: Values) -> None:
        values |= {"base_model": "./none", "tokenizer_config": "./none"}

    for options, ends_well in ((USUAL, False), (Options(offline=True), True)):
        report = checked("codellama", away, options)
        assert any("masks" in name for name, _ in report.not_checked)
        assert report.problems == []
        assert passed(report, options) is ends_well


def test_the_share_that_may_be_lost_can_be_given() -> None:
    def edit(values: Values) -> None:
        data(values, [alpaca(n) for n in range(80)] + [{**alpaca(7), "output": ANSWER * 40}] * 8)

    assert not passed(checked("codellama", edit), USUAL)
    assert passed(checked("codellama", edit, Options(max_cut=0.1)), Options())


def test_the_command_ends_with_1_and_names_the_fix_and_with_0_when_all_is_well() -> None:
    base = ["base_model=outputs/standin/gpt-oss", "tokenizer_config=outputs/standin/gpt-oss"]
    values_of("gpt-oss")
    well = CliRunner().invoke(app, ["check", "gpt-oss", *base])
    assert (well.exit_code, "PROBLEM" in well.output) == (0, False), well.output
    ill = CliRunner().invoke(app, ["check", "gpt-oss", *base, "eot_tokens=null"])
    assert ill.exit_code == 1
    assert 'eot_tokens: ["<|end|>"]' in ill.output
    assert max(map(len, ill.output.splitlines())) <= 80


def preview(*arguments: str) -> str:
    values_of("codellama")
    done = CliRunner().invoke(app, ["preview", "codellama", "base_model=outputs/standin/codellama", *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def test_a_preview_marks_what_is_trained_and_keeps_lines_within_80_columns() -> None:
    shown = preview("--n", "2", "--split", "val")
    assert shown.count("⟦ f(x) {") == 2
    assert shown.count("</s>⟧") == 2
    assert "### Response:\n" in shown
    assert "val.alpaca.jsonl:2 (scripts/101.ahk)" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_a_preview_shows_the_longest(place: Path) -> None:
    write(place / "data/ahk/long.jsonl", [alpaca(1), {**alpaca(2), "output": ANSWER * 3}, alpaca(3)])
    entry = '{"path": "data/ahk/long.jsonl", "ds_type": "json", "type": "alpaca"}'
    assert "long.jsonl:2" in preview("--n", "1", "--longest", f"datasets=[{entry}]")


def test_a_previews_pieces_join_to_the_decoded_example() -> None:
    from ft.preview import pieces
    from ft.tokenised import reader, rows

    for name in ("codellama", "gpt-oss"):
        read = reader(values_of(name))
        row = next(rows(read, "datasets", 0))
        joined = "".join(piece.text for piece in pieces(row, read.tokenizer))
        assert joined == read.tokenizer.decode(row.input_ids, clean_up_tokenization_spaces=False)
        assert ANSWER.replace("{n}", "0") in joined


def test_of_several_splits_axolotls_own_choice_is_looked_at() -> None:
    from ft.tokenised import chosen

    entry = SimpleNamespace(split=None)
    assert chosen({"train": 1, "test": 2}, entry, "datasets") == 1
    assert chosen({"train": 1, "test": 2}, entry, "test_datasets") == 2
    assert chosen({"train": 1, "dev": 3}, SimpleNamespace(split="dev"), "test_datasets") == 3
    with pytest.raises(ValueError, match="there is no 'test': say split: train"):
        chosen({"train": 1}, entry, "test_datasets")


def test_a_split_that_is_none_is_one_line() -> None:
    done = CliRunner().invoke(app, ["preview", "codellama", "--split", "dev"])
    assert "--split is 'dev'" in str(done.exception)


def test_training_knows_what_was_checked() -> None:
    """Until the data, or what its tokenisation hangs on, is another."""
    report = checked("codellama")
    values = recipe.read_yaml(Path("faulty.yaml"))
    assert report.problems == [] and is_checked(recipe.resolve("faulty.yaml").values)
    assert not is_checked({**recipe.resolve("faulty.yaml").values, "sequence_len": values["sequence_len"] - 1})
    rows = Path("data/ahk/train.alpaca.jsonl")
    before = rows.read_text()
    try:
        rows.write_text(before.replace("of it", "of this"))
        assert not is_checked(recipe.resolve("faulty.yaml").values)
    finally:
        rows.write_text(before)

"""What a name, a folder, a file or an address stands for; what tells evaluations apart; the harness's argv."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from eval import begun, lm, prompts, served
from eval.asked import Asked
from eval.subjects import Subject, find_subjects
from prep.errors import UserError

CARD = {"name": "card", "memory_gib": 24.0}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a merged run `x`."""
    monkeypatch.chdir(tmp_path)
    run = tmp_path / "outputs/x"
    for folder in (run / "merged", run / "gguf", tmp_path / "model", tmp_path / "outputs/base"):
        folder.mkdir(parents=True)
    (run / "recipe.yaml").write_text(
        "base_model: outputs/base\ndatasets: [{path: train.jsonl}]\nload_in_4bit: true\ntokenizer_type: Own\n"
    )
    for folder in (run / "merged", tmp_path / "model"):
        (folder / "config.json").write_text("{}")
        (folder / "model.safetensors").write_bytes(b"x" * 100)
    (run / "adapter_model.safetensors").write_bytes(b"x")
    (run / "gguf/x-q8.gguf").write_bytes(b"GGUF and more")
    return tmp_path


def test_a_run_is_its_base_and_its_merged_model_with_one_tokenizer(here: Path) -> None:
    found = find_subjects("x")
    assert [(one.label, one.path) for one in found.subjects] == [
        ("base", "outputs/base"),
        ("tuned", "outputs/x/merged"),
    ]
    assert {(one.tokenizer, one.tokenizer_type) for one in found.subjects} == {("outputs/x/merged", "Own")}
    assert found.values is not None
    assert found.folder == Path("outputs/x/eval")
    (adapter,) = find_subjects("x", ["adapter"]).subjects
    assert (adapter.path, adapter.adapter, adapter.four_bit) == ("outputs/base", "outputs/x", True)


def test_a_folder_a_file_and_an_address_are_one_model_each(here: Path) -> None:
    (folder,) = find_subjects("model").subjects
    assert (folder.label, folder.kind, folder.tokenizer) == ("model", "hf", "model")
    assert find_subjects("model").folder == Path("outputs/eval/model")
    (file,) = find_subjects("outputs/x/gguf/x-q8.gguf").subjects
    assert (file.kind, file.tokenizer) == ("gguf", "outputs/x/merged")  # asked as the run was trained
    (url,) = find_subjects("http://host:8000", model_name="big").subjects
    assert (url.kind, url.path, url.model_name) == ("url", "http://host:8000/v1/chat/completions", "big")
    assert find_subjects("http://host:8000", model_name="a/b").folder == Path("outputs/eval/host-8000-a-b")


@pytest.mark.parametrize(
    ("model", "parts", "words"),
    [
        ("", [], "name a model"),
        ("nothing", [], "no run of 'nothing'"),
        ("x", ["tuned"], "--of takes base, adapter, merged"),
        ("model", ["base"], "is one model"),
        ("none.gguf", [], "no file none.gguf"),
        ("bad.gguf", [], "not a GGUF file"),
        ("empty", [], "no model"),
        ("hollow", [], "no weights"),
        ("outputs/y", [], "no datasets: not the recipe of a run"),
        ("outputs/z", [], "its base outputs/gone is not there: --of merged"),
        ("http://", [], "is no address"),
    ],
)
def test_nothing_to_judge_is_one_line(here: Path, model: str, parts: list[str], words: str) -> None:
    (here / "bad.gguf").write_bytes(b"GGML")
    (here / "empty").mkdir()
    (here / "hollow").mkdir()
    (here / "hollow/config.json").write_text("{}")
    (here / "outputs/y/merged").mkdir(parents=True)
    (here / "outputs/y/merged/config.json").write_text("{}")
    (here / "outputs/y/recipe.yaml").write_text("base_model: x\n")
    (here / "outputs/z/merged").mkdir(parents=True)
    (here / "outputs/z/merged/config.json").write_text("{}")
    (here / "outputs/z/recipe.yaml").write_text("base_model: outputs/gone\ndatasets: [{path: x}]\n")
    with pytest.raises(UserError, match=words) as error:
        find_subjects(model, parts)
    assert "\n" not in str(error.value)


def test_a_gguf_file_says_whether_it_can_chat(tmp_path: Path) -> None:
    (tmp_path / "a.gguf").write_bytes(b"GGUF....tokenizer.chat_template....")
    (tmp_path / "b.gguf").write_bytes(b"GGUF....tokenizer.ggml.model....")
    assert served.has_template(tmp_path / "a.gguf")
    assert not served.has_template(tmp_path / "b.gguf")


def work(subject: Subject, target: Path = Path("out")) -> lm.Work:
    return lm.Work(subject, [], prompts.without_tokenizer(), target)


def test_the_harness_is_called_as_its_own_program_on_a_processor_one_card_or_several(here: Path) -> None:
    small = work(Subject("tuned", "hf", "model", "model"))
    argv = lm.command(small, [])
    assert argv[1:] == ["-m", "eval.bridge", "run", "--config", "out/harness/tuned/config.yaml"]
    assert lm.command(small, [CARD]) == argv
    several = lm.command(small, [CARD, CARD])
    assert several[:5] == ["accelerate", "launch", "--multi_gpu", "--num_processes", "2"]
    assert several[-5:] == argv[1:]
    assert "parallelize" not in lm.local_model(small, 1, [CARD, CARD])["model_args"]


def test_a_model_larger_than_a_card_is_spread_over_all(here: Path) -> None:
    os.truncate(here / "model/model.safetensors", 40 * 2**30)  # sparse
    large = work(Subject("tuned", "hf", "model", "model"))
    assert not lm.fits_one(large.subject, [CARD, CARD])
    assert lm.command(large, [CARD, CARD])[1] == "-m"
    assert lm.local_model(large, 1, [CARD, CARD])["model_args"]["parallelize"] is True


def test_the_adapter_is_loaded_over_its_base() -> None:
    arguments = lm.local_model(work(Subject("adapter", "adapter", "b", "t", adapter="a", four_bit=True)), 7, [])
    assert arguments["model_args"] | {"peft": "a", "four_bit": True, "pretrained": "b"} == arguments["model_args"]
    assert (arguments["device"], arguments["batch_size"], arguments["model_args"]["sampling_seed"]) == ("cpu", "1", 7)


def test_no_key_is_written_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    from eval.endpoint import Endpoint

    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    url = work(Subject("model", "url", "http://h/v1/chat/completions"))
    assert "sk-secret" not in str(lm.served_model(url, Endpoint(url.subject.path, "m"), 1, 1))
    assert "sk-secret" not in str(begun.identity(url.subject))


SETTINGS: dict[str, Any] = {"seed": 1, "tasks": {"a": {"samples": 1, "temperature": 0.0}}}


def test_the_same_evaluation_goes_on_and_another_is_refused(tmp_path: Path) -> None:
    assert begun.begin(tmp_path, SETTINGS, fresh=False) is False
    assert begun.begin(tmp_path, SETTINGS, fresh=False) is False
    (tmp_path / "results.json").write_text("{}")
    assert begun.begin(tmp_path, SETTINGS, fresh=False) is True
    other = {"seed": 2, "tasks": {"a": {"samples": 5}}}
    with pytest.raises(UserError, match=r"seed: 1 there, 2 now; tasks.a.samples: 1 there, 5 now; .*--fresh"):
        begun.begin(tmp_path, other, fresh=False)
    (tmp_path / "journal").mkdir()
    (tmp_path / "notes.txt").write_text("mine")
    assert begun.begin(tmp_path, other, fresh=True) is False
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notes.txt", "settings.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", "null"])
def test_broken_settings_are_those_of_another_evaluation(tmp_path: Path, text: str) -> None:
    (tmp_path / "settings.json").write_text(text)
    with pytest.raises(UserError, match="holds another evaluation"):
        begun.begin(tmp_path, SETTINGS, fresh=False)


def test_a_model_that_was_trained_again_is_another(here: Path) -> None:
    subject = Subject("model", "hf", "model", "model")
    before = begun.identity(subject)
    assert begun.identity(subject) == before
    (here / "model/model.safetensors").write_bytes(b"y" * 100)
    assert begun.identity(subject)["hash"] != before["hash"]
    file = Subject("model", "gguf", "outputs/x/gguf/x-q8.gguf")
    assert len(begun.identity(file)["hash"]) == 64


def test_half_of_the_harness_samples_are_no_result(tmp_path: Path) -> None:
    one = lm.Work(Subject("base", "hf", "m"), [], prompts.without_tokenizer(), tmp_path)
    folder = one.folder / "output/m"
    folder.mkdir(parents=True)
    result = {"n-samples": {"t": {"effective": 2}}}
    assert not lm._all_samples(one, "t", result)
    row = json.dumps({"doc": "\u2028"}, ensure_ascii=False)
    (folder / "samples_t_1.jsonl").write_text(f"{row}\n{row}\n")
    assert lm._all_samples(one, "t", result)
    (folder / "samples_t_2.jsonl").write_text(f"{row}\n")
    assert not lm._all_samples(one, "t", result)
    (folder / "samples_t_3.jsonl").write_text(f"{row}\n{row[:5]}")
    assert not lm._all_samples(one, "t", result)


def test_work_counts_every_sample_of_every_question() -> None:
    from eval import task
    from eval.task import Question

    found = Asked(task.find("ahk_exec"), [Question("a", "", []), Question("b", "", [])], 5, 0.8, 9)
    assert lm.Work(Subject("m", "url", ""), [found, found], prompts.as_messages(), Path()).answers == 20

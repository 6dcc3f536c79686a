"""A fault put into each hop from the adapter to the GGUF files: the chain ends there and says so.

On a model that was rehearsed, through the real llama.cpp. The chain is gone through once; each fault then takes the
hops that it can reach.
"""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from ft import export, llama, runs, ship, verify
from ft.chain import behaviour, beside, golden, hops, parity, settings, tensors
from ft.chain.hops import Hop, Work
from prep.errors import UserError
from prep.files import sha256_file, write_json

pytestmark = pytest.mark.slow  # imports Axolotl
WHOLE, QUANTISED = "exported-bf16.gguf", "exported-Q8_0.gguf"


@pytest.fixture(scope="module")
def gone_through(exported: Path, workspace: Path) -> Iterator[tuple[Work, list[Hop]]]:
    """The whole chain over the bf16 and the Q8_0 file, without a fault."""
    patch = pytest.MonkeyPatch()
    patch.chdir(workspace)
    patch.setenv("HF_HUB_OFFLINE", "1")
    work = parity.begin("exported")
    work.record["files"] = {name: work.record["files"][name] for name in (WHOLE, QUANTISED)}
    assert {one.source.partition(":")[0] for one in work.golden} == {work.values["test_datasets"][0]["path"]}
    work.golden = golden.written(golden.FOLDER / "ahk.yaml")  # a rehearsal's data is a copy elsewhere
    work.questions = behaviour.questions(work.corpus, work.golden, work.values)
    yield work, list(parity.chain(work, lambda line: None))
    patch.undo()


@pytest.fixture
def work(gone_through: tuple[Work, list[Hop]], tmp_path: Path) -> Work:
    """The same with a folder of its own, to put a fault into."""
    sound, _ = gone_through
    folder = Path(shutil.copytree(sound.folder, tmp_path / "exported"))
    return dataclasses.replace(
        sound,
        folder=folder,
        merged=folder / "merged",
        values=dict(sound.values),
        record=export.read(folder / "gguf"),
        answers={model: [dict(answer) for answer in made] for model, made in sound.answers.items()},
    )


def test_without_a_fault_every_hop_is_in_order(gone_through: tuple[Work, list[Hop]]) -> None:
    _, found = gone_through
    assert [hop.problem for hop in found] == [""] * len(found)
    names = [hop.name for hop in found]
    assert names[:6] == ["base", "adapter", "config", "tokenizer", "template", "stop token"]
    assert names[6:11] == ["bf16", "Q8_0", "merged weights", "merged", "merged answers"]
    per_file = ("settings", "tensors", "tokenizer", "prompts", "template", "stop token", "logits", "answers")
    assert names[11:] == [f"{form} {what}" for form in ("bf16", "Q8_0") for what in per_file]


def test_each_hop_costs_more_than_the_one_before_and_keeps_the_training(gone_through: tuple[Work, list[Hop]]) -> None:
    """The numbers are measured: 16 bits are nearer than 8, and none of them is zero."""
    gaps = [hop.distance.gap for hop in gone_through[1] if hop.distance]
    assert len(gaps) == 3 and 0 < gaps[0] < gaps[1] < gaps[2] < 0.5


def _fault(found: Hop, name: str, problem: str, cause: str) -> None:
    assert found.name == name
    assert problem in found.problem, found
    assert cause in found.cause, found


def _first(found: Iterator[Hop]) -> Hop:
    """The hop at which the chain ends."""
    return next(hop for hop in found if hop.problem)


def test_a_base_that_is_not_the_trained_one(work: Work) -> None:
    base = Path(shutil.copytree(work.values["base_model"], work.folder / "base"))
    weights = load_file(base / "model.safetensors")
    weights["model.layers.0.mlp.up_proj.weight"] *= 1.5
    save_file(weights, base / "model.safetensors", metadata={"format": "pt"})
    work.values["base_model"] = str(base)
    _fault(hops.same_base(work), "base", "is not what it was in training", "another model")
    record = runs.read(work.folder)
    runs.write(work.folder, {key: value for key, value in record.items() if key != "base"})
    assert hops.same_base(work).problem == ""  # an old record does not say: then the weights do
    _fault(hops.weights(work), "merged weights", "not base + adapter: model.layers.0.mlp.up_proj", "another base")


def test_an_adapter_that_was_edited_after_training(work: Work) -> None:
    assert hops.same_adapter(work).found == "as training left it"
    path = work.folder / "adapter_config.json"
    write_json(path, json.loads(path.read_text()) | {"lora_alpha": 7})
    _fault(hops.same_adapter(work), "adapter", "adapter_config.json is not as training left it", "edited")


def test_a_config_that_is_not_the_bases(work: Work) -> None:
    path = work.merged / "config.json"
    write_json(path, json.loads(path.read_text()) | {"rms_norm_eps": 0.001})
    _fault(settings.same_config(work), "config", "rms_norm_eps is 0.001, and the base has 1e-05", "merge again")
    work.values["overrides_of_model_config"] = {"rms_norm_eps": 0.001}
    assert settings.same_config(work).problem == ""


def test_a_changed_tensor_of_the_merged_model(work: Work) -> None:
    path = work.merged / "model.safetensors"
    weights = load_file(path)
    weights["lm_head.weight"][5, 5] += 0.5
    save_file(weights, path, metadata={"format": "pt"})
    _fault(hops.weights(work), "merged weights", "lm_head.weight", "merge again")
    _fault(hops.same_file(work, WHOLE), "bf16", "another merged model", "export again")


def test_a_swapped_tokenizer_file(work: Work) -> None:
    path = work.merged / "tokenizer.json"
    tokenizer = json.loads(path.read_text(encoding="utf-8"))
    vocabulary = tokenizer["model"]["vocab"]
    ids = work.corpus.rows[0].input_ids
    one, other = work.corpus.tokenizer.convert_ids_to_tokens([ids[8], ids[9]])
    assert one != other
    vocabulary[one], vocabulary[other] = vocabulary[other], vocabulary[one]
    path.write_text(json.dumps(tokenizer), encoding="utf-8")
    (number, trained), (_, found) = sorted([(ids[8], one), (ids[9], other)])
    _fault(
        hops.same_tokenizer(work), "tokenizer", f"id {number} is {found!r}, and {trained!r} was trained", "merge again"
    )


def test_two_tokens_that_no_example_holds_are_seen_to_be_swapped(work: Work) -> None:
    path = work.merged / "tokenizer.json"
    tokenizer = json.loads(path.read_text(encoding="utf-8"))
    vocabulary = tokenizer["model"]["vocab"]
    held = {token for row in work.corpus.rows for token in row.input_ids}
    one, other = [token for token, number in vocabulary.items() if number not in held][-2:]
    vocabulary[one], vocabulary[other] = vocabulary[other], vocabulary[one]
    path.write_text(json.dumps(tokenizer), encoding="utf-8")
    _fault(hops.same_tokenizer(work), "tokenizer", f"is {other!r}, and {one!r} was trained", "merge again")


def test_a_token_that_was_added_behind_the_trained_ones(work: Work) -> None:
    path = work.merged / "tokenizer.json"
    tokenizer = json.loads(path.read_text(encoding="utf-8"))
    number = len(work.corpus.tokenizer)
    tokenizer["added_tokens"].append({**tokenizer["added_tokens"][0], "id": number, "content": "Zqx"})
    path.write_text(json.dumps(tokenizer), encoding="utf-8")
    _fault(hops.same_tokenizer(work), "tokenizer", f"id {number} is 'Zqx', and none of that id", "merge again")


def test_a_template_that_differs_where_no_chat_of_the_data_comes(work: Work) -> None:
    path = work.merged / "chat_template.jinja"
    path.write_text(path.read_text() + "{% if tools %} {% endif %}")
    _fault(hops.same_template(work), "template", "its text has '{% if tools %} {% endif %}'", "chat_template.jinja")


def test_a_stop_token_too_many(work: Work) -> None:
    path = work.merged / "generation_config.json"
    [end] = work.corpus.ends()
    inside = next(token for token in work.corpus.rows[0].labels if token in work.corpus.inside())
    write_json(path, json.loads(path.read_text()) | {"eos_token_id": [end, inside]})
    _fault(hops.ends_in_merged(work), "stop token", "answers would be cut off at ", "eos_token_id")
    unseen = max(set(work.corpus.tokenizer.get_vocab().values()) - work.corpus.special() - work.corpus.inside())
    write_json(path, json.loads(path.read_text()) | {"eos_token_id": [end, unseen]})
    _fault(hops.ends_in_merged(work), "stop token", "answers would be cut off at ", "eos_token_id")
    write_json(path, json.loads(path.read_text()) | {"eos_token_id": [end, 0]})
    assert hops.ends_in_merged(work).problem == ""


def test_a_wrong_template_beside_the_merged_model(work: Work) -> None:
    path = work.merged / "chat_template.jinja"
    path.write_text(path.read_text().replace("content | trim + eos_token", "content | trim + ' ' + eos_token"))
    found = hops.same_template(work)
    _fault(found, "template", "' </s>' where training had '</s>'", "chat_template.jinja")


def test_a_dropped_stop_token_of_the_merged_model(work: Work) -> None:
    path = work.merged / "generation_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"eos_token_id": 7}))
    _fault(hops.ends_in_merged(work), "stop token", "answers were trained to end with </s>", "eos_token_id")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:-1]), "is not whole"),
        (lambda path: path.write_bytes(path.read_bytes()[:-1] + b"x"), "is not what was exported"),
        (lambda path: path.unlink(), "is not whole"),
    ],
)
def test_a_file_that_is_not_the_exported_one(work: Work, change: Callable[[Path], object], says: str) -> None:
    change(work.folder / "gguf" / QUANTISED)
    _fault(hops.same_file(work, QUANTISED), "Q8_0", says, "export again")


def _edit(work: Work, name: str, change: Callable[[Any], None]) -> None:
    """Change a GGUF file through llama.cpp's own library, and the record with it, as a wrong conversion would be."""
    path = work.folder / "gguf" / name
    with llama.reader(path):  # brings the library
        import gguf
    reader = gguf.GGUFReader(path, "r+")
    change(reader)
    reader.data.flush()
    work.record["files"][name]["sha256"] = sha256_file(path)
    assert hops.same_file(work, name).problem == ""


def _tensor(reader: Any, name: str) -> Any:
    return next(tensor for tensor in reader.tensors if tensor.name == name).data


@pytest.mark.parametrize("name", [WHOLE, QUANTISED])
def test_a_changed_tensor_of_a_file_is_named_and_seen_in_the_logits(work: Work, name: str) -> None:
    def change(reader: Any) -> None:
        data = _tensor(reader, "output.weight")
        data[:] = np.roll(data, 1, axis=0) ^ np.array(1, data.dtype)

    _edit(work, name, change)
    tensor = "lm_head.weight" if name == WHOLE else "output.weight"
    _fault(parity.stored(work, name, WHOLE), f"{hops.form_of(work, name)} tensors", tensor, "export again")
    _fault(_first(parity.in_llama(work, name)), f"{hops.form_of(work, name)} logits", "away by", "tensors")


def test_one_changed_value_of_the_sixteen_bit_file_is_found(work: Work) -> None:
    def change(reader: Any) -> None:
        _tensor(reader, "token_embd.weight").view(np.uint16)[3, 7] ^= 1

    _edit(work, WHOLE, change)
    assert tensors.changed(work.folder / "gguf" / WHOLE, work.merged)[0] == ["model.embed_tokens.weight"]


@pytest.mark.parametrize(
    ("name", "says"), [(WHOLE, "and config.json has 1e-05"), (QUANTISED, "and the 16-bit file has 9.99")]
)
def test_a_setting_of_a_file_that_is_not_the_trained_one(work: Work, name: str, says: str) -> None:
    def change(reader: Any) -> None:
        field = reader.fields["llama.attention.layer_norm_rms_epsilon"]
        field.parts[field.data[0]][0] = 0.5

    _edit(work, name, change)
    found = settings.same_settings(work, name, WHOLE)
    _fault(found, f"{hops.form_of(work, name)} settings", f"layer_norm_rms_epsilon is 0.5, {says}", "export again")


def test_an_end_of_a_file_that_is_another_token(work: Work) -> None:
    def change(reader: Any) -> None:
        field = reader.fields["tokenizer.ggml.eos_token_id"]
        field.parts[field.data[0]][0] = 1

    _edit(work, WHOLE, change)
    found = settings.same_settings(work, WHOLE, WHOLE)
    _fault(found, "bf16 settings", "eos_token_id is 1, and the merged model has 2", "export again")


def test_a_question_that_comes_without_the_token_that_begins_a_text(work: Work) -> None:
    """As Ollama renders it: the file must have llama.cpp put it."""
    sent = hops.sent(work)
    assert len(sent) == len(work.corpus.chats) > 8
    assert all(text.startswith("[INST]") and ids[0] == work.corpus.tokenizer.bos_token_id for text, ids in sent)
    assert parity.plain_prompts("bf16 prompts", work, sent, [ids for _, ids in sent]).problem == ""
    found = parity.plain_prompts("bf16 prompts", work, sent, [ids[1:] for _, ids in sent])
    _fault(found, "bf16 prompts", "and 1 '<s>' was trained", "add_bos_token")


def test_what_lies_beside_the_files_is_not_older_than_they(work: Work) -> None:
    file = work.folder / "gguf" / QUANTISED
    ship.ollama(work.folder, file)
    ship.lmstudio(work.folder, file)
    ship.adapter(work.folder)
    found = list(beside.shipped(work))
    assert [(hop.name, hop.problem) for hop in found] == [("Modelfile", ""), ("adapter folder", ""), ("LM Studio", "")]
    modelfile = file.with_name("Modelfile")
    modelfile.write_text(modelfile.read_text().replace('PARAMETER stop "</s>"', 'PARAMETER stop "x"'))
    (work.folder / "adapter/adapter_model.safetensors").write_bytes(b"another")
    [copied] = (work.folder / "lmstudio").rglob("*.gguf")
    copied.unlink()
    copied.write_bytes(b"another")
    found = list(beside.shipped(work))
    _fault(found[0], "Modelfile", "'PARAMETER stop \"x\"', where training gives", "--to ollama")
    _fault(found[1], "adapter folder", "adapter_model.safetensors is not the run's", "--to adapter")
    _fault(found[2], "LM Studio", "is not the file of", "--to lmstudio")
    modelfile.write_text("FROM ./another.gguf\n")
    _fault(next(beside.shipped(work)), "Modelfile", "no such file was exported", "--to ollama")


def test_a_record_of_other_files_than_export_makes_is_refused(work: Work) -> None:
    record = export.read(work.folder / "gguf")
    entry = record["files"].pop(WHOLE)
    write_json(work.folder / "gguf/export.json", record)
    with pytest.raises(UserError, match=f"{WHOLE} is not in export.json"):
        parity.begin(str(work.folder), lambda line: None)
    write_json(work.folder / "gguf/export.json", record | {"files": {WHOLE: entry, "exported-ZZ.gguf": entry}})
    with pytest.raises(UserError, match=r"exported-ZZ.gguf in export.json is no file that export makes"):
        parity.begin(str(work.folder), lambda line: None)


def test_a_wrong_template_in_a_file(work: Work) -> None:
    def change(reader: Any) -> None:
        field = reader.fields["tokenizer.chat_template"]
        text = field.parts[field.data[0]]
        text[:] = np.frombuffer(text.tobytes().replace(b"[/INST]", b"[/inst]"), dtype=text.dtype)

    _edit(work, WHOLE, change)
    found = _first(parity.in_llama(work, WHOLE))
    _fault(found, "bf16 template", "'inst]", "tokenizer.chat_template")


def test_a_dropped_stop_token_in_a_file(work: Work) -> None:
    def change(reader: Any) -> None:
        field = reader.fields["tokenizer.ggml.eos_token_id"]
        field.parts[field.data[0]][0] = 300
        tokens = reader.fields["tokenizer.ggml.tokens"]
        tokens.parts[tokens.data[2]][:] = np.frombuffer(b"<-s>", dtype=np.uint8)  # llama.cpp knows some by their text

    _edit(work, WHOLE, change)
    found = {hop.name: hop for hop in parity.in_llama(work, WHOLE)}
    _fault(found["bf16 stop token"], "bf16 stop token", "trained to end with </s>: no end here", "eos_token_id")


def test_a_swapped_vocabulary_in_a_file(work: Work) -> None:
    ids = work.corpus.rows[0].input_ids

    def change(reader: Any) -> None:
        scores = reader.fields["tokenizer.ggml.scores"]
        for place in scores.data:
            scores.parts[place][0] *= -1

    _edit(work, WHOLE, change)
    assert len(ids) > 8
    _fault(_first(parity.in_llama(work, WHOLE)), "bf16 tokenizer", "was trained", "a swapped file")


def test_a_file_of_the_base_is_said_to_answer_as_the_base(work: Work) -> None:
    work.logits = {**work.logits, WHOLE: work.logits["base"]}
    found = parity._logits("bf16 logits", work, "merged", WHOLE, "", "bf16")
    _fault(found, "bf16 logits", "0% of what was trained", "made of the base, not of the merged model")


def _answered(work: Work, **made: list[dict[str, Any]]) -> Work:
    """The chain's answers, those of some models put in their place."""
    return dataclasses.replace(work, answers={**work.answers, **made})


def _answer(token: int, stopped: bool = True, **more: object) -> dict[str, Any]:
    return {"tokens": [token], "stopped": stopped, **more}


def test_answers_that_do_not_end_where_the_merged_models_do(work: Work) -> None:
    merged, base, endless = [_answer(1)] * 4, [_answer(2)] * 4, [_answer(1, stopped=False)] * 4
    found = behaviour.same("bf16", _answered(work, base=base, merged=merged, **{WHOLE: endless}), WHOLE)
    _fault(found, "bf16 answers", "only 0 of 4 end by themselves", "stop token")
    nearly = _answered(work, base=base, merged=merged, **{WHOLE: [*merged[:3], *endless[:1]]})
    assert behaviour.same("bf16", nearly, WHOLE).problem == ""


def test_a_file_that_answers_as_the_base_does(work: Work) -> None:
    base, merged = [_answer(2)] * 4, [_answer(1)] * 4
    found = behaviour.same("bf16", _answered(work, base=base, merged=merged, **{WHOLE: base}), WHOLE)
    _fault(found, "bf16 answers", "answers every question as the base does", "made of the base")


def test_a_training_that_changes_no_answer(work: Work) -> None:
    found = behaviour.another_than_base(_answered(work, merged=work.answers["base"]))
    _fault(found, "merged answers", "answers each as the base does", "train longer")


def test_code_that_loads_from_the_merged_model_and_not_from_the_file(work: Work) -> None:
    base, merged = [_answer(2)] * 4, [_answer(1, loads=True)] * 4
    worse = [_answer(1, loads=False), _answer(1, loads=False), *merged[:2]]
    found = behaviour.same("bf16", _answered(work, base=base, merged=merged, **{WHOLE: worse}), WHOLE)
    _fault(found, "bf16 answers", "the code of 2 answers loads, the merged model's of 4", "quantisation")


def test_answers_in_a_batch_are_those_of_each_question_alone(work: Work) -> None:
    model = verify.load(work.merged)
    asked = [(ids, 24) for ids, _ in work.questions[:4]]
    together = behaviour.greedy(model, asked, work.corpus.ends())
    assert together == [behaviour.greedy(model, [one], work.corpus.ends())[0] for one in asked]
    assert len({len(ids) for ids, _ in asked}) > 1


def test_the_transcript_has_what_each_model_said_to_the_golden_prompts(
    gone_through: tuple[Work, list[Hop]],
) -> None:
    sound, _ = gone_through
    found = behaviour.transcript(sound, {WHOLE: "bf16"})
    assert [entry["source"] for entry in found] == [f"configs/golden/ahk.yaml, prompt {n}" for n in range(1, 6)]
    assert list(found[0]["answers"]) == ["base", "merged", "bf16", QUANTISED]
    assert {len(answer) for entry in found for answer in entry["answers"].values()} == {4}
    assert found[0]["answers"]["merged"]["text"] == sound.answers["merged"][-5]["text"]


def test_the_code_of_an_answer_to_a_golden_prompt_is_loaded_by_the_interpreter(work: Work) -> None:
    kinds = ["python", "python", "python", "", ""]
    work.golden = [dataclasses.replace(one, language=kind) for one, kind in zip(work.golden, kinds, strict=True)]
    texts = ["x = 1", "x = (1", "```py\ny = 2\n```", "Nothing.", "It has no such name."]
    tokens = [work.corpus.tokenizer(text, add_special_tokens=False)["input_ids"] for text in texts]
    own = [_answer(1)] * (len(work.questions) - len(texts))
    behaviour.understood(work, "told", [*own, *({"tokens": ids, "stopped": True} for ids in tokens)])
    told = [entry["answers"]["told"] for entry in behaviour.transcript(work, {})]
    assert [answer["text"] for answer in told] == texts
    assert [answer["loads"] for answer in told] == [True, False, True, None, None]
    assert told[1]["why"].startswith("line 1: ") and told[3]["why"] == "no code"


def test_trained_answers_that_would_go_on_where_the_merged_model_ends(work: Work) -> None:
    [end] = work.corpus.ends()
    going_on = work.logits["merged"]
    ending = [torch.nn.functional.one_hot(torch.full((len(one),), end), one.shape[-1]).float() for one in going_on]
    work.logits = {
        **work.logits,
        "merged": ending,
        WHOLE: [one.index_fill(-1, torch.tensor([end]), -9.0) for one in going_on],
    }
    ended, count = behaviour.would_end(work, "merged")
    assert ended == count > 8
    found = behaviour.same("bf16", _answered(work, **{WHOLE: work.answers["merged"]}), WHOLE)
    _fault(found, "bf16 answers", f"0 of {count} trained answers would end where they do, merged {count}", "stop token")


def test_the_chain_ends_at_the_first_fault_with_exit_code_one(
    exported: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from typer.testing import CliRunner

    from ft.cli import app

    monkeypatch.chdir(workspace)
    folder = Path(shutil.copytree(exported, workspace / "outputs/broken/exported"))
    (folder / "merged/chat_template.jinja").write_text("{{ messages[0]['content'] }}")
    done = CliRunner().invoke(app, ["verify", str(folder), "--all"])
    assert done.exit_code == 1
    [line] = [line for line in done.output.splitlines() if line.startswith("FAILED: ")]
    assert line.startswith("FAILED: template: chat 1: ") and "likely cause: chat_template.jinja" in line
    told = json.loads((folder / "parity.json").read_text())
    assert [hop["name"] for hop in told["hops"]] == ["base", "adapter", "config", "tokenizer", "template"]
    assert "**The chain is broken.** template: chat 1" in (folder / "gguf/README.md").read_text(encoding="utf-8")

"""What is started, with what, and what is refused before anything starts."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from pathlib import Path

import pytest

from ft import base, data, hardware, launch, prepared, process, recipe, resume, runs
from prep.errors import UserError
from tests.conftest import one_line, run


def test_the_argv_is_plain_axolotl_through_accelerate() -> None:
    shape = Path("configs/accelerate/single-gpu.yaml")
    assert " ".join(launch.command(Path("outputs/x/recipe.yaml"), shape, 1)) == (
        "accelerate launch --config_file configs/accelerate/single-gpu.yaml -m axolotl.cli.train outputs/x/recipe.yaml"
    )


def test_several_cards_get_a_process_each() -> None:
    argv = launch.command(Path("r.yaml"), Path("configs/accelerate/multi-gpu.yaml"), 4)
    assert argv[argv.index("--num_processes") + 1] == "4"


def test_telemetry_is_off_and_local_models_need_no_network(in_workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny, remote = recipe.resolve("tiny"), recipe.resolve("codellama")
    assert launch.environment(tiny, cpu=True)["AXOLOTL_DO_NOT_TRACK"] == "1"
    assert launch.environment(tiny, cpu=True)["HF_HUB_OFFLINE"] == "1"
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    assert "HF_HUB_OFFLINE" not in launch.environment(remote, cpu=False)


def test_dry_run_prints_recipe_and_argv_and_writes_nothing(workspace: Path) -> None:
    done = run("ft", "train", "codellama", "lora_r=8", "output_dir=outputs/dry", "--dry-run", cwd=workspace)
    assert done.returncode == 0, done.stderr
    assert "lora_r: 8" in done.stdout
    assert "accelerate launch" in done.stdout
    assert not (workspace / "outputs/dry").exists()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "not there: build the dataset first"),
        ("", "empty"),
        ("not json\n", "rows.jsonl:1: not a JSON line"),
        ('{"instruction": "a", "output": "b"}\n{"instruction": "a"}\n', "rows.jsonl:2: no 'output'"),
        ('["a"]\n', "rows.jsonl:1: no example: each line"),
        ('{"instruction": "\udcff", "output": "b"}\n', "rows.jsonl:1: not a JSON line"),
    ],
)
def test_bad_data_is_refused_with_file_and_line(tmp_path: Path, content: str | None, says: str) -> None:
    path = tmp_path / "rows.jsonl"
    if content is not None:
        path.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(UserError, match=says.replace("'", ".")):
        data.check({"datasets": [{"path": str(path), "ds_type": "json", "type": "alpaca"}]})


def test_a_recipe_whose_data_is_not_built_is_refused_before_anything_starts(workspace: Path) -> None:
    path = "datasets=[{path: data/none.jsonl, ds_type: json, type: alpaca}]"
    done = run("ft", "train", "tiny", path, "output_dir=outputs/nodata", cwd=workspace)
    one_line(done, 2, "data/none.jsonl: not there", "make dataset")
    assert not (workspace / "outputs/nodata").exists()


def test_the_prepared_cache_is_keyed_by_content(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    values = {"datasets": [{"path": str(path), "ds_type": "json", "type": "alpaca"}], "sequence_len": 512}
    path.write_text("one")
    first = prepared.cache_key(values)
    path.write_text("two")
    second = prepared.cache_key(values)
    path.write_text("one")
    assert (prepared.cache_key(values) == first) and (first != second)
    assert prepared.cache_key({**values, "sequence_len": 256}) != first


def test_an_earlier_run_is_kept_aside(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    for name in ("run.json", "adapter_model.safetensors"):
        (folder / name).write_text("{}")
    runs.keep_previous(folder)
    assert not folder.exists()
    assert [p.name for p in next(tmp_path.iterdir()).iterdir()]


def test_resume_without_a_checkpoint_says_so(workspace: Path) -> None:
    shutil.rmtree(workspace / "outputs/none", ignore_errors=True)
    (workspace / "outputs/here").mkdir(parents=True, exist_ok=True)
    args = ["base_model=outputs/here", "output_dir=outputs/none", "--resume"]
    one_line(run("ft", "train", "tiny", *args, cwd=workspace), 2, "no whole checkpoint to resume from")


def test_merge_and_verify_want_a_run(workspace: Path) -> None:
    for verb in ("merge", "verify"):
        one_line(run("ft", verb, "mistral", cwd=workspace), 2, "no run of 'mistral'", "train it first")


@pytest.mark.parametrize(
    ("log", "says"),
    [
        ("x\nOSError: [Errno 28] No space left on device\n", "the disk is full"),
        ("x\nOSError: [Errno 122] Disk quota exceeded: 'a'\n", "the disk is full"),
        ("RuntimeError: [enforce fail at inline_container.cc:672] . unexpected pos 1987 vs 1986\n", "the disk is full"),
        ("torch.OutOfMemoryError: CUDA out of memory. Tried\n", "micro_batch_size=1"),
        (
            "RuntimeError: [enforce fail] . PytorchStreamWriter failed writing file data/2: file write failed",
            "the disk is full",
        ),
        ("ValueError: first\nsubprocess.CalledProcessError: Command '[...]' returned\n", "ValueError: first"),
        ("", "without a word"),
    ],
)
def test_the_cause_of_a_failed_process_is_one_line(tmp_path: Path, log: str, says: str) -> None:
    path = tmp_path / "log"
    path.write_text(log)
    assert says in process.cause(path)


def test_stopping_a_process_leaves_nothing_of_its_group(tmp_path: Path) -> None:
    """The child ignores SIGTERM and has a child of its own: both are gone when `run` has raised."""
    child = "import subprocess,signal,sys,time;signal.signal(15,signal.SIG_IGN);"
    child += (
        "p=subprocess.Popen([sys.executable,'-c','import time;time.sleep(60)']);print(p.pid,flush=True);time.sleep(60)"
    )
    log = tmp_path / "log"

    def stop() -> None:
        if log.read_text().strip():
            raise KeyboardInterrupt

    process._GRACE_SECONDS, before = 1, process._GRACE_SECONDS
    try:
        with pytest.raises(KeyboardInterrupt):
            process.run([sys.executable, "-c", child], log, process.environment(offline=True, cpu=True), stop)
    finally:
        process._GRACE_SECONDS = before
    state = Path(f"/proc/{log.read_text().strip()}/stat")
    for _ in range(50):
        if not state.exists() or state.read_text().split()[2] == "Z":
            return
        time.sleep(0.1)
    pytest.fail("the grandchild is still running")


def test_progress_rows_are_read_once_and_whole(tmp_path: Path) -> None:
    rows = runs.Rows(tmp_path)
    path = tmp_path / runs.PROGRESS
    path.write_text(json.dumps({"step": 1}) + "\n" + '{"step"')
    assert rows.new() == [{"step": 1}]
    with path.open("a") as file:
        file.write(": 2}\n")
    assert rows.new() == [{"step": 2}]


CARDS = "NVIDIA A, 24576\nNVIDIA B, [N/A]\n"


@pytest.mark.parametrize(
    ("chosen", "names"),
    [(None, ["NVIDIA A", "NVIDIA B"]), ("1", ["NVIDIA B"]), ("1,0", ["NVIDIA B", "NVIDIA A"]), ("", []), ("-1", [])],
)
def test_the_cards_are_those_that_cuda_shows(chosen: str | None, names: list[str]) -> None:
    cards = hardware.visible(CARDS, chosen)
    assert [card["name"] for card in cards] == names
    assert [card["memory_gib"] for card in hardware.visible(CARDS, None)] == [24.0, None]


@pytest.mark.parametrize(("answer", "found"), [("Tesla T4, 7.5", "Tesla T4"), ("NVIDIA A10, 8.6", ""), ("[N/A]", "")])
def test_a_card_without_bf16_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, found: str) -> None:
    program = tmp_path / "nvidia-smi"
    program.write_text(f'#!/bin/sh\ncase "$1" in *compute_cap*) echo "{answer}";; *) exit 1;; esac\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert hardware.without_bf16() == found
    assert hardware.gpus() == []


def test_data_without_ds_type_is_checked_and_keyed_too(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("not json\n")
    values = {"datasets": [{"path": str(path), "type": "alpaca"}]}
    with pytest.raises(UserError, match="not a JSON line"):
        data.check(values)
    before = prepared.cache_key(values)
    path.write_text("other\n")
    assert prepared.cache_key(values) != before


@pytest.mark.parametrize("values", [{"datasets": "abc"}, {"datasets": [{"type": "alpaca"}]}, {"datasets": [1]}])
def test_datasets_that_are_none_are_one_line(values: dict[str, object]) -> None:
    with pytest.raises(UserError, match="datasets: must be a list of mappings"):
        data.check(values)


def test_a_finished_run_is_not_resumed(in_workspace: Path) -> None:
    folder = in_workspace / "outputs/done"
    (folder / "checkpoint-3").mkdir(parents=True)
    (folder / "checkpoint-3/trainer_state.json").write_text("{}")
    (folder / "adapter_model.safetensors").write_text("")
    runs.write(folder, {"status": "finished"})
    with pytest.raises(UserError, match="its run is finished"):
        launch.resumed(recipe.resolve("tiny", ["output_dir=outputs/done"]))
    assert (folder / "adapter_model.safetensors").exists()


def test_a_finished_run_goes_on_when_there_are_more_steps(in_workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = in_workspace / "outputs/longer"
    (folder / "checkpoint-6").mkdir(parents=True)
    (folder / "adapter_model.safetensors").write_text("")
    (folder / "recipe.yaml").write_text("max_steps: 6\n")
    runs.write(folder, {"status": "finished", "steps": 6})
    monkeypatch.setattr(resume, "flaw", lambda checkpoint: None)
    found = launch.resumed(recipe.resolve("tiny", ["output_dir=outputs/longer", "max_steps=9"]))
    assert found.values["resume_from_checkpoint"] == "outputs/longer/checkpoint-6"
    for steps, last in ((6, 6), (9, 5)):  # no more steps; the last one was not saved
        runs.write(folder, {"status": "finished", "steps": last})
        with pytest.raises(UserError, match="goes on with more steps"):
            launch.resumed(recipe.resolve("tiny", ["output_dir=outputs/longer", f"max_steps={steps}"]))


def test_full_fine_tuning_is_refused(in_workspace: Path) -> None:
    with pytest.raises(UserError, match="adapter must be lora or qlora"):
        launch.plan("tiny", ["adapter=null", "load_in_4bit=false"], launch.Options())


def test_evaluation_is_only_asked_for_where_there_is_data_for_it(in_workspace: Path) -> None:
    with_data, without = recipe.resolve("tiny"), recipe.resolve("tiny", ["test_datasets=null"])
    assert [launch.every(r, 15)["eval_steps"] for r in (with_data, without)] == [15, None]


def test_another_tokenizer_alone_does_not_change_what_is_merged_into(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    values = {"base_model": "some/base", "tokenizer_config": str(tmp_path)}
    assert base.published(values) is None
    (tmp_path / "config.json").write_text('{"quantization_config": {"quant_method": "mxfp4"}}')
    assert base.published(values) == str(tmp_path)


@pytest.mark.parametrize("left", ["adapter_model.safetensors", "checkpoint-500/trainer_state.json"])
def test_what_another_tool_trained_there_is_moved_aside_too(tmp_path: Path, left: str) -> None:
    file = tmp_path / "run" / left
    file.parent.mkdir(parents=True)
    file.write_text("trained")
    runs.keep_previous(tmp_path / "run")
    assert not (tmp_path / "run").exists()
    assert [path.read_text() for path in tmp_path.glob(f"run.*/{left}")] == ["trained"]


@pytest.mark.parametrize("folder", [".", "outputs", "..", "data", "/"])
def test_a_run_gets_no_folder_that_holds_other_things(in_workspace: Path, folder: str) -> None:
    with pytest.raises(UserError, match="a folder of its own"):
        launch.plan("tiny", [f"output_dir={folder}"], launch.Options())


@pytest.mark.parametrize("plugins", ["3", "axolotl.integrations.liger.LigerPlugin", "[3]"])
def test_plugins_are_a_list_of_names(in_workspace: Path, plugins: str) -> None:
    with pytest.raises(UserError, match="plugins: must be a list"):
        launch.plan("tiny", [f"plugins={plugins}"], launch.Options())


@pytest.mark.parametrize("text", ["", '{"status": ', "[]"])
def test_a_damaged_record_is_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(UserError, match=r"run\.json: damaged"):
        runs.read(tmp_path)


def test_a_damaged_row_of_progress_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "progress.jsonl").write_text('{"time": 1, "step": 1}\n{"time": 2, "st\n[1]\n{"time": 3, "step": 3}\n')
    assert [row["step"] for row in runs.progress(tmp_path)] == [1, 3]


def test_a_folder_that_is_taken_away_under_a_run_is_one_line(
    in_workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = recipe.resolve("tiny", ["output_dir=outputs/taken"])

    def watched(folder: Path, *_: object) -> int:
        shutil.rmtree(folder)
        return folder.stat().st_size

    monkeypatch.setattr(launch, "watched", watched)
    with pytest.raises(UserError, match=r"outputs/taken was deleted or moved while the run wrote to it") as raised:
        launch.launch(found, Path("configs/accelerate/cpu.yaml"), "again")
    assert raised.value.code == 1
    assert not found.output_dir.exists()

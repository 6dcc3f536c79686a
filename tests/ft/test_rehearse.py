"""Every recipe, end to end on its stand-in, by the command that a user types; faults put into what it left.

`tiny` goes through the real `accelerate launch`, the others share one process that has imported Axolotl.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from ft import rehearse, tables
from ft.checkpoint import lora_pairs
from tests.conftest import ROOT, command, one_line, run

pytestmark = pytest.mark.slow
RECIPES = sorted(path.stem for path in (ROOT / "configs").glob("*.yaml"))


@pytest.fixture
def run_of(
    rehearsed: Callable[[str], subprocess.CompletedProcess[str]], workspace: Path, tmp_path: Path
) -> Callable[[str], Path]:
    """A copy of a rehearsal's folder, to break."""

    def copy(name: str) -> Path:
        assert rehearsed(name).returncode == 0
        return Path(shutil.copytree(workspace / f"outputs/{name}-rehearsal", tmp_path / name))

    return copy


@pytest.mark.parametrize("name", RECIPES)
def test_the_recipe_trains_resumes_merges_and_verifies(
    rehearsed: Callable[[str], subprocess.CompletedProcess[str]], workspace: Path, name: str
) -> None:
    done = rehearsed(name)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "verified: merged = base + adapter" in done.stdout
    folder = workspace / f"outputs/{name}-rehearsal"
    record = json.loads((folder / "run.json").read_text())
    assert (record["status"], record["steps"]) == ("finished", 6)
    assert record["data"] and record["versions"]["axolotl"] and record["argv"][0] == "accelerate"
    assert f"{folder.name}/recipe.yaml" in record["argv"][-1]
    assert (folder / "loss.png").stat().st_size > 1000
    assert not list(folder.rglob("*model*.bin")), "pickled weights"


@pytest.mark.parametrize("name", RECIPES)
def test_the_table_names_what_was_changed_and_why(
    rehearsed: Callable[[str], subprocess.CompletedProcess[str]], name: str
) -> None:
    table = rehearsed(name).stdout
    assert "a rehearsal is" in table
    if "LigerPlugin" in (ROOT / "configs" / f"{name}.yaml").read_text():
        assert "LigerPlugin -> none" in table
        assert "CUDA only" in table


def test_training_was_four_bit(rehearsed: Callable[[str], subprocess.CompletedProcess[str]], workspace: Path) -> None:
    """The 4-bit base that training saw is away from the full-precision one; experts of gpt-oss included."""
    for name in ("codellama", "gpt-oss"):
        assert rehearsed(name).returncode == 0
        found = json.loads((workspace / f"outputs/{name}-rehearsal/verify.json").read_text())
        assert found["gaps"]["4-bit trained - adapter"]["max_logit"] > 0.01
    for name, layers in {"deepseek-v2-lite": 26 - 1, "gpt-oss": 2}.items():  # with experts, two tensors each
        assert rehearsed(name).returncode == 0
        log = (workspace / f"outputs/{name}-rehearsal/training.log").read_text()
        assert f"Quantized {2 * layers} MoE expert parameter(s) to 4-bit" in log


def test_gpt_oss_keeps_the_published_experts_byte_for_byte(
    rehearsed: Callable[[str], subprocess.CompletedProcess[str]], workspace: Path
) -> None:
    assert rehearsed("gpt-oss").returncode == 0
    published = load_file(workspace / "outputs/standin/gpt-oss/published/model.safetensors")
    merged = load_file(workspace / "outputs/gpt-oss-rehearsal/merged/model.safetensors")
    experts = [name for name in published if "experts" in name]
    assert len(experts) == 2 * 6 and all(torch.equal(published[name], merged[name]) for name in experts)
    assert any(not torch.equal(published[name], merged[name]) for name in published if "q_proj.weight" in name)
    config = json.loads((workspace / "outputs/gpt-oss-rehearsal/merged/config.json").read_text())
    assert config["quantization_config"]["quant_method"] == "mxfp4"


def test_the_merged_deepseek_v2_is_stored_as_published(
    rehearsed: Callable[[str], subprocess.CompletedProcess[str]], workspace: Path
) -> None:
    """Expert by expert, under the names and in the format that converters know."""
    assert rehearsed("deepseek-v2-lite").returncode == 0
    published = load_file(workspace / "outputs/standin/deepseek-v2-lite/model.safetensors")
    merged = load_file(workspace / "outputs/deepseek-v2-lite-rehearsal/merged/model.safetensors")
    assert "model.layers.1.mlp.experts.0.gate_proj.weight" in published
    assert {name: tensor.dtype for name, tensor in merged.items()} == {n: t.dtype for n, t in published.items()}


def test_two_runs_with_one_seed_give_one_adapter_one_in_forks_and_one_by_the_real_commands(
    rehearsed: Callable[[str], subprocess.CompletedProcess[str]], workspace: Path, tmp_path: Path
) -> None:
    assert rehearsed("tiny").returncode == 0
    copy = tmp_path / "forked.yaml"
    copy.write_text((ROOT / "configs/tiny.yaml").read_text())
    done = run("ft", "rehearse", copy, cwd=workspace)
    assert done.returncode == 0, done.stderr
    commands, forks = (workspace / f"outputs/{name}-rehearsal/adapter_model.safetensors" for name in ("tiny", "forked"))
    assert commands.read_bytes() == forks.read_bytes()


def test_a_rehearsal_that_fails_does_not_stop_the_others(in_workspace: Path) -> None:
    found = list(rehearse.rehearse(["not-there", "nor-this"], separate=True))
    assert [str(one.result).split(":")[0] for one in found] == [
        "no recipe configs/not-there.yaml",
        "no recipe configs/nor-this.yaml",
    ]
    assert tables.rehearsed(found, several=True) == 1


def test_no_nf4_noise_on_what_was_never_quantised(
    rehearsed: Callable[[str], subprocess.CompletedProcess[str]], workspace: Path
) -> None:
    assert rehearsed("codellama").returncode == 0
    before = load_file(workspace / "outputs/standin/codellama/model.safetensors")
    after = load_file(workspace / "outputs/codellama-rehearsal/merged/model.safetensors")
    untouched = set(before) - set(lora_pairs(workspace / "outputs/codellama-rehearsal"))
    assert {"model.embed_tokens.weight", "lm_head.weight"} <= untouched
    assert all(torch.equal(before[name], after[name]) for name in untouched)


def test_the_merged_deepseek_names_the_tokenizer_class_that_works(
    rehearsed: Callable[[str], subprocess.CompletedProcess[str]], workspace: Path
) -> None:
    assert rehearsed("deepseek").returncode == 0
    config = json.loads((workspace / "outputs/deepseek-rehearsal/merged/tokenizer_config.json").read_text())
    assert config["tokenizer_class"] == "PreTrainedTokenizerFast"


@pytest.mark.parametrize("name", RECIPES)
def test_a_resumed_run_ends_in_the_same_adapter(
    rehearsed: Callable[[str], subprocess.CompletedProcess[str]], name: str
) -> None:
    """Packed data included, whose order Axolotl draws anew after a resume."""
    assert "the same adapter byte for byte" in rehearsed(name).stdout


def test_verify_fails_on_a_merged_model_that_is_not_the_trained_one(
    run_of: Callable[[str], Path], workspace: Path
) -> None:
    folder = run_of("codellama")
    path = folder / "merged/model.safetensors"
    tensors = load_file(path)
    tensors["model.layers.1.mlp.down_proj.weight"] *= -1
    save_file(tensors, path, metadata={"format": "pt"})
    done = run("ft", "verify", folder, cwd=workspace)
    assert done.returncode == 1, done.stderr
    assert "FAILED: 1 merged tensors are not base + adapter" in done.stdout
    assert json.loads((folder / "verify.json").read_text())["failures"]


def test_a_merge_that_would_lose_a_pair_keeps_nothing(run_of: Callable[[str], Path], workspace: Path) -> None:
    """An adapter pair for a tensor that the base does not hold: Axolotl alone merges the rest and exits 0."""
    folder = run_of("codellama")
    shutil.rmtree(folder / "merged")
    path = folder / "adapter_model.safetensors"
    tensors = load_file(path)
    for part in ("A", "B"):
        name = f"base_model.model.model.layers.1.mlp.up_proj.lora_{part}.weight"
        tensors[name.replace("up_proj", "sideways_proj")] = tensors.pop(name)
    save_file(tensors, path, metadata={"format": "pt"})
    one_line(run("ft", "merge", folder, cwd=workspace), 1, "14 LoRA pairs and 13 were merged")
    assert not (folder / "merged").exists()


def test_an_unfinished_run_is_not_merged(run_of: Callable[[str], Path], workspace: Path) -> None:
    folder = run_of("codellama")
    record = json.loads((folder / "run.json").read_text()) | {"status": "interrupted"}
    (folder / "run.json").write_text(json.dumps(record))
    one_line(run("ft", "merge", folder, cwd=workspace), 2, "'interrupted', not finished")


TINY = ["max_steps=40", "save_steps=2", "eval_steps=null", "test_datasets=null", "sequence_len=256"]


@pytest.fixture(scope="module")
def standin_base(rehearsed: Callable[[str], subprocess.CompletedProcess[str]]) -> str:
    assert rehearsed("codellama").returncode == 0
    return "base_model=outputs/standin/codellama"


@pytest.fixture
def started() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start a command in the background; it is ended with the test."""
    running: list[subprocess.Popen[str]] = []

    def start(*arguments: str | Path, cwd: Path) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            command(*arguments),
            cwd=cwd,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()


def wait_for(what: Callable[[], bool], process: subprocess.Popen[str], seconds: float = 600) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, "it did not come so far"
        time.sleep(0.05)


def interrupted(process: subprocess.Popen[str]) -> str:
    """Ctrl+C; returns what the command said. It ended with 130 and left no process of its session."""
    process.send_signal(signal.SIGINT)
    out, error = process.communicate(timeout=300)
    assert process.returncode == 130, out + error
    assert "Traceback" not in error
    return error


def processes_with(word: str) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if word in line:
            found.append(line)
    return found


def test_ctrl_c_in_training_keeps_whole_checkpoints_and_nothing_else(
    workspace: Path, standin_base: str, started: Callable[..., subprocess.Popen[str]]
) -> None:
    folder = workspace / "outputs/stopped"
    args = [standin_base, "tokenizer_type=null", "output_dir=outputs/stopped", *TINY]
    process = started("ft", "train", "tiny", *args, "max_steps=4000", cwd=workspace)
    wait_for(lambda: (folder / "checkpoint-4").is_dir(), process)
    said = interrupted(process)
    assert "--resume" in said
    assert json.loads((folder / "run.json").read_text())["status"] == "interrupted"
    assert not (folder / "adapter_model.safetensors").exists()
    assert all((path / "trainer_state.json").is_file() for path in folder.glob("checkpoint-*"))
    assert not processes_with("outputs/stopped")


def test_ctrl_c_in_merging_leaves_no_merged_model(
    run_of: Callable[[str], Path], workspace: Path, started: Callable[..., subprocess.Popen[str]]
) -> None:
    folder = run_of("codellama")
    shutil.rmtree(folder / "merged")
    (folder / "merge.log").unlink()
    process = started("ft", "merge", folder, cwd=workspace)
    wait_for(lambda: (folder / "merge.log").is_file(), process)
    time.sleep(1)
    interrupted(process)
    assert not [path.name for path in folder.iterdir() if "merged" in path.name]
    assert not processes_with(str(folder))


def test_ctrl_c_in_verifying_keeps_the_earlier_result(
    run_of: Callable[[str], Path], workspace: Path, started: Callable[..., subprocess.Popen[str]]
) -> None:
    folder = run_of("codellama")
    before = (folder / "verify.json").read_bytes()
    (folder / "verify.log").unlink()
    process = started("ft", "verify", folder, cwd=workspace)
    wait_for(lambda: (folder / "verify.log").is_file(), process)
    interrupted(process)
    assert (folder / "verify.json").read_bytes() == before


def test_ctrl_c_in_making_a_stand_in_leaves_none(
    workspace: Path, started: Callable[..., subprocess.Popen[str]]
) -> None:
    out = workspace / "outputs/half"
    process = started("ft", "standin", "tiny", "--out", out, cwd=workspace)
    wait_for(lambda: bool(list(out.parent.glob(".half.*/model.safetensors"))), process)
    interrupted(process)
    assert not [path.name for path in out.parent.iterdir() if "half" in path.name and path.suffix != ".log"]


def test_a_full_disk_in_training_is_one_line(workspace: Path, standin_base: str) -> None:
    """The run's progress file is /dev/full: the first row meets a real 'no space left'."""
    folder = workspace / "outputs/full"
    folder.mkdir(parents=True)
    (folder / "progress.jsonl").symlink_to("/dev/full")
    args = [standin_base, "tokenizer_type=null", "output_dir=outputs/full", *TINY]
    one_line(run("ft", "train", "tiny", *args, cwd=workspace), 1, "training failed: the disk is full", "training.log")
    assert not (folder / "adapter_model.safetensors").exists()


def test_a_full_disk_in_verifying_is_one_line(run_of: Callable[[str], Path], workspace: Path) -> None:
    folder = run_of("codellama")
    before = (folder / "verify.json").read_bytes()
    (folder / "verify.log").unlink()
    (folder / "verify.log").symlink_to("/dev/full")
    try:
        one_line(run("ft", "verify", folder, cwd=workspace), 1, "no space left on the disk")
    finally:
        (folder / "verify.log").unlink()
    assert (folder / "verify.json").read_bytes() == before


def test_ctrl_c_in_the_demo_leaves_no_process(workspace: Path, started: Callable[..., subprocess.Popen[str]]) -> None:
    """The demo is stopped in training, and by SIGTERM."""
    process = started("eval", "demo", cwd=workspace)
    wait_for(lambda: (workspace / "outputs/demo/training.log").is_file(), process, seconds=1800)
    time.sleep(3)
    process.terminate()
    _, error = process.communicate(timeout=300)
    assert process.returncode == 130, error
    assert "Traceback" not in error
    assert not processes_with("outputs/demo")


def test_a_recipe_that_axolotl_refuses_is_one_line(workspace: Path, standin_base: str) -> None:
    args = [standin_base, "tokenizer_type=null", "output_dir=outputs/refused", "excess_length_strategy=cut"]
    one_line(
        run("ft", "train", "tiny", *args, cwd=workspace), 2, "Axolotl refuses the recipe", "excess_length_strategy"
    )

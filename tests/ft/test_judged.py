"""A GGUF file of a rehearsed run, judged behind llama.cpp's own server as the merged model that it was made of."""

from __future__ import annotations

import math
import shutil
from pathlib import Path

import pytest

from eval import results
from tests.conftest import run


@pytest.mark.slow
def test_a_gguf_file_is_asked_as_the_run_was_trained_and_is_as_likely_as_its_merged_model(
    exported: Path, workspace: Path
) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    shutil.copy(
        workspace / "data/ahk/test.chat.jsonl", workspace / "outputs/codellama-instruct-rehearsal/data/datasets-0"
    )
    file = exported / "gguf/exported-bf16.gguf"
    arguments = ("eval", "run", file, "--tasks", "ahk_loss,ahk_samples", "--limit", "3", "--max-tokens", "8")
    done = run(*arguments, "--out", "outputs/judged", cwd=workspace)
    assert done.returncode == 0, done.stderr
    lines = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    assert not [line for line in lines if str(file).encode() in line]  # its server is gone

    found, answers = (
        results.read_results(workspace / "outputs/judged"),
        results.read_answers(workspace / "outputs/judged"),
    )
    assert found["subjects"]["model"]["prompting"] == "chat template"
    model = AutoModelForCausalLM.from_pretrained(exported / "merged", dtype=torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(exported / "merged")
    for row in answers:
        if row.task == "ahk_samples":
            assert 0 < (row.tokens or 0) <= 8
            continue
        assert row.prompt.startswith("[INST]")  # the server puts <s> before it
        before, both = (
            tokenizer.encode("<s>" + text, add_special_tokens=False, return_tensors="pt")
            for text in (row.prompt.rstrip(), row.prompt + row.reference.strip())
        )
        scores = model(both).logits.log_softmax(-1)[0, before.shape[1] - 1 : -1]
        likely = scores.gather(1, both[0, before.shape[1] :, None]).sum().item()
        assert row.scores["tokens"] == len(scores)
        assert row.score == pytest.approx(likely / math.log(2), rel=0.01)  # bf16

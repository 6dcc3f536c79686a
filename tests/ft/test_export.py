"""A merged model becomes GGUF files: whole, or not at all; what cannot be done is said before anything starts.

The files are made once, of a model that was rehearsed, and shared with test_parity.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
import transformers
from safetensors.torch import save_file

from ft import converter, export, llama
from prep.errors import UserError
from prep.files import write_json
from tests.conftest import command, one_line, run


@pytest.fixture
def copied(exported: Path, tmp_path: Path) -> Path:
    """A copy of it, to break."""
    return Path(shutil.copytree(exported, tmp_path / "exported"))


@pytest.mark.slow
def test_a_killed_export_leaves_no_final_name_and_the_next_one_cleans_up(exported: Path) -> None:
    [left] = (exported / "after-the-kill").read_text().splitlines()
    assert left.startswith(".unfinished-")
    assert not (exported / "gguf" / left).exists()


@pytest.mark.slow
def test_the_record_names_every_file_its_hash_and_its_command(exported: Path) -> None:
    out = exported / "gguf"
    record = json.loads((out / "export.json").read_text())
    names = [f"exported-{form}.gguf" for form in ("bf16", "Q8_0", "Q4_K_M")]
    assert list(record["files"]) == names
    assert sorted(path.name for path in out.iterdir()) == sorted([*names, "README.md", "export.json", "loss.png"])
    assert all(export.is_as_recorded(out / name, entry) for name, entry in record["files"].items())
    sizes = [record["files"][name]["bytes"] for name in names]
    assert sizes == sorted(sizes, reverse=True)
    assert record["files"][names[1]]["command"].startswith("python -m ft.quantiser ")
    assert record["llama_cpp_python"] == llama.require()


@pytest.mark.slow
def test_what_is_there_is_kept_and_what_is_cut_off_is_made_again(copied: Path, workspace: Path) -> None:
    out = copied / "gguf"
    quantised, whole = out / "exported-Q8_0.gguf", out / "exported-bf16.gguf"
    with quantised.open("r+b") as file:
        file.truncate(quantised.stat().st_size - 100)
    with pytest.raises(UserError, match=r"not a whole GGUF file|cut off"), llama.reader(quantised):
        pass
    before = whole.stat().st_mtime_ns
    done = run("ft", "export", copied, "--quant", "Q8_0,Q4_K_M", cwd=workspace)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("(log: ") == 1
    assert whole.stat().st_mtime_ns == before
    with llama.reader(quantised) as found:
        assert len(found.tensors) == 21


@pytest.mark.slow
@pytest.mark.parametrize("file", ["exported-bf16.gguf", "exported-Q8_0.gguf"])
def test_a_full_disk_is_one_line_in_each_stage(copied: Path, workspace: Path, file: str) -> None:
    (copied / "gguf" / file).unlink()
    limited = ["bash", "-c", 'ulimit -f 350; exec "$@"', "-", *command("ft", "export", copied, "--quant", "Q8_0")]
    done = subprocess.run(limited, cwd=workspace, capture_output=True, text=True, check=False)
    one_line(done, 1, "the disk is full")
    assert not (copied / "gguf" / file).exists()
    assert not list(copied.glob("gguf/.unfinished-*"))


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A merged model of a few values."""
    folder = tmp_path / "merged"
    folder.mkdir()
    tensors = {"w": torch.zeros(64, 32, dtype=torch.bfloat16), "experts_blocks": torch.zeros(8, dtype=torch.uint8)}
    save_file(tensors, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps({"architectures": ["LlamaForCausalLM"]}))
    (folder / "tokenizer.json").write_text("{}")
    return folder


needs_converter = pytest.mark.skipif(not llama.CONVERTER.is_file(), reason="llama.cpp is not installed here")


@needs_converter
def test_an_architecture_that_the_converter_lacks_is_refused(small: Path) -> None:
    export.check_architecture(small)
    (small / "config.json").write_text(json.dumps({"architectures": ["LamaForCausalLM"]}))
    with pytest.raises(UserError, match="has no LamaForCausalLM"):
        export.check_architecture(small)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("NotImplementedError: BPE pre-tokenizer was not recognized - update it", "does not know this tokenizer"),
        ("llama_model_quantize: failed to quantize: basic_ios::clear: iostream error", "the disk is full"),
        ("OSError: 262144 requested and 261760 written", "the disk is full"),
        ("llama_model_quantize: failed to quantize: key not found: x", "llama.cpp refuses the file: key not found: x"),
        ("", "ended with signal 9: out of memory?"),
    ],
)
def test_a_log_becomes_one_line(tmp_path: Path, line: str, says: str) -> None:
    log = tmp_path / "export.log"
    log.write_text(line)
    assert says in llama.cause(log, -9)


def test_too_small_a_disk_is_refused_with_what_each_file_takes(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 10**9, 5000))
    wanted = {"x-bf16.gguf": small / "x-bf16.gguf", "Q8_0": small / "x-Q8_0.gguf"}
    with pytest.raises(UserError, match=r"x-bf16.gguf 0.0, x-Q8_0.gguf 0.0\) and .* free some space") as caught:
        export.check_disk(small, wanted, small)
    assert caught.value.code == 1
    export.check_disk(small, {}, small)


def test_what_is_stored_in_mxfp4_is_counted_as_it_is(small: Path) -> None:
    assert export.sizes(small) == ({"BF16": 64 * 32}, 8)
    assert export.keeps_mxfp4(small) and export.dtype_of(small) == "bf16"


def test_a_run_without_a_merged_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="merge it first"):
        export.merged_folder(tmp_path)


def test_a_file_that_is_no_gguf_is_one_line(tmp_path: Path) -> None:
    if not llama.CONVERTER.is_file():
        pytest.skip("llama.cpp is not installed here")
    (tmp_path / "x.gguf").write_bytes(b"GGUF")
    with pytest.raises(UserError, match="not a whole GGUF file"), llama.reader(tmp_path / "x.gguf"):
        pass
    with pytest.raises(UserError, match="no such file"), llama.reader(tmp_path / "y.gguf"):
        pass


@pytest.mark.parametrize(
    "files",
    [["x.gguf"], {"x.gguf": "x"}, {"x.gguf": {"bytes": 1}}, {"../x.gguf": {"bytes": 1, "sha256": ""}}],
)
def test_a_record_that_somebody_edited_is_as_none(tmp_path: Path, files: object) -> None:
    write_json(tmp_path / export.RECORD, {"merged": {}, "files": files})
    assert export.read(tmp_path) == {}
    write_json(tmp_path / export.RECORD, {"merged": {}, "files": {"x.gguf": {"bytes": 1, "sha256": ""}}})
    assert export.read(tmp_path)["files"]


@pytest.mark.parametrize(
    ("tokenizer", "puts"),
    [
        ({"model": {"byte_fallback": True}, "normalizer": {"type": "Prepend"}}, True),
        (
            {
                "model": {"byte_fallback": True},
                "normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend"}, {"type": "Replace"}]},
            },
            True,
        ),
        ({"model": {"byte_fallback": True}, "pre_tokenizer": {"type": "Metaspace", "prepend_scheme": "always"}}, True),
        ({"model": {"byte_fallback": True}, "pre_tokenizer": {"type": "Metaspace", "prepend_scheme": "first"}}, False),
        ({"model": {"byte_fallback": True}, "pre_tokenizer": None, "normalizer": None}, False),
        ({"model": {"byte_fallback": False}, "pre_tokenizer": {"type": "ByteLevel"}}, True),
    ],
)
def test_where_a_tokenizer_puts_blanks_is_told_from_its_file(
    tmp_path: Path, tokenizer: dict[str, object], puts: bool
) -> None:
    """llama.cpp puts one before each piece of text; a file of a tokenizer that does not must say so."""
    path = tmp_path / "tokenizer.json"
    path.write_text(json.dumps(tokenizer))
    assert converter.puts_blanks(path) is puts


@pytest.mark.slow
@pytest.mark.parametrize("name", ["mistral"])
def test_llama_cpp_reads_the_tokens_of_a_tokenizer_that_puts_no_blank_after_a_special_token(
    rehearsed: Callable[[str], subprocess.CompletedProcess[str]], workspace: Path, tmp_path: Path, name: str
) -> None:
    """Mistral's: the converter alone makes a file in which `[INST] What` is another text than in training."""
    pytest.importorskip("llama_cpp")
    assert rehearsed(name).returncode == 0
    merged, file = workspace / f"outputs/{name}-rehearsal/merged", tmp_path / f"{name}.gguf"
    llama.run("ft.converter", merged, file, "bf16", log=tmp_path / "log")
    texts = ["<s>[INST] What is `Abs`?[/INST] f(x) {\n\treturn x</s>", "<s>[INST]  two[/INST]none</s>"]
    job = {"file": str(file), "texts": texts, "prompts": [], "chats": [], "rows": [], "ask": []}
    write_json(tmp_path / "job.json", job)
    llama.run("ft.chain.answers", tmp_path / "job.json", tmp_path / "out", log=tmp_path / "log")
    tokenizer = transformers.AutoTokenizer.from_pretrained(merged)
    wanted = [tokenizer(text, add_special_tokens=False)["input_ids"] for text in texts]
    assert json.loads((tmp_path / "out.json").read_text())["texts"] == wanted

"""How each kind of export is run: lines to type in the folder that holds it."""

from __future__ import annotations

import shlex
from typing import Any

from ft.card.markdown import fenced

_RANKS = (8, 16, 32, 64, 128, 256, 320, 512)  # that vLLM takes as the largest of an adapter
HARMONY = (
    "gpt-oss answers in harmony, a format of channels. LM Studio reads it by itself: leave its prompt template as it\n"
    "is, and choose the reasoning effort there. Rows without reasoning taught it to answer in the final channel.\n"
)
ALPACA = (
    "It was trained on Alpaca prompts, one question each. In a chat it answers only as well as its template puts that\n"
    "prompt around the question; elsewhere send the prompt of training: `### Instruction:`, the question,\n"
    "`### Response:`.\n"
)


def lmstudio_note(file: str) -> str:
    return f"Copy the folder niche-tuner to LM Studio's models (~/.lmstudio/models), or: lms import {file}\n"


def vllm(model: str, name: str, values: dict[str, Any], host: str = "127.0.0.1", port: int = 0) -> list[str]:
    """The argv that serves a merged folder, on this machine alone where nothing else is said; port 0 is vLLM's own."""
    argv = ["vllm", "serve", model, "--served-model-name", name]
    argv += ["--max-model-len", str(values.get("sequence_len", 2048)), "--host", host]
    return [*argv, "--port", str(port)] if port else argv


def gguf(name: str, file: str, values: dict[str, Any], modelfile: bool, repo: str = "") -> list[str]:
    """For Ollama, llama.cpp, LM Studio."""
    short, length = shlex.quote(name), values.get("sequence_len", 2048)
    quoted = shlex.quote(file)
    lines = ["# Ollama"]
    if modelfile:
        lines += [f"ollama create {short} -f Modelfile", f"ollama run {short}"]
    else:
        lines += [f"# a Modelfile with the trained template: python -m ft export {short} --to ollama"]
    if repo:
        form = file.removesuffix(".gguf").rpartition("-")[2]
        lines += [f"ollama run hf.co/{repo}:{form}"]
    lines += ["# llama.cpp", f"llama-server -m {quoted} -c {length} --host 127.0.0.1"]
    lines += [f"llama-server -hf {repo} -c {length} --host 127.0.0.1"] if repo else []
    return [fenced("\n".join([*lines, "# LM Studio", f"lms import {quoted}"]), "bash")]


def adapter(base: str, revision: str | None, values: dict[str, Any]) -> list[str]:
    """By PEFT, on top of its base; by vLLM."""
    pinned = f', revision="{revision}"' if revision else ""
    code = [
        "from peft import PeftModel",
        "from transformers import AutoModelForCausalLM, AutoTokenizer",
        "",
        f'base = AutoModelForCausalLM.from_pretrained("{base}"{pinned})',
        'model = PeftModel.from_pretrained(base, ".")',
        'tokenizer = AutoTokenizer.from_pretrained(".")',
    ]
    rank = next((size for size in _RANKS if size >= int(values.get("lora_r") or 0)), _RANKS[-1])
    argv = ["vllm", "serve", base, *(["--revision", revision] if revision else []), "--enable-lora"]
    argv += ["--lora-modules", "tuned=.", "--max-lora-rank", str(rank), "--host", "127.0.0.1"]
    return [fenced("\n".join(code), "python"), fenced(shlex.join(argv), "bash")]

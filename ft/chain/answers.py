"""A process of its own: what llama.cpp makes of texts and tokens with one GGUF file.

    python -m ft.chain.answers JOB.json OUT

The job names the `file`; `texts` to tokenise as chats are (special tokens are read, none is added) and `prompts` as
plain completions are (BOS as the file says); `chats` to render by the file's own template; `rows` of `input_ids` and
`positions` whose logits are wanted; `ask`, questions of `input_ids` to go on from, greedily, for at most `tokens`.
OUT.json and OUT.npz hold the results, in that order.
"""

from __future__ import annotations

import ctypes
import json
import sys
from pathlib import Path
from typing import Any

from jinja2 import TemplateError

from ft import lock


def main(job_file: str, out: str) -> None:
    lock.die_with_command()
    import llama_cpp
    import numpy as np

    job = json.loads(Path(job_file).read_text(encoding="utf-8"))
    longest = max(
        [64, *(len(row["input_ids"]) for row in job["rows"]), *(len(q["input_ids"]) + q["tokens"] for q in job["ask"])]
    )
    model = llama_cpp.Llama(
        job["file"], n_ctx=longest + 8, n_batch=512, logits_all=bool(job["rows"]), verbose=True, n_gpu_layers=0
    )
    tokens = [model.tokenize(text.encode(), add_bos=False, special=True) for text in job["texts"]]
    plain = [model.tokenize(text.encode(), add_bos=True, special=True) for text in job["prompts"]]
    chats = [render(model, chat) for chat in job["chats"]]
    logits = {str(number): forward(model, row) for number, row in enumerate(job["rows"])}
    answers = [go_on(model, question) for question in job["ask"]]
    np.savez(f"{out}.npz", **logits)
    result = {
        "texts": tokens,
        "prompts": plain,
        "answers": answers,
        "ends": ends(model),
        "chats": chats,
        "template": model.metadata.get("tokenizer.chat_template"),
    }
    Path(f"{out}.json").write_text(json.dumps(result), encoding="utf-8")


def render(model: Any, chat: list[dict[str, Any]]) -> str:
    """The text that llama.cpp's server makes of a chat before it answers."""
    from llama_cpp.llama_chat_format import Jinja2ChatFormatter

    template = model.metadata.get("tokenizer.chat_template")
    if not template:
        return "error: the file has no chat template"
    end, begin = (model._model.token_get_text(i) if i != -1 else "" for i in (model.token_eos(), model.token_bos()))
    asked = chat[-1]["role"] != "assistant"
    formatter = Jinja2ChatFormatter(template, eos_token=end, bos_token=begin, add_generation_prompt=asked)
    try:
        return formatter(messages=chat).prompt
    except (TemplateError, ValueError) as error:  # a template raises ValueError where it refuses a chat
        return f"error: {error}"


def forward(model: Any, row: dict[str, Any]) -> Any:
    """Logits [positions, vocabulary] in fp32, each after the token at its position."""
    import numpy as np

    model.reset()
    model.eval(row["input_ids"])
    return np.array(model.scores[row["positions"]], dtype=np.float32)


def go_on(model: Any, question: dict[str, Any]) -> dict[str, Any]:
    """The greedy answer: its tokens, and whether the model ended it by itself."""
    import llama_cpp

    vocab = llama_cpp.llama_model_get_vocab(model.model)
    made: list[int] = []
    stopped = False
    model.reset()
    for token in model.generate(question["input_ids"], temp=0.0, repeat_penalty=1.0):
        stopped = bool(llama_cpp.llama_vocab_is_eog(vocab, token))
        if stopped or len(made) == question["tokens"]:
            break
        made.append(token)
    return {"tokens": made, "stopped": stopped}


def ends(model: Any) -> list[int]:
    """Every token at which llama.cpp ends an answer."""
    import llama_cpp

    vocab = llama_cpp.llama_model_get_vocab(model.model)
    return [token for token in range(model.n_vocab()) if llama_cpp.llama_vocab_is_eog(vocab, ctypes.c_int32(token))]


if __name__ == "__main__":
    main(*sys.argv[1:3])

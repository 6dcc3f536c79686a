"""The parity chain: from the adapter that was trained to every file that ships, hop by hop.

Each hop has numbers, a limit, and, where it is over it, the likely cause. What needs no model loaded is looked at
first; the chain ends at the first hop that is not in order, for all behind it would be wrong as well.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ft import base, corpus, distance, export, hardware, hops, llama, lock, runs, tensors, verify
from ft.hops import LOG, Hop, Work
from ft.launch import environment
from ft.noise import noise_to
from ft.recipe import Recipe, read_yaml, run_folder
from prep.errors import UserError
from prep.files import write_json

RESULT = "parity.json"
FEWER = 1  # answers that a file may fail to end though the merged model ends them: one may end a token later


def verify_all(model: str, say: Callable[[str], None] = print) -> dict[str, Any]:
    """Go through the chain; writes parity.json; `failures` is empty when every hop is in order."""
    done: list[Hop] = []
    with lock.hold(run_folder(model), "verify"):  # llama.cpp's processes end with this one, however that ends
        work = begin(model, say)
        for hop in chain(work, say):
            done.append(hop)
            say(f"  {hop.name}: {'FAILED' if hop.problem else hop.found}")
            if hop.problem:
                break
    result = {
        "hops": [asdict(hop) for hop in done],
        "failures": [f"{hop.name}: {hop.problem}; likely cause: {hop.cause}" for hop in done if hop.problem],
        "limits": {name: asdict(allowed) for name, allowed in distance.LIMITS.items()},
        "examples": len(work.corpus.rows),
        "files": work.record["files"],
        "run": runs.read(work.folder).get("recipe_sha256"),
    }
    write_json(work.folder / RESULT, result)
    return result


def begin(model: str, say: Callable[[str], None] = print) -> Work:
    """What the hops need, read. Raises UserError where there is no merged model, or no GGUF file of it."""
    llama.require()
    folder = run_folder(model)
    merged = export.merged_folder(folder)
    values, record = read_yaml(folder / "recipe.yaml"), export.read(folder / "gguf")
    if not record.get("files"):
        raise UserError(f"{folder}: no GGUF file: python -m ft export {model} --to gguf --quant Q4_K_M")
    os.environ.update(environment(Recipe(folder.name, folder / "recipe.yaml", values), cpu=not hardware.gpus()))
    say(f"the run's own examples  (log: {folder / LOG})")
    with noise_to(folder / LOG):
        return Work(folder, merged, values, record, corpus.read(values), {}, [])


def chain(work: Work, say: Callable[[str], None]) -> Iterator[Hop]:
    """Every hop in order, made as it is asked for."""
    yield hops.same_base(work)
    yield hops.same_tokenizer(work)
    yield hops.same_template(work)
    yield hops.ends_in_merged(work)
    for name in work.record["files"]:
        yield hops.same_file(work, name)
    say("weights, and logits of base, base + adapter, merged")
    yield hops.weights(work)
    yield merged_logits(work)
    whole = export.whole_file_of(work.folder).name
    for name in work.record["files"]:
        yield stored(work, name, whole)
        yield from in_llama(work, name)


def merged_logits(work: Work) -> Hop:
    rows, asked = work.corpus.sampled(), work.corpus.asked()
    with noise_to(work.folder / LOG):
        work.logits = verify.adapter_logits(base.download(str(work.values["base_model"])), work.folder, rows)
        verify.free_memory()
        merged = verify.load(work.merged)
        work.logits["merged"] = verify.forward(merged, rows)
        work.answers = [greedy(merged, ids, work.corpus.ends()) for ids in asked]
        del merged
        verify.free_memory()
    if distance.distance(work.logits["adapter"], work.logits["base"], work.logits["base"]).max_logit == 0:
        cause = "another adapter, or nothing was learnt: look at the loss"
        return Hop("merged", "", "the adapter changes nothing: it answers as the base does", cause)
    return _logits("merged", work, "adapter", "merged", "the merge; see python -m ft verify")


def _logits(name: str, work: Work, reference: str, other: str, cause: str, form: str = "merged") -> Hop:
    found = distance.distance(work.logits[reference], work.logits[other], work.logits["base"])
    problem = distance.over(found, distance.limit(form))
    if problem and distance.distance(work.logits["base"], work.logits[other], work.logits[reference]).gap < 0.5:
        cause = "it answers as the base does: made of the base, not of the merged model?"
    says = f"KL {found.kl:.2g}, same token {found.agreement:.1%}, {found.carried:.0%} of what was trained"
    return Hop(name, says, problem, cause if problem else "", found)


def greedy(model: Any, ids: list[int], ends: set[int]) -> dict[str, Any]:
    """The model's greedy answer: its tokens, and whether it ended by itself."""
    import torch

    with torch.inference_mode():
        out = model.generate(
            torch.tensor([ids], device=model.device),
            do_sample=False,
            max_new_tokens=corpus.ANSWER,
            eos_token_id=sorted(ends) or None,
            pad_token_id=0,
        )
    made = out[0, len(ids) :].tolist()
    return {"tokens": [token for token in made if token not in ends], "stopped": bool(made) and made[-1] in ends}


def stored(work: Work, name: str, whole: str) -> Hop:
    """The file's tensors: the 16-bit file's are the merged model's, a quantised file's as near as its form allows."""
    folder = work.folder / "gguf"
    if name == whole:
        wrong, count = tensors.changed(folder / name, work.merged)
        found, cause = f"{count} tensors with the very values of the merged model", "the conversion: export again"
    else:
        wrong, found = tensors.off(folder / name, folder / whole), "every tensor as near as its form allows"
        cause = "the quantisation: export again"
    problem = f"{len(wrong)} tensors are not the merged model's: {', '.join(wrong[:3])}" if wrong else ""
    return Hop(f"{hops.form_of(work, name)} tensors", found, problem, cause if problem else "")


def in_llama(work: Work, name: str) -> Iterator[Hop]:
    """What llama.cpp makes of the run's examples with this file."""
    import numpy as np
    import torch

    texts, prompts = work.corpus.texts(), work.corpus.prompts()
    job: dict[str, Any] = {
        "file": str(work.folder / "gguf" / name),
        "texts": texts,
        "prompts": prompts,
        "chats": hops.to_render(work),
        "rows": [{key: row[key] for key in ("input_ids", "positions")} for row in work.corpus.sampled()],
        "ask": work.corpus.asked(),
        "tokens": corpus.ANSWER,
    }
    with tempfile.TemporaryDirectory() as place:
        write_json(Path(place) / "job.json", job)
        llama.run("ft.answers", Path(place) / "job.json", Path(place) / "out", log=work.folder / LOG)
        told = json.loads((Path(place) / "out.json").read_text(encoding="utf-8"))
        with np.load(Path(place) / "out.npz") as found:
            work.logits[name] = [torch.from_numpy(found[str(number)]) for number in range(len(job["rows"]))]
    form = hops.form_of(work, name)
    tokenizer = "llama.cpp cuts texts otherwise than this tokenizer: its kind (tokenizer.ggml.pre) or a swapped file"
    yield hops.compare_tokens(f"{form} tokenizer", work, texts, told["texts"], tokenizer)
    yield plain_prompts(f"{form} prompts", work, prompts, told["prompts"])
    template = "tokenizer.chat_template of the file is not the one of training"
    yield hops.compare_texts(f"{form} template", work, told["chats"], template)
    yield hops.compare_ends(
        f"{form} stop token", work, set(told["ends"]), "tokenizer.ggml.eos_token_id of the file, or a token's kind"
    )
    yield _logits(
        f"{form} logits", work, "merged", name, "the file's tensors, or how llama.cpp computes this model", form
    )
    yield behaviour(f"{form} answers", work, name, told["answers"])


def plain_prompts(name: str, work: Work, prompts: list[str], found: list[list[int]]) -> Hop:
    for text, ids in zip(prompts, found, strict=True):
        wanted = work.corpus.tokenizer(text)["input_ids"]
        if wanted != ids:
            return Hop(
                name,
                "",
                f"{text[:30]!r}...: {hops.difference(work.corpus.tokenizer, wanted, ids)}",
                "a token that begins every text (BOS) is added by one alone: tokenizer.ggml.add_bos_token",
            )
    return Hop(name, f"the same token ids for {len(prompts)} prompts" if prompts else "chats alone: none is sent plain")


def behaviour(name: str, work: Work, file: str, answers: list[dict[str, Any]]) -> Hop:
    """The file ends its answers by itself where the merged model does: its own, and those that were trained."""
    ours, theirs = (sum(answer["stopped"] for answer in found) for found in (work.answers, answers))
    (before, count), (after, _) = (would_end(work, model) for model in ("merged", file))
    says = f"{theirs} of {len(answers)} end by themselves within {corpus.ANSWER} tokens, merged {ours}"
    says += f"; {after} of {count} trained answers would end where they do, merged {before}"
    cause = "a stop token that llama.cpp does not know, or logits that are off"
    if theirs < ours - FEWER or after < before - max(FEWER, before // 4):
        return Hop(name, says, f"only {says}", cause)
    return Hop(name, says)


def would_end(work: Work, model: str) -> tuple[int, int]:
    """Behind how many whole trained answers, and of how many, the model's most likely token is one that ends."""
    ends, good, count = work.corpus.ends(), 0, 0
    for row, logits in zip(work.corpus.sampled(), work.logits[model], strict=True):
        if row["labels"][row["positions"][-1] + 1] in ends:
            count += 1
            good += int(logits[-1].argmax()) in ends
    return good, count

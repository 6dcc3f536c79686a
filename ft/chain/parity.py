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

from ft import base, export, hardware, llama, lock, quants, runs, verify
from ft.card.proof import RESULT
from ft.chain import behaviour, beside, corpus, distance, golden, hops, settings, tensors
from ft.chain.hops import LOG, Hop, Work
from ft.launch import environment
from ft.noise import noise_to
from ft.recipe import Recipe, read_yaml, run_folder
from prep.errors import UserError
from prep.files import write_json


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
        "beside": beside.hashes(work.folder),
        "transcript": behaviour.transcript(work, {name: hops.form_of(work, name) for name in work.record["files"]}),
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
    if (whole := export.whole_file_of(folder).name) not in record["files"]:
        raise UserError(f"{folder / 'gguf'}: {whole} is not in {export.RECORD}: python -m ft export {model} --to gguf")
    for name in record["files"]:
        if name != whole and export.form_of(folder, name) not in quants.QUANTS:
            raise UserError(f"{folder / 'gguf'}: {name} in {export.RECORD} is no file that export makes: take it out")
    os.environ.update(environment(Recipe(folder.name, folder / "recipe.yaml", values), cpu=not hardware.gpus()))
    say(f"the run's own examples  (log: {folder / LOG})")
    with noise_to(folder / LOG):
        asked, found = golden.read(values), corpus.read(values)
        return Work(folder, merged, values, record, found, {}, asked, behaviour.questions(found, asked, values), {})


def chain(work: Work, say: Callable[[str], None]) -> Iterator[Hop]:
    """Every hop in order, made as it is asked for."""
    yield hops.same_base(work)
    yield hops.same_adapter(work)
    yield settings.same_config(work)
    yield hops.same_tokenizer(work)
    yield hops.same_template(work)
    yield hops.ends_in_merged(work)
    for name in work.record["files"]:
        yield hops.same_file(work, name)
    yield from beside.shipped(work)
    say("weights, and logits of base, base + adapter, merged")
    yield hops.weights(work)
    yield merged_logits(work)
    yield behaviour.another_than_base(work)
    whole = export.whole_file_of(work.folder).name
    for name in work.record["files"]:
        yield settings.same_settings(work, name, whole)
        yield stored(work, name, whole)
        yield from in_llama(work, name)


def merged_logits(work: Work) -> Hop:
    rows, ends = work.corpus.sampled(), work.corpus.ends()
    with noise_to(work.folder / LOG):
        tuned = verify.with_adapter(base.download(str(work.values["base_model"])), work.folder)
        with tuned.disable_adapter():
            work.logits["base"] = verify.forward(tuned, rows)
            behaviour.understood(work, "base", behaviour.greedy(tuned, work.questions, ends))
        work.logits["adapter"] = verify.forward(tuned, rows)
        del tuned
        verify.free_memory()
        merged = verify.load(work.merged)
        work.logits["merged"] = verify.forward(merged, rows)
        behaviour.understood(work, "merged", behaviour.greedy(merged, work.questions, ends))
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

    texts, prompts = work.corpus.texts(), hops.sent(work)
    job: dict[str, Any] = {
        "file": str(work.folder / "gguf" / name),
        "texts": texts,
        "prompts": [text for text, _ in prompts],
        "chats": hops.to_render(work),
        "rows": [{key: row[key] for key in ("input_ids", "positions")} for row in work.corpus.sampled()],
        "ask": [{"input_ids": ids, "tokens": most} for ids, most in work.questions],
    }
    with tempfile.TemporaryDirectory() as place:
        write_json(Path(place) / "job.json", job)
        llama.run("ft.chain.answers", Path(place) / "job.json", Path(place) / "out", log=work.folder / LOG)
        told = json.loads((Path(place) / "out.json").read_text(encoding="utf-8"))
        with np.load(Path(place) / "out.npz") as found:
            work.logits[name] = [torch.from_numpy(found[str(number)]) for number in range(len(job["rows"]))]
    form = hops.form_of(work, name)
    yield same_tokenizer(f"{form} tokenizer", work, name, told["texts"])
    yield plain_prompts(f"{form} prompts", work, prompts, told["prompts"])
    template = "tokenizer.chat_template of the file is not the one of training"
    same = hops.compare_texts(f"{form} template", work, told["chats"], template)
    yield same if same.problem else hops.same_source(same, work, told["template"], template)
    yield hops.compare_ends(
        f"{form} stop token", work, set(told["ends"]), "tokenizer.ggml.eos_token_id of the file, or a token's kind"
    )
    yield _logits(
        f"{form} logits", work, "merged", name, "the file's tensors, or how llama.cpp computes this model", form
    )
    behaviour.understood(work, name, told["answers"])
    yield behaviour.same(form, work, name)


def same_tokenizer(name: str, work: Work, file: str, found: list[list[int]]) -> Hop:
    """The file's own list of tokens, and what llama.cpp makes of the run's examples with it."""
    with llama.reader(work.folder / "gguf" / file) as read:
        tokens = read.get_field("tokenizer.ggml.tokens").contents()
    if problem := hops.vocabulary_problem(work.corpus.tokenizer, dict(enumerate(tokens)), added=False):
        return Hop(name, "", problem, "a swapped file: tokenizer.ggml.tokens is not the trained vocabulary")
    cause = "llama.cpp cuts texts otherwise than this tokenizer: its kind (tokenizer.ggml.pre) or a swapped file"
    return hops.compare_tokens(name, work, work.corpus.texts(), found, cause)


def plain_prompts(name: str, work: Work, prompts: list[tuple[str, list[int]]], found: list[list[int]]) -> Hop:
    keys = "tokenizer.ggml.add_bos_token, add_eos_token"
    for (text, wanted), ids in zip(prompts, found, strict=True):
        if wanted != ids:
            return Hop(
                name,
                "",
                f"{text[:30]!r}...: {hops.difference(work.corpus.tokenizer, wanted, ids)}",
                f"a token that begins or ends every text is put by one alone: {keys}",
            )
    return Hop(name, f"the same token ids for {len(prompts)} prompts")

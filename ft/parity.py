"""The parity chain: from the adapter that was trained to every file that ships, hop by hop.

Each hop has numbers, a limit, and, where it is over it, the likely cause. What needs no model loaded is looked at
first; the chain ends at the first hop that is not in order, for all behind it would be wrong as well.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ft import base, checkpoint, corpus, distance, export, hardware, llama, lock, merge, runs, tensors, verify
from ft.corpus import Corpus
from ft.distance import Distance
from ft.launch import environment
from ft.noise import noise_to
from ft.recipe import Recipe, read_yaml, run_folder
from prep.errors import UserError
from prep.files import sha256_file, write_json

if TYPE_CHECKING:
    import torch

LOG, RESULT = "parity.log", "parity.json"
FEWER = 1  # answers that a file may fail to end though the merged model ends them: one may end a token later


@dataclass(frozen=True)
class Hop:
    """One step of the chain: what was compared, what was found, and what is wrong with it."""

    name: str
    found: str
    problem: str = ""
    cause: str = ""
    distance: Distance | None = None


@dataclass
class Work:
    """What the hops share."""

    folder: Path
    merged: Path
    values: dict[str, Any]
    record: dict[str, Any]
    corpus: Corpus
    logits: dict[str, list[torch.Tensor]]
    answers: list[dict[str, Any]]


def verify_all(model: str, say: Callable[[str], None] = print) -> dict[str, Any]:
    """Go through the chain; writes parity.json; `failures` is empty when every hop is in order."""
    hops: list[Hop] = []
    with lock.hold(run_folder(model), "verify"):  # llama.cpp's processes end with this one, however that ends
        work = begin(model, say)
        for hop in chain(work, say):
            hops.append(hop)
            say(f"  {hop.name}: {'FAILED' if hop.problem else hop.found}")
            if hop.problem:
                break
    result = {
        "hops": [asdict(hop) for hop in hops],
        "failures": [f"{hop.name}: {hop.problem}; likely cause: {hop.cause}" for hop in hops if hop.problem],
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
    yield same_base(work)
    yield same_tokenizer(work)
    yield same_template(work)
    yield ends_in_merged(work)
    for name in work.record["files"]:
        yield same_file(work, name)
    say("weights, and logits of base, base + adapter, merged")
    yield weights(work)
    yield merged_logits(work)
    whole = next(iter(work.record["files"]))
    for name in work.record["files"]:
        yield stored(work, name, whole)
        yield from in_llama(work, name)


def same_base(work: Work) -> Hop:
    before, path = runs.read(work.folder).get("base"), Path(str(work.values["base_model"]))
    if before and checkpoint.fingerprint(path) not in (None, before):
        return Hop("base", "", f"{path} is not what it was in training", "another model was put in its place")
    return Hop("base", f"{path}, as in training")


def same_tokenizer(work: Work) -> Hop:
    """Token ids of the run's examples: the trained tokenizer against the merged model's."""
    import transformers

    with noise_to(work.folder / LOG):
        other = transformers.AutoTokenizer.from_pretrained(work.merged)
    texts = work.corpus.texts()
    found = [other(text, add_special_tokens=False)["input_ids"] for text in texts]
    return _tokens("tokenizer", work, texts, found, "a file of merged/ is not the one of training: merge again")


def _tokens(name: str, work: Work, texts: list[str], found: list[list[int]], cause: str) -> Hop:
    """Both tokenizers on the same texts; the first difference is named."""
    tokenizer = work.corpus.tokenizer
    for text, row, ids in zip(texts, work.corpus.rows, found, strict=True):
        wanted = tokenizer(text, add_special_tokens=False)["input_ids"]
        if wanted != ids:
            return Hop(name, "", f"{row.place}: {difference(tokenizer, wanted, ids)}", cause)
    return Hop(name, f"the same token ids over {len(texts)} examples")


def difference(tokenizer: Any, wanted: list[int], found: list[int]) -> str:
    """The first place where two lists of tokens differ, in words."""
    place = next((i for i, (a, b) in enumerate(zip(wanted, found, strict=False)) if a != b), None)
    if place is None:
        return f"{len(wanted)} tokens were trained, and here are {len(found)}"
    one, other = (f"{ids[place]} {tokenizer.convert_ids_to_tokens(ids[place])!r}" for ids in (wanted, found))
    return f"token {place} is {other}, and {one} was trained"


def same_template(work: Work) -> Hop:
    """The chat template: rendered by that of training and by that of the merged model."""
    import transformers

    if not work.corpus.chats:
        return Hop("template", "the data is no chat: none is needed")
    with noise_to(work.folder / LOG):
        other = transformers.AutoTokenizer.from_pretrained(work.merged)
    return _texts(
        "template", work, [rendered(other, chat) for chat in to_render(work)], "chat_template.jinja of merged/"
    )


def to_render(work: Work) -> list[list[dict[str, Any]]]:
    """Each chat whole, as it was trained, and without its answer, as it is sent to a model."""
    return [part for chat in work.corpus.chats for part in (chat, chat[:-1])]


def _texts(name: str, work: Work, found: list[str], cause: str) -> Hop:
    """Chats rendered by the trained template and by another; the first difference is named."""
    for number, (chat, text) in enumerate(zip(to_render(work), found, strict=True)):
        wanted = rendered(work.corpus.tokenizer, chat)
        if wanted != text:
            return Hop(name, "", f"chat {number // 2 + 1}: {text_difference(wanted, text)}", cause)
    return Hop(name, f"the same text for {len(found) // 2} chats" if found else "the data is no chat: none is needed")


def rendered(tokenizer: Any, chat: list[dict[str, Any]]) -> str:
    """A chat as text; where its last turn is a question, with what makes a model answer."""
    from jinja2 import TemplateError

    asked = chat[-1]["role"] != "assistant"
    try:
        return tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=asked)
    except (TemplateError, ValueError) as error:  # no template at all is a ValueError
        return f"error: {error}"


def text_difference(wanted: str, found: str) -> str:
    place = next((i for i, (a, b) in enumerate(zip(wanted, found, strict=False)) if a != b), None)
    place = min(len(wanted), len(found)) if place is None else place
    return f"{found[place : place + 30]!r} where training had {wanted[place : place + 30]!r}"


def ends_in_merged(work: Work) -> Hop:
    """What the model was taught to stop with is what transformers stops at: its tokenizer's own end does not count."""
    value = None
    for file in ("generation_config.json", "config.json"):
        if value is None and (work.merged / file).is_file():
            value = json.loads((work.merged / file).read_text(encoding="utf-8")).get("eos_token_id")
    named = set(value if isinstance(value, list) else [value])
    return _ends("stop token", work, named, "eos_token_id of merged/generation_config.json")


def _ends(name: str, work: Work, named: set[int], cause: str) -> Hop:
    tokens = work.corpus.tokenizer.convert_ids_to_tokens
    missing = sorted(work.corpus.ends() - named)
    if missing:
        return Hop(name, "", f"answers were trained to end with {', '.join(tokens(missing))}: no end here", cause)
    ended = ", ".join(tokens(sorted(work.corpus.ends()))) or "nothing special"
    return Hop(name, f"answers end with {ended}")


def same_file(work: Work, name: str) -> Hop:
    """The file is the one that was exported, of this merged model."""
    path, entry, form = work.folder / "gguf" / name, work.record["files"][name], form_of(work, name)
    if work.record["merged"] != export.fingerprint(work.merged):
        return Hop(form, "", "it was made of another merged model", "merged again after the export: export again")
    if not path.is_file() or path.stat().st_size != entry["bytes"]:
        return Hop(form, "", f"{path} is not whole", "cut off or removed after the export: export again")
    if sha256_file(path) != entry["sha256"]:
        return Hop(form, "", f"{path} is not what was exported", "changed after the export: export again")
    return Hop(form, f"{entry['bytes'] / 1e6:.1f} MB, as exported")


def form_of(work: Work, name: str) -> str:
    """MODEL-Q4_K_M.gguf is Q4_K_M."""
    return name.removesuffix(".gguf").removeprefix(f"{work.folder.name}-")


def weights(work: Work) -> Hop:
    found = verify.compare_weights(merge.target(work.values), work.merged, work.folder)
    wrong = [*found.off, *found.unexpected, *found.unchanged]
    if wrong or not found.changed:
        return Hop(
            "merged weights",
            "",
            f"not base + adapter: {', '.join(wrong[:3]) or 'the base, byte for byte'}",
            "merged into another base, or with another adapter: merge again",
        )
    return Hop("merged weights", f"{found.changed} tensors are base + adapter, all others the base's")


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
    return Hop(f"{form_of(work, name)} tensors", found, problem, cause if problem else "")


def in_llama(work: Work, name: str) -> Iterator[Hop]:
    """What llama.cpp makes of the run's examples with this file."""
    import numpy as np
    import torch

    texts, prompts = work.corpus.texts(), work.corpus.prompts()
    job: dict[str, Any] = {
        "file": str(work.folder / "gguf" / name),
        "texts": texts,
        "prompts": prompts,
        "chats": to_render(work),
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
    form = form_of(work, name)
    tokenizer = "llama.cpp cuts texts otherwise than this tokenizer: its kind (tokenizer.ggml.pre) or a swapped file"
    yield _tokens(f"{form} tokenizer", work, texts, told["texts"], tokenizer)
    yield plain_prompts(f"{form} prompts", work, prompts, told["prompts"])
    template = "tokenizer.chat_template of the file is not the one of training"
    yield _texts(f"{form} template", work, told["chats"], template)
    yield _ends(
        f"{form} stop token", work, set(told["ends"]), "tokenizer.ggml.eos_token_id of the file, or a token's kind"
    )
    yield _logits(
        f"{form} logits", work, "merged", name, "the file's tensors, or how llama.cpp computes this model", form
    )
    yield behaviour(f"{form} answers", work, told["answers"])


def plain_prompts(name: str, work: Work, prompts: list[str], found: list[list[int]]) -> Hop:
    for text, ids in zip(prompts, found, strict=True):
        wanted = work.corpus.tokenizer(text)["input_ids"]
        if wanted != ids:
            return Hop(
                name,
                "",
                f"{text[:30]!r}...: {difference(work.corpus.tokenizer, wanted, ids)}",
                "a token that begins every text (BOS) is added by one alone: tokenizer.ggml.add_bos_token",
            )
    return Hop(name, f"the same token ids for {len(prompts)} prompts" if prompts else "chats alone: none is sent plain")


def behaviour(name: str, work: Work, answers: list[dict[str, Any]]) -> Hop:
    """The file ends its answers by itself where the merged model does."""
    ours, theirs = (sum(answer["stopped"] for answer in found) for found in (work.answers, answers))
    says = f"{theirs} of {len(answers)} end by themselves within {corpus.ANSWER} tokens, merged {ours}"
    if theirs < ours - FEWER:
        return Hop(name, says, f"only {says}", "a stop token that llama.cpp does not know, or logits that are off")
    return Hop(name, says)

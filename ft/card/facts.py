"""The lines of a model card, from what the records of a run hold: nothing here is measured, guessed or looked up."""

from __future__ import annotations

import json
import math
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ft import export, running
from ft.card import account, evidence, markdown, material, portable, taught
from ft.card.markdown import code, plain
from ft.checkpoint import fingerprint, read_config
from ft.recipe import dump
from prep.files import sha256_file

if TYPE_CHECKING:
    from ft.card.modelcard import Known


def front_matter(found: Known) -> str:
    """The YAML that the Hub reads. What is not known is left out: the text says so."""
    from huggingface_hub import EvalResult, ModelCardData

    licence, about = found.origin.licence, found.about
    cards = [data.card for data in found.datasets if not data.problem]
    tags = ["niche-tuner", *about.tags, str(found.values.get("adapter") or "lora")]
    tags += [tag for card in cards for tag in card.get("tags", [])]
    tags += ["conversational"] if _chats(found) else []
    results = [
        EvalResult("text-generation", one.task, one.task, one.metric, one.values["tuned"])
        for one in found.evaluation.measures
        if one.headline and math.isfinite(one.values.get("tuned", math.nan))
    ]
    data = ModelCardData(
        base_model=found.origin.name or None,
        base_model_relation=about.relation if found.origin.name else None,
        license=None if found.origin.standin else licence.id if licence else "unknown",
        license_name=(licence.name or None) if licence else None,
        license_link=(licence.link or None) if licence else None,
        library_name=about.library,
        pipeline_tag="text-generation",
        language=list(dict.fromkeys(name for card in cards for name in card.get("language", []))) or None,
        datasets=material.hub_datasets(found.values) or None,
        tags=list(dict.fromkeys(tags)),
        model_name=found.folder.name if results else None,
        eval_results=results or None,
    )
    return data.to_yaml()


def facts(found: Known, place: Path, curve: bool) -> dict[str, Any]:
    """What the template names."""
    merged = found.kind in ("vllm", "adapter")
    return {
        "title": found.folder.name,
        "name": shlex.quote(found.folder.name),
        "kind": found.kind,
        "merged": merged,
        "summary": _summary(found),
        "origin": found.origin,
        "base": _base(found),
        "licence": _licence(found),
        "method": _method(found),
        "contents": _contents(found),
        "files": _files(found, place),
        "running": _running(found, place),
        "datasets": found.datasets,
        "counts": taught.counts,
        "documents": taught.documents,
        "licences": taught.licences,
        "rehearsed": taught.rehearsed(found),
        "hub_datasets": material.hub_datasets(found.values),
        "data_files": taught.data_files(found),
        "curve": curve,
        "training": account.training(found),
        "recipe": dump(portable.values(found.values)).rstrip(),
        "dropped": account.dropped(found),
        "changes": account.changes(found),
        "evaluation": found.evaluation,
        "evaluated": evidence.evaluated(found),
        "of_files": evidence.of_files(found),
        "limited": evidence.limited(found),
        "tasks": ",".join(dict.fromkeys(one.task for one in found.evaluation.measures)),
        "proof": found.proof,
        "parity": evidence.parity(found),
        "hops": evidence.hops(found),
        "asked": [evidence.asked(at, one) for at, one in enumerate(found.proof.asked, 1)],
        "transcript_of": evidence.whose(found),
        "limits": _limits(found),
        "again": _again(found),
        "again_words": _again_words(found),
    }


def _chats(found: Known) -> bool:
    entries = found.values.get("datasets") or [{}]
    return entries[0].get("type") == "chat_template"


def _summary(found: Known) -> str:
    base = plain(found.origin.name or found.origin.like or found.origin.folder or "its base")
    if found.origin.standin:
        base = f"A stand-in for {base}" if found.origin.like else "A small model made here"
    forms = {
        "gguf": "as GGUF files for llama.cpp, Ollama and LM Studio",
        "lmstudio": "as a GGUF file for LM Studio",
        "vllm": "merged, for vLLM and transformers",
        "adapter": "as an adapter alone: it is loaded on top of its base",
    }
    how = "with what an adapter learnt from" if found.record.get("injected") else "trained on"
    return f"{base}, {how} {taught.trained_on(found)}, {forms[found.kind]}."


def _base(found: Known) -> str:
    """Name, revision, fingerprint; what of them is not on record."""
    it = found.origin
    if it.standin:
        like = f" for {code(it.like)}" if it.like else ""
        return f"a stand-in{like} ({code(portable.path(it.folder))}), {_fingerprint(found)}"
    if not it.name:
        folder = code(it.folder) or "nothing that is on record"
        return (
            f"a folder called {folder}, {_fingerprint(found)}. Its published name is not known: train with "
            "`base_model=OWNER/NAME`, or from a folder that is called as the recipe's model is"
        )
    revision = f"revision {code(it.revision)}" if it.revision else "no revision on record"
    copied = "" if it.name == found.values.get("base_model") or it.folder else "; trained on a 16-bit copy of it"
    return f"[{plain(it.name)}](https://huggingface.co/{it.name}), {revision}{copied}, {_fingerprint(found)}"


def _fingerprint(found: Known) -> str:
    it = found.origin
    if not it.fingerprint:
        return "no fingerprint: the run recorded none, and the weights are not on this disk"
    when = "in training" if it.as_trained else "when this card was written"
    when = "when the adapter was carried onto it" if found.record.get("injected") else when
    return f"fingerprint {code(it.fingerprint)}, as it was {when}"


def _licence(found: Known) -> str:
    told = found.origin.licence
    if found.origin.standin:
        return "none: no published weights are in it"
    if not told:
        return "unknown: look at the base's page before you use or share this"
    link = f" ({told.link})" if told.link else ""
    terms = "It is the base's, and holds for what is made of it: read it before you share this."
    return f"{plain(told.name or told.id)}{link}. {terms} {told.note}".rstrip()


def _method(found: Known) -> str:
    """By adapter_config.json, which is what was trained."""
    values, path = found.values, found.folder / "adapter_config.json"
    config = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    rank, alpha = config.get("r", values.get("lora_r")), config.get("lora_alpha", values.get("lora_alpha"))
    targets = config.get("target_modules", values.get("lora_target_modules")) or "all linear layers"
    where = ", ".join(sorted(map(str, targets))) if isinstance(targets, list) else str(targets)
    kind = "QLoRA" if values.get("adapter") == "qlora" else "LoRA"
    kind += "".join(f" ({name})" for key, name in (("use_dora", "DoRA"), ("use_rslora", "rsLoRA")) if config.get(key))
    bits = "a base in 4 bits (NF4)" if values.get("load_in_4bit") else "a base in 16 bits"
    dropout = config.get("lora_dropout", values.get("lora_dropout", 0))
    length = values.get("sequence_len", "an unnamed number of")
    return (
        f"{kind}, rank {rank}, alpha {alpha}, dropout {dropout}, on {plain(where)}, over {bits}; up to {length} tokens"
    )


def _contents(found: Known) -> str:
    if found.kind == "adapter":
        return "the adapter alone (PEFT), the tokenizer and the chat template it was trained with"
    if found.kind == "vllm":
        weights = fingerprint(found.folder / "merged") or ""
        return f"base and adapter merged into one model (safetensors), fingerprint {code(weights)}"
    version = export.read(found.folder / "gguf").get("llama_cpp_python", "?")
    return f"base and adapter merged into one model, converted by llama.cpp (llama-cpp-python {version})"


def _files(found: Known, place: Path) -> list[dict[str, str]]:
    """Names, sizes and hashes; those of GGUF files as export.json has them."""
    if found.kind == "adapter":
        path = place / "adapter_model.safetensors"
        return [_file(path.name, path.stat().st_size, sha256_file(path))] if path.is_file() else []
    entries = export.read(found.folder / "gguf").get("files", {})
    return [_file(name, entries[name]["bytes"], entries[name]["sha256"]) for name in found.files]


def _file(name: str, size: int, sha256: str) -> dict[str, str]:
    return {"name": name, "size": f"{size / 1e6:,.1f} MB", "sha256": sha256}


def _running(found: Known, place: Path) -> list[str]:
    name, values = found.folder.name, found.values
    if found.kind == "adapter":
        lines = running.adapter(found.origin.name or "the-folder-of-the-base", found.origin.revision, values)
    elif found.kind == "vllm":
        lines = ["In this folder:", markdown.fenced(shlex.join(running.vllm(".", name, values)), "bash")]
    elif not found.files:
        lines = ["No file is here yet: `python -m ft export` makes one."]
    else:
        modelfile = (place / "Modelfile").is_file()
        lines = running.gguf(name, found.files[-1], values, modelfile, found.repo)
    if found.kind == "lmstudio" and found.files:
        lines = [running.lmstudio_note(code(found.files[-1])), *lines]
    if found.kind in ("lmstudio", "gguf", "vllm") and _is_harmony(found):
        lines.append(running.HARMONY)
    return lines if _chats(found) else [*lines, running.ALPACA]


def _is_harmony(found: Known) -> bool:
    merged = found.folder / "merged"
    return (merged / "config.json").is_file() and read_config(merged).get("model_type") == "gpt_oss"


def _limits(found: Known) -> list[str]:
    """What it is for by its data, and what nobody measured."""
    tasks = ", ".join(sorted({plain(task) for data in found.datasets for task in data.examples}))
    about = (
        f"For questions and code about {plain(taught.languages(found))}"
        if taught.languages(found)
        else "For what its data holds"
    )
    lines = [f"{about}{f', as in its data ({tasks})' if tasks else ''}. Nothing else was trained"]
    lines.append("**Read generated code before you run it.** Whether code loads says nothing of what it does")
    lines.append(
        f"It was trained on {taught.trained_on(found)}: what is not in them it knows no better than its base does"
    )
    lines.append(
        f"It was trained on texts of up to {found.values.get('sequence_len', '?')} tokens; longer ones were not tried"
    )
    measured = {one.task for one in found.evaluation.measures}
    if not measured:
        lines.append("Not measured: whether it is better than its base at anything")
    if "general" not in measured:
        line = f"python -m eval run {shlex.quote(found.folder.name)} --tasks general"
        lines.append(f"Not measured: what it forgot of what its base could do (`{line}`)")
    if not found.proof.rows:
        lines.append("Not measured: whether what is here answers as the trained model does")
    lines.append("Not measured: safety, bias, other languages of man or machine. It has what its base has")
    return [f"{line}." for line in lines]


def _again(found: Known) -> list[str]:
    name, record = shlex.quote(found.folder.name), found.record
    train = str(record.get("resume") or "").removesuffix(" --resume")
    if carried := record.get("injected"):
        onto = found.origin.name or found.values.get("base_model")
        argv = ["python", "-m", "ft", "inject", "--adapter", str(carried.get("adapter")), "--onto", str(onto)]
        train = shlex.join([*argv, "--weight", str(carried.get("weight", 1))])
    train = train or f"python -m ft train {shlex.quote(Path(str(record.get('recipe') or found.folder.name)).stem)}"
    lines = [data.command or f"# {data.folder}/README.md has the command that builds it" for data in found.datasets]
    lines += [portable.text(train), f"python -m ft merge {name}"]
    quants = [export.form_of(found.folder, file) for file in found.files]
    wanted = ",".join(form for form in quants if form.lower() not in ("bf16", "f16"))
    option = f" --quant {wanted}" if wanted and found.kind in ("gguf", "lmstudio") else ""
    lines += [f"python -m ft export {name} --to {found.kind}{option}", f"python -m ft verify {name} --all"]
    merged_already = any(word in train.split() for word in ("rehearse", "inject"))
    return [line for line in lines if not (merged_already and line.startswith("python -m ft merge"))]


def _again_words(found: Known) -> str:
    commit = (found.record.get("git") or {}).get("commit")
    at = f" at commit {code(commit)}" if commit else ""
    return f"In a clone of the kit{at}, with the sources of the data:"

"""A verified model on its way to others: what Ollama, LM Studio, vLLM and the Hub want, and the adapter alone."""

from __future__ import annotations

import difflib
import json
import os
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ft import base, checkpoint, export, lock, modelfile, quants, running, runs
from ft.card import modelcard, proof
from ft.card.proof import RESULT
from ft.recipe import read_yaml, run_folder
from prep.errors import UserError
from prep.files import sha256_file, whole_folder, write_json, write_text

TARGETS = ("gguf", "ollama", "lmstudio", "vllm", "adapter", "hub")
_QUANTISED = ("gguf", "ollama", "lmstudio")
DEFAULT_QUANT = "Q4_K_M"
MODELFILE = "Modelfile"
ADAPTER = [
    "adapter_model.safetensors",
    "adapter_config.json",
    "chat_template.jinja",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
]


def target(name: str) -> str:
    """One of TARGETS. Raises UserError with the nearest."""
    if name in TARGETS:
        return name
    near = difflib.get_close_matches(name.lower(), TARGETS, n=1)
    raise UserError(f"--to {name}: " + (f"did you mean {near[0]}?" if near else f"there are {', '.join(TARGETS)}"))


def check_options(to: str, quant: str, of_hub: bool) -> None:
    """Raises UserError for an option that this target would pass over in silence."""
    if of_hub and to != "hub":
        raise UserError(f"--dry-run and --private go with --to hub alone, not with --to {to}")
    if quant and to not in _QUANTISED:
        raise UserError(f"--quant goes with --to {', '.join(_QUANTISED)}: --to {to} takes what is there")


def ship(model: str, to: str, quant: str, say: Callable[[str], None] = print) -> str:
    """Export to one of TARGETS but the Hub; returns what to do next."""
    folder = run_folder(model)
    target(to)
    with lock.hold(folder, "export"):
        if to == "vllm":
            return vllm(folder)
        if to == "adapter":
            return f"adapter: {adapter(folder)}"
        quant = quant or ("" if to == "gguf" else DEFAULT_QUANT)
        out = export.gguf(model, quant, say)
        said = f"exported: {out}\nnext    python -m ft verify {shlex.quote(model)} --all"
        if to != "gguf":
            file = out / f"{folder.name}-{quants.parse(quant)[0]}.gguf"
            said = ollama(folder, file) if to == "ollama" else lmstudio(folder, file)
        modelcard.write(folder, "gguf", out)  # last: it tells of the Modelfile too
        return said


def ollama(folder: Path, file: Path) -> str:
    """A Modelfile beside the GGUF file."""
    path = file.with_name(MODELFILE)
    write_text(path, modelfile_of(folder, file))
    return f"Modelfile: {path}\nnext    ollama create {shlex.quote(folder.name)} -f {shlex.quote(str(path))}"


def modelfile_of(folder: Path, file: Path) -> str:
    """What a run's Modelfile says of one of its GGUF files."""
    values, merged = read_yaml(folder / "recipe.yaml"), export.merged_folder(folder)
    tokenizer = _tokenizer(merged)
    stops = modelfile.stops(merged, tokenizer)
    return modelfile.text(file, modelfile.trained(values, tokenizer), stops, values, merged)


def lmstudio(folder: Path, file: Path) -> str:
    """PUBLISHER/MODEL/FILE, as LM Studio's folder of models has it; the file is linked where the disk can."""
    out = folder / "lmstudio" / "niche-tuner" / folder.name
    with whole_folder(folder / "lmstudio") as temporary:
        place = temporary / "niche-tuner" / folder.name
        place.mkdir(parents=True)
        try:
            os.link(file, place / file.name)
        except OSError:  # another disk, or one without links
            shutil.copyfile(file, place / file.name)
        modelcard.write(folder, "lmstudio", place)
    return f"LM Studio: {out}\nnext    {running.lmstudio_note(file.name).strip()}"


def vllm(folder: Path) -> str:
    """The merged folder, looked through, and the line that serves it; vllm.json has both."""
    values, merged = read_yaml(folder / "recipe.yaml"), export.merged_folder(folder)
    tensors = checkpoint.weight_map(merged)  # every file of the index is there
    tokenizer = _tokenizer(merged)
    ends = modelfile.stops(merged, tokenizer)
    chat = values["datasets"][0].get("type") == "chat_template"
    if chat and not tokenizer.chat_template:
        raise UserError(f"{merged}: no chat template, and the model was trained on chats: merge it again", 1)
    line = shlex.join(running.vllm(str(merged), folder.name, values))
    write_json(folder / "vllm.json", {"folder": str(merged), "tensors": len(tensors), "ends": ends, "serve": line})
    modelcard.write(folder, "vllm", merged)
    plain = "" if chat else "\nnote    trained on Alpaca prompts: use /v1/completions with the prompt of training"
    return f"vLLM: {merged}, {len(tensors)} tensors, answers end with {', '.join(ends)}\nnext    {line}{plain}"


def adapter(folder: Path) -> Path:
    """The adapter alone in MODEL/adapter, its base named and pinned. Raises UserError where the base was changed."""
    values = read_yaml(folder / "recipe.yaml")
    if not (folder / "adapter_model.safetensors").is_file():
        raise UserError(f"{folder}: no adapter_model.safetensors: train it first")
    name = str(base.published(values) or values["base_model"])
    place = base.download(name)
    if runs.read(folder).get("base") not in (None, checkpoint.fingerprint(Path(str(values["base_model"])))):
        raise UserError(f"{values['base_model']} is not what it was when {folder} was trained: train again", 1)
    revision = place.name if place.parent.name == "snapshots" else None
    with whole_folder(folder / "adapter") as temporary:
        for file in ADAPTER:
            if (folder / file).is_file():
                shutil.copyfile(folder / file, temporary / file)
        path = temporary / "adapter_config.json"
        config = json.loads(path.read_text(encoding="utf-8"))
        write_json(path, {**config, "base_model_name_or_path": name, "revision": revision})
        write_json(
            temporary / "base.json",
            {"base": name, "revision": revision, "fingerprint": checkpoint.fingerprint(place)},
        )
        modelcard.write(folder, "adapter", temporary)
    return folder / "adapter"


def hub_files(folder: Path) -> list[Path]:
    """What goes to the Hub beside the card: the GGUF folder and the parity table. Raises UserError where the chain was
    not gone through, or is broken, or is of other files."""
    out, result = folder / "gguf", folder / RESULT
    record = export.read(out)
    if not record.get("files"):
        raise UserError(f"{folder}: no GGUF file: python -m ft export {folder.name} --to gguf")
    told = proof.read(result)
    if told.get("failures"):
        raise UserError(f"{folder}: not uploaded, the chain is broken: {told['failures'][0]}", 1)
    gone = {hop["name"] for hop in told.get("hops", []) if not hop.get("problem")}
    ends = {f"{export.form_of(folder, name)} answers" for name in record["files"]}  # of each file the last hop
    if told.get("files") != record["files"] or not ends <= gone:
        raise UserError(f"{folder}: these files are not verified: python -m ft verify {folder.name} --all", 1)
    beside = [MODELFILE] if (out / MODELFILE).is_file() else []
    hashes = {name: entry.get("sha256") for name, entry in record["files"].items()} | told.get("beside", {})
    for path in (out / name for name in (*record["files"], *beside)):
        if not path.is_file() or sha256_file(path) != hashes.get(path.name):
            raise UserError(f"{path} is not what was verified: python -m ft verify {folder.name} --all", 1)
    return [*(out / name for name in (*record["files"], export.RECORD, *beside)), result]


def hub(model: str, repo: str, private: bool, dry_run: bool, say: Callable[[str], None] = print) -> str:
    """Upload the verified files of a model; dry_run: say what would be, offline."""
    from prep.push import checked

    folder = run_folder(model)
    with lock.hold(folder, "export"):
        files = hub_files(folder)
        checked(repo)
        files = [*modelcard.write(folder, "gguf", folder / "gguf", repo), *files]
    for path in files:
        say(f"{path.stat().st_size / 1e6:10.1f} MB  {path}")
    if dry_run:
        return f"would go to {repo}: {len(files)} files; nothing was sent"
    return f"uploaded: {_upload(files, repo, private)}"


def _upload(files: list[Path], repo: str, private: bool) -> str:
    from httpx import HTTPError, InvalidURL
    from huggingface_hub import CommitOperationAdd, HfApi
    from huggingface_hub.errors import LocalTokenNotFoundError

    operations = [CommitOperationAdd(path_in_repo=path.name, path_or_fileobj=path) for path in files]
    try:
        api = HfApi()
        api.whoami()
        api.create_repo(repo, private=private, exist_ok=True)
        done: Any = api.create_commit(repo, operations, commit_message="GGUF files, verified by niche-tuner")
    except LocalTokenNotFoundError:
        raise UserError("no token for the Hub: run hf auth login, or set HF_TOKEN", 1) from None
    except (HTTPError, InvalidURL, OSError, RuntimeError, ValueError) as error:  # network, answer, address or token
        why = " ".join(str(error).split())[:300] or type(error).__name__
        raise UserError(f"nothing was uploaded, the Hub was not reached or did not take it: {why}", 1) from None
    return str(done.commit_url)


def _tokenizer(merged: Path) -> Any:
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(merged, local_files_only=True)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{merged}: its tokenizer cannot be loaded: {str(error).splitlines()[0]}", 1) from None

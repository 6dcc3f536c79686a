"""What of a model is served: a GGUF file, or the merged folder; and how it was trained to be asked."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ft import alpaca, checkpoint, export, llama, running
from ft.recipe import OUTPUTS, read_yaml, run_folder
from ft.serving import engine
from prep.errors import UserError

LANGUAGE = "autohotkey"  # of code whose language nothing names
_LONGEST = 8192  # tokens of context for a file that no run tells of
_HARMONY = ("gpt-oss", "gpt_oss")


@dataclass(frozen=True)
class Offer:
    """`path` is a GGUF file, or a merged folder for vLLM. `chat`: the server applies its chat template, else the model
    takes the prompt of training; `options` are what the template is given. `context` is 0 where it is not known, `run`
    the folder of its run."""

    name: str
    path: Path
    chat: bool
    context: int
    language: str = LANGUAGE
    options: dict[str, Any] = field(default_factory=dict)
    harmony: bool = False
    run: Path | None = None

    @property
    def by(self) -> str:
        return "llama.cpp" if self.path.is_file() else "vLLM"

    @property
    def folder(self) -> Path:
        """Where its servers' logs go."""
        return (self.run or OUTPUTS) / "serve"

    def argv(self, place: engine.Place) -> list[str]:
        if self.by == "vLLM":
            return running.vllm(str(self.path), self.name, {"sequence_len": self.context}, place.host, place.port)
        return engine.llama_argv(self.path, self.name, place, self.context, options=self.options)

    def payload(self, messages: list[dict[str, str]]) -> dict[str, Any]:
        """What a request says of them; a model without a chat template is asked each question by itself."""
        if self.chat:
            more = {"chat_template_kwargs": self.options} if self.options and self.by == "vLLM" else {}
            return {"model": self.name, "messages": messages, **more}
        system = "".join(f"{one['content']}\n\n" for one in messages if one["role"] == "system")
        prompt = alpaca.WITHOUT_INPUT.format(instruction=system + messages[-1]["content"])
        return {"model": self.name, "prompt": prompt, "stop": list(alpaca.UNTIL)}


def find(model: str, gguf: str = "", context: int = 0) -> Offer:
    """`model` is a recipe's name, a run's folder or a GGUF file; `gguf` a file, or a form such as Q4_K_M. Raises
    UserError where nothing is there that can be served."""
    if model.lower().endswith(".gguf"):
        if gguf:
            raise UserError(f"--gguf {gguf}: {model} is a file already")
        return of_file(Path(model), None, context)
    run = run_folder(model)
    if not gguf and engine.has_vllm():
        return of_merged(run, context)
    return of_file(chosen(run, gguf), run, context)


def chosen(run: Path, gguf: str) -> Path:
    """The file that is named; without a name the only quantised one, else the one of 16 bits. What is not in the record
    of the export was made of a merged model of before."""
    if gguf.lower().endswith(".gguf"):
        return Path(gguf)
    out = run / "gguf"
    known = export.read(out).get("files")
    made = [path for path in sorted(out.glob("*.gguf")) if not known or path.name in known]
    files = {export.form_of(run, path.name).upper(): path for path in made}
    if not files:
        merged = "" if (run / "merged" / "config.json").is_file() else f"python -m ft merge {run.name}, then "
        raise UserError(f"{run}: no GGUF file yet: {merged}python -m ft export {run.name} --quant Q4_K_M")
    if gguf:
        if gguf.upper() in files:
            return files[gguf.upper()]
        near = difflib.get_close_matches(gguf.upper(), files, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(files)}"
        raise UserError(f"--gguf {gguf}: not among the files of {out}: {hint}; ft export --quant makes others")
    quantised = [form for form in files if form not in ("BF16", "F16")]
    whole = next((path for form, path in files.items() if form not in quantised), None)
    return files[quantised[0]] if len(quantised) == 1 or not whole else whole


def of_file(path: Path, run: Path | None, context: int) -> Offer:
    """A GGUF file that is whole; one in a run's folder is asked as the run was trained."""
    engine.require()
    llama.require()
    with llama.reader(path) as found:
        template = llama.text(found, "tokenizer.chat_template")
        kind = llama.text(found, "general.architecture") or ""
        longest = llama.number(found, f"{kind}.context_length") or _LONGEST
    run = run or (path.parent.parent if (path.parent.parent / "recipe.yaml").is_file() else None)
    harmony = kind in _HARMONY
    if not run:
        return Offer(path.stem, path, bool(template), context or min(longest, _LONGEST), harmony=harmony)
    values = read_yaml(run / "recipe.yaml")
    chat = trained_on_chats(values)
    if chat and not template:
        raise UserError(f"{path}: no chat template, and the model was trained on chats: export it again", 1)
    length = context or values.get("sequence_len", 2048)
    return Offer(path.stem, path, chat, length, language_of(values), options_of(values), harmony, run)


def of_merged(run: Path, context: int) -> Offer:
    """The merged folder of a run, for vLLM; it reads harmony itself."""
    merged, values = export.merged_folder(run), read_yaml(run / "recipe.yaml")
    chat = trained_on_chats(values)
    told = merged / "tokenizer_config.json"
    has = (merged / "chat_template.jinja").is_file() or (
        told.is_file() and '"chat_template"' in told.read_text(encoding="utf-8")
    )
    if chat and not has:
        raise UserError(f"{merged}: no chat template, and the model was trained on chats: merge it again", 1)
    length = context or values.get("sequence_len", 2048)
    return Offer(run.name, merged, chat, length, language_of(values), options_of(values), run=run)


def behind(name: str, model: str, chat: bool, context: int) -> Offer:
    """A model of a server that runs already; a run or a GGUF file that is named says how it was trained."""
    if model.lower().endswith(".gguf"):
        return replace(of_file(Path(model), None, context), name=name)
    if not model:
        return Offer(name, Path(), chat, context)
    run = run_folder(model)
    values = read_yaml(run / "recipe.yaml")
    length = context or values.get("sequence_len", 2048)
    chats, options, merged = trained_on_chats(values), options_of(values), run / "merged"
    kind = checkpoint.read_config(merged).get("model_type") if (merged / "config.json").is_file() else ""
    return Offer(name, merged, chats, length, language_of(values), options, kind in _HARMONY, run)


def trained_on_chats(values: dict[str, Any]) -> bool:
    return bool((values.get("datasets") or [{}])[0].get("type") == "chat_template")


def options_of(values: dict[str, Any]) -> dict[str, Any]:
    return dict(values.get("chat_template_kwargs") or {})


def language_of(values: dict[str, Any]) -> str:
    """The language of the run's data, as the manifest beside it says."""
    path = Path(str((values.get("datasets") or [{}])[0].get("path", ""))).parent / "manifest.json"
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["recipe"]["sources"][0]["language"])
    except (OSError, ValueError, KeyError, IndexError, TypeError):
        return LANGUAGE

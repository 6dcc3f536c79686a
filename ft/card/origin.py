"""The base of a run as others know it: its published name, revision, fingerprint, licence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ft import base, checkpoint, llama
from ft.recipe import OUTPUTS
from prep.errors import UserError

_HUB = re.compile(r"[\w.-]+/[\w.-]+")


@dataclass(frozen=True)
class Licence:
    """`id` as the Hub has it; `name` and `link` with the id `other`. `note` is what sharing asks for."""

    id: str
    name: str = ""
    link: str = ""
    note: str = ""


@dataclass(frozen=True)
class Origin:
    """`name` is the published one, "" where it is not known; `folder` the name of a folder on a disk, else "".

    `standin`: the base is a small model made here with the architecture of `like`.
    """

    name: str
    folder: str = ""
    revision: str | None = None
    fingerprint: str | None = None
    as_trained: bool = False  # the fingerprint is the one that the run recorded
    licence: Licence | None = None
    standin: bool = False
    like: str = ""


# By the published name, as the models' pages have it; the models of the shipped recipes and their near kin.
_LICENCES = [
    (r"openai/gpt-oss-", Licence("apache-2.0")),
    (r"codellama/CodeLlama-", Licence("llama2")),
    (r"meta-llama/Llama-2-", Licence("llama2")),
    (
        r"meta-llama/Llama-3\.2-",
        Licence("llama3.2", note="Who shares it shows the words Built with Llama, and begins its name with Llama."),
    ),
    (r"deepseek-ai/deepseek-coder-", Licence("other", "deepseek")),
    (r"mistralai/Mistral-7B-", Licence("apache-2.0")),
    (r"Qwen/Qwen2(\.5)?-7B", Licence("apache-2.0")),
]


def of(folder: Path, values: dict[str, Any], record: dict[str, Any]) -> Origin:
    """The base of the run in `folder`; what is not on this disk is not looked up."""
    source, wanted = _source(values), _of_recipe(record)
    place = _place(source)
    if _is_standin(Path(source)) or llama.standin(folder / "merged"):
        return Origin("", source, None, record.get("base"), bool(record.get("base")), standin=True, like=wanted)
    name = _published(source, wanted)
    revision = place.name if place and place.parent.name == "snapshots" else None
    trained = record.get("base")
    found = trained or (checkpoint.fingerprint(place) if place else None)
    local = Path(source).name if base.is_local(source) else ""
    return Origin(name, local, revision, found, bool(trained), licence(name, place))


def _is_standin(place: Path) -> bool:
    return (OUTPUTS / "standin").resolve() in place.resolve().parents or bool(llama.standin(place))


def licence(name: str, place: Path | None) -> Licence | None:
    """As the base's own README says, else by its published name; None where neither tells."""
    told = _told(place / "README.md") if place else None
    if told:
        return told
    found = next((one for pattern, one in _LICENCES if re.match(pattern, name, re.I)), None)
    if found and found.id == "other":
        return Licence("other", found.name, f"https://huggingface.co/{name}/blob/main/LICENSE", found.note)
    return found


def _told(readme: Path) -> Licence | None:
    """The licence in a README's front matter: words of letters, digits, dots; anything else is not believed."""
    from huggingface_hub import metadata_load
    from yaml import YAMLError

    try:
        found = metadata_load(readme) if readme.is_file() else None
    except (ValueError, YAMLError, UnicodeDecodeError):
        return None
    parts = [str((found or {}).get(key) or "") for key in ("license", "license_name", "license_link")]
    if not re.fullmatch(r"[\w.+-]+", parts[0]):
        return None
    name = parts[1] if re.fullmatch(r"[\w. +-]+", parts[1]) else ""
    return Licence(parts[0], name, parts[2] if re.fullmatch(r"https://[^\s<>\"']+", parts[2]) else "")


def _source(values: dict[str, Any]) -> str:
    """The published checkpoint behind a copy of it, else base_model."""
    try:
        return str(base.published(values) or values.get("base_model"))
    except UserError:  # a tokenizer of the Hub that is neither here nor reached
        return str(values.get("base_model"))


def _of_recipe(record: dict[str, Any]) -> str:
    """The published name in the recipe's file, where the run put another base in its place; else ""."""
    for wanted in ("tokenizer_config", "base_model"):
        for key, before, *_ in record.get("changes", []):
            if key == wanted and _HUB.fullmatch(str(before)) and not base.is_local(str(before)):
                return str(before)
    return ""


def _published(source: str, wanted: str) -> str:
    """A folder has the name of the model in it where it is called as the recipe's model is."""
    if not base.is_local(source):
        return source if _HUB.fullmatch(source) else ""
    return wanted if wanted and Path(source).name == wanted.rpartition("/")[2] else ""


def _place(source: str) -> Path | None:
    """Where the base lies on this disk; nothing is downloaded."""
    if base.is_local(source):
        return Path(source) if Path(source).is_dir() else None
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(source, allow_patterns=base.FILES, local_files_only=True))
    except (HFValidationError, LocalEntryNotFoundError):
        return None

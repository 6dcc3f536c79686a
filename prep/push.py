"""`prep push`: a built dataset to the Hugging Face Hub, exactly as its manifest has it."""

from __future__ import annotations

import json
from pathlib import Path, PureWindowsPath

from prep import manifest
from prep.errors import UserError
from prep.files import sha256_file

_FIX = "pip install -c constraints.txt huggingface_hub"


def files(folder: Path) -> list[Path]:
    """What a build wrote. Raises UserError when it is no build, or is not any more what the build wrote."""
    outputs = _outputs(folder)
    changed = [name for name, sha256 in outputs.items() if not _same(folder / name, sha256)]
    if changed:
        raise UserError(f"{folder}: changed since it was built: {', '.join(changed[:5])}: build it again", 1)
    return [folder / name for name in sorted([*outputs, manifest.NAME])]


def checked(repo: str) -> str:
    """The id of a repository, if it can be one. Raises UserError."""
    try:
        from huggingface_hub.errors import HFValidationError
        from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]
    except ModuleNotFoundError:
        raise UserError(f"prep push needs the package huggingface_hub: {_FIX}") from None
    try:
        validate_repo_id(repo)
    except HFValidationError as error:
        raise UserError(f"{repo}: no id of a repository, such as you/ahk: {error}") from None
    if "/" not in repo:
        raise UserError(f"{repo}: whose? Name the owner too, such as you/{repo}")
    return repo


def push(folder: Path, repo: str, private: bool) -> str:
    """Upload; returns the address of the commit. Raises UserError."""
    wanted = [path.name for path in files(folder)]
    from httpx import HTTPError, InvalidURL
    from huggingface_hub import HfApi
    from huggingface_hub.errors import LocalTokenNotFoundError

    try:
        api = HfApi()
        api.whoami()
        api.create_repo(repo, repo_type="dataset", private=private, exist_ok=True)
        done = api.upload_folder(repo_id=repo, folder_path=folder, repo_type="dataset", allow_patterns=wanted)
    except LocalTokenNotFoundError:
        raise UserError("no token for the Hub: run hf auth login, or set HF_TOKEN", 1) from None
    except (HTTPError, InvalidURL, OSError, RuntimeError, ValueError) as error:  # network, answer, address or token
        why = " ".join(str(error).split())[:300] or type(error).__name__
        raise UserError(f"nothing was pushed, the Hub was not reached or did not take it: {why}", 1) from None
    return str(done)


def _outputs(folder: Path) -> dict[str, str]:
    """File name -> SHA-256, as the manifest has them."""
    file = folder / manifest.NAME
    if not file.is_file():
        raise UserError(f"{folder}: no built dataset: python -m prep build writes one")
    try:
        outputs = json.loads(file.read_bytes())["outputs"]
        whole = all(isinstance(text, str) for pair in outputs.items() for text in pair)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        whole = False
    if not whole:
        raise UserError(f"{file}: not a manifest of a build")
    outside = [name for name in outputs if PureWindowsPath(name).name != name]  # also by a backslash or a drive
    if outside:
        raise UserError(f"{file}: {outside[0]!r} is no plain file name: not a manifest of a build")
    return dict(outputs)


def _same(path: Path, sha256: str) -> bool:
    return path.is_file() and sha256_file(path) == sha256

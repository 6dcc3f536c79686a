"""`prep push`: a built dataset to the Hugging Face Hub, exactly as its manifest has it."""

from __future__ import annotations

import json
from pathlib import Path

from prep import manifest
from prep.errors import UserError
from prep.files import sha256_file


def files(folder: Path) -> list[Path]:
    """What a build wrote. Raises UserError when it is no build, or is not any more what the build wrote."""
    if not (folder / manifest.NAME).is_file():
        raise UserError(f"{folder}: no built dataset: python -m prep build writes one")
    try:
        outputs = json.loads((folder / manifest.NAME).read_text("utf-8"))["outputs"]
    except (ValueError, KeyError, TypeError):
        raise UserError(f"{folder / manifest.NAME}: not a manifest of a build") from None
    changed = [name for name, sha256 in outputs.items() if not _same(folder / name, sha256)]
    if changed:
        raise UserError(f"{folder}: changed since it was built: {', '.join(changed[:5])}: build it again", 1)
    return [folder / name for name in sorted([*outputs, manifest.NAME])]


def push(folder: Path, repo: str, private: bool) -> str:
    """Upload; returns the address of the commit. Raises UserError."""
    wanted = [path.name for path in files(folder)]
    try:
        from huggingface_hub import HfApi
        from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalTokenNotFoundError
    except ModuleNotFoundError:
        fix = "pip install -c constraints.txt huggingface_hub"
        raise UserError(f"prep push needs the package huggingface_hub: {fix}") from None
    api = HfApi()
    try:
        api.whoami()
        api.create_repo(repo, repo_type="dataset", private=private, exist_ok=True)
        done = api.upload_folder(repo_id=repo, folder_path=folder, repo_type="dataset", allow_patterns=wanted)
    except LocalTokenNotFoundError:
        raise UserError("no token for the Hub: run hf auth login, or set HF_TOKEN", 1) from None
    except HFValidationError as error:
        raise UserError(f"{repo}: {error}") from None
    except (HfHubHTTPError, OSError) as error:
        raise UserError(f"the Hub did not take it: {' '.join(str(error).split())[:300]}", 1) from None
    return str(done)


def _same(path: Path, sha256: str) -> bool:
    return path.is_file() and sha256_file(path) == sha256

"""Packages and keys that a recipe needs and this environment lacks."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from ft import launch, needs, recipe
from prep.errors import UserError
from tests.conftest import ROOT, folder_like_a_clone


@pytest.mark.parametrize(
    ("values", "package"),
    [
        ({"attn_implementation": "flash_attention_2"}, "flash_attn"),
        ({"xformers_attention": True}, "xformers"),
        ({"use_comet": True}, "comet_ml"),
    ],
)
def test_a_package_that_is_not_here_is_named(
    values: dict[str, Any], package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(needs, "find_spec", lambda name: None if name == package else find_spec(name))
    (key, value), (found,) = next(iter(values.items())), needs.absent(values)
    assert found == (f"{key}: {value}", package)
    assert needs.absent({key: False, "use_tensorboard": True, "attn_implementation": "sdpa"}) == []


@pytest.mark.parametrize("path", sorted((ROOT / "configs").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_shipped_recipes_need_nothing_more(path: Path) -> None:
    values = recipe.read_yaml(path)
    assert needs.absent(values) == [] and not needs.no_key(values)


def test_a_key_for_wandb_is_looked_for_where_it_may_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("WANDB_API_KEY", "WANDB_MODE"):
        monkeypatch.delenv(name, raising=False)
    assert needs.no_key({"use_wandb": True})
    assert not needs.no_key({"use_wandb": True, "wandb_mode": "offline"})
    (tmp_path / ".netrc").write_text("machine api.wandb.ai login user password secret\n")
    (tmp_path / ".netrc").chmod(0o600)
    assert not needs.no_key({"use_wandb": True})
    (tmp_path / ".netrc").unlink()
    monkeypatch.setenv("WANDB_API_KEY", "secret")
    assert not needs.no_key({"use_wandb": True})


def test_training_is_refused_with_all_that_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("WANDB_MODE", "online")
    monkeypatch.delenv("WANDB_API_KEY", raising=False)
    monkeypatch.chdir(folder_like_a_clone(tmp_path / "clone"))
    monkeypatch.setattr(needs, "find_spec", lambda name: None if name == "comet_ml" else find_spec(name))
    with pytest.raises(
        UserError, match=r"(?s)tiny.yaml: use_comet: True needs .*tiny.yaml: use_wandb: there is no key"
    ):
        launch.plan("tiny", ["use_comet=true", "use_wandb=true"], launch.Options())

"""The trackers' keys are Axolotl's, and the one that its pins break begins."""

from __future__ import annotations

from pathlib import Path

import pytest

from ft.schema import known_keys
from ft.trackers import mend_trackio

KEYS = [
    *("use_tensorboard", "use_wandb", "wandb_project", "wandb_name", "wandb_mode"),
    *("use_mlflow", "mlflow_tracking_uri", "mlflow_experiment_name", "mlflow_run_name"),
    *("use_trackio", "trackio_project_name", "trackio_run_name", "trackio_space_id"),
]


def test_axolotl_knows_every_key_of_the_trackers(in_workspace: Path) -> None:
    assert [key for key in KEYS if key not in known_keys({})] == []


def test_trackio_takes_what_transformers_gives_and_the_project_of_the_recipe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKIO_DIR", str(tmp_path))
    import trackio

    monkeypatch.setattr(trackio, "init", trackio.init)  # mended for this test alone
    mend_trackio("ahk")
    trackio.init(project="huggingface", name="one", space_id=None, resume="allow", private=None, bucket_id=None)
    trackio.log({"loss": 2.5}, step=1)
    trackio.finish()
    assert (tmp_path / "ahk.db").exists()

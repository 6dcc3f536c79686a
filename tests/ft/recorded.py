"""Small folders as runs leave them, written here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

VALUES = {"base_model": "outputs/standin/tiny", "lora_r": 16, "learning_rate": 0.002, "bf16": False}


def progress(losses: list[float | str], held: list[float] = (), warning: str = "") -> list[dict[str, Any]]:  # type: ignore[assignment]
    """Two seconds and 1,000 tokens a step; the evaluations come after the last step."""
    rows: list[dict[str, Any]] = [{"time": 50.0, "stage": "training", "step": 0, "max_steps": len(losses)}]
    for step, loss in enumerate(losses, 1):
        rows.append(
            {"time": 50.0 + 2 * step, "step": step, "loss": loss, "learning_rate": 0.001, "tokens/total": 1000 * step}
        )
    rows += [{"time": 99.0, "step": len(losses), "eval_loss": one, "eval_token_accuracy": 0.25} for one in held]
    return [*rows, {"time": 99.0, "step": len(losses), "warning": warning}] if warning else rows


def run(folder_name: str, rows: list[dict[str, Any]], values: dict[str, Any] | None = None, **record: Any) -> Path:
    """outputs/NAME below the current folder: run.json, recipe.yaml, progress.jsonl."""
    folder = Path("outputs") / folder_name
    folder.mkdir(parents=True)
    recipe = {
        **VALUES,
        **(values or {}),
        "output_dir": str(folder),
        "dataset_prepared_path": f"outputs/prepared/{folder_name}",
    }
    (folder / "recipe.yaml").write_text(yaml.safe_dump(recipe, sort_keys=False))
    told = {"status": "finished", "name": "tiny", "seconds": 30.0, "peak_memory_gib": 1.5, "peak_vram_gib": 0, **record}
    (folder / "run.json").write_text(json.dumps(told))
    (folder / "progress.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder

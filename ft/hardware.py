"""What this machine has, without importing torch."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from pathlib import Path
from typing import Any


def gpus() -> list[dict[str, Any]]:
    """The NVIDIA cards that a run here would see: name, and memory in GiB where the driver tells it."""
    answer = _asked("name,memory.total")
    return visible(answer, os.environ.get("CUDA_VISIBLE_DEVICES")) if answer else []


def without_bf16() -> str:
    """The name of a card here that computes no bf16, older than compute capability 8.0; empty where there is none, or
    where the driver does not tell."""
    for line in _asked("name,compute_cap").splitlines():
        name, _, capability = line.rpartition(",")
        if capability.strip()[:1].isdigit() and float(capability) < 8:
            return name.strip()
    return ""


def _asked(fields: str) -> str:
    """What nvidia-smi answers, a line for each card."""
    if shutil.which("nvidia-smi") is None:
        return ""
    query = ["nvidia-smi", f"--query-gpu={fields}", "--format=csv,noheader,nounits"]
    try:
        return subprocess.run(query, capture_output=True, text=True, timeout=20, check=True).stdout
    except (subprocess.SubprocessError, OSError):
        return ""


def visible(answer: str, chosen: str | None) -> list[dict[str, Any]]:
    """The cards of nvidia-smi's `answer` that CUDA_VISIBLE_DEVICES (`chosen`) leaves, by index; it stops at the first
    that does not exist, as CUDA does."""
    cards = []
    for line in answer.splitlines():
        name, _, size = line.rpartition(",")
        cards.append(
            {"name": name.strip(), "memory_gib": round(int(size) / 1024, 1) if size.strip().isdigit() else None}
        )
    if chosen is None:
        return cards
    found = []
    for index in filter(None, chosen.split(",")):
        if (index.strip().isdigit() and int(index) >= len(cards)) or index.strip() == "-1":
            break
        found.append(cards[int(index)] if index.strip().isdigit() else cards[0])  # a card may be named by its UUID
    return found


def describe() -> dict[str, Any]:
    """For the run's record: processor, cores, memory in GiB, cards, system."""
    return {
        "cpu": _cpu_name(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "gpus": gpus(),
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def _cpu_name() -> str:
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()

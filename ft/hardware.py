"""What this machine has, without importing torch."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from pathlib import Path
from typing import Any


def gpus() -> list[dict[str, Any]]:
    """The NVIDIA cards that a run here would see: name and memory in GiB. Empty without a driver or a card."""
    if os.environ.get("CUDA_VISIBLE_DEVICES") == "" or shutil.which("nvidia-smi") is None:
        return []
    query = ["nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(query, capture_output=True, text=True, timeout=20, check=True).stdout
    except (subprocess.SubprocessError, OSError):
        return []
    rows = [line.rsplit(",", 1) for line in answer.splitlines() if "," in line]
    cards = [{"name": name.strip(), "memory_gib": round(int(size) / 1024, 1)} for name, size in rows]
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    return cards if visible is None else cards[: len(visible.split(","))]


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

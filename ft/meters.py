"""What a run takes of the machine: processor, memory, cards, disk; read every few seconds, for a few milliseconds."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

_SECONDS = 5.0  # between two readings
_GIB = 2**30


class Meters:
    """Reads the process tree below this process, the machine's memory, the run folder's disk and the visible cards."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._next = 0.0
        self._processes: dict[int, Any] = {}
        self._cards = Cards()

    def due(self) -> bool:
        """True once every few seconds, by the monotonic clock."""
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + _SECONDS
        return True

    def read(self) -> dict[str, Any]:
        """cpu_percent (of all cores, since the last reading), ram_gib (of the run: resident memory, where pages that
        processes share count for each), ram_used_gib and ram_total_gib (of the machine), disk_free_gib, gpus."""
        import psutil

        share, resident = self._tree()
        memory = psutil.virtual_memory()
        return {
            "cpu_percent": round(share / (psutil.cpu_count() or 1), 1),
            "ram_gib": round(resident / _GIB, 2),
            "ram_used_gib": round((memory.total - memory.available) / _GIB, 2),
            "ram_total_gib": round(memory.total / _GIB, 2),
            "disk_free_gib": round(psutil.disk_usage(str(self._folder)).free / _GIB, 2),
            "gpus": self._cards.read(),
        }

    def _tree(self) -> tuple[float, int]:
        """(percent of one core, bytes resident) of all processes below this one."""
        import psutil

        living = {process.pid: process for process in psutil.Process().children(recursive=True)}
        # A process keeps its object: its share of the processor is told since that object's last question.
        same = {pid: old for pid, old in self._processes.items() if living.get(pid) == old}
        self._processes = living | same
        share, resident = 0.0, 0
        for process in self._processes.values():
            try:
                with process.oneshot():
                    share, resident = share + process.cpu_percent(), resident + process.memory_info().rss
            except psutil.Error:  # it has just ended, or is not ours to ask
                continue
        return share, resident


class Cards:
    """The NVIDIA cards that the run sees, through the driver's own library; none where there is no driver."""

    def __init__(self) -> None:
        self._handles: list[Any] | None = None

    def read(self) -> list[dict[str, Any]]:
        """Per card: name, vram_gib and vram_total_gib (of all on it); where told: used_percent, celsius, watts."""
        import pynvml

        try:
            if self._handles is None:
                self._handles = self._open()
            return [self._card(handle) for handle in self._handles]
        except pynvml.NVMLError:  # no driver, or it has just been taken away: the run does not depend on it
            self._handles = []
            return []

    @staticmethod
    def _open() -> list[Any]:
        import pynvml

        pynvml.nvmlInit()
        names = [str(index) for index in range(pynvml.nvmlDeviceGetCount())]
        return [
            pynvml.nvmlDeviceGetHandleByIndex(int(name)) if name.isdigit() else pynvml.nvmlDeviceGetHandleByUUID(name)
            for name in chosen(names, os.environ.get("CUDA_VISIBLE_DEVICES"))
        ]

    @staticmethod
    def _card(handle: Any) -> dict[str, Any]:
        import pynvml

        memory = pynvml.nvmlDeviceGetMemoryInfo(handle)
        found = {
            "name": pynvml.nvmlDeviceGetName(handle),
            "vram_gib": round(memory.used / _GIB, 2),
            "vram_total_gib": round(memory.total / _GIB, 2),
        }
        told: list[tuple[str, Callable[[], Any]]] = [
            ("used_percent", lambda: pynvml.nvmlDeviceGetUtilizationRates(handle).gpu),
            ("celsius", lambda: pynvml.nvmlDeviceGetTemperature(handle, pynvml.NVML_TEMPERATURE_GPU)),
            ("watts", lambda: round(pynvml.nvmlDeviceGetPowerUsage(handle) / 1000)),
        ]
        for key, ask in told:
            with suppress(pynvml.NVMLError):  # cards without a sensor, and slices of a card, do not tell
                found[key] = ask()
        return found


def chosen(names: list[str], visible: str | None) -> list[str]:
    """Of the cards `names`, by index, those that CUDA_VISIBLE_DEVICES leaves; an UUID stays as it is."""
    if visible is None:
        return names
    found = [name.strip() for name in visible.split(",") if name.strip()]
    return [name for name in found if name in names or name.startswith("GPU-")]

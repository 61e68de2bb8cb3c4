"""The machine that a record or a number is from: no number without one."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from pathlib import Path

import psutil

__all__ = ["machine", "today"]


def machine(folder: Path) -> str:
    """Processor, cores, memory, kernel, file system of `folder`, and how busy it is: one line."""
    model = next((line.partition(":")[2].strip() for line in cpuinfo() if line.startswith("model name")), "unknown")
    memory = round(psutil.virtual_memory().total / 2**30)
    busy = f"load {os.getloadavg()[0]:.1f}"
    kernel = f"{platform.system()} {platform.release()}"
    return f"{model}, {os.cpu_count()} cores, {memory} GiB, {kernel}, {file_system(folder)}, {busy}"


def cpuinfo() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.exists() else []


def file_system(folder: Path) -> str:
    """The type of the file system that holds `folder`."""
    mounts = [part for part in psutil.disk_partitions(all=True) if folder.resolve().is_relative_to(part.mountpoint)]
    return max(mounts, key=lambda part: len(part.mountpoint)).fstype if mounts else "unknown file system"


def today() -> str:
    """The date, in UTC, as YYYY-MM-DD."""
    return datetime.now(UTC).date().isoformat()

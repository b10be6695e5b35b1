"""The record of a run: what ran where, on what, for how long, and how often the test part was looked at.

In: what the stages tell. Out: `record.json`, without names, addresses or paths of the person who ran it.
"""

from __future__ import annotations

import os
import platform
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from iatros.runs import read_json, write_json

PACKAGES = (
    "iatros",
    "torch",
    "lightning-fabric",
    "numpy",
    "polars",
    "scikit-learn",
    "pillow",
    "pydicom",
    "captum",
    "onnxruntime",
)


@dataclass
class Record:
    """Facts of a run, gathered as it goes. It may be written at any time; a resumed run goes on from what was written."""

    path: Path
    facts: dict[str, Any] = field(default_factory=dict)  # Any: JSON

    @classmethod
    def of(cls, path: Path) -> Record:
        """The record in this file, or a new one."""
        return cls(path, read_json(path) if path.is_file() else {})

    def put(self, **facts: Any) -> None:
        """Note facts and write them down."""
        self.facts.update(facts)
        write_json(self.path, self.facts)

    def looked_at_test(self, why: str) -> None:
        """Count one more look at the test part, with its reason."""
        looks = [*self.facts.get("looks", []), {"when": now(), "why": why}]
        self.put(looks=looks, looks_at_test=len(looks))

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Note the seconds and the peak memory of a stage."""
        start = time.perf_counter()
        yield
        seconds = self.facts.get("seconds", {})
        seconds[name] = round(seconds.get(name, 0.0) + time.perf_counter() - start, 2)
        self.put(seconds=seconds, peak_mb=max(self.facts.get("peak_mb", 0), peak_mb()))


def now() -> str:
    """The time in UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def peak_mb() -> int:
    """The most memory that this process has held, in MB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(most / (2**20 if sys.platform == "darwin" else 2**10))


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that decide results."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def machine() -> dict[str, Any]:
    """Processor, cores and memory; no host name."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {"system": platform.system(), "cpu": _processor(), "cores": cores, "memory_gb": _memory_gb()}


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.is_file():
        names = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
        if names:
            return names[0]
    return platform.processor() or platform.machine()


def _memory_gb() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)
    except (ValueError, OSError):
        return None

"""What the machine gives: cores, memory and disk, with the limits that a container sets; and how fast it computes.

In: the operating system's word. Out: plain numbers. Speed is measured in a process of its own: it imports torch, may fail.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CGROUP = Path("/sys/fs/cgroup")
GIB = 2**30
PATIENCE = 60  # seconds to wait for torch to be imported and measured
NO_LIMIT = 1 << 60  # bytes: cgroup v1 writes a number near 2**63 where there is no limit

# Run apart. A product of two square matrices, often enough to be timed: the work of a network's layers.
MEASURE = """
import json, time, torch
told = {"torch": torch.__version__, "devices": [], "precisions": {}}
if torch.cuda.is_available():
    for i in range(torch.cuda.device_count()):
        of = torch.cuda.get_device_properties(i)
        told["devices"].append({"name": of.name, "memory_gb": round(of.total_memory / 2**30, 1)})
if torch.backends.mps.is_available():
    told["devices"].append({"name": "Apple GPU", "memory_gb": None})
kind = "cuda" if torch.cuda.is_available() else "cpu"
size = 4096 if kind == "cuda" else 512
def done():
    if kind == "cuda":
        torch.cuda.synchronize()
for name in ("float32", "bfloat16"):
    a = torch.ones(size, size, dtype=getattr(torch, name), device=kind)
    a @ a
    done()
    best, until = float("inf"), time.perf_counter() + 0.1
    while time.perf_counter() < until:
        start = time.perf_counter()
        a @ a
        done()
        best = min(best, time.perf_counter() - start)
    told["precisions"][name] = round(2 * size**3 / best / 1e9, 1)
told["device"], told["threads"] = kind, torch.get_num_threads()
print(json.dumps(told))
"""


@dataclass(frozen=True)
class Cores:
    """machine: cores there are; allowed: those this process may use; quota: cores' worth of time of the container, or None."""

    machine: int
    allowed: int
    quota: float | None

    @property
    def usable(self) -> float:
        """The least of them."""
        return min(self.allowed, self.quota or self.allowed)


@dataclass(frozen=True)
class Memory:
    """In GiB. total: of the machine; free: to be had now; limit: of the container, or None."""

    total: float | None
    free: float | None
    limit: float | None


@dataclass(frozen=True)
class Speed:
    """precisions: name -> GFLOP/s of a matrix product; devices: accelerators; fault: why torch could not be measured."""

    torch: str = ""
    device: str = "cpu"
    threads: int = 0
    precisions: dict[str, float] = field(default_factory=dict)
    devices: tuple[dict[str, Any], ...] = ()  # Any: name and memory
    fault: str = ""


def cores(cgroup: Path = CGROUP) -> Cores:
    """Cores, and how many of them this process may use."""
    machine = os.cpu_count() or 1
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else machine
    return Cores(machine, allowed, quota(cgroup))


def quota(cgroup: Path = CGROUP) -> float | None:
    """Cores' worth of time that a container may use (cgroup v2, then v1); None where there is no limit."""
    told = _read(cgroup / "cpu.max").split() or [
        _read(cgroup / "cpu/cpu.cfs_quota_us"),
        _read(cgroup / "cpu/cpu.cfs_period_us"),
    ]
    if len(told) != 2 or not all(part.isdigit() for part in told) or not int(told[1]):
        return None
    return int(told[0]) / int(told[1])


def memory(cgroup: Path = CGROUP, facts: Path = Path("/proc/meminfo")) -> Memory:
    """Memory of the machine, what is free, and the container's limit."""
    told = {name: amount for line in _read(facts).splitlines() for name, _, amount in [line.partition(":")]}
    total, free = (_kib(told.get(name, "")) for name in ("MemTotal", "MemAvailable"))
    if total is None and hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIB
    limits = [_read(cgroup / name) for name in ("memory.max", "memory/memory.limit_in_bytes")]
    limit = next((int(text) for text in limits if text.isdigit() and int(text) < NO_LIMIT), None)
    return Memory(total, free, None if limit is None else limit / GIB)


def free_disk(folder: Path) -> float | None:
    """GiB free where a folder lies or would lie; None where that is not known."""
    place = next((one for one in (folder.absolute(), *folder.absolute().parents) if one.exists()), None)
    try:
        return None if place is None else shutil.disk_usage(place).free / GIB
    except OSError:
        return None


def speed(program: str = MEASURE) -> Speed:
    """Measure torch in a process of its own, which takes some seconds to import and a fraction of one to measure."""
    try:
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return Speed(fault=f"torch did not answer within {PATIENCE} s")
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return Speed(fault=last if done.returncode > 0 else f"torch ended the process (signal {-done.returncode})")
    told = json.loads(done.stdout.splitlines()[-1])
    return Speed(told["torch"], told["device"], told["threads"], told["precisions"], tuple(told["devices"]))


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def _kib(text: str) -> float | None:
    number = text.strip().removesuffix(" kB")
    return int(number) * 1024 / GIB if number.isdigit() else None

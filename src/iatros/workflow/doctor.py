"""Doctor: is everything there that Iatros needs on this machine?

In: nothing but the machine. Out: a `Checkup`: what was looked at, what was found, and what to do about it.
"""

from __future__ import annotations

import locale
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from iatros.packed import cache_folder
from iatros.workflow.hardware import Cores, Memory, Speed, cores, free_disk, memory, speed
from iatros.workflow.installed import Package, packages

State = Literal["fine", "missing", "warning", "broken"]
OLDEST = (3, 11)  # Python
LITTLE_MEMORY = 4.0  # GiB: networks on images of usual size want more
LITTLE_DISK = 2.0  # GiB: packed data and runs
WORTH_IT = 1.2  # times faster from which bfloat16 is named as the faster one


@dataclass(frozen=True)
class Item:
    """One thing looked at. `missing` is an extra that nobody needs yet; `broken` stops work; todo: the remedy."""

    part: str
    name: str
    found: str
    state: State = "fine"
    todo: str = ""


@dataclass(frozen=True)
class Checkup:
    """All of it; facts: the same as numbers."""

    items: tuple[Item, ...]
    facts: dict[str, Any]  # Any: JSON

    @property
    def broken(self) -> tuple[Item, ...]:
        """What is needed and does not work."""
        return tuple(item for item in self.items if item.state == "broken")

    def as_json(self) -> dict[str, Any]:  # Any: JSON
        """For `--json`."""
        return {"ok": not self.broken, **self.facts, "items": [asdict(item) for item in self.items]}


def doctor(runs: Path = Path("runs"), measure: Callable[[], Speed] = speed) -> Checkup:
    """Look at packages, machine, speed, folders and terminal. runs: where runs would be written."""
    found, core, room, fast = packages(), cores(), memory(), measure()
    folders = {"cache": cache_folder(), "runs": runs}
    items = (
        *_of_packages(found),
        *_of_machine(core, room),
        *_of_speed(fast),
        *(item for name, folder in folders.items() for item in _of_folder(name, folder)),
        *_of_terminal(),
    )
    facts = {
        "python": platform.python_version(),
        "packages": {package.name: package.installed or None for package in found},
        "cores": {**asdict(core), "usable": core.usable},
        "memory_gib": asdict(room),
        "speed": asdict(fast),
        "folders": {name: {"path": str(folder), "free_gib": free_disk(folder)} for name, folder in folders.items()},
    }
    return Checkup(items, facts)


def _of_packages(found: list[Package]) -> Iterator[Item]:
    python = platform.python_version()
    old = sys.version_info < OLDEST
    yield Item("installed", "python", python, "broken" if old else "fine", "Python 3.11 or later is needed" if old else "")
    for package in found:
        if not package.extra:
            yield _needed(package)
    for extra in dict.fromkeys(package.extra for package in found if package.extra):
        yield _of_extra(extra, [package for package in found if package.extra == extra])


def _needed(package: Package) -> Item:
    if package.fits:
        return Item("installed", package.name, package.installed)
    todo = f'pip install "{package.name}{package.wanted}"'
    found = f"{package.installed}, but {package.wanted} is needed" if package.installed else "not installed"
    return Item("installed", package.name, found, "broken", todo)


def _of_extra(extra: str, found: list[Package]) -> Item:
    lacking = [package for package in found if not package.fits]
    if not lacking:
        return Item("extras", extra, ", ".join(f"{package.name} {package.installed}" for package in found))
    what = f"without {', '.join(package.name for package in lacking)}"
    return Item("extras", extra, what, "missing", f'pip install "iatros[{extra}]"')


def _of_machine(core: Cores, room: Memory) -> Iterator[Item]:
    told = f"{core.machine}"
    told += f", of which this process may use {core.allowed}" if core.allowed < core.machine else ""
    told += f", limited to {core.quota:.1f} cores' time" if core.quota is not None and core.quota < core.allowed else ""
    yield Item("machine", "cores", told)
    most = min((amount for amount in (room.total, room.limit) if amount is not None), default=None)
    if most is None:
        yield Item("machine", "memory", "not known")
        return
    told = f"{most:.1f} GiB" + (" (limit of the container)" if most != room.total else "")
    told += f", {room.free:.1f} GiB free" if room.free is not None else ""
    little = most < LITTLE_MEMORY
    todo = "prefer small images and batches" if little else ""
    yield Item("machine", "memory", told, "warning" if little else "fine", todo)


def _of_speed(fast: Speed) -> Iterator[Item]:
    if fast.fault:
        yield Item("speed", "torch", f"does not work: {fast.fault}", "broken", "pip install --force-reinstall torch")
        return
    names = [f"{one['name']}{f', {gb} GiB' if (gb := one.get('memory_gb')) else ''}" for one in fast.devices]
    yield Item("speed", "accelerators", "; ".join(names) or "none: networks are trained on the processor")
    plain, short = fast.precisions["float32"], fast.precisions["bfloat16"]
    better = "bfloat16" if short > WORTH_IT * plain else "float32" if plain > WORTH_IT * short else "neither"
    where = f"on {fast.threads} thread{'' if fast.threads == 1 else 's'}" if fast.device == "cpu" else f"on {fast.device}"
    told = f"float32 {plain:,.0f}, bfloat16 {short:,.0f} GFLOP/s {where} (matrix product): {better} is faster"
    yield Item("speed", "precision", told)


def _of_folder(name: str, folder: Path) -> Iterator[Item]:
    fault = _unwritable(folder)
    change = "set IATROS_CACHE to a folder that can be written" if name == "cache" else "work in a folder that can be written"
    yield Item(
        "folders", name, f"{folder} ({fault or 'can be written'})", "broken" if fault else "fine", change if fault else ""
    )
    free = free_disk(folder)
    if free is not None:
        little = free < LITTLE_DISK
        todo = "make room: packed data and runs are written there" if little else ""
        yield Item("folders", f"{name}, disk", f"{free:,.1f} GiB free", "warning" if little else "fine", todo)


def _unwritable(folder: Path) -> str:
    """Why a file cannot be written there, or "". What does not exist is tried in the folder above, and not made."""
    place = next((one for one in (folder.absolute(), *folder.absolute().parents) if one.exists()), folder)
    try:
        with tempfile.TemporaryFile(dir=place):
            return ""
    except OSError as fault:
        return f"cannot be written: {fault.strerror or type(fault).__name__}"


def _of_terminal() -> Iterator[Item]:
    encoding = (sys.stdout.encoding or "").lower().replace("_", "-")
    plain = encoding not in ("utf-8", "utf8")
    todo = "set PYTHONUTF8=1, or LANG=C.UTF-8" if plain else ""
    yield Item("terminal", "encoding", encoding or "not known", "warning" if plain else "fine", todo)
    yield Item("terminal", "locale", ".".join(part or "C" for part in locale.getlocale()))
    moving = sys.stderr.isatty()
    told = f"{shutil.get_terminal_size().columns} columns" if moving else "none: progress is one line a finished stage"
    yield Item("terminal", "screen", told + (", NO_COLOR is set" if os.environ.get("NO_COLOR") else ""))

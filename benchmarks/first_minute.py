"""Claim: one command takes a clean clone with an empty package cache to the first report in under 180 seconds; from the
installed package, `iatros demo` takes under 45.

The clone is of the last commit, in a new folder; pip's cache and Iatros' cache are new and empty. The
package mirror is the one of this machine, and is warmed by fetching the same packages once (--cold leaves that out). Stages are
the times at which `make demo` and the demo itself printed their lines. For the second figure, the wheel is built, installed in
the place of the checkout, the checkout's sources are removed, and `iatros demo` is run in an empty folder. Processor seconds
stand beside: they hardly change when the machine is busy with other work. A report counts when its page and its manifest are
there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from places import HERE
from table import Row, report

CLONE_S, INSTALLED_S = 180.0, 45.0
STAGES = ("check", "split", "train", "compare", "predict", "evaluate", "explain", "report")
INSTALLED_AT = "Breast-cancer cytology"  # the demo's first words: all is installed
LONGEST = 1800  # seconds after which a command is given up


@dataclass(frozen=True, slots=True)
class Timed:
    """One command. seconds: wall; processor: of all its processes; lines: (seconds since its start, what it printed)."""

    seconds: float
    processor: float
    lines: tuple[tuple[float, str], ...]

    def stages(self) -> str:
        """ "install 96 s, check 2 s, train 10 s, ...": from one known line to the next."""
        marks = [("", 0.0)]
        for at, line in self.lines:
            name = "install" if line.startswith(INSTALLED_AT) else line.split(" ")[0]
            if name in (*STAGES, "install") and all(name != mark for mark, _ in marks):
                marks.append((name, at))
        marks.append(("end", self.seconds))
        return ", ".join(f"{name} {at - before:.1f}" for (_, before), (name, at) in pairwise(marks))


def timed(command: list[str | Path], folder: Path, cache: Path) -> Timed:
    """Run it, with caches of its own, and note when each line came. Raises RuntimeError where it fails."""
    settings = {
        "PIP_CACHE_DIR": cache / "pip",
        "IATROS_CACHE": cache / "iatros",
        "XDG_CACHE_HOME": cache,
        "MPLCONFIGDIR": cache,
    }
    environment = os.environ | {name: str(value) for name, value in settings.items()} | {"PYTHONUNBUFFERED": "1"}
    environment.pop("VIRTUAL_ENV", None)
    lines: list[tuple[float, str]] = []
    before, start = os.times(), perf_counter()
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append((perf_counter() - start, line.rstrip()))
        code = process.wait(LONGEST)
    after = os.times()
    if code:
        raise RuntimeError("\n".join(line for _, line in lines[-40:]))
    spent = sum(getattr(after, name) - getattr(before, name) for name in ("children_user", "children_system"))
    return Timed(perf_counter() - start, spent, tuple(lines))


def warmed(clone: Path, cache: Path) -> None:
    """Let the mirror fetch what will be installed; this machine keeps none of it."""
    kept = cache / "thrown-away"
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-cache-dir", "-d", kept, "-c", "constraints.txt", "."]
    timed(command, clone, cache)
    shutil.rmtree(kept)


def found(folder: Path) -> bool:
    """Is there a finished report?"""
    run = folder / "runs" / "cytology"
    return (run / "report.html").is_file() and (run / "manifest.json").is_file()


def from_clone(place: Path) -> Row:
    """`make demo` in a new clone."""
    clone, cache = place / "clone", place / "cache"
    subprocess.run(["git", "clone", "-q", HERE.parent, clone], check=True)
    if "--cold" not in sys.argv:
        warmed(clone, cache)
    ran = timed(["make", "demo"], clone, cache)
    return _row("a clean clone, to the first report: `make demo`", ran, found(clone), CLONE_S)


def from_wheel(place: Path) -> Row:
    """`iatros demo` of the wheel, in an empty folder, with the clone's sources gone."""
    clone, cache, empty = place / "clone", place / "cache", place / "empty"
    programs = clone / ".venv" / "bin"
    pip: list[str | Path] = [programs / "python", "-m", "pip", "-q"]
    timed([*pip, "wheel", "--no-deps", "-w", place, "."], clone, cache)
    timed([*pip, "install", "--no-deps", "--force-reinstall", next(place.glob("*.whl"))], clone, cache)
    shutil.rmtree(clone / "src")
    empty.mkdir()
    ran = timed([programs / "iatros", "demo"], empty, place / "another-cache")
    return _row("the installed package, to the first report: `iatros demo`", ran, found(empty), INSTALLED_S)


def _row(claim: str, ran: Timed, reported: bool, goal: float) -> Row:
    note = f"until each had ended, in s: {ran.stages()}; {ran.processor:.0f} s of processor time"
    met = reported and ran.seconds < goal
    return Row(claim, ran.seconds, goal=f"< {goal:g} s", met=met, unit="s", note=note if reported else "there is no report")


def main() -> bool:
    with TemporaryDirectory() as temporary:
        place = Path(temporary)
        rows = [from_clone(place), from_wheel(place)]
    rows.append(Row("commands typed, each way", 1, goal="1", met=True, note="`make demo`; `iatros demo`"))
    return report("first_minute", rows, ["polars", "scikit-learn"])


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)

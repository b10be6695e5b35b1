"""Iatros as a user meets it: its command in a new process, in a new folder, with an empty cache. And the figures of a run.

In: arguments of the command. Out: `Ran`; rows of metrics.json.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from table import Row

from iatros.results import MetricRow
from iatros.runs import read_json

COMMAND = Path(sys.executable).with_name("iatros")
LONGEST = 1800  # seconds after which a command is given up


@dataclass(frozen=True, slots=True)
class Ran:
    """code: of the process; text: all that it printed; seconds: wall; processor: seconds of all its threads."""

    code: int
    text: str
    seconds: float
    processor: float


def iatros(*arguments: str, folder: Path) -> Ran:
    """Run `iatros ARGUMENTS` in `folder`, with a cache of the folder's own."""
    environment = os.environ | {"IATROS_CACHE": str(folder / "cache"), "COLUMNS": "200"}
    before, start = os.times(), time.perf_counter()
    done = subprocess.run(
        [COMMAND, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=LONGEST
    )
    seconds, after = time.perf_counter() - start, os.times()
    processor = sum(getattr(after, name) - getattr(before, name) for name in ("children_user", "children_system"))
    return Ran(done.returncode, done.stdout + done.stderr, seconds, processor)


def finished(ran: Ran) -> Ran:
    """The same. Raises RuntimeError, with what the command printed, where it failed."""
    if ran.code:
        raise RuntimeError(f"iatros ended with {ran.code}:\n{ran.text}")
    return ran


def figures(run: Path) -> list[MetricRow]:
    """All figures of a run."""
    return [MetricRow(**row) for row in read_json(run / "metrics.json")]


def figure(rows: Iterable[MetricRow], metric: str, **where: Any) -> MetricRow:
    """The one figure of everyone on the test part; `where`: other values of its fields, such as model="logistic regression"."""
    wanted = {"metric": metric, "group": "", "class_": "", "against": "", "model": "iatros", "threshold": None} | where
    found = [row for row in rows if all(getattr(row, name) == value for name, value in wanted.items())]
    if len(found) != 1:
        raise LookupError(f"{len(found)} figures are {wanted}")
    return found[0]


def words(row: MetricRow, sign: bool = False) -> str:
    """`0.9934 [0.9889 to 0.9971]`, or why there is no figure."""
    if row.value is None:
        return f"withheld: {row.withheld}"
    plus = "+" if sign else ""
    limits = "" if row.low is None or row.high is None else f" [{row.low:{plus}.4f} to {row.high:{plus}.4f}]"
    return f"{row.value:{plus}.4f}{limits}"


def against(rows: Iterable[MetricRow], claim: str, metric: str, peer: str, level: float | None = None, **where: Any) -> Row:
    """Ours beside a peer's, with the paired difference; `level`: the lowest that its lower limit may be."""
    rows = list(rows)
    ours, theirs = figure(rows, metric, **where), figure(rows, metric, model=peer, **where)
    gain = figure(rows, metric, against=peer, **where)
    met = None if level is None else gain.low is not None and gain.low > level
    goal = "" if level is None else f"paired lower limit > {level:g}"
    note = f"peer {words(theirs)}; paired difference {words(gain, sign=True)}"
    return Row(claim, ours.value, theirs.value, goal=goal, met=met, low=ours.low, high=ours.high, note=note)

"""Claims as a printed table and as JSON.

In: rows, each a claim with our figure, the peer's, and the goal. Out: text on the screen, and the same in `--json FILE`.

    from table import Row, report
    report("intervals", [Row("bootstrap", ours=0.1, peer=4.2, ratio=42, unit="s", goal="40x", met=True)], ["scikit-learn"])
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Protocol

ALWAYS = ("iatros", "torch", "numpy")  # versions that are always noted


@dataclass(frozen=True, slots=True)
class Row:
    """One claim.

    ours, peer: the figures, medians where there were several runs; peer is None where there is none to compare with
    ratio:      by how much ours is better, by default none; goal: in words; met: whether it was reached (None: no goal)
    low, high:  the interval or range of `ours`; note: what one must know to read the row
    """

    claim: str
    ours: float | str | None
    peer: float | str | None = None
    ratio: float | None = None
    goal: str = ""
    met: bool | None = None
    unit: str = ""
    low: float | None = None
    high: float | None = None
    note: str = ""


class Judged(Protocol):
    """A figure of a run: its value and interval, None where there is none."""

    @property
    def value(self) -> float | None: ...
    @property
    def low(self) -> float | None: ...
    @property
    def high(self) -> float | None: ...


def row_of(claim: str, found: Judged, peer: float | None = None, **more: Any) -> Row:
    """A figure of a run as a row, to four digits after the point. more: other fields of the row."""
    value, low, high, peer = (None if one is None else round(one, 4) for one in (found.value, found.low, found.high, peer))
    return Row(claim, value, peer, low=low, high=high, **more)


def report(name: str, rows: Sequence[Row], peers: Sequence[str] = (), arguments: Sequence[str] | None = None) -> bool:
    """Print the rows and, if the command line says `--json FILE`, write them. Returns whether every goal was met.

    peers: packages whose versions are noted. Other options of the command line are left to the script.
    """
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--json", type=Path)
    target: Path | None = parser.parse_known_args(arguments)[0].json
    print(printed(rows))
    if target is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(as_json(name, rows, peers), indent=1, ensure_ascii=False) + "\n", "utf-8")
    return all(row.met is not False for row in rows)


def as_json(name: str, rows: Sequence[Row], peers: Sequence[str] = ()) -> dict[str, Any]:
    """{"name", "machine", "versions", "rows"}."""
    return {"name": name, "machine": machine(), "versions": versions((*ALWAYS, *peers)), "rows": [_plain(row) for row in rows]}


def printed(rows: Sequence[Row]) -> str:
    """The rows as aligned columns."""
    header = ("claim", "ours", "peer", "ratio", "goal", "met")
    body = [(row.claim, _ours(row), _number(row.peer, row.unit), _times(row.ratio), row.goal, _met(row.met)) for row in rows]
    widths = [max(len(line[column]) for line in (header, *body)) for column in range(len(header))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in (header, *body)
    ]
    return "\n".join([*lines, *(f"  {row.claim}: {row.note}" for row in rows if row.note)])


def machine() -> dict[str, Any]:
    """What ran it: processor, cores, system, Python; and how busy the cores were with other work."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        named = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
        model = named[0] if named else model
    load = round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load": load,
    }


def versions(packages: Sequence[str]) -> dict[str, str]:
    """Package -> version, of those that are installed."""
    found = {}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _plain(row: Row) -> dict[str, Any]:
    """As JSON takes it: NumPy's numbers and booleans as Python's."""
    return {name: value.item() if hasattr(value, "item") else value for name, value in asdict(row).items()}


def _ours(row: Row) -> str:
    shown = _number(row.ours, row.unit)
    return shown if row.low is None or row.high is None else f"{shown} [{row.low:.3g} to {row.high:.3g}]"


def _number(value: float | str | None, unit: str) -> str:
    if value is None:
        return "-"
    text = value if isinstance(value, str) else f"{value:.4g}"
    return f"{text} {unit}".rstrip()


def _times(ratio: float | None) -> str:
    return "-" if ratio is None else f"{ratio:.3g}x"


def _met(met: bool | None) -> str:
    return "-" if met is None else "yes" if met else "NO"

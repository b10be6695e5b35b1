"""`iatros runs` and `iatros data`: lists on stdout."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from iatros.cli.document import print_json
from iatros.findings import Finding, InputError
from iatros.runs import RunFolder, changed, read_json

USUAL = Path("runs")  # where runs lie unless told otherwise; before the first there is none


def list_runs(folder: Path, *, as_json: bool) -> None:
    """The runs in a folder: name, date, headline figure, size, whether their files are intact.

    Raises InputError where a folder is named that is not there.
    """
    if not folder.is_dir() and folder != USUAL:
        raise InputError(Finding("error", "there is no such folder", "name the one that holds the runs", file=str(folder)))
    found = [described(RunFolder(path)) for path in sorted(folder.iterdir()) if path.is_dir()] if folder.is_dir() else []
    found = [run for run in found if run]
    if as_json:
        print_json(found)
        return
    if not found:
        print(f"no runs in {folder}", file=sys.stderr)
        return
    lines = [("run", "date", "target", "figure"), *((r["name"], r["date"], r["target"], r["figure"]) for r in found)]
    widths = [max(len(cell) for cell in column) for column in zip(*lines, strict=True)]
    ends = [f"{'MB':>6}  state", *(f"{run['mb']:>6.1f}  {run['state']}" for run in found)]
    for cells, end in zip(lines, ends, strict=True):
        print("  ".join([*(f"{cell:{width}}" for cell, width in zip(cells, widths, strict=True)), end]))


def described(folder: RunFolder) -> dict[str, Any]:
    """One run as a row; {} for a folder that holds none."""
    if not (folder.study.is_file() or folder.record.is_file()):
        return {}
    record = read_json(folder.record) if folder.record.is_file() else {}
    size = sum(path.stat().st_size for path in folder.path.rglob("*") if path.is_file()) / 1e6
    state = "unfinished"
    if folder.finished():
        faults = changed(folder)
        state = f"{len(faults)} files changed since: {', '.join(list(faults)[:2])}" if faults else "intact"
    return {
        "name": folder.path.name,
        "date": str(record.get("started", ""))[:16].replace("T", " "),
        **_headline(folder),
        "mb": round(size, 1),
        "state": state,
    }


def _headline(folder: RunFolder) -> dict[str, str]:
    rows = read_json(folder.metrics) if folder.metrics.is_file() else []
    wanted = ("auroc", "macro_auroc", "mae")
    for row in rows:
        plain = row["model"] == "iatros" and not row["group"] and not row["against"] and not row["class_"]
        if plain and row["metric"] in wanted and row["value"] is not None:
            interval = f" [{row['low']:.3f}, {row['high']:.3f}]" if row["low"] is not None else ""
            return {"target": row["target"], "figure": f"{row['metric'].upper()} {row['value']:.3f}{interval}"}
    return {"target": "", "figure": ""}


def list_data(*, as_json: bool) -> None:
    """Named data sets."""
    from iatros.cases.datasets import listing

    found = listing()
    if as_json:
        print_json([vars_of(one) for one in found])
        return
    print(f"{'name':18} {'cases':>8} {'where':22} {'licence':22} title")
    for one in found:
        where = f"in {one.ships_with}" if one.ships_with else "to fetch"
        print(f"{one.name:18} {one.cases:>8,} {where:22} {one.licence[:22]:22} {one.title}")


def fetch_data(name: str, *, as_json: bool) -> None:
    """Download a data set and say where it lies."""
    from iatros.cases.datasets import fetch

    path = fetch(name)
    if as_json:
        print_json({"name": name, "path": str(path)})
        return
    print(path)


def vars_of(entry: Any) -> dict[str, Any]:
    """A catalogue entry as a dictionary."""
    return {name: getattr(entry, name) for name in type(entry).__dataclass_fields__}

"""Claim: `iatros --help` answers within .4 seconds and imports no torch; `iatros check` of a table of 500 rows takes less than
3 seconds.

Wall time of fresh processes, after one that warms the disk: median of nine for `--help`, of three for `check`, each check with
an empty cache. Peer: an empty Python process, for what no program can go below. The table is made up: ten numbers (three with
gaps), two categories, an outcome of two classes (seed 0).
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
import polars as pl
from fresh import finished, iatros
from table import Row, report

HELPS, CHECKS = 9, 3
ROWS, GAPS = 500, 0.15
HELP_S, CHECK_S = 0.4, 3.0
HEAVY = ("torch", "sklearn", "scipy", "polars", "captum", "onnxruntime")
LOADED = """
import sys
from iatros.cli import main
sys.argv = ["iatros", "--help"]
try:
    main()
except SystemExit:
    pass
sys.stderr.write(" ".join(name for name in {heavy!r} if name in sys.modules))
"""
STUDY = """
name = "made_up"
[cases]
table = "made_up.csv"
[inputs.findings]
kind = "table"
columns = {columns}
categories = ["sex", "ward"]
[targets.outcome]
kind = "class"
column = "outcome"
positive = "yes"
threshold = 0.2
"""


def study(folder: Path) -> None:
    """Write made_up.csv and made_up.toml."""
    generator = np.random.default_rng(0)
    numbers = generator.normal(50, 10, (ROWS, 10)).round(2)
    numbers[:, :3][generator.random((ROWS, 3)) < GAPS] = np.nan
    sick = generator.random(ROWS) < 1 / (1 + np.exp(-(numbers[:, 5] - 50) / 10))
    frame = pl.DataFrame({f"value{i}": pl.Series(numbers[:, i]).fill_nan(None) for i in range(10)}).with_columns(
        sex=generator.choice(["F", "M"], ROWS), ward=generator.choice(list("ABCD"), ROWS), outcome=np.where(sick, "yes", "no")
    )
    frame.write_csv(folder / "made_up.csv")
    (folder / "made_up.toml").write_text(STUDY.format(columns=str(frame.columns[:-1]).replace("'", '"')), "utf-8")


def bare() -> float:
    """Seconds of a Python that does nothing."""
    start = perf_counter()
    subprocess.run([sys.executable, "-c", ""], check=True)
    return perf_counter() - start


def loaded() -> list[str]:
    """Heavy packages that `iatros --help` leaves in sys.modules."""
    code = LOADED.format(heavy=HEAVY)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stderr.split()


def main() -> bool:
    heavy = loaded()
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        study(folder)
        finished(iatros("--help", folder=folder))
        helps = [finished(iatros("--help", folder=folder)) for _ in range(HELPS)]
        checks = []
        for number in range(CHECKS):
            place = folder / str(number)
            place.mkdir()
            study(place)
            checks.append(finished(iatros("check", "made_up.toml", folder=place)))
    floor = median(bare() for _ in range(HELPS))
    rows = [
        _timed("`iatros --help`", [one.seconds for one in helps], [one.processor for one in helps], HELP_S, floor),
        Row("torch imported by `iatros --help`", "yes" if "torch" in heavy else "no", goal="no", met="torch" not in heavy,
            note=f"heavy packages imported: {', '.join(heavy) or 'none'}"),
        _timed(f"`iatros check`, {ROWS} rows", [one.seconds for one in checks], [one.processor for one in checks], CHECK_S),
    ]  # fmt: skip
    return report("startup", rows, ["polars", "typer", "rich"])


def _timed(claim: str, wall: list[float], processor: list[float], goal: float, peer: float | None = None) -> Row:
    spent = median(wall)
    told = f"median of {len(wall)}; {median(processor):.2f} s of processor time" + ("; peer: empty Python" if peer else "")
    return Row(claim, spent, peer, None, f"< {goal:g} s", spent < goal, "s", min(wall), max(wall), told)


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)

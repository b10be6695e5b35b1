"""What lies beside the page, and what a manuscript takes.

In: a reading and its page. Out: files in the run's folder, or in a folder of the user's choice.
"""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from iatros.report.card import model_card
from iatros.report.paper import Page
from iatros.report.parts.points import safe
from iatros.report.reading import Reading
from iatros.results import MetricRow
from iatros.runs import write_atomically


def write_beside(reading: Reading, made: Page) -> None:
    """figures/figN.svg, metrics.csv and model_card.md in the run's folder."""
    path = reading.folder.path
    for name, text in made.files.items():
        number = re.match(r"figure-(\d+)-.*\.svg$", name)
        if number:
            _write(path / "figures" / f"fig{int(number[1])}.svg", text)
    _write(path / "metrics.csv", made.files["metrics.csv"])
    _write(path / "model_card.md", model_card(reading))


def write_paper(made: Page, folder: Path) -> list[Path]:
    """Every table, figure and text in `folder`, which is made where it is missing. Returns their paths."""
    for name, text in made.files.items():
        _write(folder / name, text)
    return [folder / name for name in made.files]


def table(rows: tuple[MetricRow, ...]) -> str:
    """All figures as CSV, at full precision; what a row lacks is empty."""
    names = list(MetricRow.model_fields)
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([safe(getattr(row, name)) for name in names] for row in rows)
    return made.getvalue()


def _write(path: Path, text: str) -> None:
    write_atomically(path, lambda draft: draft.write_text(text, "utf-8"))

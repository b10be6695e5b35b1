"""What a manuscript needs beside the page.

In: the finished HTML and a reading. Out: figures as SVG files, metrics as CSV, a model card.
"""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from iatros.report.card import model_card
from iatros.report.reading import Reading
from iatros.report.render import asset
from iatros.results import MetricRow
from iatros.runs import write_atomically

FIGURES = re.compile(r'<figure id="fig(\d+)".*?(<svg class="fig".*?</svg>)', re.DOTALL)


def write_beside(reading: Reading, html: str) -> None:
    """figures/figN.svg, metrics.csv and model_card.md in the run's folder."""
    path = reading.folder.path
    for number, drawing in FIGURES.findall(html):
        _write(path / "figures" / f"fig{number}.svg", standing_alone(drawing))
    _write(path / "metrics.csv", table(reading.rows))
    _write(path / "model_card.md", model_card(reading))


def standing_alone(drawing: str) -> str:
    """A figure of the page as a file of its own, in the light colours."""
    style = asset("report.css")
    rules = [
        line
        for line in style.splitlines()
        if re.match(r"^(svg |path\.|\.(g|band|mk|pt|thr|nullband|zone|bpos)\b|:root)", line) or line.startswith(" --")
    ]
    colours = "\n".join(rules[: 1 + next(i for i, line in enumerate(rules) if "--sans" in line)])
    shapes = "\n".join(line for line in rules if not line.startswith((" --", ":root")))
    head = '<svg xmlns="http://www.w3.org/2000/svg" '
    return drawing.replace("<svg ", head, 1).replace("<title", f"<style>{colours}}}\n{shapes}</style><title", 1)


def table(rows: tuple[MetricRow, ...]) -> str:
    """All figures as CSV; a cell that a spreadsheet would take for a formula is quoted by an apostrophe."""
    names = list(MetricRow.model_fields)
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_safe(getattr(row, name)) for name in names] for row in rows)
    return made.getvalue()


def _safe(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t")) else cell


def _write(path: Path, text: str) -> None:
    write_atomically(path, lambda draft: draft.write_text(text, "utf-8"))

"""The report of a run: `write(folder)` reads the run folder alone and writes report.html into it."""

from __future__ import annotations

from pathlib import Path

from iatros.runs import RunFolder


def write(folder: RunFolder, export: Path | None = None) -> Path:
    """Write report.html, and beside it figures/figN.svg, metrics.csv and model_card.md. Returns the page's path.

    export: a folder for what a manuscript takes: every table as CSV, every figure as SVG with its points, captions, methods.
    What the folder lacks stays on the page with its reason. Patients' identifiers are not read.
    """
    from iatros.report.export import write_beside, write_paper
    from iatros.report.page import page
    from iatros.report.reading import read
    from iatros.runs import write_atomically

    reading = read(folder)
    made = page(reading)
    write_beside(reading, made)
    if export is not None:
        write_paper(made, export)
    write_atomically(folder.report, lambda draft: draft.write_text(made.html, "utf-8"))
    return folder.report

"""The report of a run: `write(folder)` reads the run folder alone and writes report.html into it."""

from __future__ import annotations

from pathlib import Path

from iatros.runs import RunFolder


def write(folder: RunFolder) -> Path:
    """Write report.html, and beside it figures/figN.svg, metrics.csv and model_card.md. Returns the page's path.

    What the folder lacks stays on the page with its reason. Patients' identifiers are not read.
    """
    from iatros.report.export import write_beside
    from iatros.report.page import page
    from iatros.report.reading import read
    from iatros.runs import write_atomically

    reading = read(folder)
    html = page(reading)
    write_beside(reading, html)
    write_atomically(folder.report, lambda draft: draft.write_text(html, "utf-8"))
    return folder.report

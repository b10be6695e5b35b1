"""The structure of one case beside the truth: a page on which it turns, and files that other programs open.

In: the networks of one fold, the case's row of the predictions table. Out: STEM.html, STEM.pdb, STEM.cif.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
from markupsafe import Markup

from iatros.explain.chains import chain_evidence, laid_over, shapes_of
from iatros.report.page import numbered
from iatros.report.parts.shapes import contact_map, turning
from iatros.report.render import asset
from iatros.report.standing import page_alone
from iatros.runs import write_atomically
from iatros.workflow.structure_evidence import contact_probabilities
from iatros.workflow.structure_files import write_structure
from iatros.workflow.subjects import Explained


def draw_structure(
    networks: list[Explained], target: str, judged: pl.DataFrame, row: int, letters: str, stem: Path
) -> list[Path]:
    """judged: the one row; row: of the user's file. The files hold the predicted chain where the measured one lies."""
    (shape,) = shapes_of(judged)
    shown = chain_evidence("asked", shape, row, contact_probabilities(networks, target, shape.case))
    drawn = Markup('<div class="figs">{}{}</div>').format(contact_map(shown), turning(shown))
    page = page_alone(f"Row {row}, {target}", Markup(numbered(drawn)), asset("backbone.js"))
    path = stem.with_name(f"{stem.name}.html")
    write_atomically(path, lambda draft: draft.write_text(page, "utf-8"))
    return [path, *write_structure(stem, letters, laid_over(shape.predicted, shape.truth), shape.confidence)]

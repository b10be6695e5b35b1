"""Small figures of one class against the rest. In: curves. Out: SVG, 180 wide, all on one scale."""

from __future__ import annotations

from markupsafe import Markup

from iatros.report.draw import SMALL, Frame, as_percent, grid, line, svg, words
from iatros.report.figures.calibration import HALVES, NOTHING, small_ticks
from iatros.report.figures.calibration import small as calibration
from iatros.report.figures.roc import chance, lines
from iatros.report.reading import Curve

__all__ = ["calibration", "roc"]


def roc(name: str, curve: Curve, description: str) -> Markup:
    """Sensitivity over 1 - specificity."""
    frame = Frame(left=37, right=166, top=10, bottom=170)
    drawn = [
        grid(frame, HALVES, as_percent),
        chance(frame),
        *lines(frame, curve, NOTHING),
        line(frame.left, frame.bottom, frame.right, frame.bottom, "ax"),
    ]
    drawn += [
        *small_ticks(frame),
        words(frame.right, 203, "1 − specificity →", "end", "tt"),
    ]
    return svg(f"ROC curve, {name}", description, drawn, 210, SMALL)

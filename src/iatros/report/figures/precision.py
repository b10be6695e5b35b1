"""Precision and recall. In: curves of the model and the baseline, and the prevalence. Out: SVG."""

from __future__ import annotations

from markupsafe import Markup

from iatros.report.draw import QUINTS, Frame, as_percent, grid, ground, line, named, svg, words
from iatros.report.figures.roc import lines, marked
from iatros.report.reading import Curve


def precision(
    model: Curve,
    baseline: Curve,
    prevalence: float,
    description: str,
    point: tuple[float, float, str] | None = None,
    of: str = "",
) -> Markup:
    """PPV over sensitivity, with the prevalence as the line of chance; `point` is (sensitivity, PPV, its name)."""
    frame = Frame()
    under = frame.y(prevalence) + 14 if prevalence > 0.1 else frame.y(prevalence) - 6
    drawn = [
        grid(frame, QUINTS, as_percent),
        ground(frame, QUINTS, as_percent),
        named(frame, "With the outcome, flagged (recall)", "Flagged, with the outcome (precision)"),
        line(frame.left, frame.y(prevalence), frame.right, frame.y(prevalence), "ref"),
        *lines(frame, model, baseline),
        words(frame.left + 6, under, f"by chance: {as_percent(prevalence)}, the prevalence", "start", "t halo"),
        *([] if point is None else marked(frame, point)),
    ]
    return svg(f"Precision-recall curve{of}", description, drawn, frame.bottom + 40)

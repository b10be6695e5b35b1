"""Receiver operating characteristic. In: curves of the model and the baseline. Out: SVG."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from iatros.report.draw import QUINTS, Frame, as_percent, band, dot, grid, ground, named, path, svg, words
from iatros.report.reading import Curve

ROOM_FOR_A_NAME = 50  # units right of a point


def roc(model: Curve, baseline: Curve, description: str, point: tuple[float, float, str] | None = None, of: str = "") -> Markup:
    """Sensitivity over 1 - specificity, with the chance line; `point` is (1 - specificity, sensitivity, its name)."""
    frame = Frame()
    drawn = [
        grid(frame, QUINTS, as_percent),
        ground(frame, QUINTS, as_percent),
        named(frame, "Without the outcome, flagged (1 − specificity)", "With the outcome, flagged (sensitivity)"),
        chance(frame),
        words(frame.x(0.62), frame.y(0.5), "by chance", "start", "t halo"),
        *lines(frame, model, baseline),
        *([] if point is None else marked(frame, point)),
    ]
    return svg(f"ROC curve{of}", description, drawn, frame.bottom + 40)


def lines(frame: Frame, model: Curve, baseline: Curve) -> Sequence[str]:
    """The band and line of the model over the baseline's dashed line."""
    return (
        band(frame, model.x, model.low, model.high),
        path(frame, baseline.x, baseline.y, "b"),
        path(frame, model.x, model.y, "m"),
    )


def chance(frame: Frame) -> str:
    """The line of a model that tells nothing, or of perfect calibration."""
    return path(frame, [frame.x_low, frame.x_high], [frame.y_low, frame.y_high], "ref")


def marked(frame: Frame, point: tuple[float, float, str]) -> Sequence[str]:
    """The declared threshold on the curve."""
    x, y, name = point
    left = frame.x(x) > frame.right - ROOM_FOR_A_NAME
    named = words(frame.x(x) + (-8 if left else 8), frame.y(y) + 15, name, "end" if left else "start", "tb halo")
    return (dot(frame.x(x), frame.y(y), "pt", 5), named)

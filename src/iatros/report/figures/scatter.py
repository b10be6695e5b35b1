"""Groups of cases by predicted value: what was measured, and the error, each with its limits. In: a curve. Out: SVG."""

from __future__ import annotations

from markupsafe import Markup

from iatros.report.draw import Frame, around, grid, ground, line, named, svg, tick_writer, ticks
from iatros.report.figures.calibration import points as dots
from iatros.report.figures.roc import chance
from iatros.report.reading import Curve


def diagonal(
    points: Curve,
    unit: str,
    description: str,
    names: tuple[str, str] = ("Predicted", "Measured"),
    title: str = "Predicted against measured",
) -> Markup:
    """x: predicted, y: measured; both axes alike. names: of the axes."""
    low, high = around([*points.x, *held(points)])
    return _dots(points, Frame(x_low=low, x_high=high, y_low=low, y_high=high), names, unit, title, description, True)


def residuals(points: Curve, unit: str, description: str) -> Markup:
    """x: predicted, y: measured minus predicted."""
    low, high = around(points.x)
    under, over = around([*held(points), 0.0])
    frame = Frame(bottom=260, x_low=low, x_high=high, y_low=under, y_high=over)
    return _dots(
        points, frame, ("Predicted", "Measured minus predicted"), unit, "Error along the prediction", description, False
    )


def held(points: Curve) -> list[float]:
    """All heights that are drawn: dots and the ends of their lines."""
    return [*points.y, *(v for v in (*points.low, *points.high) if v is not None)]


def _dots(
    points: Curve, frame: Frame, names: tuple[str, str], unit: str, title: str, description: str, diagonal: bool
) -> Markup:
    up, across = ticks(frame.y_low, frame.y_high), ticks(frame.x_low, frame.x_high, 5)
    named_in = f" ({unit})" if unit else ""
    zero = chance(frame) if diagonal else line(frame.left, frame.y(0), frame.right, frame.y(0), "ref")
    drawn = [
        grid(frame, up, tick_writer(up)),
        ground(frame, across, tick_writer(across)),
        named(frame, names[0] + named_in, names[1] + named_in),
        zero,
    ]
    drawn += dots(frame, points)
    return svg(title, description, drawn, frame.bottom + 40)

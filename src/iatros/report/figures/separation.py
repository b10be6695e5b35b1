"""Error of distances along a chain: how far off each model is, by how far apart residues are. In: curves. Out: SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log2

from markupsafe import Markup

from iatros.report.draw import Frame, band, grid, line, named, path, svg, tick_writer, ticks, words
from iatros.report.reading import Curve

TICKS = tuple(2**k for k in range(1, 14))  # residues apart


def separation(model: Curve, baseline: Curve, others: Sequence[Curve], description: str) -> Markup:
    """x: residues apart, on a logarithmic scale; y: mean error in angstrom, from 0. The model has a band."""
    shown = (model, baseline, *others)
    high = max(value for curve in shown for value in (*curve.y, *(h for h in curve.high if h is not None)))
    reach = [value for curve in shown for value in curve.x]
    frame = Frame(bottom=240, x_low=log2(min(reach)), x_high=log2(max(reach)) + 1e-6, y_low=0, y_high=1.04 * high or 1.0)
    lines = ticks(0, frame.y_high)
    drawn = [
        grid(frame, lines, tick_writer(lines)),
        _ground(frame, min(reach), max(reach)),
        named(frame, "Residues apart along the chain (log scale)", "Error of distances (Å)"),
        *(path(frame, _log(curve), curve.y, "p2") for curve in others),
        band(frame, _log(model), model.low, model.high),
        path(frame, _log(baseline), baseline.y, "b"),
        path(frame, _log(model), model.y, "m"),
    ]
    return svg("Error of distances by separation", description, drawn, frame.bottom + 40)


def told(curves: Mapping[str, Curve], apart: int) -> dict[str, float]:
    """Model -> its error where residues are nearest to `apart` positions apart."""
    return {
        name: min(zip(curve.x, curve.y, strict=True), key=lambda at: abs(at[0] - apart))[1] for name, curve in curves.items()
    }


def _log(curve: Curve) -> list[float]:
    return [log2(x) for x in curve.x]


def _ground(frame: Frame, low: float, high: float) -> str:
    drawn = [line(frame.left, frame.bottom, frame.right, frame.bottom, "ax")]
    for tick in (tick for tick in TICKS if low <= tick <= high):
        x = frame.x(log2(tick))
        drawn += [line(x, frame.bottom, x, frame.bottom + 4, "ax"), words(x, frame.bottom + 16, f"{tick:,}", "middle")]
    return "".join(drawn)

"""Learning curve: would more patients help? In: a view. Out: a figure with the sentence beside it."""

from __future__ import annotations

from markupsafe import Markup

from iatros.report import draw, numbers
from iatros.report.draw import Frame, around, band, dot, grid, ground, named, path, svg, tick_writer, ticks
from iatros.report.parts import wording
from iatros.report.reading import View
from iatros.report.render import figure, nope

MIN_POINTS = 2


def section(view: View, metric: str) -> Markup:
    """The figure, or that it was not measured."""
    curve = view.curve("learning")
    if len(curve.x) < MIN_POINTS:
        return nope("Learning curve: not measured, so whether more of the same patients would help is not known.")
    values = [*curve.y, *(v for v in (*curve.low, *curve.high) if v is not None)]
    low, high = around(values)
    frame = Frame(bottom=230, x_low=min(curve.x), x_high=max(curve.x), y_low=low, y_high=high)
    lines, name = ticks(low, high), wording.METRICS.get(metric, metric)
    told = f"From {numbers.three(curve.y[0])} at {curve.x[0]:,.0f} to {numbers.three(curve.y[-1])} at {curve.x[-1]:,.0f}."
    drawn = [
        grid(frame, lines, tick_writer(lines)),
        ground(frame, ticks(frame.x_low, frame.x_high, 5), numbers.count),
        named(frame, "Cases to learn from", name),
        band(frame, curve.x, curve.low, curve.high),
        path(frame, curve.x, curve.y, "m"),
        *(dot(frame.x(x), frame.y(y), "mk", 3.2) for x, y in zip(curve.x, curve.y, strict=True)),
    ]
    picture = svg("Learning curve", told, drawn, frame.bottom + 40)
    title = f"{name} by number of training cases"
    return Markup('<div class="figs one">\n{}<p class="read">{}</p></div>').format(
        figure(title, "More of the same kind of cases.", draw.key(("model", "Neural network")), picture), told
    )

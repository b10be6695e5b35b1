"""Deletion curve of an attribution method. In: its check. Out: a figure."""

from __future__ import annotations

from markupsafe import Markup

from iatros.evidence import MethodCheck
from iatros.report.draw import QUINTS, Frame, around, as_percent, grid, ground, key, named, path, svg, tick_writer, ticks
from iatros.report.parts import wording
from iatros.report.parts.points import points, series
from iatros.report.render import figure

LINES = {"random": "p2", "randomised": "b", "method": "m"}


def deletion(check: MethodCheck) -> Markup:
    """Score over the share deleted, in the order of the map, of an untrained network's map, and at random."""
    low, high = around([y for points in check.curve.values() for _, y in points])
    frame, lines = Frame(bottom=260, y_low=low, y_high=high), ticks(low, high)
    drawn = [
        grid(frame, lines, tick_writer(lines)),
        ground(frame, QUINTS, as_percent),
        named(frame, "Share replaced", "Mean score"),
    ]
    drawn += [
        path(frame, [x for x, _ in check.curve[name]], [y for _, y in check.curve[name]], kind)
        for name, kind in LINES.items()
        if name in check.curve
    ]
    method = wording.METHODS.get(check.method, check.method.replace("_", " "))
    title = f"{method}: what it marks {'matters more than anything else' if check.passed else 'is not shown to matter'}"
    legend = key(("model", "order of the method"), ("baseline", "of untrained networks"), ("other", "random order"))
    replaced = f"Deletion test: replaced by {check.replaced_by}." if check.replaced_by else "Deletion test."
    behind = points({name: series(check.curve[name]) for name in LINES if name in check.curve})
    drawing = svg(f"Deletion curve, {method}", check.why, drawn, 300)
    return figure(title[:1].upper() + title[1:], replaced, legend, drawing, points=behind)

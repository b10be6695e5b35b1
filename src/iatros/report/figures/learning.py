"""Learning: would more cases help, and how training went. In: points and words. Out: SVG."""

from __future__ import annotations

from collections.abc import Sequence
from math import log10

from markupsafe import Markup

from iatros.report import numbers
from iatros.report.draw import Frame, around, band, dot, grid, ground, line, named, path, px, svg, tick_writer, ticks, words
from iatros.report.reading import Curve
from iatros.results import MetricRow

APART = 26  # units between two numbers under the axis


def learning(curve: Curve, network: MetricRow | None, up: str, description: str) -> Markup:
    """The baseline's measure over the number of training cases (log scale), and the network's at all of them."""
    whole = [] if network is None or network.value is None else [network.value, network.low, network.high]
    low, high = around(value for value in (*curve.y, *curve.low, *curve.high, *whole) if value is not None)
    x = [log10(cases) for cases in curve.x]
    frame = Frame(bottom=230, right=338, x_low=x[0], x_high=x[-1], y_low=low, y_high=high)
    lines = ticks(low, high)
    drawn = [
        grid(frame, lines, tick_writer(lines)),
        _cases(frame, curve.x),
        named(frame, "Cases to learn from (log scale)", up),
        band(frame, x, curve.low, curve.high, "nullband"),
        path(frame, x, curve.y, "b"),
        *(dot(frame.x(at), frame.y(y), "bk", 3.2) for at, y in zip(x, curve.y, strict=True)),
    ]
    if network is not None and network.value is not None:
        if network.low is not None and network.high is not None:
            drawn.append(line(frame.right, frame.y(network.low), frame.right, frame.y(network.high), "ci mk"))
        drawn.append(dot(frame.right, frame.y(network.value), "mk", 4))
    return svg("Learning curve", description, drawn, frame.bottom + 40)


def losses(train: Sequence[float], validation: Sequence[tuple[int, float]], description: str) -> Markup:
    """Loss over epochs: on training cases, and on the cases by which training was stopped where there were any."""
    low, high = around([*train, *(loss for _, loss in validation)])
    frame = Frame(bottom=230, x_low=0.99, x_high=max(2, len(train)), y_low=low, y_high=high)
    lines = ticks(low, high)
    epochs = [epoch for epoch in ticks(1, frame.x_high, 6) if epoch == round(epoch)]
    at = list(range(1, len(train) + 1))
    drawn = [
        grid(frame, lines, tick_writer(lines)),
        ground(frame, epochs, numbers.count),
        named(frame, "Epoch", "Loss"),
        path(frame, at, train, "b"),
        path(frame, [epoch for epoch, _ in validation], [loss for _, loss in validation], "m"),
    ]
    return svg("Loss by epoch", description, drawn, frame.bottom + 40)


def _cases(frame: Frame, found: Sequence[float]) -> str:
    """The horizontal axis, each point with its number where there is room for it."""
    drawn, last = [line(frame.left, frame.bottom, frame.right, frame.bottom, "ax")], frame.right + APART
    for cases in reversed(found):
        x = frame.x(log10(cases))
        drawn.append(f'<line class="ax" x1="{px(x)}" x2="{px(x)}" y1="{px(frame.bottom)}" y2="{px(frame.bottom + 4)}"/>')
        if last - x >= APART:
            drawn.append(words(x, frame.bottom + 16, numbers.count(round(cases)), "middle"))
            last = x
    return "".join(drawn)

"""Predicted risks by outcome: with it upwards, without it downwards. In: two histograms. Out: SVG."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from iatros.report.draw import QUINTS, Frame, as_percent, box, grid, ground, line, named, svg, ticks, words
from iatros.report.numbers import count
from iatros.report.reading import Curve

NAME = 0.36  # share of the axis that a name may take


def risks(with_it: Curve, without: Curve, names: tuple[str, str], threshold: float | None, description: str) -> Markup:
    """x: middle of each bin; y: cases in it. `names` of the two outcomes stand on the bars."""
    tallest = max([*with_it.y, *without.y, 1])
    frame = Frame(bottom=260, y_low=-tallest, y_high=tallest)
    lines = [t for t in ticks(-tallest, tallest, 5) if abs(t) <= tallest]
    drawn = [
        grid(frame, lines, lambda v: count(abs(v))),
        ground(frame, QUINTS, as_percent),
        named(frame, "Predicted risk", "Cases"),
        *mirrored(frame, with_it, without),
        *([] if threshold is None else cut(frame, threshold)),
        words(frame.x(_clear(threshold)), frame.y(tallest * 0.55), names[0], "middle", "tpos halo"),
        words(frame.x(_clear(threshold)), frame.y(-tallest * 0.55), names[1], "middle", "tneg halo"),
    ]
    return svg("Histogram of predicted risk by outcome", description, drawn, frame.bottom + 40)


def mirrored(frame: Frame, with_it: Curve, without: Curve) -> Sequence[str]:
    """Bars up and down from the line of 0."""
    zero = frame.y(0)
    up = [box(*_bar(frame, with_it, i), zero - frame.y(n), "bpos") for i, n in enumerate(with_it.y) if n]
    down = [box(*_bar(frame, without, i, down=True), frame.y(-n) - zero, "bneg") for i, n in enumerate(without.y) if n]
    return (*up, *down, line(frame.left, zero, frame.right, zero, "ax"))


def cut(frame: Frame, threshold: float) -> Sequence[str]:
    """The declared threshold, dashed, with its name."""
    x = frame.x(threshold)
    near_end = threshold > 0.7
    name = words(
        x + (-5 if near_end else 5),
        frame.top + 9,
        f"threshold {as_percent(threshold)}",
        "end" if near_end else "start",
        "tb halo",
    )
    return (line(x, frame.top, x, frame.bottom, "thr"), name)


def _clear(threshold: float | None) -> float:
    """Where a name in the middle does not stand on the line of the threshold."""
    if threshold is None or abs(threshold - 0.5) > NAME / 2:
        return 0.5
    return 0.5 + (NAME / 2 if threshold < 0.5 else -NAME / 2)


def _bar(frame: Frame, bins: Curve, i: int, down: bool = False) -> tuple[float, float, float]:
    half = _width(bins) / 2
    left, right = frame.x(bins.x[i] - half), frame.x(bins.x[i] + half)
    return left + 0.4, frame.y(0) if down else frame.y(bins.y[i]), right - left - 0.8


def _width(bins: Curve) -> float:
    steps = [b - a for a, b in zip(bins.x, bins.x[1:], strict=False) if b > a]
    return min(steps, default=0.05)

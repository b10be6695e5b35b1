"""Calibration: observed against predicted, with the histogram of risks beneath. In: curves and histograms. Out: SVG."""

from __future__ import annotations

from dataclasses import replace

from markupsafe import Markup

from iatros.report.draw import QUINTS, SMALL, Frame, as_percent, dot, grid, line, svg, words
from iatros.report.figures.risks import mirrored
from iatros.report.figures.roc import chance, lines
from iatros.report.reading import Curve

NOTHING = Curve([], [], [], [], [])
HALVES = (0.0, 0.5, 1.0)


def calibration(
    smooth: Curve, groups: Curve, baseline: Curve, histograms: tuple[Curve, Curve], description: str, of: str = ""
) -> Markup:
    """Smooth curve with its band, groups of equal size with Wilson intervals, and how many cases got which risk."""
    frame = Frame(bottom=284)
    drawn = [
        grid(frame, QUINTS, as_percent),
        words(2, 14, "↑ Observed share with the outcome", "start", "tt"),
        chance(frame),
        *lines(frame, smooth, baseline),
        *points(frame, groups),
        line(frame.left, frame.bottom, frame.right, frame.bottom, "ax"),
        words(frame.left + 8, frame.top + 24, "more with the outcome than predicted", "start", "t halo"),
        words(frame.right - 8, frame.bottom - 18, "less than predicted", "end", "t halo"),
        *_beneath(frame, histograms),
        *(words(frame.x(t), 368, as_percent(t), "middle") for t in QUINTS),
        words(frame.left, 388, "Cases: up with, down without", "start", "t"),
        words(frame.right, 388, "Predicted risk →", "end", "tt"),
    ]
    return svg(f"Calibration curve with histogram{of}", description, drawn, 394)


def small(
    name: str, smooth: Curve, groups: Curve, description: str, histograms: tuple[Curve, Curve] = (NOTHING, NOTHING)
) -> Markup:
    """One of several small calibration figures on one scale, with the histogram beneath where there is one."""
    frame = Frame(left=37, right=166, top=10, bottom=170)
    under = 36 if histograms[0] or histograms[1] else 0
    drawn = [
        grid(frame, HALVES, as_percent),
        chance(frame),
        *lines(frame, smooth, NOTHING),
        *points(frame, groups, 3),
        line(frame.left, frame.bottom, frame.right, frame.bottom, "ax"),
        *(_beneath(replace(frame, bottom=frame.bottom + 2), histograms, 28) if under else ()),
        *small_ticks(frame, under),
        words(frame.right, 203 + under, "Predicted →", "end", "tt"),
    ]
    return svg(f"Calibration, {name}", description, drawn, 210 + under, SMALL)


def small_ticks(frame: Frame, under: float = 0) -> list[str]:
    """Values under a small figure; the last one ends where the frame does, so that it stays inside."""
    return [words(frame.x(t), 186 + under, as_percent(t), "end" if t == HALVES[-1] else "middle") for t in HALVES]


def points(frame: Frame, groups: Curve, radius: float = 3.4) -> list[str]:
    """Groups of cases as open dots with their intervals."""
    drawn = []
    for x, y, low, high in zip(groups.x, groups.y, groups.low, groups.high, strict=True):
        if low is not None and high is not None:
            drawn.append(line(frame.x(x), frame.y(low), frame.x(x), frame.y(high), "ptl"))
        drawn.append(dot(frame.x(x), frame.y(y), "pt", radius))
    return drawn


def _beneath(frame: Frame, histograms: tuple[Curve, Curve], tall: float = 60) -> tuple[str, ...]:
    tallest = max([*histograms[0].y, *histograms[1].y, 1])
    top = frame.bottom + 10 * tall / 60
    strip = replace(frame, top=top, bottom=top + tall, y_low=-tallest, y_high=tallest)
    return tuple(mirrored(strip, *histograms))

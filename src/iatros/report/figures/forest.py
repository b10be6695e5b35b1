"""A row of a forest: dot and interval on a scale that all rows of its table share. In: numbers. Out: small SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from iatros.report.draw import px, tick_writer, ticks

EDGE = 6


@dataclass(frozen=True)
class Mark:
    """One dot with its interval; `ours` is filled and solid, the other open and dashed."""

    value: float
    low: float | None
    high: float | None
    ours: bool = True


@dataclass(frozen=True)
class Scale:
    """The scale of a forest: values at its ends, width in units."""

    low: float
    high: float
    width: int = 260

    def x(self, value: float) -> float:
        """Units from the left."""
        return EDGE + (value - self.low) / (self.high - self.low) * (self.width - 2 * EDGE)


def scale(marks: Sequence[Mark], width: int = 260, hold: float | None = None, most: float | None = None) -> Scale:
    """A scale with round ends that holds all marks, `hold` among them, and ends at `most` at the latest."""
    values = [v for mark in marks for v in (mark.value, mark.low, mark.high) if v is not None]
    values += [] if hold is None else [hold]
    low, high = min(values, default=0.0), max(values, default=1.0)
    if high - low < 1e-9:
        low, high = low - 0.05, high + 0.05
    found = ticks(low, high, 5)
    step = found[1] - found[0] if len(found) > 1 else high - low
    ends = (low if low in found else (found[0] - step)), (high if high in found else (found[-1] + step))
    return Scale(ends[0], ends[1] if most is None else min(ends[1], most), width)


def symmetric(marks: Sequence[Mark], width: int = 260) -> Scale:
    """A scale of differences: 0 stands in its middle."""
    values = [abs(v) for mark in marks for v in (mark.value, mark.low, mark.high) if v is not None]
    reach = max([*values, 1e-3])
    found = ticks(0, reach, 3)
    step = found[1] if len(found) > 1 else reach
    ends = step * -(-reach // step)
    return Scale(-ends, ends, width)


def row(
    name: str, marks: Sequence[Mark], on: Scale, line: float | None = None, grey: tuple[float, float] | None = None
) -> Markup:
    """One row; `line` is the value of reference, `grey` the band of chance."""
    height = 26 if len(marks) < 2 else 30
    drawn = [] if grey is None else [_grey(on, grey, height)]
    drawn += [] if line is None else [f'<line class="ref" x1="{px(on.x(line))}" x2="{px(on.x(line))}" y1="0" y2="{height}"/>']
    for i, mark in enumerate(marks):
        drawn.append(_mark(on, mark, height * (i + 1) / (len(marks) + 1)))
    return Markup(
        f'<svg class="row" preserveAspectRatio="xMinYMid meet" viewBox="0 0 {on.width} {height}" role="img" '
        f'aria-label="{escape(name)}">{"".join(drawn)}</svg>'
    )


def axis(on: Scale) -> Markup:
    """The scale beneath the rows."""
    found = ticks(on.low, on.high, 5)
    write = tick_writer(found)
    drawn = [f'<line class="ax" x1="{EDGE}" x2="{on.width - EDGE}" y1="17" y2="17"/>']
    for t in found:
        at, anchor = on.x(t), "middle"
        if at < EDGE + 12:
            anchor = "start"
        elif at > on.width - EDGE - 12:
            anchor = "end"
        edge = {"start": 0, "middle": at, "end": on.width}[anchor]
        drawn.append(f'<line class="ax" x1="{px(at)}" x2="{px(at)}" y1="13" y2="17"/>')
        drawn.append(f'<text class="t" x="{px(edge)}" y="11" text-anchor="{anchor}">{write(t)}</text>')
    return Markup(
        f'<svg class="row axis" preserveAspectRatio="xMinYMid meet" viewBox="0 0 {on.width} 18" aria-hidden="true">'
        f"{''.join(drawn)}</svg>"
    )


def _mark(on: Scale, mark: Mark, y: float) -> str:
    kind = "mk" if mark.ours else "bk"
    x = on.x(mark.value)
    drawn = ""
    if mark.low is not None and mark.high is not None:
        drawn = f'<line class="ci {kind}" x1="{px(on.x(mark.low))}" x2="{px(on.x(mark.high))}" y1="{px(y)}" y2="{px(y)}"/>'
    return drawn + f'<circle class="{kind}" cx="{px(x)}" cy="{px(y)}" r="4.2"/>'


def _grey(on: Scale, band: tuple[float, float], height: int) -> str:
    left, right = on.x(band[0]), on.x(band[1])
    return f'<rect class="nullband" x="{px(left)}" y="4" width="{px(right - left)}" height="{height - 8}"/>'

"""Dot plot of two sequences: stretches that resemble each other, along both. In: diagonal runs. Out: SVG, square units.

What runs down to the right lies on the same strand; what runs up to the right is like the other strand.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from iatros.align.dots import Dots
from iatros.report.draw import WIDTH, Frame, line, px, svg, tick_writer, ticks, words
from iatros.report.numbers import count

TALLEST = 3.0  # of height to width; a longer sequence is drawn smaller
LEFT, TOP = 48, 40


def dot_plot(found: Dots, names: tuple[str, str], description: str) -> Markup:
    """names: of the query, which runs down, and of the target, which runs across."""
    rows, columns = found.lengths
    right = WIDTH - 12
    unit = (right - LEFT) / max(columns, rows / TALLEST, 1)
    frame = Frame(
        left=LEFT, right=LEFT + columns * unit, top=TOP, bottom=TOP + rows * unit, x_high=columns, y_low=rows, y_high=0
    )
    drawn = [_frame(frame), _across(frame, columns), _down(frame, rows)]
    drawn += [_runs(frame, found.forward, 1, "dotted"), _runs(frame, found.reverse, -1, "turned")]
    drawn.append(words(frame.right, 12, f"{names[1]} →", "end" if columns * unit > WIDTH / 2 else "start", "tt"))
    drawn.append(words(2, frame.bottom + 16, f"↓ {names[0]}", "start", "tt"))
    return svg("Dot plot", description, drawn, frame.bottom + 24)


def told(found: Dots) -> str:
    """What is drawn, in words."""
    runs = [*found.forward, *found.reverse]
    longest = max((length for *_, length in runs), default=0)
    sides = f"{count(len(found.forward))} stretches on this strand"
    sides += f", {count(len(found.reverse))} on the other" if found.reverse else ""
    said = f"Windows of {found.window} letters that score at least {found.threshold}: {sides}"
    return f"{said}; the longest has {count(longest)} letters."


def _frame(frame: Frame) -> str:
    """The two axes, at the top and at the left, as a matrix is read."""
    return line(frame.left, frame.top, frame.right, frame.top, "ax") + line(
        frame.left, frame.top, frame.left, frame.bottom, "ax"
    )


def _across(frame: Frame, length: int) -> str:
    found = [t for t in ticks(0, length, 5) if t <= length]
    write = tick_writer(found)
    return "".join(
        line(frame.x(t), frame.top - 4, frame.x(t), frame.top, "ax") + words(frame.x(t), frame.top - 8, write(t), "middle")
        for t in found[1:]
    )


def _down(frame: Frame, length: int) -> str:
    found = [t for t in ticks(0, length, 5) if t <= length]
    write = tick_writer(found)
    return "".join(
        line(frame.left - 4, frame.y(t), frame.left, frame.y(t), "ax") + words(frame.left - 6, frame.y(t) + 4, write(t), "end")
        for t in found[1:]
    )


def _runs(frame: Frame, runs: Sequence[tuple[int, int, int]], way: int, kind: str) -> str:
    """(row, column, length) each: as one path of slanted lines. way: 1 columns count up along a run, -1 down."""
    d = "".join(
        f"M{px(frame.x(j if way > 0 else j + 1))} {px(frame.y(i))}L{px(frame.x(j + length if way > 0 else j + 1 - length))} "
        f"{px(frame.y(i + length))}"
        for i, j, length in runs
    )
    return f'<path class="{kind}" d="{d}"/>' if d else ""

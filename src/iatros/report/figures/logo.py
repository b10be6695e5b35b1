"""Sequence logos. In: the height of each letter at each position. Out: SVG, letters stacked, the largest away from the axis.

Heights above 0 stand up, below 0 hang down and stay upright, so that what lowers a score can still be read.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from iatros.report.draw import SMALL, WIDE, WIDTH, Frame, grid, line, svg, tick_writer, ticks, words
from iatros.report.figures.glyphs import glyph, hue

NARROW = 0.4  # units of height below which a letter is a smear and is left out
MOST_NARROW = 34  # positions that fit a figure of the usual width
EVERY = (1, 2, 5, 10, 20, 50)
SLIM = 0.94  # share of its column that a letter fills


def logo(
    heights: NDArray[np.floating],
    letters: str,
    title: str,
    description: str,
    up: str = "Information (bits)",
    first: int = 1,
    scale: tuple[float, float] | None = None,
    small: bool = False,
) -> Markup:
    """Letters by position.

    heights: [L, V] with a column for each of `letters` (capitals), in bits or in units of a score
    first: the number of the first position; scale: lowest and highest value of the axis, by default what the heights need
    small: 180 units wide, for one of several
    """
    width = SMALL if small else WIDTH if len(heights) <= MOST_NARROW else WIDE
    low, high = scale or _reach(heights)
    frame = Frame(left=34, right=width - 4, top=24, bottom=104 if small else 154, y_low=low, y_high=high)
    lines = ticks(low, high, 4)
    step = (frame.right - frame.left) / max(1, len(heights))
    nucleotides = set(letters) <= set("ACGTUN")
    drawn = [grid(frame, lines, tick_writer(lines)), words(2, 12, f"↑ {up}", "start", "tt")]
    for i, column in enumerate(heights):
        drawn += _stack(frame, column, letters, frame.left + i * step, step, nucleotides)
    drawn.append(line(frame.left, frame.y(0), frame.right, frame.y(0), "ax"))
    drawn += _positions(frame, len(heights), first, step)
    drawn.append(words(frame.right, frame.bottom + 32, "Position →", "end", "tt"))
    return svg(title, description, drawn, frame.bottom + 40, width)


def told(heights: NDArray[np.floating], letters: str, unit: str, first: int = 1, most: int = 12) -> str:
    """The highest letters in words, for those who cannot see the figure."""
    highest = np.abs(heights).max(axis=1)
    chosen = sorted(np.argsort(-highest, kind="stable")[:most].tolist())
    named = []
    for i in chosen:
        k = int(np.abs(heights[i]).argmax())
        named.append(f"{letters[k]} at {first + i}: {heights[i, k]:.2f}")
    which = (
        "Highest letter by position"
        if len(heights) <= most
        else f"The {len(chosen)} highest letters of {len(heights)} positions"
    )
    return f"{which}, in {unit}. {', '.join(named)}."


def _reach(heights: NDArray[np.floating]) -> tuple[float, float]:
    """What all stacks need, 0 among it."""
    up = float(np.clip(heights, 0, None).sum(axis=1).max(initial=0.0))
    down = float(np.clip(heights, None, 0).sum(axis=1).min(initial=0.0))
    return (down, up) if up > down else (0.0, 1.0)


def _stack(frame: Frame, column: NDArray[np.floating], letters: str, x: float, step: float, nucleotides: bool) -> list[str]:
    """One position: the smallest letter next to the axis, upwards and downwards."""
    drawn, unit = [], (frame.bottom - frame.top) / (frame.y_high - frame.y_low)
    reached = {1: frame.y(0), -1: frame.y(0)}
    for k in np.argsort(np.abs(column), kind="stable").tolist():
        side, tall = (1 if column[k] > 0 else -1), abs(float(column[k])) * unit
        if tall < NARROW:
            continue
        top = reached[side] - tall if side > 0 else reached[side]
        drawn.append(glyph(letters[k], x + step * (1 - SLIM) / 2, top, step * SLIM, tall, hue(letters[k], nucleotides)))
        reached[side] -= side * tall
    return drawn


def _positions(frame: Frame, length: int, first: int, step: float) -> Sequence[str]:
    """Numbers beneath, as many as fit."""
    room = 8 + 7 * len(str(first + length))
    every = next((n for n in EVERY if n * step >= room), EVERY[-1])
    shown = [i for i in range(length) if every == 1 or (first + i) % every == 0]
    return [words(frame.left + (i + 0.5) * step, frame.bottom + 16, str(first + i), "middle") for i in shown]

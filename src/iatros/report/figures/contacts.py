"""Contact map: what is predicted above the diagonal, what is true below it. In: probabilities and truth. Out: SVG, square."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from iatros.report.draw import WIDTH, Frame, blocks, line, px, svg, tick_writer, ticks, words
from iatros.report.numbers import count, percent

STEPS = (0.15, 0.3, 0.5, 0.7, 0.9)  # probabilities from which a cell is drawn darker
LEFT, TOP = 34, 30
NEAR = 6  # positions along the chain that touch in any fold; they are left blank


def contacts(probability: NDArray[np.floating], truth: NDArray[np.bool_], title: str, description: str) -> Markup:
    """probability: [L, L] of a contact, NaN where unknown; truth: [L, L]. Both are read above the diagonal."""
    length = len(truth)
    side = WIDTH - LEFT - 10
    frame = Frame(left=LEFT, right=LEFT + side, top=TOP, bottom=TOP + side, x_high=length, y_low=length, y_high=0)
    far = np.triu(np.ones((length, length), bool), NEAR)
    known = np.nan_to_num(probability)
    drawn = _axes(frame, length)
    for low, high in zip(STEPS, (*STEPS[1:], np.inf), strict=True):
        drawn.append(_cells(frame, far & (known >= low) & (known < high), "guess", opacity=round(min(1.0, low + 0.1), 2)))
    drawn.append(_cells(frame, (far & truth).T, "fact"))
    drawn.append(f'<path class="ref" d="M{px(frame.left)} {px(frame.top)}L{px(frame.right)} {px(frame.bottom)}"/>')
    drawn.append(words(frame.right - 4, frame.top + 14, "predicted", "end", "tm halo"))
    drawn.append(words(frame.left + 4, frame.bottom - 6, "true", "start", "tb halo"))
    return svg(title, description, drawn, frame.bottom + 10)


def told(probability: NDArray[np.floating], truth: NDArray[np.bool_], separation: int = 24) -> str:
    """How many of the L most probable long contacts are true, in words. separation: least distance along the chain."""
    above = np.triu_indices(len(truth), separation)
    kept = np.isfinite(probability[above])
    order = np.argsort(-probability[above][kept], kind="stable")[: len(truth)]
    hits = truth[above][kept][order]
    if not len(hits):
        return f"The chain has no pairs {separation} or more positions apart."
    return (
        f"{count(int(truth[above].sum()))} true contacts at least {separation} positions apart; "
        f"of the {len(hits):,} most probable, {int(hits.sum()):,} are true ({percent(float(hits.mean()))})."
    )


def _axes(frame: Frame, length: int) -> list[str]:
    found = [t for t in ticks(0, length, 6) if 0 < t <= length]
    write = tick_writer(found)
    drawn = [
        line(frame.left, frame.top, frame.right, frame.top, "ax"),
        line(frame.left, frame.top, frame.left, frame.bottom, "ax"),
        words(2, 12, "Position →", "start", "tt"),
    ]
    for t in found:
        drawn.append(words(min(frame.x(t), frame.right - 8), frame.top - 6, write(t), "middle"))
        drawn.append(words(frame.left - 4, frame.y(t) + 4, write(t), "end"))
    return drawn


def _cells(frame: Frame, where: NDArray[np.bool_], kind: str, opacity: float | None = None) -> str:
    """Runs along the rows, each one bar."""
    unit = (frame.right - frame.left) / len(where)
    edges = np.diff(where.astype(np.int8), axis=1, prepend=0, append=0)
    rows, begins = np.nonzero(edges == 1)
    ends = np.nonzero(edges == -1)[1]
    places = [
        (frame.left + begin * unit, frame.top + row * unit, (end - begin) * unit, unit)
        for row, begin, end in zip(rows.tolist(), begins.tolist(), ends.tolist(), strict=True)
    ]
    return blocks(places, kind, opacity)

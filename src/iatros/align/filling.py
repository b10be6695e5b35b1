"""Sweeps over all columns, for one query after the other: the compiled loops between the API and the kernels.

In: queries end to end, packed targets, costs as `widths` prepared them. Out: scores, [Q, T] int32.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from iatros.align.compiled import compiled
from iatros.align.differences import difference_sweep
from iatros.align.sweeps import sweep

Bytes = NDArray[np.uint8]
Integers = NDArray[np.int64]
Elements = NDArray[Any]  # int8, int16 or int32: the lanes' width
Room = tuple[NDArray[Any], ...]  # what the kernels write to, laid out by `blocks`


@compiled
def local_scores(
    codes: Bytes,
    offsets: Integers,
    letters: Bytes,
    starts: NDArray[np.uint64],
    lane: Integers,
    end: Integers,
    table: Elements,
    costs: Elements,
    room: Room,
    out: NDArray[np.int32],
) -> None:
    """out[q, t] = best local score, as far as the lanes hold it: see `widths` for which are too large.

    end: [T] the sweep in which a target ends; room: score and gap [longest query, W], profile [128, W], best [S + 1, W].
    """
    score, gap, place, best = room
    left = np.full(score.shape[0], costs[2], costs.dtype)
    for q in range(len(offsets) - 1):
        query = codes[offsets[q] : offsets[q + 1]]
        for k in range(len(starts)):
            four = letters[4 * k : 4 * k + 4]
            sweep(query, place, table, four, starts[k], left, score, gap, costs, best[k : k + 2], best[:0], None, None)
        for t in range(len(lane)):
            out[q, t] = np.int32(best[end[t] + 1, lane[t]]) - np.int32(costs[2])


@compiled
def end_scores(
    codes: Bytes,
    offsets: Integers,
    letters: Bytes,
    starts: NDArray[np.uint64],
    lane: Integers,
    first: Integers,
    length: Integers,
    table: Elements,
    costs: Elements,
    left: Elements,
    room: Room,
    free: tuple[bool, bool],
    out: NDArray[np.int32],
) -> None:
    """out[q, t] = score with both sequences whole, but for free ends.

    first: [T] a target's first column; left: [longest query] H before a target; free: the query's end, the target's end;
    room: score and gap [longest query, W], profile [128, W], above [S + 1, W], last row and largest of column [4 S, W].
    """
    score, gap, place, above, last, most = room
    for q in range(len(offsets) - 1):
        query = codes[offsets[q] : offsets[q + 1]]
        for k in range(len(starts)):
            c = 4 * k
            four, lows, highs = letters[c : c + 4], last[c : c + 4], most[c : c + 4]
            sweep(query, place, table, four, starts[k], left, score, gap, costs, above[k : k + 2], lows, highs, None)
        for t in range(len(lane)):
            out[q, t] = _at_ends(last, most, lane[t], first[t], length[t], left[len(query) - 1], free)


@compiled
def _at_ends(last: Elements, most: Elements, lane: int, first: int, length: int, corner: int, free: tuple[bool, bool]) -> Any:
    """The best of the cells in which an alignment may end."""
    final = first + length - 1
    best = np.int32(last[final, lane])
    if free[0]:
        best = max(best, np.int32(most[final, lane]))
    if free[1]:
        best = max(best, np.int32(corner))
        for c in range(first, final):
            best = max(best, np.int32(last[c, lane]))
    return best


@compiled
def difference_scores(
    codes: Bytes,
    offsets: Integers,
    letters: Bytes,
    starts: NDArray[np.uint64],
    lane: Integers,
    first: Integers,
    length: Integers,
    table: Bytes,
    numbers: Bytes,
    left: Bytes,
    corner: NDArray[np.int32],
    step: int,
    free: bool,
    room: Room,
    out: NDArray[np.int32],
) -> None:
    """The same from differences; only the target's end may be free.

    corner: [longest query] H(i + 1, 0); step: what to take from v + gap to have H's own difference along the last row;
    room: rise and going [longest query, 64], profile [128, 64], last row [4 S, 64], sum and best of it [S + 1, 64].
    """
    rise, going, place, last, total, best = room
    for q in range(len(offsets) - 1):
        query = codes[offsets[q] : offsets[q + 1]]
        for k in range(len(starts)):
            c = 4 * k
            difference_sweep(query, place, table, letters[c : c + 4], starts[k], left, rise, going, numbers, last[c : c + 4])
        _sum_rows(last, starts, step, corner[len(query) - 1], free, total, best)
        for t in range(len(lane)):
            out[q, t] = _last_sum(last, total, best, lane[t], first[t], length[t], step, corner[len(query) - 1], free)


@compiled
def _sum_rows(
    last: Bytes,
    starts: NDArray[np.uint64],
    step: int,
    corner: int,
    free: bool,
    total: NDArray[np.int32],
    best: NDArray[np.int32],
) -> None:
    """total[k + 1, l], best[k + 1, l]: H of the last row at the end of sweep k in lane l; the largest of its target so far."""
    width = last.shape[1]
    for k in range(len(starts)):
        word = starts[k]
        if word:
            for l in range(width):
                if (word >> np.uint64(l)) & np.uint64(1):
                    total[k, l] = corner
                    best[k, l] = corner
        before, after, high, higher = total[k], total[k + 1], best[k], best[k + 1]
        a, b, c, d = last[4 * k], last[4 * k + 1], last[4 * k + 2], last[4 * k + 3]
        if not free:
            for l in range(width):
                after[l] = before[l] + np.int32(a[l]) + np.int32(b[l]) + np.int32(c[l]) + np.int32(d[l]) - np.int32(4 * step)
            continue
        for l in range(width):
            one = before[l] + np.int32(a[l]) - np.int32(step)
            two = one + np.int32(b[l]) - np.int32(step)
            three = two + np.int32(c[l]) - np.int32(step)
            four = three + np.int32(d[l]) - np.int32(step)
            after[l] = four
            higher[l] = max(high[l], max(max(one, two), max(three, four)))


@compiled
def _last_sum(
    last: Bytes,
    total: NDArray[np.int32],
    best: NDArray[np.int32],
    lane: int,
    first: int,
    length: int,
    step: int,
    corner: int,
    free: bool,
) -> Any:
    """H of a target's last column, or the largest of its last row: the whole sweeps before, and the columns of its last one."""
    whole = (length - 1) // 4
    k = first // 4 + whole
    h = np.int64(total[k, lane]) if whole else np.int64(corner)
    high = np.int64(best[k, lane]) if whole else np.int64(corner)
    for c in range(first + 4 * whole, first + length):
        h += np.int64(last[c, lane]) - step
        high = max(high, h)
    return high if free else h

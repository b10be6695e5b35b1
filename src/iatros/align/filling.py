"""Sweeps over all columns, for one query after the other: the compiled loops between the API and the kernels.

In: queries end to end, packed targets, costs as `widths` prepared them, room to work in. Out: scores, [Q, T] int32.
`Given` is the queries' codes and offsets, as `Sequences` has them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from iatros.align.compiled import compiled
from iatros.align.differences import difference_sweep
from iatros.align.packing import Packed
from iatros.align.sweeps import sweep
from iatros.align.widths import Costs, Differences

Given = tuple[NDArray[np.uint8], NDArray[np.int64]]
Bytes = NDArray[np.uint8]
Elements = NDArray[Any]  # int8, int16 or int32: the lanes' width
Room = tuple[NDArray[Any], ...]  # what the kernels write to, laid out by `blocks`
Scores = NDArray[np.int32]
Whole = Any  # a Python int or one of NumPy's


@compiled
def local_scores(queries: Given, packed: Packed, costs: Costs, room: Room, out: Scores) -> None:
    """out[q, t] = best local score, as far as the lanes hold it: see `widths` for which are too large.

    room: score and gap [longest query, W], profile [128, W], best [S + 1, W].
    """
    codes, offsets = queries
    score, gap, place, best = room
    zero = costs.numbers[2]
    left = np.full(score.shape[0], zero, costs.numbers.dtype)
    for q in range(len(offsets) - 1):
        query = codes[offsets[q] : offsets[q + 1]]
        for k in range(len(packed.starts)):
            four, state = packed.letters[4 * k : 4 * k + 4], best[k : k + 2]
            sweep(query, place, costs.table, four, packed.starts[k], left, score, gap, costs.numbers, state, best, None, None)
        for t in range(len(packed.lane)):
            end = packed.sweep[t] + (packed.length[t] - 1) // 4
            out[q, t] = np.int32(best[end + 1, packed.lane[t]]) - np.int32(zero)


@compiled
def end_scores(
    queries: Given, packed: Packed, costs: Costs, left: Elements, room: Room, free: tuple[bool, bool], out: Scores
) -> None:
    """out[q, t] = score with both sequences whole, but for free ends.

    left: [longest query] H before a target; free: the query's end, the target's end;
    room: score and gap [longest query, W], profile [128, W], above [S + 1, W], last row and largest of column [4 S, W].
    """
    codes, offsets = queries
    score, gap, place, above, last, most = room
    for q in range(len(offsets) - 1):
        query = codes[offsets[q] : offsets[q + 1]]
        for k in range(len(packed.starts)):
            c, state = 4 * k, above[k : k + 2]
            four, low, high = packed.letters[c : c + 4], last[c : c + 4], most[c : c + 4]
            sweep(query, place, costs.table, four, packed.starts[k], left, score, gap, costs.numbers, state, low, high, None)
        for t in range(len(packed.lane)):
            out[q, t] = _at_ends(last, most, packed, t, left[len(query) - 1], free)


@compiled
def _at_ends(last: Elements, most: Elements, packed: Packed, t: int, corner: Whole, free: tuple[bool, bool]) -> Whole:
    """The best of the cells in which an alignment may end."""
    lane, first = packed.lane[t], 4 * packed.sweep[t]
    final = first + packed.length[t] - 1
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
    queries: Given, packed: Packed, costs: Differences, left: Bytes, corner: Scores, room: Room, out: Scores
) -> None:
    """The same from differences; only the target's end may be free.

    corner: [longest query] H(i + 1, 0);
    room: rise and going [longest query, 64], profile [128, 64], last row [4 S, 64], sum and best of it [S + 1, 64].
    """
    codes, offsets = queries
    rise, going, place, last, total, best = room
    for q in range(len(offsets) - 1):
        query = codes[offsets[q] : offsets[q + 1]]
        for k in range(len(packed.starts)):
            four, low = packed.letters[4 * k : 4 * k + 4], last[4 * k : 4 * k + 4]
            difference_sweep(query, place, costs.table, four, packed.starts[k], left, rise, going, costs.numbers, low)
        begin = np.int32(corner[len(query) - 1])
        _sum_rows(last, packed.starts, np.int32(costs.step), begin, costs.free, total, best)
        for t in range(len(packed.lane)):
            out[q, t] = _last_sum(last, packed, t, costs, begin, total, best)


@compiled
def _sum_rows(
    last: Bytes, starts: NDArray[np.uint64], step: Whole, corner: Whole, free: bool, total: Scores, best: Scores
) -> None:
    """total[k + 1, l], best[k + 1, l]: H of the last row at the end of sweep k in lane l; the largest of its target so far."""
    width = last.shape[1]
    for k in range(len(starts)):
        if starts[k]:
            for l in range(width):
                if (starts[k] >> np.uint64(l)) & np.uint64(1):
                    total[k, l] = corner
                    best[k, l] = corner
        before, after, high, higher = total[k], total[k + 1], best[k], best[k + 1]
        a, b, c, d = last[4 * k], last[4 * k + 1], last[4 * k + 2], last[4 * k + 3]
        if not free:
            for l in range(width):
                after[l] = before[l] + np.int32(a[l]) + np.int32(b[l]) + np.int32(c[l]) + np.int32(d[l]) - np.int32(4) * step
            continue
        for l in range(width):
            one = before[l] + np.int32(a[l]) - step
            two = one + np.int32(b[l]) - step
            three = two + np.int32(c[l]) - step
            four = three + np.int32(d[l]) - step
            after[l] = four
            higher[l] = max(high[l], max(max(one, two), max(three, four)))


@compiled
def _last_sum(last: Bytes, packed: Packed, t: int, costs: Differences, corner: Whole, total: Scores, best: Scores) -> Whole:
    """H of a target's last column, or the largest of its last row: the whole sweeps before, and the columns of its last one."""
    lane, first, length = packed.lane[t], 4 * packed.sweep[t], packed.length[t]
    whole = (length - 1) // 4
    k = packed.sweep[t] + whole
    h = np.int64(total[k, lane]) if whole else np.int64(corner)
    high = np.int64(best[k, lane]) if whole else np.int64(corner)
    for c in range(first + 4 * whole, first + length):
        h += np.int64(last[c, lane]) - np.int64(costs.step)
        high = max(high, h)
    return high if costs.free else h

"""Alignments of one query with many packed targets: the sweeps again, with a mask for each way into a cell, then the ways back.

In: a query, packed targets, costs, room. Out: `Traced`: scores, begins, ends and runs of operations.
Of several best alignments one is returned, and always the same: a pair of letters is preferred to a gap, a gap that consumes
the query to one that consumes the target; the end is the corner if that is best, then the earliest in the target, then in the
query; a local one ends in the first best cell, four columns of the target at a time.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from iatros.align.compiled import compiled
from iatros.align.packing import Packed
from iatros.align.sweeps import sweep
from iatros.align.widths import Costs

INSERTED, DELETED, EQUAL, DIFFERENT = 1, 2, 7, 8  # operations, numbered as in BAM files; a run is length << 4 | operation
Whole = Any  # a Python int or one of NumPy's


class Ends(NamedTuple):
    """Which ends are free, and whether none need align at all."""

    local: bool
    query_begin: bool
    query_end: bool
    target_begin: bool
    target_end: bool


class Room(NamedTuple):
    """What the kernels write to: [m, W], [m, W], [128, W], [S + 1, W], [4 S, W], [S, m, 4, 5]."""

    score: NDArray[Any]
    gap: NDArray[Any]
    place: NDArray[Any]
    carry: NDArray[Any]
    last: NDArray[Any]
    trace: NDArray[Any]


class Traced(NamedTuple):
    """What is written.

    table:   [T, 6] score, query begin and end, target begin and end, number of runs
    runs:    of target t from offsets[t] on, with room for m + n of them
    equal:   [32] which letters equal themselves (the unknown one does not); only read
    """

    table: NDArray[np.int64]
    runs: NDArray[np.uint32]
    offsets: NDArray[np.int64]
    equal: NDArray[np.bool_]


@compiled
def trace_all(
    query: NDArray[np.uint8],
    packed: Packed,
    costs: Costs,
    left: NDArray[Any],
    room: Room,
    most: NDArray[Any] | None,
    ends: Ends,
    out: Traced,
) -> None:
    """Align the query with every target.

    left: [m] H before a target; most: [4 S, W] room for the largest H of each column, None: local.
    """
    place, table, score, gap, numbers = room.place, costs.table, room.score, room.gap, costs.numbers
    for k in range(len(packed.starts)):
        c, state = 4 * k, room.carry[k : k + 2]
        four, low = packed.letters[c : c + 4], room.last[c : c + 4]
        start, trace = packed.starts[k], room.trace[k]
        if most is None:
            sweep(query, place, table, four, start, left, score, gap, numbers, state, low, None, trace)
        else:
            high = most[c : c + 4]
            sweep(query, place, table, four, start, left, score, gap, numbers, state, low, high, trace)
    for t in range(len(packed.lane)):
        i, j, h = _end(packed, costs, left, room, most, ends, t, len(query))
        _walk(query, packed, costs, room.trace, ends, t, i, j, h, out)


@compiled
def _bit(trace: NDArray[Any], i: int, c: int, which: int, lane: int) -> Whole:
    """One mask of a cell."""
    word = np.uint64(trace[c >> 2, i, c & 3, which])
    return (word >> np.uint64(lane)) & np.uint64(1) != np.uint64(0)


@compiled
def _end(
    packed: Packed, costs: Costs, left: NDArray[Any], room: Room, most: NDArray[Any] | None, ends: Ends, t: int, m: int
) -> tuple[Whole, Whole, Whole]:
    """Query letters, target letters and the score where an alignment ends."""
    lane, first, n = packed.lane[t], 4 * packed.sweep[t], packed.length[t]
    if most is None:
        return _local_end(packed, costs, room, t, m)
    i, j, h = m, n, np.int64(room.last[first + n - 1, lane])
    if ends.target_end:
        if np.int64(left[m - 1]) > h:
            j, h = 0, np.int64(left[m - 1])
        for c in range(n):
            if np.int64(room.last[first + c, lane]) > h:
                j, h = c + 1, np.int64(room.last[first + c, lane])
    if ends.query_end and np.int64(most[first + n - 1, lane]) > h:
        i, j, h = 0, n, np.int64(most[first + n - 1, lane])
        for row in range(m):
            if _bit(room.trace, row, first + n - 1, 4, lane):
                i = row + 1
    return i, j, h


@compiled
def _local_end(packed: Packed, costs: Costs, room: Room, t: int, m: int) -> tuple[Whole, Whole, Whole]:
    """The last cell that improved on all before it."""
    lane, begin = packed.lane[t], packed.sweep[t]
    end = begin + (packed.length[t] - 1) // 4
    best = room.carry[end + 1, lane]
    h = np.int64(best) - np.int64(costs.numbers[2])
    if h <= 0:
        return 0, 0, 0
    k = begin
    while room.carry[k + 1, lane] != best:
        k += 1
    for i in range(m - 1, -1, -1):
        for c in range(3, -1, -1):
            if _bit(room.trace, i, 4 * k + c, 4, lane):
                return i + 1, 4 * (k - begin) + c + 1, h
    return 0, 0, 0


@compiled
def _walk(
    query: NDArray[np.uint8],
    packed: Packed,
    costs: Costs,
    trace: NDArray[Any],
    ends: Ends,
    t: int,
    i: Whole,
    j: Whole,
    h: Whole,
    out: Traced,
) -> None:
    """From the end back to the begin; writes the row of `out` and the runs."""
    lane, first = packed.lane[t], 4 * packed.sweep[t]
    runs = out.runs[out.offsets[t] :]
    out.table[t, 0], out.table[t, 2], out.table[t, 4] = h, i, j
    count, gap = 0, 0  # gap: the operation of the gap that is walked along, or 0
    while i > 0 and j > 0 and (gap != 0 or not ends.local or h > 0):
        c = first + j - 1
        if gap == 0 and _bit(trace, i - 1, c, 0, lane):
            gap = INSERTED if _bit(trace, i - 1, c, 1, lane) else DELETED
        if gap == 0:
            letter, other = query[i - 1], packed.letters[c, lane]
            h -= costs.table[letter, other]
            i, j = i - 1, j - 1
            count = _add(runs, count, EQUAL if letter == other and out.equal[letter] else DIFFERENT)
            continue
        count = _add(runs, count, gap)
        if gap == INSERTED:
            i -= 1
            longer = i > 0 and _bit(trace, i - 1, c, 3, lane)
        else:
            j -= 1
            longer = j > 0 and _bit(trace, i - 1, c - 1, 2, lane)
        h += costs.numbers[1] if longer else costs.numbers[0]
        if not longer:
            gap = 0
    if not ends.local:
        while i > 0 and not ends.query_begin:
            count, i = _add(runs, count, INSERTED), i - 1
        while j > 0 and not ends.target_begin:
            count, j = _add(runs, count, DELETED), j - 1
    out.table[t, 1], out.table[t, 3], out.table[t, 5] = i, j, count
    _reverse(runs, count)


@compiled
def _add(runs: NDArray[np.uint32], count: int, operation: int) -> int:
    """One more letter of an operation; returns the number of runs."""
    if count and runs[count - 1] & 15 == operation:
        runs[count - 1] += 16
        return count
    runs[count] = 16 | operation
    return count + 1


@compiled
def _reverse(runs: NDArray[np.uint32], count: int) -> None:
    """Runs were found from the end."""
    for k in range(count // 2):
        runs[k], runs[count - 1 - k] = runs[count - 1 - k], runs[k]

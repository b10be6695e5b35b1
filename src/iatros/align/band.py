"""A global alignment within a band of diagonals, with its way back: one byte a cell.

In: two sequences of codes, scores, costs, the band. Out: the score and the runs of operations.
With the widest band this is Gotoh 1982 as printed; Myers and Miller's recursion ends in it, with gaps that go on over borders.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from iatros.align.compiled import compiled
from iatros.align.edges import Bytes, Numbers
from iatros.align.rows import NEVER

INSERTED, DELETED, EQUAL, DIFFERENT = 1, 2, 7, 8  # as in BAM files
FROM_DOWN, FROM_RIGHT, LONGER_DOWN, LONGER_RIGHT = 1, 2, 4, 8  # bits of a cell


class Gap(NamedTuple):
    """open, extend: of gaps; begin: what the first letter of a gap in the target costs at the very begin, which may continue
    one from before; end: what is paid back if the alignment ends in such a gap, which goes on behind.
    """

    open: int
    extend: int
    begin: int
    end: int


@compiled
def align_band(
    query: Bytes, target: Bytes, table: Numbers, gap: Gap, low: int, high: int, equal: NDArray[np.bool_]
) -> tuple[Any, NDArray[np.uint32]]:
    """Score and runs of the best alignment whose cells all have low <= j - i <= high. 0 and n - m must be in the band."""
    m, n = len(query), len(target)
    trace = np.zeros((m + 1, high - low + 1), np.uint8)
    h, f = np.full(n + 1, NEVER, np.int64), np.full(n + 1, NEVER, np.int64)
    for i in range(m + 1):
        _row(i, query, target, table, gap, low, high, h, f, trace[i])
    score, begin = h[n], 0
    if f[n] + gap.end > score:
        score, begin = f[n] + gap.end, INSERTED
    return score, _back(query, target, trace, low, begin, equal)


@compiled
def _row(
    i: int,
    query: Bytes,
    target: Bytes,
    table: Numbers,
    gap: Gap,
    low: int,
    high: int,
    h: NDArray[np.int64],
    f: NDArray[np.int64],
    trace: Bytes,
) -> None:
    """Row i: h and f hold row i - 1 before, row i after."""
    first, last = max(0, i + low), min(len(target), i + high)
    corner = h[first - 1] if first > 0 and i > 0 else np.int64(NEVER)
    if first > 0 and i > 0:
        h[first - 1] = NEVER
    e = np.int64(NEVER)
    left = np.int64(NEVER)
    for j in range(first, last + 1):
        mark, up = 0, h[j] if i > 0 and j < i + high else np.int64(NEVER)
        down = f[j] if i > 0 and j < i + high else np.int64(NEVER)
        matched = corner + table[query[i - 1] * 32 + target[j - 1]] if i > 0 and j > 0 else np.int64(NEVER)
        opened = up - (gap.begin if j == 0 and i == 1 else gap.open)
        if down - gap.extend > opened:
            mark |= LONGER_DOWN
        down = max(down - gap.extend, opened)
        if e - gap.extend > left - gap.open:
            mark |= LONGER_RIGHT
        e = max(e - gap.extend, left - gap.open)
        best = np.int64(0) if i == 0 and j == 0 else max(matched, max(down, e))
        if best != matched and (i > 0 or j > 0):
            mark |= FROM_DOWN if best == down else FROM_RIGHT
        corner = h[j] if i > 0 else np.int64(NEVER)
        h[j], f[j], left = best, down, best
        trace[j - i - low] = mark


@compiled
def _back(query: Bytes, target: Bytes, trace: Bytes, low: int, state: int, equal: NDArray[np.bool_]) -> NDArray[np.uint32]:
    """The runs, from the end's marks to the begin."""
    i, j, count = len(query), len(target), 0
    runs = np.empty(i + j, np.uint32)
    while i > 0 or j > 0:
        mark = trace[i, j - i - low]
        if state == 0:
            state = INSERTED if mark & FROM_DOWN else DELETED if mark & FROM_RIGHT else 0
        if state == INSERTED:
            operation, i = INSERTED, i - 1
            state = INSERTED if mark & LONGER_DOWN else 0
        elif state == DELETED:
            operation, j = DELETED, j - 1
            state = DELETED if mark & LONGER_RIGHT else 0
        else:
            i, j = i - 1, j - 1
            operation = EQUAL if query[i] == target[j] and equal[query[i]] else DIFFERENT
        if count and runs[count - 1] & 15 == operation:
            runs[count - 1] += 16
        else:
            runs[count] = 16 | operation
            count += 1
    return runs[:count][::-1].copy()

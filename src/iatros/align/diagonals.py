"""One long pair, antidiagonal by antidiagonal, in memory proportional to its length.

In: two sequences of codes, a table of scores, costs. Out: the last row and the last column of the matrix, and the best cell.
Cells of an antidiagonal do not depend on each other, so the compiler puts 16 of them into a register (Wozniak 1997,
doi:10.1093/bioinformatics/13.2.145).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from iatros.align.compiled import compiled

NEVER = -(2**30)  # below any score of a pair that is let in
Numbers = NDArray[np.int32]
Bytes = NDArray[np.uint8]


class Border(NamedTuple):
    """What the borders cost.

    open, extend: of gaps; left, left_step: what the first and each further letter of the query costs before the target's begin;
    top, top_step: the same the other way; local: whether scores never fall below 0; track: whether to look for the best cell.
    """

    open: int
    extend: int
    left: int
    left_step: int
    top: int
    top_step: int
    local: bool
    track: bool


class Edge(NamedTuple):
    """row: [n + 1] H of the last row; down: [n + 1] the best there that ends in a gap of the target (query letters alone);
    column: [m + 1] H of the last column; best: score, query letters, target letters of the best cell, if tracked.
    """

    row: Numbers
    down: Numbers
    column: Numbers
    best: tuple[int, int, int]


@compiled
def edges(query: Bytes, target: Bytes, table: Numbers, border: Border) -> Edge:
    """Score all cells. table: [32 * 32] int32, the query's letter first."""
    m, n = len(query), len(target)
    rows, turned = query.astype(np.int32) * 32, target[::-1].astype(np.int32)
    new, old, older = np.full(m + 1, NEVER, np.int32), np.full(m + 1, NEVER, np.int32), np.full(m + 1, NEVER, np.int32)
    down, downs, right = new.copy(), new.copy(), new.copy()
    row, bottom, column = np.empty(n + 1, np.int32), np.empty(n + 1, np.int32), np.empty(m + 1, np.int32)
    best: Any = 0
    best_i: Any = 0
    best_j: Any = 0
    old[0] = 0
    _keep(0, m, n, old, down, row, bottom, column)
    for d in range(1, m + n + 1):
        low, high = max(1, d - n), min(m, d - 1)
        most = _cells(rows, turned, table, border, (low, high, n - d), new, old, older, down, downs, right)
        if d <= n:
            new[0], downs[0] = -(border.top + (d - 1) * border.top_step), NEVER
        if d <= m:
            new[d] = downs[d] = -(border.left + (d - 1) * border.left_step)
            right[d] = NEVER
        if border.track and most > best:
            best = most
            best_i = low + np.argmax(new[low : high + 1] == most)
            best_j = d - best_i
        _keep(d, m, n, new, downs, row, bottom, column)
        new, old, older = older, new, old
        down, downs = downs, down
    return Edge(row, bottom, column, (best, best_i, best_j))


@compiled
def _cells(
    rows: Numbers,
    turned: Numbers,
    table: Numbers,
    border: Border,
    span: tuple[int, int, int],
    new: Numbers,
    old: Numbers,
    older: Numbers,
    down: Numbers,
    downs: Numbers,
    right: Numbers,
) -> Any:
    """The cells of one antidiagonal between the borders; returns the largest."""
    low, high, shift = span
    opening, extend = np.int32(border.open), np.int32(border.extend)
    floor = np.int32(0) if border.local else np.int32(NEVER)
    most = np.int32(NEVER)
    count = high - low + 1
    if count <= 0:
        return most
    letters, others = rows[low - 1 : high], turned[shift + low : shift + high + 1]
    here, left, above, corner = new[low : high + 1], old[low : high + 1], old[low - 1 : high], older[low - 1 : high]
    fs, f, e = downs[low : high + 1], down[low - 1 : high], right[low : high + 1]
    for i in range(count):
        e[i] = max(e[i] - extend, left[i] - opening)
        fs[i] = max(f[i] - extend, above[i] - opening)
        h = max(max(corner[i] + table[letters[i] + others[i]], floor), max(e[i], fs[i]))
        here[i] = h
        most = max(most, h)
    return most


@compiled
def _keep(d: int, m: int, n: int, h: Numbers, f: Numbers, row: Numbers, bottom: Numbers, column: Numbers) -> None:
    """What of an antidiagonal lies in the last row or column."""
    if m <= d:
        row[d - m], bottom[d - m] = h[m], f[m]
    if n <= d:
        column[d - n] = h[d - n]

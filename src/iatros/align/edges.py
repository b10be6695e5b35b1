"""One long pair, row by row, in memory proportional to its length.

In: two sequences of codes, a table of scores, costs. Out: the last row and the last column of the matrix, and the best cell.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from iatros.align.compiled import compiled
from iatros.align.rows import LANES, NEVER, sweep_row

PADDING = -(2**14)  # score of what is behind the target's end
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
    """What is known behind the last cell.

    row: [n + 1] H of the last row; down: [n + 1] the best there that ends in a gap of the target (query letters alone);
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
    h, f = np.full(n + LANES, NEVER, np.int32), np.full(n + LANES, NEVER, np.int32)
    for j in range(n):
        h[j] = -(border.top + j * border.top_step)
    scores, known = _profile(query, target, table)
    column = np.empty(m + 1, np.int32)
    column[0] = h[n - 1] if n else 0
    floor = 0 if border.local else NEVER
    numbers = np.array([border.open, border.extend, floor, 0, 0, (n + LANES - 1) // LANES], np.int32)
    best: Any = 0
    best_i: Any = 0
    best_j: Any = 0
    for i in range(m):
        numbers[4] = -(border.left + i * border.left_step)
        most = sweep_row(scores[known[query[i]]], h, f, numbers)
        numbers[3] = numbers[4]
        column[i + 1] = h[n - 1] if n else numbers[4]
        if border.track and most > best:
            best = most
            best_i, best_j = i + 1, np.argmax(h[:n] == most) + 1
    row, down = np.empty(n + 1, np.int32), np.empty(n + 1, np.int32)
    row[0] = down[0] = numbers[3]
    row[1:], down[1:] = h[:n], f[:n]
    return Edge(row, down, column, (best, best_i, best_j))


@compiled
def _profile(query: Bytes, target: Bytes, table: Numbers) -> tuple[NDArray[np.int16], NDArray[np.int64]]:
    """Scores of each letter that the query has with the whole target, and which row is which letter's."""
    known = np.full(32, -1, np.int64)
    count = 0
    for letter in query:
        if known[letter] < 0:
            known[letter] = count
            count += 1
    scores = np.full((count, len(target) + LANES), PADDING, np.int16)
    for letter in range(32):
        if known[letter] >= 0:
            for j in range(len(target)):
                scores[known[letter], j] = table[32 * letter + target[j]]
    return scores, known

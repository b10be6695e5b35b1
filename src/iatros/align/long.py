"""Alignments of long pairs in memory proportional to their lengths.

In: a pair of codes and the scoring. Out: one alignment, as good as with all the memory in the world.
Where a local or semi-global alignment lies is found first, by a pass forward and one back; between those ends it is global, and
halved again and again at the best place of its middle row: Myers & Miller 1988, doi:10.1093/bioinformatics/4.1.11.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iatros.align.alignments import Alignments, assembled
from iatros.align.band import INSERTED, Gap, align_band
from iatros.align.edges import Border, Bytes, Numbers, edges
from iatros.align.scoring import Scoring
from iatros.align.widths import end_costs, equals, too_long

SMALL = 2**20  # cells from which a piece is halved
LARGEST = 2**30  # what scores may reach here


@dataclass(frozen=True, slots=True)
class _Where:
    """Score, and the letters that are aligned: query[top:bottom], target[left:right]."""

    score: int
    top: int
    bottom: int
    left: int
    right: int


def align_long(query: Bytes, target: Bytes, scoring: Scoring) -> Alignments:
    """One alignment. Raises InputError if its score may leave 32 bits."""
    if not fits(len(query), len(target), scoring):
        raise too_long(len(query), len(target))
    table = _table(scoring)
    where = _local(query, target, table, scoring) if scoring.mode == "local" else _whole(query, target, table, scoring)
    pieces = _Pieces(table.ravel(), scoring.gaps.open, scoring.gaps.extend, equals(scoring))
    parts = pieces.runs(query[where.top : where.bottom], target[where.left : where.right], False, False)
    runs = _merged(np.concatenate([np.zeros(0, np.uint32), *parts]))
    row = (0, 0, where.score, where.top, where.bottom, where.left, where.right, len(query), len(target))
    return assembled(np.array(row, np.int64)[:, None], runs, np.array([len(runs)], np.int64))


def score_long(query: Bytes, target: Bytes, scoring: Scoring) -> int:
    """The score alone, of a pair that fits."""
    opening, extend = scoring.gaps.open, scoring.gaps.extend
    if scoring.mode == "local":
        return int(edges(query, target, _table(scoring).ravel(), Border(opening, extend, 0, 0, 0, 0, True, True)).best[0])
    return max(score for score, _, _ in _ends(query, target, _table(scoring), scoring))


def fits(query: int, target: int, scoring: Scoring) -> bool:
    """Whether scores of such lengths stay in half of 32 bits, which leaves room for what is never reached."""
    costs = end_costs(scoring, 32, 2 * query, 2 * target)
    return costs is not None and max(scoring.matrix.largest, 0) * min(query, target) <= LARGEST


def _table(scoring: Scoring) -> Numbers:
    """[32, 32] scores, the query's letter first."""
    table = np.zeros((32, 32), np.int32)
    table[: len(scoring.matrix.letters), : len(scoring.matrix.letters)] = scoring.matrix.scores
    return table


def _local(query: Bytes, target: Bytes, table: Numbers, scoring: Scoring) -> _Where:
    """Forward to the best end; back from it to a begin with the same score."""
    opening, extend = scoring.gaps.open, scoring.gaps.extend
    score, bottom, right = edges(query, target, table.ravel(), Border(opening, extend, 0, 0, 0, 0, True, True)).best
    if score <= 0:
        return _Where(0, 0, 0, 0, 0)
    back = Border(opening, extend, opening, extend, opening, extend, False, True)
    again, up, left = edges(query[:bottom][::-1].copy(), target[:right][::-1].copy(), table.ravel(), back).best
    assert again == score  # otherwise the passes disagree
    return _Where(int(score), int(bottom - up), int(bottom), int(right - left), int(right))


def _ends(query: Bytes, target: Bytes, table: Numbers, scoring: Scoring) -> list[tuple[int, int, int]]:
    """(score, query letters, target letters) of the cells in which an alignment may end, the corner first."""
    opening, extend, free, m, n = scoring.gaps.open, scoring.gaps.extend, scoring.free, len(query), len(target)
    left = (0, 0) if free.query_begin else (opening, extend)
    top = (0, 0) if free.target_begin else (opening, extend)
    there = edges(query, target, table.ravel(), Border(opening, extend, *left, *top, False, False))
    ends = [(int(there.row[n]), m, n)]
    if free.target_end:
        ends.append((int(there.row.max()), m, int(there.row.argmax())))
    if free.query_end:
        ends.append((int(there.column.max()), int(there.column.argmax()), n))
    return ends


def _whole(query: Bytes, target: Bytes, table: Numbers, scoring: Scoring) -> _Where:
    """The ends among those that are free."""
    opening, extend, free = scoring.gaps.open, scoring.gaps.extend, scoring.free
    score, bottom, right = max(_ends(query, target, table, scoring), key=lambda end: end[0])
    if not (free.query_begin or free.target_begin) or not (bottom and right):
        return _Where(score, bottom if free.query_begin and not right else 0, bottom,
                      right if free.target_begin and not bottom else 0, right)  # fmt: skip
    back = Border(opening, extend, opening, extend, opening, extend, False, False)
    here = edges(query[:bottom][::-1].copy(), target[:right][::-1].copy(), table.ravel(), back)
    if int(here.row[right]) == score:
        return _Where(score, 0, bottom, 0, right)
    if free.target_begin and int(here.row.max()) == score:
        return _Where(score, 0, bottom, right - int(here.row.argmax()), right)
    assert int(here.column.max()) == score  # otherwise the passes disagree
    return _Where(score, bottom - int(here.column.argmax()), bottom, 0, right)


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Global alignment of a piece. after, before: whether a gap in the target goes on over its begin or its end."""

    table: Numbers
    open: int
    extend: int
    equal: NDArray[np.bool_]

    def runs(self, query: Bytes, target: Bytes, after: bool, before: bool) -> list[NDArray[np.uint32]]:
        m, n, gap = len(query), len(target), self.open - self.extend
        if m * n <= SMALL or m < 2:
            begin = self.extend if after else self.open
            costs = Gap(self.open, self.extend, begin, gap if before else 0)
            return [align_band(query, target, self.table, costs, -m, n, self.equal)[1]]
        middle = m // 2
        above, below = query[:middle], query[middle:]
        forward = edges(above, target, self.table, self._border(after))
        backward = edges(below[::-1].copy(), target[::-1].copy(), self.table, self._border(before))
        meeting = forward.row.astype(np.int64) + backward.row[::-1]
        crossing = forward.down.astype(np.int64) + backward.down[::-1] + gap
        if meeting.max() >= crossing.max():
            j = int(meeting.argmax())
            return self.runs(above, target[:j], after, False) + self.runs(below, target[j:], False, before)
        j = int(crossing.argmax())
        over = np.array([2 << 4 | INSERTED], np.uint32)
        return [*self.runs(above[:-1], target[:j], after, True), over, *self.runs(below[1:], target[j:], True, before)]

    def _border(self, goes_on: bool) -> Border:
        left = self.extend if goes_on else self.open
        return Border(self.open, self.extend, left, self.extend, self.open, self.extend, False, False)


def _merged(runs: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Neighbouring runs of one operation as one."""
    if not len(runs):
        return runs
    begins = np.concatenate(([0], np.flatnonzero(np.diff(runs & 15)) + 1))
    return np.add.reduceat(runs >> 4, begins).astype(np.uint32) << np.uint32(4) | runs[begins] & np.uint32(15)

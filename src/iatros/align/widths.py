"""How many bits a lane needs, so that no score can be silently wrong.

In: the scoring and the lengths. Out: tables and costs laid out for the kernels, and from which score on a lane is not believed.

Local: arithmetic wraps, with zero at the low end of the range. A best score grows by the matrix's largest score a step, so the
first cell that leaves the believed range is still right, and is seen: the pair is aligned again in wider lanes.
Global and semi-global in 16 or 32 bits: a bound over all cells is known before, from lengths and costs.
Global in 8 bits keeps differences, whose bound does not depend on lengths; see `differences`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from iatros.align.packing import aligned
from iatros.align.scoring import Scoring
from iatros.findings import Finding, InputError

BITS = (8, 16, 32)
REGISTER_BITS = 512
TABLE = 32  # entries of a row
LARGEST_SCORE = 2**31 - 1  # scores come out as int32
KINDS: dict[int, type[np.signedinteger[Any]]] = {8: np.int8, 16: np.int16, 32: np.int32}


class Costs(NamedTuple):
    """What a kernel reads.

    table:   [K, 32]  scores of the query's letter (down) with the target's; one column more for padding
    numbers: [5]      open, extend, zero, H above a first column, what H above loses a column (see `sweeps`)
    believed: the largest local score that is certainly right; -1: not local
    """

    table: NDArray[Any]
    numbers: NDArray[Any]
    believed: int


class Differences(NamedTuple):
    """The same for 8-bit differences.

    table:   [K, 32] uint8, score + 2 extend + 2 gap, where gap = open - extend
    numbers: [3]     uint8, gap; v + gap above a first column; above a later one
    step:    what to take from v + gap to have H's own difference along the last row
    free:    whether the target's end is
    """

    table: NDArray[np.uint8]
    numbers: NDArray[np.uint8]
    step: int
    free: bool


def lanes_of(costs: Costs) -> int:
    """Pairs in a register."""
    return REGISTER_BITS // (costs.numbers.dtype.itemsize * 8)


def local_costs(scoring: Scoring, bits: int) -> Costs | None:
    """Costs of a local alignment in lanes of 8, 16 or 32 bits, or None where they leave no room for scores."""
    kind = np.iinfo(KINDS[bits])
    gaps, matrix = scoring.gaps, scoring.matrix
    zero = int(kind.min) + max(gaps.open + gaps.extend, -matrix.smallest)
    believed = min(int(kind.max) - max(matrix.largest, 0) - zero, LARGEST_SCORE)
    if believed <= max(matrix.largest, 0) or gaps.open > kind.max or matrix.smallest < kind.min:
        return None
    return Costs(_table(scoring, bits), np.array([gaps.open, gaps.extend, zero, 0, 0], KINDS[bits]), believed)


def end_costs(scoring: Scoring, bits: int, query: int, target: int) -> Costs | None:
    """Costs with whole sequences in lanes of 16 or 32 bits, or None where a pair of these lengths might leave the range."""
    kind = np.iinfo(KINDS[bits])
    gaps, matrix = scoring.gaps, scoring.matrix
    lowest = -(3 * gaps.open + gaps.extend * (query + target + 4)) + min(5 * matrix.smallest, 0)
    highest = max(matrix.largest, 0) * (min(query, target) + 1)
    if lowest < kind.min or highest > kind.max:
        return None
    free = scoring.free.target_begin
    above = [0, 0] if free else [-gaps.open, gaps.extend]
    return Costs(_table(scoring, bits), np.array([gaps.open, gaps.extend, 0, *above], KINDS[bits]), -1)


def differences(scoring: Scoring) -> Differences | None:
    """Costs for 8-bit differences, or None where a difference might leave the range or the query's end is free."""
    gaps, matrix = scoring.gaps, scoring.matrix
    gap, shift = gaps.open - gaps.extend, 2 * gaps.extend
    largest = max(matrix.largest + shift, gaps.extend, 0) + 3 * gap
    smallest = max(matrix.smallest + shift, -2 * gap)  # two gaps are as good: what is below never counts
    if scoring.free.query_end or largest > 255 or smallest < -gap:
        return None
    table = aligned((len(matrix.letters), TABLE), np.uint8)
    table[:] = 0
    table[:, : len(matrix.letters)] = np.maximum(matrix.scores.astype(np.int64) + shift, -2 * gap) + 2 * gap
    free = scoring.free.target_begin
    numbers = [gap, gap + gaps.extend, gap + gaps.extend] if free else [gap, 0, gap]
    return Differences(table, np.array(numbers, np.uint8), gaps.open, scoring.free.target_end)


def left_of_differences(scoring: Scoring, rows: int) -> NDArray[np.uint8]:
    """[rows] u + gap before a target's first column."""
    gap = scoring.gaps.open - scoring.gaps.extend
    free = scoring.free.query_begin
    left = np.full(rows, gap + scoring.gaps.extend if free else gap, np.uint8)
    left[0] = left[0] if free else 0
    return left


def left_of_target(scoring: Scoring, rows: int, kind: type[np.signedinteger[Any]] | np.dtype[Any]) -> NDArray[Any]:
    """[rows] H before a target's first column."""
    if scoring.free.query_begin:
        return np.zeros(rows, kind)
    return (-scoring.gaps.open - scoring.gaps.extend * np.arange(rows, dtype=np.int64)).astype(kind)


def equals(scoring: Scoring) -> NDArray[np.bool_]:
    """[32] which letters equal themselves: all but the unknown one."""
    same = np.ones(32, np.bool_)
    if scoring.matrix.unknown:
        same[scoring.matrix.letters.index(scoring.matrix.unknown)] = False
    return same


def too_long(query: int, target: int) -> InputError:
    """What to say of a pair whose score may not fit 32 bits."""
    what = f"a pair of {query:,} and {target:,} letters may score more than 32 bits hold"
    return InputError(Finding("error", what, "use smaller scores or shorter sequences"))


def _table(scoring: Scoring, bits: int) -> NDArray[Any]:
    """Scores as the kernels read them: 16-bit ones serve 32-bit lanes too. Padding never raises a score."""
    matrix = scoring.matrix
    table = aligned((len(matrix.letters), TABLE), KINDS[min(bits, 16)])
    table[:] = min(matrix.smallest, 0)
    table[:, : len(matrix.letters)] = matrix.scores
    return table

"""Numbers that stand for "not measured": -1, 999, 0 for a blood pressure. In: a column's numbers. Out: those codes.

A code is told by its place: one of the numbers that people use for it, far from all the others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iatros.modalities.table_limits import Limits

HIGH_CODES = (77, 88, 99, 777, 888, 999, 7777, 8888, 9999, 99999, 999999)
LOW_CODES = (-1, -7, -8, -9, -77, -88, -99, -777, -888, -999, -7777, -8888, -9999, -99999)
MOST_CODED = 0.6  # of the cells; a number met more often is what the column is about
FEWEST = 10  # values needed to tell what lies apart
FACTORS = (10, 100, 1000)  # between units: mm and cm, cm and m, g and kg
LARGEST = 1e30  # no measurement is larger, and arithmetic does not overflow
GAP = 3.0  # between the two groups, as a factor
MOST_MIXED = 0.3  # of the values; if more are in the other unit, it is not clear which is the right one


@dataclass(frozen=True)
class Mixed:
    """Cells that look as if written in another unit: `factor` times too small (or, below 1, too large). mask: [M]"""

    mask: NDArray[np.bool_]
    factor: float


def codes(values: NDArray[np.float64], limit: Limits | None) -> tuple[float, ...]:
    """Codes for missing values among numbers [M], NaN where nothing is written.

    0 is a code only where the column's name says that it cannot be 0; a negative number where nothing else is negative; 99,
    999 and the like where the gap to the largest other value is wider than half of the others' range (three times, if it
    stands there once).
    """
    known = values[np.abs(values) < LARGEST]
    if len(known) < FEWEST:
        return ()
    found = [*_negative(known), *_large(known)]
    if limit is not None and limit.low > 0 and (known == 0).any():
        found.append(0.0)
    return tuple(code for code in found if (known == code).sum() <= MOST_CODED * len(known))


def mixed_units(values: NDArray[np.float64]) -> Mixed | None:
    """At least two of the values [M] that lie apart from all others, and would lie among them if multiplied by a factor.

    Apart: the gap is a factor of GAP or more, and nothing lies in it. Skewed amounts, which have no gap, are left in peace.
    """
    values = np.where(np.abs(values) < LARGEST, values, np.nan)
    known = np.isfinite(values)
    if known.sum() < FEWEST or (values[known] <= 0).any():
        return None
    middle = float(np.median(values[known]))
    for factor in (*FACTORS, *(1 / factor for factor in FACTORS)):
        moved = values * factor
        mask = known & (moved > middle / 2) & (moved < middle * 2)
        others = values[known & ~mask]
        if not 2 <= mask.sum() <= MOST_MIXED * known.sum():
            continue
        gap = others.min() / values[mask].max() if factor > 1 else values[mask].min() / others.max()
        if gap >= GAP and others.min() * 0.9 <= moved[mask].min() and moved[mask].max() <= others.max() * 1.1:
            return Mixed(mask, factor)
    return None


def _negative(known: NDArray[np.float64]) -> list[float]:
    below = np.unique(known[known < 0])
    others = known[known >= 0]
    if not len(below) or not set(below.tolist()) <= set(LOW_CODES) or len(others) < len(known) * (1 - MOST_CODED):
        return []
    few = len(np.unique(others)) <= 2 and min((others == value).sum() for value in np.unique(others)) <= (known < 0).sum()
    return [] if few else below.tolist()


def _large(known: NDArray[np.float64]) -> list[float]:
    found: list[float] = []
    for code in sorted(HIGH_CODES, reverse=True):
        times = int((known == code).sum())
        others = known[(known < code) & (known >= 0)]
        if not times or not len(others) or (known.max() > code and known.max() not in found):
            continue
        spread = others.max() - np.median(others)
        gap = code - others.max()
        if gap > max(spread * (1 if times > 1 else 3), others.max() * 0.5, 1):
            found.append(float(code))
    return found

"""Global alignments within a band of diagonals, and whether the band can have missed a better one.

In: two texts, the scoring, the band. Out: an alignment and a plain word on it: proven, or not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iatros.align.alignments import Alignments, assembled
from iatros.align.band import Gap, align_band
from iatros.align.scored import DEFAULT, encoded
from iatros.align.scoring import Scoring
from iatros.align.widths import end_costs, equals, too_long
from iatros.findings import Finding, InputError

LARGEST = 2**31  # cells of a band, a byte each


@dataclass(frozen=True, slots=True)
class Banded:
    """found: one alignment, the best in the band; proven: no alignment that leaves the band can score more."""

    found: Alignments
    proven: bool


def align_banded(query: str, target: str, scoring: Scoring = DEFAULT, width: int = 32) -> Banded:
    """The best global alignment that strays at most `width` diagonals beyond those of the two corners.

    Raises InputError if the mode is not global, or the band is negative or too large for memory.
    """
    if scoring.mode != "global":
        raise InputError(Finding("error", f"a band and mode {scoring.mode}", 'set mode = "global" for a band'))
    if width < 0:
        raise InputError(Finding("error", f"a band of width {width}", "give 0 or more diagonals", column="width"))
    a, b = encoded([query], scoring, "query")[0], encoded([target], scoring, "target")[0]
    low, high = min(0, len(b) - len(a)) - width, max(0, len(b) - len(a)) + width
    low, high = max(low, -len(a)), min(high, len(b))
    if end_costs(scoring, 32, len(a), len(b)) is None:
        raise too_long(len(a), len(b))
    if (len(a) + 1) * (high - low + 1) > LARGEST:
        raise InputError(Finding("error", "a band of more than 2 GB", "narrow it, or align without a band", column="width"))
    table = np.zeros((32, 32), np.int32)
    table[: len(scoring.matrix.letters), : len(scoring.matrix.letters)] = scoring.matrix.scores
    gap = Gap(scoring.gaps.open, scoring.gaps.extend, scoring.gaps.open, 0)
    score, runs = align_band(a, b, table.ravel(), gap, low, high, equals(scoring))
    row = np.array([0, 0, int(score), 0, len(a), 0, len(b), len(a), len(b)], np.int64)
    found = assembled(row[:, None], runs, np.array([len(runs)], np.int64))
    return Banded(found, int(score) >= _outside(a, b, scoring, low, high))


def _outside(query: NDArray[np.uint8], target: NDArray[np.uint8], scoring: Scoring, low: int, high: int) -> int:
    """What an alignment that leaves the band scores at most: every letter at its best, less the gaps it must have."""
    m, n, scores = len(query), len(target), scoring.matrix.scores.astype(np.int64)
    best_q, best_t = scores.max(axis=1)[query], scores.max(axis=0)[target]
    bounds = [-(2**40)]
    for across, down in ((high + 1, high + 1 - (n - m)), (n - m - low + 1, 1 - low)):
        if across > n or down > m:
            continue  # no such cell
        most_q = np.sort(best_q)[down:].clip(min=0).sum()
        most_t = np.sort(best_t)[across:].clip(min=0).sum()
        bounds.append(int(min(most_q, most_t)) - scoring.gaps.cost(across) - scoring.gaps.cost(down))
    return max(bounds)

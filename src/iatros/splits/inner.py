"""What training takes from its own part: inner validation and calibration, by group and class.

In: the training cases of a fold. Out: [M] part codes, with the training cases divided further.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from iatros.contracts import PARTS, Fold, Split, SplitCases
from iatros.splits.deal import deal

TRAIN, VALIDATION, CALIBRATION, TEST = range(len(PARTS))
UNUSED = -1


class InnerParts(Split):
    """A split that divides each training part further. The shares are of the training part, not of all cases."""

    validation: float = Field(default=0.15, ge=0, lt=0.5)
    """Share of each training part on which training is stopped and thresholds are chosen."""
    calibration: float = Field(default=0.1, ge=0, lt=0.5)
    """Share of each training part on which percentages are recalibrated and conformal sets are made."""

    def divided(self, cases: SplitCases, part: NDArray[np.int8], rng: np.random.Generator) -> NDArray[np.int8]:
        """[M] codes with inner parts cut out of the training cases; parts that are there already are left alone."""
        there = set(np.unique(part).tolist())
        asked = {VALIDATION: self.validation, CALIBRATION: self.calibration}
        shares = {code: share for code, share in asked.items() if share > 0 and code not in there}
        train = np.flatnonzero(part == TRAIN)
        codes = np.array([TRAIN, *shares], np.int8)
        dealt = deal(cases.group[train], cases.strata[train], [1 - sum(shares.values()), *shares.values()], rng)
        divided = part.copy()
        divided[train] = codes[dealt]
        return divided


def fold_from_test(
    split: InnerParts, cases: SplitCases, test: NDArray[np.bool_], rng: np.random.Generator, *, repeat: int = 0, fold: int = 0
) -> Fold:
    """The fold that tests the cases marked and trains on all the others."""
    part = np.where(test, TEST, TRAIN).astype(np.int8)
    return Fold(split.kind, repeat, fold, split.divided(cases, part, rng))

"""Every case is tested once: k folds by patient, balanced by class.

In: the cases' patients and classes. Out: k folds a repeat.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from iatros.contracts import Fold, SplitCases
from iatros.findings import Finding
from iatros.splits.deal import deal
from iatros.splits.enough import groups_enough, rare_classes
from iatros.splits.inner import InnerParts, fold_from_test


class Folds(InnerParts):
    """Cross-validation: all cases of a patient are in one fold, and each fold has its share of every class."""

    kind: Literal["folds"] = "folds"
    k: int = Field(default=5, ge=2, le=50)
    """Number of folds."""
    repeats: int = Field(default=1, ge=1, le=100)
    """How often all cases are dealt out anew. More repeats, less luck of the draw."""

    def check(self, cases: SplitCases) -> list[Finding]:
        """Are there patients enough for k folds, of each class too?"""
        few = groups_enough(cases, self.k, f"{self.k} folds", "set a smaller `k` in [split]")
        return few or rare_classes(cases, self.k, f"{self.k} folds")

    def folds(self, cases: SplitCases, seed: int) -> list[Fold]:
        """k folds a repeat; the seed and the repeat decide them."""
        made: list[Fold] = []
        for repeat in range(self.repeats):
            rng = np.random.default_rng([seed, repeat])
            tested_in = deal(cases.group, cases.strata, [1] * self.k, rng)
            made += [
                fold_from_test(self, cases, tested_in == fold, rng, repeat=repeat, fold=fold)
                for fold in range(self.k)
                if (tested_in == fold).any()
            ]
        return made

"""One part is put away for the test: hold-out by patient, balanced by class.

In: the cases' patients and classes. Out: one fold a repeat.
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


class Holdout(InnerParts):
    """Train on most patients, test on the rest. Quick, and noisier than folds: prefer those below some thousand cases."""

    kind: Literal["holdout"] = "holdout"
    test: float = Field(default=0.2, gt=0, lt=1)
    """Share of the cases that is put away for the test."""
    repeats: int = Field(default=1, ge=1, le=100)
    """How many test parts are drawn, each anew."""

    def check(self, cases: SplitCases) -> list[Finding]:
        """Are there patients enough for two parts, of each class too?"""
        few = groups_enough(cases, 2, "a training and a test part", "collect more patients")
        return few or rare_classes(cases, 2, "a training and a test part")

    def folds(self, cases: SplitCases, seed: int) -> list[Fold]:
        """One fold a repeat; the seed and the repeat decide it."""
        made = []
        for repeat in range(self.repeats):
            rng = np.random.default_rng([seed, repeat])
            held_out = deal(cases.group, cases.strata, [1 - self.test, self.test], rng) == 1
            made.append(fold_from_test(self, cases, held_out, rng, repeat=repeat))
        return made

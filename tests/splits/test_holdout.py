"""Hold-out by patient."""

import numpy as np
import pytest

from iatros.contracts import SplitCases
from iatros.splits.holdout import Holdout


def cases(size=300):
    return SplitCases(np.arange(size) // 2, (np.arange(size) // 2 % 3 == 0).astype(np.int64), np.arange(size) + 2)


def test_the_share_asked_for_is_tested_and_patients_stay_whole():
    given = cases()
    (fold,) = Holdout(test=0.3).folds(given, 0)
    assert len(fold.rows("test")) == pytest.approx(90, abs=2)
    assert not set(given.group[fold.rows("test")]) & set(given.group[fold.part != 3])


def test_repeats_draw_anew():
    first, second = Holdout(repeats=2).folds(cases(), 0)
    assert (first.repeat, second.repeat) == (0, 1)
    assert not np.array_equal(first.part, second.part)


def test_one_patient_is_too_few():
    alone = SplitCases(np.zeros(5, np.int64), np.zeros(5, np.int64), np.arange(5))
    assert [finding.severity for finding in Holdout().check(alone)] == ["error"]

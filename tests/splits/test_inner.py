"""Inner parts: cut out of training alone, by patient, in their shares."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatros.contracts import PARTS, SplitCases
from iatros.splits.holdout import Holdout
from iatros.splits.inner import CALIBRATION, TEST, TRAIN, UNUSED, VALIDATION, fold_from_test


def cohort(size: int, per_patient: int = 1) -> SplitCases:
    group = np.arange(size) // per_patient
    return SplitCases(group, group % 2, np.arange(size) + 2)


def test_the_codes_are_the_places_of_their_names():
    assert [PARTS[code] for code in (TRAIN, VALIDATION, CALIBRATION, TEST)] == ["train", "validation", "calibration", "test"]


@settings(deadline=None, max_examples=40)
@given(st.floats(0, 0.49), st.floats(0, 0.49), st.integers(1, 3), st.integers(0, 50))
def test_shares_are_of_the_training_part_and_what_was_tested_stays(validation, calibration, per_patient, seed):
    cases = cohort(300, per_patient)
    test = cases.group % 3 == 0
    fold = fold_from_test(Holdout(validation=validation, calibration=calibration), cases, test, np.random.default_rng(seed))
    assert ((fold.part == TEST) == test).all()
    trained = int((~test).sum())
    sizes = {code: int((fold.part == code).sum()) for code in (VALIDATION, CALIBRATION)}
    for code, share in ((VALIDATION, validation), (CALIBRATION, calibration)):
        assert abs(sizes[code] - share * trained) <= 2 * per_patient + 1


@pytest.mark.parametrize(("given_code", "share"), [(VALIDATION, "validation"), (CALIBRATION, "calibration")])
def test_a_part_that_is_given_is_not_made_again(given_code, share):
    part = np.zeros(100, np.int8)
    part[:7] = given_code
    divided = Holdout().divided(cohort(100), part, np.random.default_rng(0))
    assert (divided[:7] == given_code).all()
    assert (divided[7:] != given_code).all()


def test_cases_that_are_not_used_stay_unused():
    part = np.zeros(100, np.int8)
    part[::5] = UNUSED
    divided = Holdout().divided(cohort(100), part, np.random.default_rng(0))
    assert (divided[::5] == UNUSED).all()
    assert (np.delete(divided, np.arange(0, 100, 5)) >= 0).all()


def test_the_parts_that_were_given_in_are_not_written_over():
    part = np.zeros(50, np.int8)
    Holdout().divided(cohort(50), part, np.random.default_rng(0))
    assert (part == 0).all()


def test_shares_of_nought_leave_all_of_training_to_training():
    divided = Holdout(validation=0, calibration=0).divided(cohort(50), np.zeros(50, np.int8), np.random.default_rng(0))
    assert (divided == TRAIN).all()


@pytest.mark.parametrize("share", [0.5, 1.0, -0.1])
def test_a_share_that_leaves_less_than_half_to_training_is_refused(share):
    with pytest.raises(ValueError, match="validation"):
        Holdout(validation=share)

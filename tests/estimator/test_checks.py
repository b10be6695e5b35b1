"""scikit-learn's own checks, all of them: one that is skipped fails here."""

from __future__ import annotations

from unittest import SkipTest

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from iatros.estimator import IatrosClassifier, IatrosRegressor


@pytest.mark.slow
@parametrize_with_checks([IatrosClassifier(), IatrosRegressor()])
def test_a_check_of_scikit_learn_passes(estimator, check, monkeypatch):
    monkeypatch.setenv("SCIPY_ARRAY_API", "1")  # else the check of the array API is skipped
    try:
        check(estimator)
    except SkipTest as skipped:
        pytest.fail(f"skipped: {skipped}")

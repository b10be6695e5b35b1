"""Boosted trees beside the networks: what they learn from."""

from __future__ import annotations

import numpy as np

from iatros.baselines import boosting


def test_uneven_weights_learn_from_few_distinct_values_of_the_file_itself():
    values = np.random.default_rng(0).normal(size=(500, 2)).astype(np.float32)
    values[::7, 0] = np.nan
    learned = boosting._learned_from(values, np.linspace(0.5, 1.5, 500))
    for column in range(2):
        known = np.isfinite(values[:, column])
        assert set(learned[known, column]) <= set(values[known, column])
        assert len(np.unique(learned[known, column])) <= boosting.STEPS
        assert np.array_equal(np.isnan(learned[:, column]), ~known)
    assert np.array_equal(boosting._learned_from(values, np.ones(500)), values, equal_nan=True)

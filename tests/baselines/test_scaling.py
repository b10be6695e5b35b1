import json

import numpy as np

from iatros.baselines.scaling import Scaling, apply, fit


def test_gaps_get_the_median_and_an_indicator():
    values = np.array([[1.0, 5.0], [2.0, np.nan], [6.0, np.nan], [3.0, 7.0]])
    scaled = apply(fit(values), values)
    assert scaled.shape == (4, 3)
    assert scaled[:, 2].tolist() == [0, 1, 1, 0]
    assert np.allclose(scaled[:, :2].mean(0), 0)
    assert np.allclose(scaled[:, 0].std(), 1)


def test_constant_columns_become_zero_and_wild_values_are_held():
    values = np.array([[0.1, 1.0], [0.1, 2.0], [0.1, 3.0]])
    scaled = apply(fit(values), np.array([[5.0, 1e9]]))
    assert scaled.tolist() == [[0.0, 10.0]]


def test_what_was_learned_survives_json():
    values = np.array([[0.1, 1.0, np.nan], [0.1, np.nan, np.nan], [0.1, np.nan, 2.0], [0.1, 4.0, 3.0]])
    scaling = fit(values)
    again = Scaling.from_json(json.loads(json.dumps(scaling.to_json(), allow_nan=False)))
    assert np.array_equal(apply(again, values), apply(scaling, values))

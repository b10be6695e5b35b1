import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from iatros.metrics.logistic import logistic_fit, logistic_influence, logit


@pytest.fixture
def cases():
    generator = np.random.default_rng(8)
    x = generator.normal(size=(500, 2))
    truth = generator.random(500) < 1 / (1 + np.exp(-(0.5 + x @ [1.0, -0.7])))
    return np.column_stack([np.ones(500), x]), truth, generator


def test_coefficients_equal_scikit_learns_for_every_row_of_weights(cases):
    design, truth, generator = cases
    weights = generator.random((3, 500))
    found = logistic_fit(design, truth, weights)
    for row, own in zip(found, weights, strict=True):
        peer = LogisticRegression(C=np.inf, fit_intercept=False, tol=1e-10, max_iter=1000).fit(design, truth, own)
        assert row == pytest.approx(peer.coef_[0], abs=1e-5)


def test_resamples_in_single_precision_are_near_enough_for_an_interval(cases):
    design, truth, generator = cases
    weights = generator.poisson(1.0, (50, 500)).astype(np.float64)
    exact, quick = logistic_fit(design, truth, weights), logistic_fit(design, truth, weights.astype(np.float32))
    assert np.abs(exact - quick).max() < 0.01 * exact.std(axis=0).min() + 2e-3


def test_an_offset_is_added_and_not_fitted(cases):
    design, truth, _ = cases
    full = logistic_fit(design, truth, np.ones((1, 500)))[0]
    rest = logistic_fit(design[:, :1], truth, np.ones((1, 500)), offset=design[:, 1:] @ full[1:])
    assert rest[0, 0] == pytest.approx(full[0], abs=1e-8)


def test_separated_classes_and_columns_without_spread_have_no_fit():
    x = np.arange(20.0) - 9.5
    separated = logistic_fit(np.column_stack([np.ones(20), x]), x > 0, np.ones((1, 20)))
    constant = logistic_fit(np.ones((20, 2)), x % 3 == 0.5, np.ones((2, 20), np.float32))
    one_class = logistic_fit(np.ones((20, 1)), np.ones(20, bool), np.ones((1, 20)))
    assert np.isnan(separated).all()
    assert np.isnan(constant).all()
    assert np.isnan(one_class).all()


def test_influences_give_the_spread_that_refitting_gives(cases):
    design, truth, generator = cases
    found = logistic_fit(design, truth, np.ones((1, 500)))[0]
    of = logistic_influence(design, truth, np.ones(500), found)
    refitted = logistic_fit(design, truth, generator.multinomial(500, np.full(500, 1 / 500), 1000).astype(np.float32))
    assert np.sqrt((of**2).sum(axis=0)) == pytest.approx(np.nanstd(refitted, axis=0), rel=0.12)


def test_the_logit_of_sure_risks_stays_finite():
    assert np.isfinite(logit(np.array([0.0, 1.0]))).all()

import numpy as np
import pytest

from iatros.metrics.bootstrap import draw, spread
from iatros.metrics.delong import influence, logit_interval, variance, wald_interval
from iatros.metrics.ranking import auroc


def by_definition(truth, score):
    """DeLong's variance by its double sum."""
    pairs = np.array([[float(x > y) + 0.5 * (x == y) for y in score[~truth]] for x in score[truth]])
    return pairs.mean(axis=1).var(ddof=1) / truth.sum() + pairs.mean(axis=0).var(ddof=1) / (~truth).sum()


@pytest.fixture
def scored():
    generator = np.random.default_rng(5)
    truth = generator.random(150) < 0.4
    return truth, np.round(generator.normal(size=150) + truth, 1)


def test_the_variance_is_delongs_double_sum(scored):
    truth, score = scored
    found = influence(truth, score)
    assert found.area == pytest.approx(auroc(truth, score)[0])
    assert variance(truth, found.of) == pytest.approx(by_definition(truth, score), rel=1e-12)


def test_a_paired_difference_of_a_score_with_itself_has_no_variance(scored):
    truth, score = scored
    one, other = influence(truth, score), influence(truth, 2 * score + 1)
    assert variance(truth, one.of - other.of) == pytest.approx(0, abs=1e-20)


def test_a_paired_difference_varies_as_its_bootstrap_does(scored):
    truth, score = scored
    other = score + np.random.default_rng(6).normal(size=len(score))
    weights = spread(draw(np.random.default_rng(7), 2000, len(truth)), np.arange(len(truth)))
    replicates = auroc(truth, score, weights) - auroc(truth, other, weights)
    found = variance(truth, influence(truth, score).of - influence(truth, other).of)
    assert np.sqrt(found) == pytest.approx(replicates.std(), rel=0.08)


def test_copying_every_case_does_not_make_clustered_areas_surer(scored):
    truth, score = scored
    twice = np.repeat(np.arange(len(truth)), 2)
    alone = variance(truth, influence(truth, score).of)
    copied = influence(truth[twice], score[twice]).of
    assert variance(truth[twice], copied, twice) == pytest.approx(alone, rel=0.01)
    assert variance(truth[twice], copied) < 0.6 * alone


def test_a_logit_interval_stays_inside_and_holds_the_area():
    found = logit_interval(0.99, 0.01**2)
    assert 0.9 < found.low < 0.99 < found.high < 1


def test_a_wald_interval_is_two_standard_errors_wide_on_each_side():
    found = wald_interval(0.1, 0.04)
    assert (found.low, found.high) == pytest.approx((0.1 - 0.392, 0.1 + 0.392), abs=1e-3)

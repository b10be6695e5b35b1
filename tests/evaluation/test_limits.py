import numpy as np
import pytest

from iatros.evaluation.limits import Behind, difference, interval, percentiles
from iatros.evaluation.panels import Figure
from iatros.metrics.bootstrap import draw, spread
from iatros.metrics.delong import influence
from iatros.metrics.proportions import Interval, wilson
from iatros.metrics.ranking import auroc

TRUTH = np.arange(100) < 40
SIMPLE = Behind(TRUTH, np.arange(100), simple=True)


def test_percentiles_are_numpys():
    values = np.random.default_rng(0).normal(size=777)
    assert percentiles(values) == pytest.approx(tuple(np.quantile(values, [0.025, 0.975])))


def test_a_figure_that_resamples_often_lack_has_no_interval():
    values = np.where(np.arange(100) < 20, np.nan, 1.0)
    assert percentiles(values) is None
    assert percentiles(np.array([])) is None


def test_a_share_of_independent_cases_has_wilsons_interval():
    assert interval(Figure("sensitivity"), np.full(10, 0.84), SIMPLE, 50, None) == wilson(0.84, 50)


def test_a_share_at_its_limit_is_exact_and_of_clustered_cases_resampled():
    clustered = Behind(TRUTH, np.arange(100) // 2, simple=False)
    exact = interval(Figure("sensitivity"), np.ones(10), clustered, 20, None)
    assert exact == pytest.approx((0.025 ** (1 / 20), 1))
    values = np.append(0.5, np.linspace(0.4, 0.6, 101))
    assert interval(Figure("sensitivity"), values, clustered, 20, None) == pytest.approx((0.405, 0.595))


def test_counts_have_no_interval():
    assert interval(Figure("true_positives"), np.full(10, 3.0), SIMPLE, np.nan, None) is None


def test_two_perfect_areas_do_not_differ_by_exactly_nothing():
    ones, of = np.ones(50), np.zeros(100)
    found = difference(ones, ones, SIMPLE, Interval(0.9, 1), Interval(0.95, 1), of)
    assert found == pytest.approx((-0.1, 0.05))


def test_intervals_of_clustered_areas_cover_as_promised():
    """60 patients, 4 cases each, scores of one patient alike (ICC .5); 250 studies."""
    held, alone = [], []
    patient = np.repeat(np.arange(60), 4)
    for seed in range(250):
        generator = np.random.default_rng(seed)
        truth = (generator.random(60) < 0.5)[patient]
        score = generator.normal(size=60)[patient] * 0.7071 + generator.normal(size=240) * 0.7071 + truth
        of = influence(truth, score)
        counts = draw(generator, 300, 60)
        values = np.append(of.area, auroc(truth, score, spread(counts, patient)))
        for behind, into in ((Behind(truth, patient), held), (Behind(truth, np.arange(240), simple=True), alone)):
            found = interval(Figure("auroc"), values, behind, np.nan, of.of)
            into.append(found.low <= 0.76025 <= found.high)  # the true area: normal distribution function of 1 / sqrt(2)
    assert 0.90 <= np.mean(held) <= 0.985
    assert np.mean(alone) < 0.88  # taking cases for independent would have been wrong

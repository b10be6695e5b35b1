import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as peer

from iatros.metrics.ranking import auroc, auroc_within, average_precision, pr_curve, roc_curve


@pytest.fixture
def scored():
    generator = np.random.default_rng(1)
    truth = generator.random(400) < 0.3
    score = np.round(generator.normal(size=400) + truth, 1)  # many ties
    return truth, score, generator.random((5, 400))


def test_weighted_auroc_with_ties_equals_scikit_learn(scored):
    truth, score, weights = scored
    expected = [peer.roc_auc_score(truth, score, sample_weight=row) for row in weights]
    assert auroc(truth, score, weights) == pytest.approx(expected, abs=1e-12)


def test_weighted_average_precision_equals_scikit_learn(scored):
    truth, score, weights = scored
    expected = [peer.average_precision_score(truth, score, sample_weight=row) for row in weights]
    assert average_precision(truth, score, weights) == pytest.approx(expected, abs=1e-12)


def test_weights_of_two_are_the_same_as_cases_twice(scored):
    truth, score, _ = scored
    counts = np.random.default_rng(2).integers(0, 3, len(truth))
    twice = np.repeat(np.arange(len(truth)), counts)
    for metric in (auroc, average_precision):
        assert metric(truth, score, counts[None].astype(np.float32)) == pytest.approx(metric(truth[twice], score[twice]))


@given(st.lists(st.tuples(st.booleans(), st.integers(-5, 5)), min_size=2, max_size=40))
def test_turning_the_score_around_turns_the_area_around(cases):
    truth, score = np.array([t for t, _ in cases]), np.array([s for _, s in cases], dtype=float)
    area = auroc(truth, score)[0]
    if truth.all() or not truth.any():
        assert np.isnan(area)
    else:
        assert auroc(truth, -score)[0] == pytest.approx(1 - area)
        assert auroc(truth, np.exp(score))[0] == pytest.approx(area)


def test_a_resample_without_one_of_the_classes_has_no_area():
    truth, score = np.array([True, True, False]), np.array([3.0, 1.0, 2.0])
    found = auroc(truth, score, np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0]]))
    assert np.isnan(found[0])
    assert found[1] == 0.5


def test_within_sites_what_only_the_site_gives_away_counts_nothing():
    generator = np.random.default_rng(3)
    site = np.repeat([0, 1], 500)
    truth = generator.random(1000) < np.where(site == 1, 0.8, 0.2)
    score = site + generator.normal(size=1000) * 0.1
    assert auroc(truth, score)[0] > 0.75
    assert auroc_within(truth, score, site)[0] == pytest.approx(0.5, abs=0.06)


def test_within_sites_areas_are_weighted_by_pairs(scored):
    truth, score, _ = scored
    site = np.arange(len(truth)) % 3
    areas = [auroc(truth[site == s], score[site == s])[0] for s in range(3)]
    pairs = [truth[site == s].sum() * (~truth[site == s]).sum() for s in range(3)]
    assert auroc_within(truth, score, site)[0] == pytest.approx(np.average(areas, weights=pairs))


def test_the_area_under_the_roc_curve_is_the_auroc(scored):
    truth, score, weights = scored
    line = roc_curve(truth, score, weights, points=20_001)
    assert np.trapezoid(line.y, line.x, axis=1) == pytest.approx(auroc(truth, score, weights), abs=1e-3)


def test_the_roc_curve_passes_through_scikit_learns_points(scored):
    truth, score, _ = scored
    false, true, _ = peer.roc_curve(truth, score, drop_intermediate=False)
    line = roc_curve(truth, score, points=1001)
    inside = [(x, y) for x, y in zip(line.x, line.y[0], strict=True) if 0 < x < 1]
    assert max(abs(np.interp(x, false, true) - y) for x, y in inside if x not in false) < 1e-9


def test_precision_at_full_recall_is_the_prevalence_when_the_lowest_score_is_positive():
    truth, score = np.array([True, False, False, True]), np.array([4.0, 3.0, 2.0, 1.0])
    line = pr_curve(truth, score, points=3)
    assert line.y[0].tolist() == [1.0, 1.0, 0.5]

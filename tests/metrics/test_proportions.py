import pytest
from scipy.stats import binomtest

from iatros.metrics.proportions import Interval, auroc_at_limit, clopper_pearson, difference_of, wilson


@pytest.mark.parametrize(("found", "n"), [(42, 50), (0, 20), (20, 20), (446, 458), (1, 3)])
def test_intervals_of_proportions_equal_scipys(found, n):
    peer = binomtest(found, n)
    assert wilson(found / n, n) == pytest.approx(tuple(peer.proportion_ci(method="wilson")), abs=1e-12)
    assert clopper_pearson(found, n) == pytest.approx(tuple(peer.proportion_ci(method="exact")), abs=1e-9)


def test_nothing_counted_says_nothing():
    assert wilson(0.5, 0) == (0, 1)
    assert clopper_pearson(0, 0) == (0, 1)


def test_a_perfect_area_has_a_lower_limit_that_sinks_with_the_smaller_class():
    assert auroc_at_limit(1.0, 5, 1000).low == pytest.approx(0.025 ** (1 / 5))
    assert auroc_at_limit(1.0, 5, 1000).high == 1
    assert auroc_at_limit(0.0, 50, 50) == pytest.approx((0, 1 - 0.025 ** (1 / 50)))


def test_the_difference_of_two_perfect_areas_is_not_sure_to_be_nought():
    perfect = Interval(0.9, 1.0)
    assert difference_of(1.0, perfect, 1.0, perfect) == pytest.approx((-0.1, 0.1))

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from iatros.baselines.inner import deal


@given(st.lists(st.integers(0, 15), min_size=3, max_size=80), st.integers(0, 9))
def test_a_group_is_judged_by_one_fold(groups, seed):
    group = np.array(groups)
    y = (group % 2).astype(float)
    inner = deal(y, 2, group, 3, np.random.default_rng(seed))
    for name in np.unique(group):
        assert len(np.unique(inner.fold[group == name])) == 1


def test_classes_spread_evenly():
    y = (np.arange(90) < 9).astype(float)
    inner = deal(y, 2, np.arange(90), 3, np.random.default_rng(0))
    assert [int(y[judge].sum()) for _, judge in inner] == [3, 3, 3]


def test_too_few_groups_are_not_judged():
    assert list(deal(np.zeros(4), 2, np.array([0, 0, 1, 1]), 3, np.random.default_rng(0))) == []

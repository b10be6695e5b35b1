"""In-silico mutagenesis against changes made by hand, and intervals against SciPy."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_1samp

from iatros.explain.mutagenesis import mutagenesis, over_networks, ranked, variant_effects

LETTERS = (1, 2, 3, 4)


def network(seed):
    """A score of pairs of neighbours."""
    table = torch.from_numpy(np.random.default_rng(seed).normal(size=(5, 5)))

    def score(codes):
        return table[codes[:, :-1], codes[:, 1:]].sum(1)

    return score


@given(st.lists(st.integers(0, 4), min_size=4, max_size=12), st.integers(0, 3), st.integers(1, 40))
def test_effects_are_those_of_changing_letters_by_hand(sequence, begin, at_once):
    codes, score = np.array(sequence), network(0)
    found = mutagenesis([score], codes, LETTERS, begin, begin + 3, at_once)
    before = float(score(torch.from_numpy(codes)[None])[0])
    assert found.score == pytest.approx(before)
    for w, place in enumerate(range(begin, min(begin + 3, len(codes)))):
        for k, letter in enumerate(LETTERS):
            changed = codes.copy()
            changed[place] = letter
            expected = float(score(torch.from_numpy(changed)[None])[0]) - before
            assert found.effects().mean[w, k] == pytest.approx(expected, abs=1e-9)


def test_the_letter_that_is_there_changes_nothing():
    found = mutagenesis([network(1), network(2)], np.array([1, 2, 3, 4]), LETTERS)
    assert (found.each[:, np.arange(4), np.arange(4)] == 0).all()


def test_a_position_matters_by_the_mean_of_the_other_letters():
    found = mutagenesis([network(1)], np.array([1, 0, 3]), LETTERS)
    effects = found.effects().mean
    assert found.by_position().mean == pytest.approx([-effects[0].sum() / 3, -effects[1].mean(), -effects[2].sum() / 3])


def test_limits_are_those_of_student():
    values = np.random.default_rng(0).normal(size=(5, 3, 4))
    found = over_networks(values)
    expected = ttest_1samp(values, 0).confidence_interval()
    np.testing.assert_allclose(found.low, expected.low)
    np.testing.assert_allclose(found.high, expected.high)


def test_one_network_has_no_limits():
    found = over_networks(np.zeros((1, 2)))
    assert np.isnan(found.low).all()
    assert found.mean.tolist() == [0, 0]


def test_changes_are_ranked_by_size_and_name_what_they_change():
    found = mutagenesis([network(3), network(4)], np.array([1, 2, 3, 4, 1]), LETTERS, begin=1, end=4)
    changes = ranked(found)
    assert len(changes) == 9
    sizes = [abs(change.effect) for change in changes]
    assert sizes == sorted(sizes, reverse=True)
    assert all(change.before == [1, 2, 3, 4, 1][change.position] != change.after for change in changes)
    assert ranked(found, 2) == changes[:2]


@given(st.integers(1, 7))
def test_variants_score_as_their_windows_do(at_once):
    draw = np.random.default_rng(0)
    reference, alternative = draw.integers(1, 5, (2, 6, 9))
    found = variant_effects([network(0), network(1)], reference, alternative, at_once)
    by_hand = [score(torch.from_numpy(alternative)) - score(torch.from_numpy(reference)) for score in (network(0), network(1))]
    np.testing.assert_allclose(found.mean, torch.stack(by_hand).mean(0).numpy())

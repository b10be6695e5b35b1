"""Information of positions against the entropy of SciPy, closed forms and the published correction."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import entropy

from iatros.metrics.information import frequencies, information, logo_heights


def test_many_equal_letters_tell_all_there_is_to_tell():
    assert information(np.array([[10**9, 0, 0, 0]]))[0] == pytest.approx(2)
    assert information(np.array([[10**9] + [0] * 19]))[0] == pytest.approx(np.log2(20))


def test_the_correction_for_few_sequences_is_that_of_the_paper():
    assert information(np.array([[10, 0, 0, 0]]))[0] == pytest.approx(2 - 3 / (2 * np.log(2) * 10))


@given(arrays(np.int64, (6, 4), elements=st.integers(0, 500)))
def test_information_is_what_entropy_leaves(counts):
    expected = []
    for row in counts:
        few = 3 / (2 * np.log(2) * row.sum()) if row.sum() else np.inf
        expected.append(max(0.0, 2 - entropy(row, base=2) - few) if row.sum() else 0.0)
    np.testing.assert_allclose(information(counts), expected, atol=1e-9)


@given(arrays(np.float64, (5, 20), elements=st.floats(0, 100)))
def test_heights_of_a_position_add_up_to_its_information(counts):
    np.testing.assert_allclose(logo_heights(counts).sum(axis=1), information(counts), atol=1e-9)


def test_a_position_without_letters_has_no_height():
    empty = np.zeros((1, 4))
    assert information(empty).tolist() == [0]
    assert frequencies(empty).tolist() == [[0, 0, 0, 0]]


def test_random_letters_have_about_no_information_after_the_correction():
    draw = np.random.default_rng(0)
    counts = draw.multinomial(12, [0.25] * 4, size=4_000)
    few = 3 / (2 * np.log(2) * 12)
    bare = 2 - np.array([entropy(row, base=2) for row in counts])
    assert bare.mean() == pytest.approx(few, rel=0.15)

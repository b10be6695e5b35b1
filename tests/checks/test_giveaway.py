"""How well one column alone ranks the cases."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from iatros.checks.giveaway import encoded_auroc, out_of_fold_means, single_auroc
from iatros.checks.truth import Truth


def binary(codes):
    codes = np.array(codes, np.int64)
    return Truth("t", codes, np.where(codes < 0, np.nan, codes.astype(float)), ("no", "yes"))


@given(st.integers(0, 10_000))
def test_the_auroc_of_a_number_is_scikit_learns(seed):
    rng = np.random.default_rng(seed)
    codes = np.repeat([0, 1], [30, 20])
    column = rng.integers(0, 8, 50).astype(float)
    expected = roc_auc_score(codes, column)
    assert single_auroc(column, binary(codes)) == pytest.approx(max(expected, 1 - expected))


def test_missing_cells_and_unknown_truth_play_no_part():
    codes = np.array([0, 1] * 20 + [-1] * 5)
    column = np.concatenate([np.array([0.0, 1.0] * 20), np.full(5, 9.0)])
    column[:2] = np.nan
    assert single_auroc(column, binary(codes)) == 1


def test_nine_events_say_nothing():
    assert np.isnan(single_auroc(np.arange(100.0), binary([1] * 9 + [0] * 91)))


def test_a_column_of_all_different_codes_is_no_leak():
    codes = np.random.default_rng(0).integers(0, 2, 500)
    assert encoded_auroc(np.arange(500), binary(codes), np.arange(500)) == pytest.approx(0.5, abs=0.05)


def test_codes_of_patients_do_not_leak_through_their_other_cases():
    patient = np.repeat(np.arange(100), 5)
    codes = np.random.default_rng(0).integers(0, 2, 100)[patient]
    assert encoded_auroc(patient, binary(codes), patient) < 0.6


def test_a_category_that_is_the_answer_is_found():
    codes = np.random.default_rng(0).integers(0, 2, 300)
    category = codes * 3 + np.random.default_rng(1).integers(0, 3, 300)
    assert encoded_auroc(category, binary(codes), np.arange(300)) == 1


def test_a_case_is_not_scored_by_itself():
    codes, fold = np.array([0, 0, 0]), np.array([0, 1, 1])
    means = out_of_fold_means(codes, np.array([1.0, 0.0, 0.0]), fold)
    assert means == pytest.approx([(0 + 1 / 3) / 3, (1 + 1 / 3) / 2, (1 + 1 / 3) / 2])


def test_a_value_is_judged_by_ranks():
    values = np.random.default_rng(0).normal(size=200)
    truth = Truth("v", np.full(200, -1), values)
    assert single_auroc(-np.exp(values), truth) == pytest.approx(1)
    assert np.isnan(single_auroc(np.ones(200), truth))

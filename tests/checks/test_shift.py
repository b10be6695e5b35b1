"""Parts and sites that differ."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.stats import chi2_contingency

from iatros.checks.shift import between_parts, between_sites, difference, dominant_site
from iatros.checks.truth import Truth
from iatros.contracts import Fold, SplitCases

HEART = Path("/work/shared/data/clinical/uci_heart/heart_4sites.csv.gz")


def truth(codes, classes=("no", "yes")):
    codes = np.array(codes, np.int64)
    return Truth("outcome", codes, codes.astype(float), classes)


def cohort(size, site=None, group=None):
    return SplitCases(np.arange(size) if group is None else group, np.zeros(size, np.int64), np.arange(size) + 2, site=site)


def halves(first, second, size=1000):
    codes = np.concatenate([np.arange(size) < first * size, np.arange(size) < second * size]).astype(np.int64)
    return truth(codes), Fold("column", 0, 0, np.repeat([0, 3], size).astype(np.int8), "part")


def test_parts_of_different_prevalence_are_told_with_counts():
    outcome, fold = halves(0.74, 0.62)
    (finding,) = between_parts(outcome, [fold], cohort(2000))
    assert "train 74 % (740 of 1,000), test 62 % (620 of 1,000)" in finding.what


def test_folds_are_not_compared_with_one_another():
    outcome, fold = halves(0.74, 0.62)
    assert between_parts(outcome, [fold, fold], cohort(2000)) == []


def test_small_differences_are_not_worth_a_word():
    outcome, fold = halves(0.50, 0.54)
    assert between_parts(outcome, [fold], cohort(2000)) == []


def test_chance_alone_hardly_ever_warns():
    rng = np.random.default_rng(0)
    warned = 0
    for _ in range(500):
        codes = rng.integers(0, 2, 300)
        warned += difference(truth(codes), {"a": np.arange(300) < 100, "b": np.arange(300) >= 100}, np.arange(300)) is not None
    assert warned <= 3


def test_twenty_slices_of_a_patient_do_not_count_as_twenty_patients():
    group = np.repeat(np.arange(20), 20)
    codes = np.repeat([0, 1, 1, 1, 1, 0, 1, 1, 0, 1, 0, 0, 1, 0, 0, 1, 0, 1, 0, 0], 20)
    sets = {"a": group < 10, "b": group >= 10}
    assert chi2_contingency([[60, 140], [120, 80]]).pvalue < 1e-6
    assert difference(truth(codes), sets, group) is None


def test_the_class_that_differs_most_is_named():
    codes = np.concatenate([np.tile([0, 1, 2], 100), np.tile([0, 0, 2], 100)])
    found = difference(truth(codes, ("a", "b", "c")), {"x": np.arange(600) < 300, "y": np.arange(600) >= 300}, np.arange(600))
    assert found is not None
    assert found.text.startswith(('"b" is ', '"a" is '))


def test_means_of_a_value_are_compared():
    rng = np.random.default_rng(0)
    values = np.concatenate([rng.normal(0, 1, 300), rng.normal(1, 1, 300)])
    outcome = Truth("crp", np.full(600, -1), values)
    (finding,) = between_sites(outcome, cohort(600, site=["a"] * 300 + ["b"] * 300))
    assert finding.what.startswith("mean of `crp` differs between sites")


def test_a_dominant_site_is_noted():
    (finding,) = dominant_site(cohort(100, site=["a"] * 90 + ["b"] * 10))
    assert (finding.severity, '90 % of the cases are from site "a"' in finding.what) == ("note", True)
    assert dominant_site(cohort(100, site=["a", "b"] * 50)) == []


@pytest.mark.skipif(not HEART.exists(), reason="the UCI heart data are not here")
def test_heart_disease_is_far_from_equal_at_four_hospitals():
    table = pl.read_csv(HEART)
    outcome = truth((table["num"] > 0).to_numpy())
    (finding,) = between_sites(outcome, cohort(len(table), site=table["site"].to_list()))
    assert '"hungarian" 36 % (106 of 294) to "switzerland" 93 % (115 of 123)' in finding.what

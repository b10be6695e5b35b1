"""Leave one site out."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from iatros.contracts import SplitCases
from iatros.splits.sites import Sites

HEART = Path("/work/shared/data/clinical/uci_heart/heart_4sites.csv.gz")


def cohort(site, strata=None, group=None):
    size = len(site)
    strata = np.arange(size) % 2 if strata is None else np.array(strata)
    return SplitCases(np.arange(size) if group is None else np.array(group), strata, np.arange(size) + 2, "c.csv", site=site)


def test_each_site_is_tested_by_a_model_that_never_saw_it():
    cases = cohort(["north", "south", "east"] * 20)
    folds = Sites().folds(cases, 0)
    assert [fold.name for fold in folds] == ["east", "north", "south"]
    for fold in folds:
        assert {cases.site[i] for i in fold.rows("test")} == {fold.name}
        assert fold.name not in {cases.site[i] for i in np.flatnonzero((fold.part >= 0) & (fold.part < 3))}


def test_a_patient_of_two_sites_does_not_train_while_one_of_them_is_tested():
    cases = cohort(["a"] * 15 + ["b"] * 15, group=[*range(15), 0, *range(15, 29)])
    first, second = Sites().folds(cases, 0)
    assert first.part[15] == -1
    assert second.part[0] == -1


def test_cases_without_a_site_are_left_out_and_told():
    cases = cohort(["a"] * 12 + ["b"] * 12 + [None])
    assert all(fold.part[24] == -1 for fold in Sites().folds(cases, 0))
    (finding,) = Sites().check(cases)
    assert (finding.severity, finding.rows) == ("warning", (26,))


def test_small_sites_train_and_are_named():
    cases = cohort(["a"] * 20 + ["b"] * 20 + ["tiny"] * 3)
    assert [fold.name for fold in Sites().folds(cases, 0)] == ["a", "b"]
    (finding,) = Sites().check(cases)
    assert '"tiny" (3)' in finding.what


def test_a_site_of_one_class_is_named():
    cases = cohort(["north"] * 20 + ["hospice"] * 18, strata=[0, 1] * 10 + [1] * 18)
    (finding,) = Sites().check(cases)
    assert finding.severity == "warning"
    assert 'all 18 cases of site "hospice" are of one class' in finding.what


@pytest.mark.parametrize("site", [None, ["a"] * 30])
def test_no_site_or_a_single_one_is_an_error(site):
    size = 30
    cases = SplitCases(np.arange(size), np.arange(size) % 2, np.arange(size), site=site)
    (finding,) = Sites().check(cases)
    assert finding.severity == "error"
    assert "site" in finding.what


def test_folds_without_sites_are_a_callers_mistake():
    with pytest.raises(ValueError, match="sites"):
        Sites().folds(SplitCases(np.arange(3), np.arange(3), np.arange(3)), 0)


def test_many_sites_are_many_trainings():
    cases = cohort([f"s{i % 30}" for i in range(600)], strata=np.arange(600) // 30 % 2)
    assert [finding.check for finding in Sites().check(cases)] == ["many_sites"]


@pytest.mark.skipif(not HEART.exists(), reason="the UCI heart data are not here")
def test_four_hospitals_are_four_folds():
    table = pl.read_csv(HEART)
    cases = cohort(table["site"].to_list(), strata=(table["num"] > 0).to_numpy().astype(np.int64))
    folds = Sites().folds(cases, 0)
    assert sorted(len(fold.rows("test")) for fold in folds) == sorted(table["site"].value_counts()["count"].to_list())

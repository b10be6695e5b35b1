"""A sweep goes on where it stopped, refuses a changed study, and never sees a test case."""

from __future__ import annotations

import polars as pl
import pytest

from iatros.findings import Finding, InputError
from iatros.training.loop import DIVERGED
from iatros.workflow.sweep import sweep, with_settings

KEYS = {"keys": {"training.rate": [1e-4, 1e-2], "training.optimizer": ["adamw", "sgd"]}, "folds": 2, "trials": 2}
SPLIT = {"kind": "column", "column": "part"}


@pytest.fixture(scope="module")
def swept(tmp_path_factory, cases, declare):
    place = tmp_path_factory.mktemp("sweep")
    study = declare(cases(120, seed=40), split=SPLIT, sweep=KEYS)
    return study, place, sweep(study, out=place)


def test_it_goes_on_where_it_stopped(swept):
    study, place, first = swept
    again = sweep(study, trials=3, out=place)
    assert len(first.trials) == 2
    assert len(again.trials) == 3
    assert set(map(str, first.trials)) < set(map(str, again.trials))
    assert again.trials[0][0] == max(value for value, _ in again.trials)


def test_test_cases_have_no_say(swept, cases, declare, tmp_path):
    test = pl.col("part") == "test"
    flipped = pl.col("ill").replace_strict({"yes": "no", "no": "yes"})
    table = cases(120, seed=40).with_columns(ill=pl.when(test).then(flipped).otherwise("ill"))
    other = sweep(declare(table, split=SPLIT, sweep=KEYS), out=tmp_path)
    assert other.trials == swept[2].trials


def test_a_changed_study_is_refused(swept, declare, cases):
    study = declare(cases(120, seed=40), split=SPLIT, sweep=KEYS, inputs={"labs": {"kind": "table", "columns": ["age"]}})
    with pytest.raises(InputError, match="begun with something else"):
        sweep(study, out=swept[1])


def test_an_impossible_setting_is_told_before_anything_is_trained(swept):
    with pytest.raises(InputError, match=r"sweep.keys"):
        with_settings(swept[0], {"training.rate": -1.0})
    with pytest.raises(InputError, match="did you mean `rate`"):
        with_settings(swept[0], {"training.rat": 0.1})
    assert with_settings(swept[0], {"training.rate": 0.5}).training.rate == 0.5


def test_a_study_without_keys_is_refused(declare, cases, tmp_path):
    with pytest.raises(InputError, match="no keys to sweep"):
        sweep(declare(cases(40, seed=0)), out=tmp_path)


@pytest.mark.parametrize("check", [DIVERGED, "other"])
def test_a_setting_at_which_training_goes_astray_is_passed_over_and_other_faults_are_not(
    cases, declare, tmp_path, monkeypatch, check
):
    tried = []

    def judged(examined, folds, engine):
        tried.append(examined.study.training.rate)
        if len(tried) == 1:
            raise InputError(Finding("error", "training went astray", "lower the rate", check=check))
        return 0.5 + len(tried) / 100, "auroc"

    monkeypatch.setattr("iatros.workflow.sweep.judged", judged)
    study = declare(cases(60, seed=40), split=SPLIT, sweep=KEYS | {"trials": 3})
    if check == DIVERGED:
        found = sweep(study, out=tmp_path)
        assert [value for value, _ in found.trials] == [0.53, 0.52]
        assert len(tried) == 3
    else:
        with pytest.raises(InputError, match="astray"):
            sweep(study, out=tmp_path)

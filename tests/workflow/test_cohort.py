"""From cells to cases: patients, times, weights and subgroups as arrays, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from iatros.findings import InputError
from iatros.workflow.cohort import gather, subgroups, without_rows


def gathered(declare, table, evaluation=None, **cases):
    study = declare(table, cases={"table": table, "patient": "patient", **cases}, evaluation=evaluation or {})
    return gather(study, Path())


def test_rows_of_one_patient_have_one_code(declare, cases):
    cohort, _ = gathered(declare, cases(20, seed=0))
    assert len(np.unique(cohort.patient)) == 10
    assert (cohort.patient[::2] == cohort.patient[1::2]).all()


def test_the_inclusion_rule_is_counted(declare, cases):
    table = cases(40, seed=0)
    cohort, _ = gathered(declare, table, where="age >= 60")
    assert len(cohort) == (table["age"] >= 60).sum()
    assert cohort.cases.flow[-1].excluded == 40 - len(cohort)


def test_weights_that_are_no_weights_set_their_rows_aside(declare, cases):
    table = cases(6, seed=0).with_columns(w=pl.Series([1.0, 2.0, -1.0, None, 3.0, 0.5]))
    _, findings = gathered(declare, table, weight="w")
    (aside,) = [finding for finding in findings if finding.check == "weight"]
    assert aside.severity == "aside"
    assert len(aside.rows) == 2


def test_dates_are_times_in_order(declare, cases):
    days = ["2024-01-31", "2023-06-01", "2024-02-01", "soon", "2020-01-01", "2021-01-01"]
    cohort, findings = gathered(declare, cases(6, seed=0).with_columns(day=pl.Series(days)), time="day")
    assert np.argsort(cohort.time[[0, 1, 2, 4, 5]]).tolist() == [3, 4, 1, 0, 2]
    assert len(next(f for f in findings if f.check == "time").rows) == 1


def test_a_column_that_is_not_there_is_answered_with_the_nearest(declare, cases):
    with pytest.raises(InputError, match="did you mean `hospital`"):
        gathered(declare, cases(6, seed=0), site="hospitel")


def test_nobody_left_is_an_error(declare, cases):
    with pytest.raises(InputError, match="none of 6 cases meets"):
        gathered(declare, cases(6, seed=0), where="age > 1000")


def test_numbers_are_cut_into_quarters(declare, cases):
    cohort, _ = gathered(declare, cases(200, seed=0))
    groups = subgroups(cohort, ["age", "sex"])
    assert np.unique(groups["age"], return_counts=True)[1].tolist() == pytest.approx([50] * 4, abs=1)
    assert set(groups["sex"]) == {"f", "m"}


def test_rows_set_aside_are_in_the_flow(declare, cases):
    cohort, _ = gathered(declare, cases(10, seed=0))
    left, stay = without_rows(cohort, {int(cohort.cases.rows[0]), int(cohort.cases.rows[3])})
    assert stay.tolist() == [1, 2, 4, 5, 6, 7, 8, 9]
    assert left.cases.flow[-1].excluded == 2

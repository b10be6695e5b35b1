"""Looking at the data: errors come back together, copies stay on one side, a leak is refused unless it is forced."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import iatros
from iatros.findings import InputError


def test_cases_without_any_fault_come_with_folds(declare, cases):
    examined = iatros.check(declare(cases(80, seed=0)))
    assert not examined.stopped()
    assert [fold.scheme for fold in examined.folds] == ["folds", "folds"]
    assert len(examined.packs["labs"]) == len(examined.cohort) == 80


def test_a_patient_on_both_sides_is_refused_unless_forced(declare, cases):
    table = cases(80, seed=0).with_columns(part=pl.Series(["train", "test"] * 40))
    study = declare(table, split={"kind": "column", "column": "part"})
    examined = iatros.check(study)
    assert examined.stopped()
    with pytest.raises(InputError):
        examined.raise_errors()
    forced = iatros.check(study, allow_leak=True)
    assert not forced.stopped()
    assert forced.leaks


def test_copies_of_a_case_are_kept_in_one_part(declare, cases):
    table = cases(60, seed=0)
    twins = table.with_columns(patient=pl.col("patient") + "-again")
    examined = iatros.check(declare(pl.concat([table, twins])))
    for fold in examined.folds:
        assert np.array_equal(fold.part[:60], fold.part[60:])

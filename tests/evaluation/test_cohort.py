"""The predictions table as arrays: who is left out, what models are called, and what a patient's cases come to."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from iatros.evaluation.cohort import SEEDS, by_patient, cohorts
from iatros.predictions import Form

TWO = Form(task="class", classes=("no", "yes"))


def table(**columns):
    base = {"case": [0, 1, 2, 3], "truth": [True, False, True, False], "score": [0.9, 0.2, 0.6, 0.4], "part": ["test"] * 4}
    return pl.DataFrame(base | columns)


def only(frame, form=TWO):
    (cohort,) = cohorts(frame, form)
    return cohort


def test_a_bare_table_is_an_external_cohort_of_patients_with_one_case_each():
    cohort = only(table().drop("case", "part"))
    assert (cohort.scheme, len(cohort), cohort.units, cohort.several) == ("external", 4, 4, False)
    assert list(cohort.models) == ["iatros"]
    assert cohort.truth.tolist() == [True, False, True, False]


@pytest.mark.parametrize(
    ("columns", "left"),
    [
        ({"truth": [True, None, True, False]}, 3),
        ({"score": [0.9, None, 0.6, 0.4]}, 3),
        ({"score": [0.9, float("nan"), float("inf"), 0.4]}, 2),
        ({"part": ["test", "validation", "train", "test"]}, 2),
    ],
)
def test_cases_without_truth_or_score_or_of_other_parts_are_not_judged(columns, left):
    assert len(only(table(**columns))) == left


def test_every_scheme_is_a_cohort_and_one_without_test_cases_is_none():
    both = pl.concat([table().with_columns(scheme=pl.lit(name)) for name in ("folds", "sites")])
    assert [cohort.scheme for cohort in cohorts(both, TWO)] == ["folds", "sites"]
    some = both.with_columns(part=pl.when(pl.col("scheme") == "sites").then(pl.lit("validation")).otherwise("part"))
    assert [cohort.scheme for cohort in cohorts(some, TWO)] == ["folds"]


def test_networks_one_by_one_stand_beside_their_ensemble_under_a_name_of_their_own():
    parts = [table(seed=[seed] * 4, model=["iatros"] * 4) for seed in (None, 0, 1)]
    cohort = only(pl.concat([part.with_columns(pl.col("seed").cast(pl.Int64)) for part in parts]))
    assert {name: len(draws) for name, draws in cohort.models.items()} == {"iatros": 1, f"iatros{SEEDS}": 2}


def test_a_score_in_use_is_a_model_where_it_is_known():
    cohort = only(table(existing=[0.5, None, 0.1, 0.3]))
    (draw,) = cohort.models["existing"]
    assert draw.rows.tolist() == [0, 2, 3]
    assert draw.score[:, 0].tolist() == [0.5, 0.1, 0.3]
    assert cohort.covered("existing").tolist() == [0, 2, 3]


def test_weights_that_are_all_alike_are_none():
    assert only(table(weight=[2.0] * 4)).weight is None
    assert only(table(weight=[1.0, 2.0, 1.0, 1.0])).weight.tolist() == [1, 2, 1, 1]


def test_a_family_is_the_unit_and_without_one_the_patient_is():
    cohort = only(table(patient=["a", "b", "c", "d"], family=["f", "f", None, "g"]))
    assert len(np.unique(cohort.patient)) == 4
    assert cohort.units == 3
    assert cohort.unit[0] == cohort.unit[1]
    assert not cohort.several


def test_a_pair_has_two_units_named_alike_and_as_many_are_independent_as_share_no_thing():
    cohort = only(table(thing=["a", "b", "a", "c"], partner=["b", "c", "d", "e"]))
    assert (cohort.unit[1], cohort.unit[0]) == (cohort.partner[0], cohort.unit[2])
    assert cohort.units == 3
    some = cohort.take(np.array([0, 2]))
    assert (some.unit.tolist(), some.units) == (cohort.unit[[0, 2]].tolist(), 2)
    assert only(table(thing=["a", None, "a", "c"], partner=["b", "c", "d", "e"])).partner is None


def test_some_cases_keep_the_codes_of_their_patients_and_families():
    cohort = only(table(patient=["a", "b", "a", "c"], family=["f", "g", "f", "h"]))
    some = cohort.take(np.array([3, 0]))
    assert some.patient.tolist() == cohort.patient[[3, 0]].tolist()
    assert some.unit.tolist() == cohort.unit[[3, 0]].tolist()
    (draw,) = some.models["iatros"]
    assert dict(zip(draw.rows.tolist(), draw.score[:, 0].tolist(), strict=True)) == {0: 0.4, 1: 0.9}


def test_a_patient_is_ill_if_any_case_is_and_the_score_is_the_mean():
    cohort = by_patient(only(table(patient=["a", "a", "b", "b"], truth=[True, False, False, False], family=["f"] * 4)), TWO)
    assert cohort.truth.tolist() == [True, False]
    assert cohort.models["iatros"][0].score[:, 0] == pytest.approx([0.55, 0.5])
    assert cohort.units == 1


def test_a_patient_has_the_most_frequent_class_and_the_mean_value():
    three = Form(task="class", classes=("x", "y", "z"))
    said = {f"score:{name}": [0.2, 0.3, 0.5, 0.1] for name in "xyz"}
    frame = pl.DataFrame({"case": [0, 1, 2, 3], "patient": ["a"] * 3 + ["b"], "truth": ["z", "y", "z", "x"], **said})
    assert by_patient(only(frame, three), three).truth.tolist() == [2, 0]
    value = Form(task="value")
    frame = frame.with_columns(truth=pl.Series([1.0, 2.0, 6.0, 5.0]), score=pl.Series([1.0, 1.0, 4.0, 7.0]))
    joined = by_patient(only(frame, value), value)
    assert joined.truth.tolist() == [3.0, 5.0]
    assert joined.models["iatros"][0].score[:, 0].tolist() == [2.0, 7.0]

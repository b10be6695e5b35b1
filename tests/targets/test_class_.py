"""The target `class`: names, order, truth, loss and probabilities."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
import torch
from pydantic import ValidationError

from iatros.contracts import Cells
from iatros.findings import InputError
from iatros.targets.class_ import Class, ClassFitted


def cells(**columns: list[Any]) -> Cells:
    frame = pl.DataFrame(columns)
    return Cells(frame, np.arange(len(frame)) + 2, "cases.csv")


def classes(target: Class, **columns: list[Any]) -> tuple[str, ...]:
    return target.plan(cells(**columns)).classes


def truth(target: Class, **columns: list[Any]) -> list[Any]:
    given = cells(**columns)
    packed = target.pack(given, target.plan(given))
    return list(target.truth_columns(packed, np.arange(len(given)))["truth"])


def test_two_classes_are_put_with_yes_last():
    assert classes(Class(column="died"), died=["yes", "no", "yes"]) == ("no", "yes")


def test_numbers_are_ordered_by_size_and_not_by_letters():
    assert classes(Class(column="grade"), grade=["10", "9", "1"]) == ("1", "9", "10")


def test_the_positive_class_is_the_last():
    assert classes(Class(column="label", positive="benign"), label=["benign", "malignant"]) == ("malignant", "benign")


def test_booleans_in_mixed_case_are_two_classes():
    assert classes(Class(column="died"), died=["false", "TRUE", "True", "False"]) == ("false", "true")


def test_whole_numbers_read_as_floats_keep_their_names():
    assert classes(Class(column="stage"), stage=[1.0, 2.0, None, 3.0]) == ("1", "2", "3")


@pytest.mark.parametrize("positive", [1, "1", True])
def test_the_positive_class_may_be_written_as_a_number_or_a_boolean(positive):
    values = ["true", "false"] if positive is True else [1, 0]
    assert truth(Class(column="died", positive=positive), died=values) == [True, False]


def test_one_class_is_held_against_the_rest():
    target = Class(column="dx", positive="mel")
    assert classes(target, dx=["nv", "mel", "bkl"]) == ("other", "mel")
    assert truth(target, dx=["nv", "mel", "bkl", None]) == [False, True, False, None]


@pytest.mark.parametrize("num", [[0, 1, 4, None], ["0", "1", "4", ""], [0.0, 1.0, 4.0, float("nan")]])
def test_an_expression_decides_whatever_way_numbers_were_read(num):
    assert truth(Class(column="num", positive="num > 0"), num=num) == [False, True, True, None]


def test_an_expression_may_speak_of_other_columns():
    target = Class(column="num", positive="num > 0 AND age >= 18")
    assert target.columns_used() == ("num", "age")
    assert truth(target, num=[1, 1, 0], age=[17, 18, 40]) == [False, True, False]


@pytest.mark.parametrize("name", ["HER2=positive", "a > b", ">50K", "grade 3 (poor)"])
def test_a_class_whose_name_looks_like_an_expression_stays_a_name(name):
    assert truth(Class(column="status", positive=name), status=[name, "none", name]) == [True, False, True]


def test_an_expression_that_cannot_be_applied_is_the_users_to_mend():
    given = cells(num=["mild", "severe"])
    with pytest.raises(InputError, match="cannot be applied"):
        Class(column="num", positive="num > 0").check(given)


def test_an_expression_that_is_no_question_is_refused():
    with pytest.raises(InputError, match="not true or false"):
        Class(column="num", positive="num + 1").check(cells(num=[1, 2]))


def test_several_classes_keep_their_names_as_truth():
    assert truth(Class(column="dx"), dx=["nv", "mel", None, "bkl"]) == ["nv", "mel", None, "bkl"]


def test_a_class_not_seen_in_training_counts_as_missing_and_is_told():
    target = Class(column="dx")
    plan = target.plan(cells(dx=["a", "b", "c"]))
    packed = target.pack(cells(dx=["a", "new", None]), plan)
    assert packed.present.tolist() == [True, False, False]
    assert [f.rows for f in packed.findings] == [(3,)]


def test_the_plan_survives_json():
    target = Class(column="dx")
    plan = target.plan(cells(dx=["a", "b"]))
    assert type(plan).model_validate_json(plan.model_dump_json()) == plan


def test_strata_are_the_classes():
    given = cells(dx=["b", "a", None])
    target = Class(column="dx")
    assert target.strata(target.pack(given, target.plan(given))).tolist() == [1, 0, -1]


def test_fit_counts_the_training_rows_only():
    given = cells(dx=["a", "b", "b", "b"])
    target = Class(column="dx")
    fitted = target.fit(target.pack(given, target.plan(given)), np.array([0, 1]))
    assert fitted == ClassFitted(classes=("a", "b"), counts=(1, 1))


def test_probabilities_of_several_classes_are_the_softmax():
    fitted = ClassFitted(classes=("a", "b", "c"), counts=(1, 1, 1))
    scores = Class(column="dx").predict(torch.tensor([[0.0, 1.0, 2.0]]), fitted)
    odds = np.exp([0.0, 1.0, 2.0])
    assert np.allclose([scores[f"score:{name}"][0] for name in "abc"], odds / odds.sum())


def test_two_classes_need_one_number():
    target, fitted = Class(column="died"), ClassFitted(classes=("no", "yes"), counts=(1, 1))
    assert target.width(fitted) == 1
    assert target.predict(torch.zeros(2, 1), fitted)["score"].tolist() == [0.5, 0.5]


def test_the_study_calls_the_loss_loss():
    target = Class.model_validate({"column": "dx", "loss": "focal"})
    assert target.model_dump(mode="json")["loss"] == "focal"
    assert Class.model_validate(target.model_dump(mode="json")) == target


def test_what_only_training_needs_does_not_change_the_packed_form():
    plain = Class(column="dx").options()
    assert plain == Class.model_validate({"column": "dx", "loss": "focal", "gamma": 1, "threshold": 0.3, "weight": 2}).options()
    assert plain != Class(column="dx", positive="mel").options()


@pytest.mark.parametrize("range_", [(0.5, 0.1), (0.0, 0.5), (0.2, 1.0)])
def test_a_range_that_is_none_is_refused(range_):
    with pytest.raises(ValidationError, match="two probabilities"):
        Class(column="dx", range=range_)

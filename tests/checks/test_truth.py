"""Truth columns of a predictions table, as the checks read them."""

import numpy as np

from iatros.checks.truth import truths
from iatros.predictions import Form


def test_two_classes_are_codes():
    (truth,) = truths(Form(task="class", classes=("no", "yes"), name="died"), {"truth": [True, False, None]})
    assert (truth.name, truth.codes.tolist(), truth.events()) == ("died", [1, 0, -1], 1)
    assert truth.known.tolist() == [True, True, False]


def test_more_classes_go_by_name():
    (truth,) = truths(Form(task="class", classes=("a", "b", "c")), {"truth": ["c", "a", None, "a"]}, "stage")
    assert truth.codes.tolist() == [2, 0, -1, 0]
    assert truth.counts().tolist() == [2, 0, 1]


def test_each_label_is_a_truth_of_its_own():
    columns = {"truth:effusion": [True, None], "truth:mass": np.array([False, True])}
    found = truths(Form(task="labels", classes=("effusion", "mass"), name="film"), columns)
    assert [truth.name for truth in found] == ["film: effusion", "film: mass"]
    assert [truth.codes.tolist() for truth in found] == [[1, -1], [0, 1]]


def test_a_value_has_no_classes():
    (truth,) = truths(Form(task="value"), {"truth": [1.5, None]}, "crp")
    assert truth.codes.tolist() == [-1, -1]
    assert truth.known.tolist() == [True, False]

"""A predictions table as arrays."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from iatros.predictions import Form
from iatros.safeguards.predicted import codes, probabilities, weights

BINARY = Form(task="class", classes=("well", "ill"))
SEVERAL = Form(task="class", classes=("a", "b", "c"))


def test_two_classes_are_no_and_yes_and_a_missing_truth_is_minus_one():
    table = pl.DataFrame({"truth": [True, False, None], "score": [0.9, 0.2, 0.5]})
    assert codes(BINARY, table).tolist() == [1, 0, -1]
    assert probabilities(BINARY, table) == pytest.approx(np.array([[0.1, 0.9], [0.8, 0.2], [0.5, 0.5]]))


def test_several_classes_are_in_the_order_of_the_form_whatever_the_order_of_columns():
    scores = {"score:c": [0.7, 0.1], "score:a": [0.2, 0.3], "score:b": [0.1, 0.6]}
    table = pl.DataFrame({"truth": ["c", "unheard of"], **scores})
    assert codes(SEVERAL, table).tolist() == [2, -1]
    assert probabilities(SEVERAL, table).tolist() == [[0.2, 0.1, 0.7], [0.3, 0.6, 0.1]]


def test_every_case_weighs_one_unless_the_table_says_otherwise():
    assert weights(pl.DataFrame({"score": [0.1, 0.2]})).tolist() == [1, 1]
    assert weights(pl.DataFrame({"weight": [0.5, None]}, schema={"weight": pl.Float64})).tolist() == [0.5, 1]

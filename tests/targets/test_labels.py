"""The target `labels`: yes, no and not known."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
import torch
from pydantic import ValidationError

from iatros.contracts import Cells
from iatros.targets.labels import Labels

TARGET = Labels(columns=("edema", "mass"))


def cells(edema: list[Any], mass: list[Any]) -> Cells:
    return Cells(pl.DataFrame({"edema": edema, "mass": mass}, strict=False), np.arange(len(edema)) + 2, "cases.csv")


def test_words_numbers_and_booleans_say_yes_and_no():
    given = cells(["yes", "No", "TRUE", "", "positive"], [1.0, 0.0, None, 0.0, 1.0])
    values = TARGET.pack(given, TARGET.plan(given))["values"]
    assert values.tolist() == [[1, 1], [0, 0], [1, -1], [-1, 0], [1, 1]]


def test_a_case_without_any_known_label_is_not_present():
    given = cells([1, None], [None, None])
    assert TARGET.pack(given, TARGET.plan(given)).present.tolist() == [True, False]


def test_truth_of_a_label_that_is_not_known_is_none():
    given = cells([1, None], [0, 1])
    columns = TARGET.truth_columns(TARGET.pack(given, TARGET.plan(given)), np.arange(2))
    assert columns == {"truth:edema": [True, None], "truth:mass": [False, True]}


def test_the_stratum_is_the_rarest_label_that_is_there():
    given = cells([1, 1, 1, 0, None], [0, 1, 0, 0, None])
    assert TARGET.strata(TARGET.pack(given, TARGET.plan(given))).tolist() == [3, 4, 3, 2, -1]


def test_strata_cannot_be_taken_for_positions_of_the_raw_scores():
    given = cells([1, 0, 1], [0, 1, 1])
    packed = TARGET.pack(given, TARGET.plan(given))
    assert TARGET.strata(packed).min() >= TARGET.width(TARGET.fit(packed, np.arange(3)))


def test_the_loss_of_a_batch_needs_only_what_truth_gives():
    given = cells([1, 0, None], [None, 1, 0])
    packed = TARGET.pack(given, TARGET.plan(given))
    fitted = TARGET.fit(packed, np.arange(3))
    loss = TARGET.loss(torch.zeros(3, 2), TARGET.truth(packed, np.arange(3), fitted), fitted)
    assert loss.tolist() == pytest.approx([np.log(2)] * 3)


def test_a_cell_that_is_neither_yes_nor_no_is_told_and_not_known():
    findings = TARGET.check(cells([1, 0] * 9 + [-1], [1, 0] * 9 + [1]))
    assert [(f.rows, f.column, f.example) for f in findings] == [((20,), "edema", "-1")]


def test_a_rare_label_is_a_warning_with_its_column():
    findings = TARGET.check(cells([1, 0] * 10, [1] + [0] * 19))
    assert [(f.severity, f.column) for f in findings] == [("warning", "mass")]


@pytest.mark.parametrize("mass", [[None] * 20, [0] * 20])
def test_nothing_to_learn_is_an_error(mass):
    findings = Labels(columns=("mass",)).check(cells([1] * 20, mass))
    assert "error" in {finding.severity for finding in findings}


def test_a_label_named_twice_is_refused():
    with pytest.raises(ValidationError, match="twice"):
        Labels(columns=("a", "a"))

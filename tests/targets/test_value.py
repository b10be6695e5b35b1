"""The target `value`: numbers, there and back."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from iatros.contracts import Cells
from iatros.targets.value import Value, ValueFitted


def cells(values: list[Any]) -> Cells:
    return Cells(pl.DataFrame({"crp": values}, strict=False), np.arange(len(values)) + 2, "cases.csv")


def packed(target: Value, values: list[Any]):
    given_cells = cells(values)
    return target.pack(given_cells, target.plan(given_cells))


@settings(deadline=None, max_examples=30)
@given(st.lists(st.floats(0.01, 1e4), min_size=2, max_size=20, unique=True), st.booleans())
def test_a_perfect_prediction_comes_back_in_the_unit_of_the_cells(values, log):
    target = Value(column="crp", log=log)
    pack = packed(target, values)
    fitted = target.fit(pack, np.arange(len(values)))
    raw = target.truth(pack, np.arange(len(values)), fitted)["value"][:, None]
    assert np.allclose(target.predict(raw, fitted)["score"], values, rtol=1e-3, atol=1e-3 * fitted.sd if not log else 0)


def test_truth_is_standardised_by_the_training_rows_alone():
    target = Value(column="crp")
    fitted = target.fit(packed(target, [1.0, 3.0, 1000.0]), np.array([0, 1]))
    assert fitted == ValueFitted(mean=2.0, sd=1.0)


def test_the_loss_is_in_standard_deviations():
    target = Value.model_validate({"column": "crp", "loss": "mse"})
    pack = packed(target, [0.0, 20.0])
    fitted = target.fit(pack, np.arange(2))
    assert target.loss(torch.zeros(2, 1), target.truth(pack, np.arange(2), fitted), fitted).tolist() == [1.0, 1.0]


def test_huber_is_half_the_square_near_the_truth_and_straight_far_off():
    target, fitted = Value(column="crp"), ValueFitted(mean=0, sd=1)
    loss = target.loss(torch.tensor([[0.5], [3.0]]), {"value": torch.zeros(2)}, fitted)
    assert loss.tolist() == pytest.approx([0.125, 2.5])


def test_quantiles_learned_of_a_known_distribution_hold_what_they_promise():
    target = Value.model_validate({"column": "crp", "loss": "quantile", "coverage": 0.8})
    truth = torch.randn(4000, generator=torch.Generator().manual_seed(0))
    raw = torch.zeros(3, requires_grad=True)
    optimizer = torch.optim.Adam([raw], 0.05)
    for _ in range(200):
        optimizer.zero_grad()
        target.loss(raw.expand(4000, 3), {"value": truth}, ValueFitted(mean=0, sd=1)).mean().backward()
        optimizer.step()
    columns = target.predict(raw.detach()[None], ValueFitted(mean=0, sd=1))
    assert [columns[c][0] for c in ("low", "score", "high")] == pytest.approx([-1.2816, 0, 1.2816], abs=0.08)


def test_strata_are_fifths():
    target = Value(column="crp")
    strata = target.strata(packed(target, [*map(float, range(100)), None]))
    assert np.bincount(strata[:-1])[3:].tolist() == [20] * 5
    assert strata[-1] == -1


def test_text_among_numbers_is_told_with_its_row_and_counts_as_missing():
    target = Value(column="crp")
    values = ["1.5", "4o", "inf", "", "7"]
    findings = {f.check: f for f in target.check(cells(values))}
    assert findings["not_a_number"].rows == (3, 4)
    assert findings["missing_outcome"].count == 3
    assert packed(target, values).present.tolist() == [True, False, False, False, True]


@pytest.mark.parametrize("values", [[None, None], ["a", "b"], [3.0, 3.0]])
def test_an_outcome_without_two_numbers_is_an_error(values):
    assert "error" in {f.severity for f in Value(column="crp").check(cells(values))}


def test_zero_has_no_logarithm():
    target = Value(column="crp", log=True)
    assert packed(target, [0.0, 1.0, 2.0]).present.tolist() == [False, True, True]
    assert {f.check for f in target.check(cells([0.0, 1.0, 2.0]))} == {"no_logarithm"}


def test_two_numbers_only_are_classes():
    findings = Value(column="crp").check(cells([0.0, 1.0] * 9))
    assert 'kind = "class"' in findings[0].todo


def test_a_constant_training_part_does_not_divide_by_zero():
    target = Value(column="crp")
    assert target.fit(packed(target, [2.0, 2.0]), np.arange(2)) == ValueFitted(mean=2.0, sd=1.0)


def test_numbers_larger_than_any_measurement_are_named_and_count_as_missing():
    target = Value(column="stay")
    given = Cells(pl.DataFrame({"stay": [1.0, 2.0, 1e308, -1e31, 3.5]}), np.arange(2, 7), "cases.csv")
    (strange,) = [f for f in target.check(given) if f.check == "not_a_number"]
    assert strange.rows == (4, 5)
    assert "larger than anything that is measured" in strange.what
    packed = target.pack(given, target.plan(given))
    assert packed.present.tolist() == [True, True, False, False, True]
    assert np.isfinite(target.fit(packed, np.arange(5)).sd)

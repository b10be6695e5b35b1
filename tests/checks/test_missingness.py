"""Gaps that tell the outcome, planted and by chance."""

from __future__ import annotations

import numpy as np
import pytest

from iatros.checks.columns import Column
from iatros.checks.missingness import informative
from iatros.checks.truth import Truth

SIZE = 600


def column(name, present, source="labs"):
    code = np.where(present, 0, -1)
    return Column(source, name, np.where(present, 1.0, np.nan), code, ("1",), True, "cases.csv")


@pytest.fixture
def truth():
    codes = np.random.default_rng(0).integers(0, 2, SIZE)
    return Truth("died", codes, codes.astype(float), ("no", "yes"))


def test_a_test_ordered_for_the_ill_alone_is_told_with_both_shares(truth):
    rng = np.random.default_rng(1)
    present = rng.random(SIZE) < np.where(truth.codes == 1, 0.9, 0.4)
    (finding,) = informative([column("lactate", present), column("age", np.ones(SIZE, bool))], truth)
    shares = [(~present[truth.codes == code]).mean() for code in (1, 0)]
    assert f"`lactate` {100 * shares[0]:.0f} % to {100 * shares[1]:.0f} %" in finding.what
    assert (finding.severity, finding.source, finding.count) == ("note", "labs", 1)


def test_gaps_by_chance_are_hardly_ever_told(truth):
    told = 0
    for seed in range(60):
        present = np.random.default_rng(seed).random((5, SIZE)) < 0.6
        told += len(informative([column(f"c{i}", p) for i, p in enumerate(present)], truth))
    assert told == 0


def test_a_sure_but_small_difference_is_not_worth_a_word():
    codes = np.arange(200_000) % 2
    truth = Truth("died", codes, codes.astype(float), ("no", "yes"))
    present = np.random.default_rng(0).random(len(codes)) < np.where(codes == 1, 0.95, 0.90)
    assert informative([column("bp", present)], truth) == []


def test_the_largest_gap_comes_first_and_four_are_shown(truth):
    columns = [column(f"c{i}", (truth.codes == 1) | (np.arange(SIZE) % 10 < i)) for i in range(6)]
    (finding,) = informative(columns, truth)
    assert finding.count == 6
    assert finding.what.index("`c0`") < finding.what.index("`c1`") < finding.what.index("`c3`")
    assert "and 2 more" in finding.what


def test_each_input_is_told_by_itself(truth):
    ill = truth.codes == 1
    found = informative([column("a", ill, "labs"), column("b", ill, "notes")], truth)
    assert [finding.source for finding in found] == ["labs", "notes"]


def test_a_value_an_empty_column_and_one_class_have_nothing_to_tell(truth):
    full, empty = column("a", np.ones(SIZE, bool)), column("b", np.zeros(SIZE, bool))
    assert informative([full, empty], truth) == []
    value = Truth("stay", np.full(SIZE, -1), np.random.default_rng(0).random(SIZE))
    assert informative([column("a", truth.codes == 1)], value) == []
    one = Truth("died", np.zeros(SIZE, np.int64), np.zeros(SIZE), ("no", "yes"))
    assert informative([column("a", np.arange(SIZE) % 2 == 0)], one) == []

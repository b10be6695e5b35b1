"""A protein in many pairs is no copy of itself; the same pair twice is."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from iatros.checks.near import coded, near, paired
from iatros.contracts import Cells
from iatros.registry import load

SEQUENCE = load("modalities", "sequence")


def read(shares=None, **columns):
    """Inputs of the columns, all read by the encoder of `shares`, and their packed cells."""
    cells = Cells(pl.DataFrame(columns), np.arange(len(next(iter(columns.values())))) + 2)
    of = {name: {"shares": shares} if shares not in (None, name) else {} for name in columns}
    inputs = {name: SEQUENCE(column=name, alphabet="protein", **said) for name, said in of.items()}
    return inputs, {name: one.pack(cells, one.plan(cells)) for name, one in inputs.items()}


def found(shares=None, **columns):
    return {name: [group.tolist() for group in groups] for name, groups in near(*read(shares, **columns)).items()}


def test_cases_that_hold_the_same_sequence_are_copies():
    assert found(a=["MKV", "MAA", "mkv", None]) == {"a": [[0, 2]]}


@pytest.mark.parametrize(
    ("shares", "groups"), [("a", [[0, 2, 3]]), (None, [[0, 2]])], ids=["in any order where both are read alike", "in order"]
)
def test_pairs_are_copies_where_they_pair_the_same(shares, groups):
    a, b = ["MKV", "MKV", "MKV", "MAA", "MKV", None], ["MAA", "MCC", "MAA", "MKV", None, None]
    assert found(shares, a=a, b=b) == {"a + b": groups}


def test_the_same_letters_are_one_thing_however_they_are_written():
    a, b = ["MKV", "mkv*", "MAA", None], ["MAA", "MCC", "MKV", "MKV"]
    shared, apart = coded(*read("a", a=a, b=b)), coded(*read(a=a, b=b))
    assert shared["a"].tolist() == [shared["b"][2], shared["b"][2], shared["b"][0], -1]
    assert not set(apart["a"].tolist()) & set(apart["b"].tolist())


def test_pairs_are_cases_whose_things_recur():
    a, b = ["MKV", "MKV", "MAA", "MAA"] * 2, ["MCC", "MDD", "MCC", "MDD"] * 2
    assert paired(*read("a", a=a, b=b)).shape == (8, 2)
    assert paired(*read("a", a=[f"MK{one}" for one in "ACDE"], b=[f"MA{one}" for one in "FGHI"])) is None
    assert paired(*read(a=a)) is None

"""A protein in many pairs is no copy of itself; the same pair twice is."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from iatros.checks.near import near
from iatros.contracts import Cells
from iatros.registry import load

SEQUENCE = load("modalities", "sequence")


def found(shares=None, **columns):
    cells = Cells(pl.DataFrame(columns), np.arange(len(next(iter(columns.values())))) + 2)
    read = {
        name: {"column": name, "alphabet": "protein"} | ({"shares": shares} if shares not in (None, name) else {})
        for name in columns
    }
    inputs = {name: SEQUENCE(**said) for name, said in read.items()}
    packs = {name: one.pack(cells, one.plan(cells)) for name, one in inputs.items()}
    return {name: [group.tolist() for group in groups] for name, groups in near(inputs, packs).items()}


def test_cases_that_hold_the_same_sequence_are_copies():
    assert found(a=["MKV", "MAA", "mkv", None]) == {"a": [[0, 2]]}


@pytest.mark.parametrize(
    ("shares", "groups"), [("a", [[0, 2, 3]]), (None, [[0, 2]])], ids=["in any order where both are read alike", "in order"]
)
def test_pairs_are_copies_where_they_pair_the_same(shares, groups):
    a, b = ["MKV", "MKV", "MKV", "MAA", "MKV", None], ["MAA", "MCC", "MAA", "MKV", None, None]
    assert found(shares, a=a, b=b) == {"a + b": groups}

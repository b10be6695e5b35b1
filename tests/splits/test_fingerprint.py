"""Folds as a table and as a fingerprint."""

from dataclasses import replace

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from iatros.contracts import Fold, SplitCases
from iatros.splits.fingerprint import COLUMNS, fingerprint, from_frame, to_frame

PART = st.lists(st.integers(-1, 3), min_size=4, max_size=4)
CASES = SplitCases(np.array([5, 5, 2, 9]), np.zeros(4, np.int64), np.arange(4), site=["a", None, "b", "b"])


@given(st.lists(PART, min_size=1, max_size=5), st.text(max_size=5))
def test_a_table_brings_the_folds_back(parts, name):
    folds = [Fold("sites", 0, i, np.array(part, np.int8), name) for i, part in enumerate(parts)]
    again = from_frame(to_frame(folds, CASES))
    assert fingerprint(again) == fingerprint(folds)
    assert all(np.array_equal(a.part, b.part) for a, b in zip(again, folds, strict=True))


def test_parquet_brings_the_folds_back(tmp_path):
    folds = [Fold("folds", 1, 0, np.array([0, 1, -1, 3], np.int8))]
    to_frame(folds, CASES).write_parquet(tmp_path / "folds.parquet")
    frame = pl.read_parquet(tmp_path / "folds.parquet")
    assert tuple(frame.columns) == COLUMNS
    assert frame["part"].to_list() == ["train", "validation", None, "test"]
    assert frame["patient"].to_list() == ["5", "5", "2", "9"]
    assert fingerprint(from_frame(frame)) == fingerprint(folds)


def test_one_case_in_another_part_changes_the_fingerprint():
    fold = Fold("folds", 0, 0, np.array([0, 0, 1, 3], np.int8))
    moved = replace(fold, part=np.array([0, 1, 0, 3], np.int8))
    assert len({fingerprint([fold]), fingerprint([moved]), fingerprint([replace(fold, name="x")])}) == 3

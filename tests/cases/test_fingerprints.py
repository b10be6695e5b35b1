from __future__ import annotations

import os

import numpy as np
import polars as pl

from iatros.cases import fingerprint
from iatros.contracts import Cells


def cells(values, folder=None, rows=None, **arrays):
    frame = pl.DataFrame({"x": values})
    from pathlib import Path

    return Cells(frame, np.arange(len(values)) if rows is None else rows, folder=folder or Path(), arrays=arrays)


def test_equal_cells_have_equal_fingerprints_and_others_do_not():
    prints = [
        fingerprint(cells([1, 2, None]), False),
        fingerprint(cells([1, 2, 0]), False),
        fingerprint(cells([1.0, 2.0, None]), False),
        fingerprint(cells(["1", "2", None]), False),
        fingerprint(cells(["1", "2", ""]), False),
        fingerprint(cells(["12", "", None]), False),
        fingerprint(cells([1, 2, None], rows=np.array([5, 6, 7])), False),
    ]
    assert len(set(prints)) == len(prints)
    assert prints[0] == fingerprint(cells([1, 2, None]), False)


def test_a_file_that_changed_changes_the_fingerprint(tmp_path):
    (tmp_path / "a.png").write_bytes(b"one")
    before = fingerprint(cells(["a.png", "gone.png"], tmp_path), True)
    assert before == fingerprint(cells(["a.png", "gone.png"], tmp_path), True)
    os.utime(tmp_path / "a.png", ns=(1, 1))
    assert before != fingerprint(cells(["a.png", "gone.png"], tmp_path), True)


def test_arrays_count_by_content():
    picture = np.zeros((2, 3, 3), np.uint8)
    changed = picture.copy()
    changed[1, 1, 1] = 1
    assert fingerprint(cells([0, 1], x=picture), False) != fingerprint(cells([0, 1], x=changed), False)

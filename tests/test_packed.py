"""Packed cells: stored whole, mapped back equal, addressed by content."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatros.contracts import Learned
from iatros.findings import Finding
from iatros.packed import Packed, cached, key, mapped, store


class Size(Learned):
    height: int = 2


def some(count: int = 3) -> Packed:
    arrays = {"values": np.arange(count * 2, dtype=np.float32).reshape(count, 2), "empty": np.zeros((0, 4), np.int16)}
    finding = Finding("aside", "w", "t", rows=(3, 4))
    return Packed(arrays, np.arange(count) % 2 == 0, Size(height=5), (finding,))


def test_what_is_stored_is_mapped_back_equal(tmp_path):
    store(tmp_path / "one", some())
    back = mapped(tmp_path / "one", Size)
    assert np.array_equal(back["values"], some()["values"])
    assert back["empty"].shape == (0, 4)
    assert np.array_equal(back.present, some().present)
    assert back.plan == Size(height=5)
    assert back.findings == some().findings
    assert len(back) == 3


def test_mapped_arrays_cannot_be_written(tmp_path):
    store(tmp_path / "one", some())
    with pytest.raises(ValueError, match="read-only"):
        mapped(tmp_path / "one", Size)["values"][0] = 1


def test_cells_are_packed_once(tmp_path):
    calls = []

    def pack() -> Packed:
        calls.append(1)
        return some()

    for _ in range(3):
        cached("address", Size, pack, tmp_path)
    assert len(calls) == 1


def test_a_packing_that_fails_leaves_nothing_behind(tmp_path):
    def pack() -> Packed:
        raise RuntimeError("disk full")

    with pytest.raises(RuntimeError, match="disk full"):
        cached("address", Size, pack, tmp_path)
    assert not (tmp_path / "address").exists()


@given(st.integers(0, 5), st.text(max_size=5), st.integers(1, 3))
def test_the_key_changes_with_whatever_decides_the_packing(size, cells, version):
    def made(size: int = size, cells: str = cells, version: int = version, kind: str = "image") -> str:
        return key(kind, version, {"size": size}, Size(), cells)

    others = {made(size=size + 1), made(cells=cells + "x"), made(version=version + 1), made(kind="table")}
    assert made() == made()
    assert made() not in others
    assert len(others) == 4

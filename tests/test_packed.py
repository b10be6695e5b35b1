"""Packed cells: stored whole, mapped back equal, addressed by content."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatros.contracts import Learned
from iatros.findings import Finding
from iatros.packed import Packed, cached, end_to_end, key, mapped, store


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


@pytest.mark.parametrize("name", ["packed.json", "present.npy", "values.npy"])
@pytest.mark.parametrize("keep", [None, 0, 1, 20, 0.5, 0.99])
def test_a_cache_that_was_damaged_is_packed_again(tmp_path, name, keep):
    cached("address", Size, some, tmp_path)
    path = tmp_path / "address" / name
    whole = path.read_bytes()
    if keep is None:
        path.unlink()
    else:
        path.write_bytes(whole[: int(keep * len(whole)) if isinstance(keep, float) else keep])
    back = cached("address", Size, some, tmp_path)
    assert np.array_equal(back["values"], some()["values"])
    assert np.array_equal(back.present, some().present)
    assert path.read_bytes() == whole


@pytest.mark.parametrize("words", ["{}", "[]", "null", '{"arrays": ["gone"], "plan": {}, "findings": []}',
                                   '{"arrays": [], "plan": {"depth": 1}, "findings": []}',
                                   '{"arrays": [], "plan": {}, "findings": [{"rows": []}]}'])  # fmt: skip
def test_a_cache_whose_notes_say_something_else_is_packed_again(tmp_path, words):
    cached("address", Size, some, tmp_path)
    (tmp_path / "address" / "packed.json").write_text(words)
    assert cached("address", Size, some, tmp_path).plan == Size(height=5)


def test_what_packing_raises_is_not_hidden_by_a_damaged_cache(tmp_path):
    cached("address", Size, some, tmp_path)
    (tmp_path / "address" / "packed.json").write_text("{")

    def pack() -> Packed:
        raise ValueError("the table is at fault")

    with pytest.raises(ValueError, match="the table is at fault") as raised:
        cached("address", Size, pack, tmp_path)
    assert raised.value.__context__ is None


ARRAYS = st.tuples(
    st.sampled_from(["u1", "i4", "f4", "f8", "?"]), st.lists(st.integers(0, 4), min_size=1, max_size=3), st.integers(0, 99)
)


@settings(deadline=None, max_examples=40)
@given(st.dictionaries(st.from_regex(r"[a-z]{1,6}", fullmatch=True), ARRAYS, max_size=3), st.lists(st.booleans(), max_size=5))
def test_arrays_of_any_type_and_shape_come_back_from_the_cache(tmp_path_factory, given_arrays, present):
    arrays = {}
    for name, (kind, shape, seed) in given_arrays.items():
        if name != "present":
            arrays[name] = np.random.default_rng(seed).integers(0, 2, shape).astype(kind)
    place = tmp_path_factory.mktemp("cache")
    packed = Packed(arrays, np.array(present, bool), Size())
    for back in (cached("a", Size, lambda: packed, place), cached("a", Size, some, place)):
        assert back.arrays.keys() == arrays.keys()
        for name, array in arrays.items():
            assert back[name].dtype == array.dtype
            assert np.array_equal(back[name], array)
        assert back.present.tolist() == present


@given(st.integers(0, 5), st.text(max_size=5), st.integers(1, 3))
def test_the_key_changes_with_whatever_decides_the_packing(size, cells, version):
    def made(size: int = size, cells: str = cells, version: int = version, kind: str = "image") -> str:
        return key(kind, version, {"size": size}, Size(), cells)

    others = {made(size=size + 1), made(cells=cells + "x"), made(version=version + 1), made(kind="table")}
    assert made() == made()
    assert made() not in others
    assert len(others) == 4


@given(st.lists(st.integers(0, 5), max_size=6))
def test_cells_end_to_end_know_their_cell_and_their_place(lengths):
    cell, place = end_to_end(np.array(lengths, np.int64))
    assert list(zip(cell.tolist(), place.tolist(), strict=True)) == [(i, j) for i, n in enumerate(lengths) for j in range(n)]

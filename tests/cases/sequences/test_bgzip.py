"""Blocks that gzip itself can read, and any bytes of them, against slices of the text."""

from __future__ import annotations

import gzip
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatros.cases.sequences.bgzip import END, LARGEST, MOST, PlainReader, Reader, find_blocks, from_gzi, to_gzi, write_packed
from iatros.findings import InputError


def packed(*parts, level=6):
    to = io.BytesIO()
    write_packed(to, parts, level)
    return to.getvalue()


def noise(count, seed=0):
    return np.random.default_rng(seed).integers(0, 256, count, np.uint8).tobytes()


@pytest.fixture(scope="module")
def long(tmp_path_factory):
    """Text of four blocks, its file and where they lie."""
    text = b"ACGT" * 40_000 + noise(100_000)
    path = tmp_path_factory.mktemp("bgzip") / "long.gz"
    path.write_bytes(packed(text))
    return text, path, find_blocks(path)


@given(st.lists(st.binary(max_size=300), max_size=8), st.integers(0, 9))
def test_gzip_reads_what_is_packed(parts, level):
    made = packed(*parts, level=level)
    assert gzip.decompress(made) == b"".join(parts)
    assert made.endswith(END)


@pytest.mark.parametrize("count", [MOST - 1, MOST, MOST + 1, 3 * MOST, LARGEST])
def test_blocks_of_noise_fit_though_packing_makes_them_larger(count, tmp_path):
    made = packed(noise(count), level=9)
    assert gzip.decompress(made) == noise(count)
    (tmp_path / "noise.gz").write_bytes(made)
    blocks = find_blocks(tmp_path / "noise.gz")
    assert np.diff(blocks.packed).max() <= LARGEST
    assert blocks.text[-1] == count


@settings(max_examples=40)
@given(st.integers(0, 300_000), st.integers(0, 200_000))
def test_any_bytes_are_a_slice_of_the_text(long, begin, size):
    text, path, blocks = long
    assert Reader(path, blocks).read(begin, size) == text[begin : begin + size]


def test_an_index_written_and_read_finds_the_same_bytes(long):
    text, path, blocks = long
    again = from_gzi(to_gzi(blocks), path.stat().st_size)
    assert np.array_equal(again.packed, blocks.packed)
    for begin in (0, MOST - 5, len(text) - 7):
        assert Reader(path, again).read(begin, 12) == text[begin : begin + 12]


@pytest.mark.parametrize("raw", [b"", b"\x01" + bytes(7), b"\x01" + bytes(23), noise(24)])
def test_what_is_no_index_is_none(raw):
    assert from_gzi(raw, 1_000) is None


@pytest.mark.parametrize("cut", [5, 17, 40, 30_000])
def test_a_file_that_breaks_off_is_told(long, tmp_path, cut):
    whole = long[1].read_bytes()
    path = tmp_path / "cut.gz"
    path.write_bytes(whole[: len(whole) - len(END) - cut])
    with pytest.raises(InputError, match="broken after"):
        find_blocks(path, "cut.gz")


def test_plain_gzip_has_no_blocks(tmp_path):
    (tmp_path / "plain.gz").write_bytes(gzip.compress(b"ACGT"))
    with pytest.raises(InputError, match=r"plain\.gz"):
        find_blocks(tmp_path / "plain.gz")


def test_a_block_that_is_changed_is_told_and_no_letters_come(long, tmp_path):
    text, path, blocks = long
    raw = bytearray(path.read_bytes())
    raw[int(blocks.packed[1]) + 40] ^= 0xFF
    (tmp_path / "changed.gz").write_bytes(raw)
    reader = Reader(tmp_path / "changed.gz", blocks)
    assert reader.read(0, 100) == text[:100]
    with pytest.raises(InputError, match="broken after"):
        reader.read(int(blocks.text[1]), 10)


def test_a_plain_file_is_read_the_same_way(tmp_path):
    (tmp_path / "plain.fa").write_bytes(b">a\nACGT\n")
    assert PlainReader(tmp_path / "plain.fa").read(3, 4) == b"ACGT"
    assert PlainReader(tmp_path / "plain.fa").read(6, 40) == b"T\n"

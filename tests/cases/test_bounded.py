"""Files are read up to a limit and no further."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatros.cases import bounded
from iatros.findings import InputError


@given(st.binary(max_size=3000), st.booleans())
def test_what_was_written_is_read_packed_or_plain(tmp_path_factory, raw, packed):
    if not packed and raw[:2] == bounded.GZIP:
        return
    path = tmp_path_factory.mktemp("files") / "cases.csv"
    path.write_bytes(gzip.compress(raw) if packed else raw)
    assert bounded.contents(path, "cases.csv") == raw


@pytest.mark.parametrize("packed", [False, True])
def test_the_limit_is_the_last_size_that_is_read(tmp_path, packed, monkeypatch):
    monkeypatch.setattr(bounded, "BLOCK", 64)
    path = tmp_path / "cases.csv"
    for size, fine in ((999, True), (1000, True), (1001, False), (10_000, False)):
        raw = bytes(size)
        path.write_bytes(gzip.compress(raw) if packed else raw)
        if fine:
            assert len(bounded.contents(path, "cases.csv", limit=1000)) == size
        else:
            with pytest.raises(InputError, match="write it as Parquet"):
                bounded.contents(path, "cases.csv", limit=1000)


def test_a_bomb_is_not_unpacked_beyond_the_limit(tmp_path):
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(bytes(64 * 2**20)))  # 64 MB of zeros in 64 kB
    assert path.stat().st_size < 100_000
    with pytest.raises(InputError, match="over 1 MB of text once unpacked"):
        bounded.contents(path, "bomb.csv.gz", limit=2**20)


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.95])
def test_a_packed_file_that_breaks_off_says_how_far_it_went(tmp_path, keep):
    whole = gzip.compress("".join(f"{i},{i * 7919 % 1000}\n" for i in range(20_000)).encode())
    path = tmp_path / "cases.csv.gz"
    path.write_bytes(whole[: int(len(whole) * keep)])
    with pytest.raises(InputError, match="broken after"):
        bounded.contents(path, "cases.csv.gz")


def test_bytes_changed_in_the_middle_are_noticed(tmp_path):
    whole = bytearray(gzip.compress(bytes(range(256)) * 40))
    for at in range(20, len(whole) - 9, 7):
        changed = bytearray(whole)
        changed[at] ^= 0xFF
        path = tmp_path / "cases.csv.gz"
        path.write_bytes(bytes(changed))
        with pytest.raises(InputError):
            bounded.contents(path, "cases.csv.gz")

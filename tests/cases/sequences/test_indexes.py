"""Random access: what an index fetches is what reading the file gives, and a stale index is noticed."""

from __future__ import annotations

import gzip
import os
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatros.cases.sequences import Records, index, write
from iatros.findings import InputError


def made(texts):
    offsets = np.concatenate(([0], np.cumsum([len(text) for text in texts]))).astype(np.int64)
    rows = np.arange(1, len(texts) + 1)
    names = tuple(f"s{i}" for i in range(len(texts)))
    return Records(names, ("told",) * len(texts), "".join(texts).encode(), offsets, rows, rows)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("IATROS_CACHE", str(tmp_path / "cache"))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text("ACGTn", min_size=1, max_size=300), min_size=1, max_size=9),
       st.sampled_from(["plain", "bgzip"]), st.integers(0, 80), st.sampled_from(["\n", "\r\n"]), st.data())  # fmt: skip
def test_any_part_of_any_record_is_fetched(texts, packing, width, line_end, data):
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("iatros.cases.sequences.bgzip.MOST", 64)
        path = Path(folder) / "x.fa"
        write(path, made(texts), packing, width, line_end)
        for _ in range(2):  # the second time from the index that the first wrote
            opened = index(path)
            i = data.draw(st.integers(0, len(texts) - 1))
            begin = data.draw(st.integers(0, len(texts[i])))
            end = data.draw(st.integers(begin, len(texts[i])))
            assert opened.fetch(f"s{i}", begin, end) == texts[i][begin:end]
            assert opened.fetch(f"s{i}") == texts[i]
            assert opened.lengths == {f"s{k}": len(text) for k, text in enumerate(texts)}
            assert not opened.findings


def test_the_index_is_what_samtools_writes(tmp_path):
    path = tmp_path / "x.fa"
    path.write_bytes(b">one first\nACGT\nAC\n>two\r\nACG\r\nACG\r\n>three\nA")
    index(path)
    assert (tmp_path / "x.fa.fai").read_text() == "one\t6\t11\t4\t5\ntwo\t6\t25\t3\t5\nthree\t1\t42\t1\t2\n"


def test_the_index_of_blocks_is_what_bgzip_writes(tmp_path, monkeypatch):
    monkeypatch.setattr("iatros.cases.sequences.bgzip.MOST", 10)
    path = tmp_path / "x.fa"
    write(path, made(["ACGTACGTACGTACGT"]), "bgzip")
    index(path)
    told = np.frombuffer((tmp_path / "x.fa.gzi").read_bytes(), "<u8")
    assert told[0] == 3  # 26 bytes of text in blocks of 10, and the mark of the end
    assert told[2::2].tolist() == [10, 20, 26]
    assert gzip.decompress(path.read_bytes()) == b">s0 told\nACGTACGTACGTACGT\n"


def test_a_file_that_changed_gets_a_new_index_with_a_note(tmp_path):
    path = tmp_path / "x.fa"
    write(path, made(["ACGT", "GG"]))
    index(path)
    write(path, made(["ACGTACGT", "CC"]))
    opened = index(path)
    assert opened.fetch("s1") == "CC"
    assert [finding.check for finding in opened.findings] == ["stale_index"]


def test_a_stale_index_that_looks_new_is_noticed(tmp_path):
    path = tmp_path / "x.fa"
    write(path, made(["ACGT", "GG"]))
    index(path)
    write(path, made(["ACGTA", "CC"]))
    os.utime(path, (1, 1))  # as an archive's file may be
    opened = index(path)
    assert opened.fetch("s1") == "CC"
    assert opened.findings


def test_a_file_that_changes_while_it_is_open_is_noticed(tmp_path):
    path = tmp_path / "x.fa"
    path.write_bytes(b">a\nACGT\n>b\nGG\n")
    opened = index(path)
    path.write_bytes(b">a\nACGTACGT\n>b\nGG\n")
    with pytest.raises(InputError, match="has changed since its index was made"):
        opened.fetch("b")


def test_a_broken_index_is_written_anew(tmp_path):
    path = tmp_path / "x.fa"
    write(path, made(["ACGT"]))
    (tmp_path / "x.fa.fai").write_text("nonsense")
    assert index(path).fetch("s0") == "ACGT"


def test_where_one_may_not_write_the_index_lies_in_the_cache(tmp_path, monkeypatch):
    path = tmp_path / "x.fa"
    write(path, made(["ACGT"]))
    real = os.open

    def denied(place, *rest, **more):
        if Path(os.fsdecode(place)).parent == tmp_path and "fai" in os.fsdecode(place):
            raise PermissionError(place)
        return real(place, *rest, **more)

    monkeypatch.setattr(os, "open", denied)
    index(path)
    assert not (tmp_path / "x.fa.fai").exists()
    assert list((tmp_path / "cache/sequences").glob("*.fai"))
    assert index(path).fetch("s0", 1, 3) == "CG"


def test_a_record_of_uneven_lines_has_no_place_and_the_others_have(tmp_path):
    path = tmp_path / "x.fa"
    path.write_bytes(b">a\nAC\nACGT\n>b\nACGT\nAC\n\n>c\nACGT\n\nAC\n>d\nGG\n")
    opened = index(path)
    assert list(opened.lengths) == ["b", "d"]
    assert opened.fetch("b", 3, 5) == "TA"
    assert [(finding.check, finding.rows) for finding in opened.findings] == [("ragged_lines", (1, 8))]
    with pytest.raises(InputError, match="no record"):
        opened.fetch("a")


def test_text_before_and_a_mark_do_not_shift_places(tmp_path):
    path = tmp_path / "x.fa"
    path.write_bytes(b"\xef\xbb\xbfhello\n>a\nACGT\n")
    assert index(path).fetch("a", 1, 3) == "CG"
    path.write_bytes(b"\xef\xbb\xbf>a\nACGG\n")
    assert index(path).fetch("a", 1, 4) == "CGG"


@pytest.mark.parametrize(("content", "words"), [
    (gzip.compress(b">a\nACGT\n", mtime=0), "plain gzip"), (b"@a\nAC\n+\nII\n", "no FASTA record"), (b"", "no FASTA record"),
])  # fmt: skip
def test_what_cannot_be_indexed_is_refused_in_words(tmp_path, content, words):
    path = tmp_path / "x"
    path.write_bytes(content)
    with pytest.raises(InputError, match=words):
        index(path)


def test_a_truncated_bgzip_file_is_refused(tmp_path):
    path = tmp_path / "x"
    write(path, made(["ACGT" * 1000]), "bgzip")
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(InputError, match="broken"):
        index(path)


def test_places_outside_a_record_are_a_fault_of_the_caller(tmp_path):
    path = tmp_path / "x"
    write(path, made(["ACGT"]))
    with pytest.raises(ValueError, match="no part of 4 letters"):
        index(path).fetch("s0", 2, 9)

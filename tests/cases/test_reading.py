from __future__ import annotations

import contextlib
import gzip
import os
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from iatros.cases import bounded, read
from iatros.findings import InputError

BAD = Path("/work/shared/bad/studies")
REAL = Path("/work/shared/data")


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "a.tsv", "a.parquet", "a.feather", "frame", "pandas"])
def test_a_table_reads_the_same_from_wherever_it_lies(name, tmp_path):
    frame = pl.DataFrame(
        {"age": [63, None, 41], "crp": [1.5, 2.0, None], "sex": ["F", "M", None], "alive": [True, None, False]}
    )
    text = frame.write_csv(separator="\t" if "tsv" in name else ",").replace("true", "True")
    if name.endswith(".gz"):
        (tmp_path / name).write_bytes(gzip.compress(text.encode()))
    elif name.endswith("sv"):
        (tmp_path / name).write_text(text)
    else:
        frame.write_parquet(tmp_path / "a.parquet")
        frame.write_ipc(tmp_path / "a.feather", compat_level=pl.CompatLevel.oldest())
    place = {"frame": frame, "pandas": frame.to_pandas()}.get(name, name)
    cases = read(place, tmp_path)
    assert cases.frame.cast({"age": pl.Int64}).equals(frame)
    assert cases.rows.tolist() == ([2, 3, 4] if "sv" in name else [1, 2, 3])
    assert cases.flow[0].remaining == 3


def test_a_pandas_column_of_mixed_types_loses_no_cell():
    assert read(pd.DataFrame({"age": [63, "4o", None]})).frame["age"].to_list() == ["63", "4o", None]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("case.csv", "did you mean `cases.csv`"),
        ("nowhere.csv", "name a CSV"),
        ("citology", "did you mean `cytology`"),
        ("cases.sav", "write it as a CSV"),
    ],
)
def test_what_cannot_be_read_is_answered_with_what_can(name, words, tmp_path):
    (tmp_path / "cases.csv").write_text("a\n1\n")
    (tmp_path / "cases.sav").write_bytes(b"$FL2")
    with pytest.raises(InputError, match=words):
        read(name, tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_table_nobody_may_read_is_said_so(tmp_path):
    (tmp_path / "a.csv").write_text("a\n1\n")
    (tmp_path / "a.csv").chmod(0)
    with pytest.raises(InputError, match="permission"):
        read("a.csv", tmp_path)


def test_a_bomb_is_not_unpacked_beyond_the_limit(tmp_path):
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"a\n" + b"1\n" * 2_000_000))
    with pytest.raises(InputError, match="over 1 MB"):
        bounded.contents(tmp_path / "a.csv.gz", "a.csv.gz", limit=2**20)


def test_a_gzip_file_that_is_broken_off_is_said_so(tmp_path):
    whole = gzip.compress(os.urandom(200_000))
    (tmp_path / "a.csv.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="broken"):
        read("a.csv.gz", tmp_path)


@pytest.mark.skipif(not REAL.exists(), reason="the shared data are not here")
@pytest.mark.parametrize(
    ("file", "shape"),
    [
        ("clinical/uci_heart/heart_4sites.csv.gz", (920, 15)),
        ("multimodal/ham10000_small/metadata.csv", (3000, 10)),
        ("clinical/support2_raw/support2.csv.gz", (9105, 48)),
        ("imaging/pneumoniamnist/pneumoniamnist.npz", (5856, 3)),
    ],
)
def test_real_files_are_read_whole(file, shape):
    cases = read(REAL / file)
    assert cases.frame.shape == shape
    assert not cases.findings


@pytest.mark.skipif(not BAD.exists(), reason="the corpus of bad inputs is not here")
@pytest.mark.parametrize(
    ("name", "words"),
    [("026.csv", "026.csv"), ("027.csv", "no row below"), ("032.csv", "crp"), ("008_ward", "008_ward"),
     ("009_patient.csv", "009_patients.csv"), ("062.npz", "pickled"), ("064.npz", "train_labels")],
)  # fmt: skip
def test_bad_tables_are_refused(name, words):
    with pytest.raises(InputError, match=words):
        read(name, BAD)


@pytest.mark.skipif(not BAD.exists(), reason="the corpus of bad inputs is not here")
@pytest.mark.parametrize(
    ("name", "cases"),
    [("028.csv", 150), ("029.csv", 150), ("030.csv", 150), ("031.csv", 150), ("033.csv", 150), ("034.csv", 149),
     ("065.csv", 163), ("066.csv", 157), ("067.csv", 167), ("068.csv", 161), ("069.csv", 159)],
)  # fmt: skip
def test_odd_tables_lose_no_case_in_silence(name, cases):
    found = read(name, BAD)
    assert len(found) == cases
    assert all(finding.severity in ("note", "aside") for finding in found.findings)


@pytest.mark.parametrize("at", [4, 40, -30, -9])
def test_damaged_parquet_is_a_finding_and_no_panic(tmp_path, at):
    path = tmp_path / "c.parquet"
    pl.DataFrame({"age": range(200), "sex": ["F", "M"] * 100}).write_parquet(path)
    raw = bytearray(path.read_bytes())
    raw[at : at + 6 or None] = b"\xff" * len(raw[at : at + 6 or None])
    path.write_bytes(raw[: -1 if at == 40 else None])
    with contextlib.suppress(InputError):  # damage to a cell may go unseen: the file has no checksum
        assert read(path).frame.height == 200

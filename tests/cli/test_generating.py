"""`iatros generate` as a person types it."""

from __future__ import annotations

import json

import polars as pl
import pytest

STUDY = """name = "language"
[cases]
table = "cases.csv"
[inputs.dna]
kind = "sequence"
column = "dna"
alphabet = "dna"
encoder = { kind = "rnn", cell = "gru", both = false, width = 8 }
[targets.next]
kind = "next"
[split]
kind = "holdout"
[training]
epochs = 1
threads = 1
precision = "float32"
device = "cpu"
[evaluation]
resamples = 100
"""


@pytest.fixture
def run(tmp_path, monkeypatch, typed):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "study.toml").write_text(STUDY, "utf-8")
    letters = "ACGTTGCAACCGGTTAAC"
    pl.DataFrame({"dna": [letters[i % 7 :] + letters[: i % 11] for i in range(60)]}).write_csv("cases.csv")
    assert typed("run", "study.toml", "--quiet")[0] == 0
    return "runs/language"


def test_files_of_each_form_are_written_and_none_is_overwritten(run, typed, tmp_path):
    status, out, _ = typed("generate", run, "-n", "5", "--temperature", ".8", "--nucleus", ".95", "-o", "out.fasta")
    assert status == 0
    assert "5 sequences written" in out
    assert "-> out.fasta" in out
    written = (tmp_path / "out.fasta").read_text("utf-8")
    assert written.count(">written_") == 5
    status, _, told = typed("generate", run, "-o", "out.fasta")
    assert status == 1
    assert "already" in told
    assert (tmp_path / "out.fasta").read_text("utf-8") == written

    status, out, _ = typed("generate", run, "-n", "5", "-o", "out.csv", "--json")
    told = json.loads(out)
    assert (status, told["count"], told["out"]) == (0, 5, "out.csv")
    assert told["judgement"]["valid"] == 1
    assert pl.read_csv("out.csv").columns == ["sequence", "log_likelihood", "ended"]

    assert typed("generate", run, "-n", "3", "-o", "out.txt")[0] == 0
    assert len((tmp_path / "out.txt").read_text("utf-8").splitlines()) == 3
    status, _, told = typed("generate", run, "-o", "out.docx")
    assert status == 1
    assert ".fasta, .fa, .smi, .txt, .csv" in told
    assert typed("generate", run, "--nucleus", "2", "-o", "no.txt")[0] == 1
    assert not (tmp_path / "no.txt").exists()

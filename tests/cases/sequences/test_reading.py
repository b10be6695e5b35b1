"""Reading sequences: there and back through every packing, and every row of the policy's table."""

from __future__ import annotations

import gzip
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatros.cases.sequences import Policy, Records, read, stream, write
from iatros.findings import InputError


def made(texts, names=None, descriptions=None, qualities=None):
    """Records of these letters."""
    lengths = [len(text) for text in texts]
    rows = np.arange(1, len(texts) + 1)
    names = names or [f"s{i}" for i in range(len(texts))]
    offsets = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    joined = "".join(texts).encode()
    return Records(tuple(names), tuple(descriptions or [""] * len(texts)), joined, offsets, rows, rows, qualities)


@pytest.fixture
def file(tmp_path):
    """Write bytes, give the path."""

    def write_bytes(content, name="x.fasta"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write_bytes


def checks(reading):
    return {finding.check: finding for finding in reading.findings}


PROTEINS = st.lists(st.text("ACDEFGHIKLMNPQRSTVWY", min_size=1, max_size=200), min_size=1, max_size=20, unique=True)
DESCRIPTIONS = st.text("abc XYZ|=;>@", max_size=20).map(lambda text: " ".join(text.split()))


@settings(max_examples=60, deadline=None)
@given(PROTEINS, st.sampled_from(["plain", "gzip", "bgzip"]), st.integers(0, 90), st.sampled_from(["\n", "\r\n"]), st.data())
def test_what_is_written_is_read_again_however_wrapped_and_packed(texts, packing, width, line_end, data):
    told = [data.draw(DESCRIPTIONS) for _ in texts]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.name"
        write(path, made(texts, descriptions=told), packing, width, line_end)
        found = read(path, "protein").records
    assert found.texts() == texts
    assert found.descriptions == tuple(told)
    assert found.names == tuple(f"s{i}" for i in range(len(texts)))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text("ACGTN", min_size=1, max_size=80), min_size=1, max_size=20, unique=True),
       st.sampled_from(["plain", "gzip", "bgzip"]), st.sampled_from(["\n", "\r\n"]), st.data())  # fmt: skip
def test_qualities_come_back_with_their_letters(texts, packing, line_end, data):
    scores = "".join(data.draw(st.text([chr(i) for i in range(33, 127)], min_size=len(t), max_size=len(t))) for t in texts)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "reads"
        write(path, made(texts, qualities=scores.encode()), packing, line_end=line_end)
        found = read(path, "dna").records
    assert found.texts() == texts
    assert found.qualities == scores.encode()
    assert found.phred(0).tolist() == [ord(sign) - 33 for sign in scores[: len(texts[0])]]


@settings(max_examples=30, deadline=None)
@given(PROTEINS, st.integers(1, 64), st.integers(1, 9))
def test_lots_do_not_depend_on_where_blocks_are_cut(texts, block, width):
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder) / "x"
        write(path, made(texts), width=width, line_end="\r\n")
        patch.setattr("iatros.cases.sequences.streams.BLOCK", block)
        lots = list(stream(path, "protein"))
    assert [text for lot in lots for text in lot.texts()] == texts
    starts = np.cumsum([1, *(1 + -(-len(text) // width) for text in texts[:-1])])
    assert [line for lot in lots for line in lot.lines.tolist()] == starts.tolist()
    assert [number for lot in lots for number in lot.numbers.tolist()] == list(range(1, len(texts) + 1))


POLICY = [
    ("lower case", b">a\nACgt\n>b\nACGTAC\n", ["ACGT", "ACGTAC"], "lower_case", "note", (1,)),
    ("IUPAC codes", b">a\nACGT\n>b\nACRYACGTACGTACGTAC\n", ["ACGT", "ACRYACGTACGTACGTAC"], "ambiguous", "note", (3,)),
    ("U in DNA", b">a\nACGTT\n>b\nACUG\n", ["ACGTT", "ACTG"], "uracil", "note", (3,)),
    ("T in RNA", b">a\nACGUU\n>b\nACTG\n", ["ACGUU", "ACUG"], "uracil", "note", (3,)),
    ("X in DNA", b">a\nACGTACGTACGTAX\n", ["ACGTACGTACGTAN"], "unknown", "note", (1,)),
    ("rare residues", b">a\nMKWUO\n", ["MKWUO"], "rare", "note", (1,)),
    ("J", b">a\nMKWJ\n", ["MKWJ"], "ambiguous", "note", (1,)),
    ("a stop at the end", b">a\nMKW*\n", ["MKW"], "stop", "note", (1,)),
    ("a stop inside", b">a\nMK*W\n>b\nMKW\n", ["MKW"], "stop_inside", "aside", (1,)),
    ("gaps", b">a\nM-K.W\n", ["MKW"], "gaps", "warning", (1,)),
    ("a digit", b">a\nMK1W\n>b\nMKWY\n", ["MKWY"], "letters", "aside", (1,)),
    ("beyond ASCII", ">a\nMKÅW\n>b\nMKWY\n".encode(), ["MKWY"], "letters", "aside", (1,)),
    ("no letters", b">a\n>b\nMKW\n", ["MKW"], "empty_record", "aside", (1,)),
    ("no letters at the end", b">b\nMKW\n>a", ["MKW"], "empty_record", "aside", (3,)),
    ("the same record", b">a\nMKW\n>a\nMKW\n", ["MKW"], "duplicate_record", "aside", (3,)),
    ("the same name", b">a\nMKW\n>a\nMKWY\n", ["MKW", "MKWY"], "duplicate_name", "warning", (3,)),
    ("the same sequence", b">a\nMKW\n>b\nMKW\n", ["MKW", "MKW"], "duplicate_sequence", "warning", (3,)),
    ("the other strand", b">a\nAACGT\n>b\nACGTT\n", ["AACGT", "ACGTT"], "reverse_complement", "warning", (3,)),
    ("text before", b"hello\n\n>a\nMKW\n", ["MKW"], "preamble", "warning", (1,)),
    ("blank lines", b">a\nMK\n\nW\n\n", ["MKW"], "blank_lines", "note", (3, 5)),
    ("blanks inside", b">a\nM K\tW \n", ["MKW"], "blanks", "note", (1,)),
    ("tabs in a header", b">a\tb\nMKW\n", ["MKW"], "tab", "note", (1,)),
    ("no name", b">\nMKW\n", ["MKW"], "nameless", "warning", (1,)),
    ("a lost line end", b">" + b"A" * 70_000 + b"\n>b\nMKW\n", ["MKW"], "long_header", "aside", (1,)),
    ("DNA as protein", b">a\nACGTACGTACGTACGTACGTACGT\n>b\nMKWYDE\n",
     ["ACGTACGTACGTACGTACGTACGT", "MKWYDE"], "nucleotides", "warning", (1,)),
    ("a protein among DNA", b">a\n" + b"ACGT" * 60 + b"\n>b\nMKWFE\n", ["ACGT" * 60], "letters", "aside", (3,)),
    ("three lines of FASTQ", b"@a\nACGT\n+\n@b\nACGT\n+\nIIII\n", ["ACGT"], "broken_record", "aside", (1,)),
    ("fewer qualities", b"@a\nACGT\n+\nIII\n@b\nACGG\n+\nIIII\n", ["ACGG"], "broken_record", "aside", (1,)),
    ("FASTQ cut off", b"@b\nACGT\n+\nIIII\n@a\nACGT\n+", ["ACGT"], "broken_record", "aside", (5,)),
    ("strange qualities", b"@a\nACGT\n+\nII I\n@b\nACGG\n+\nIIII\n", ["ACGG"], "quality", "aside", (1,)),
]  # fmt: skip


def nucleotides(name):
    """Two rows say what they are, for their few letters cannot."""
    return "protein" if name == "DNA as protein" else "auto"


@pytest.mark.parametrize(("name", "content", "texts", "check", "severity", "lines"), POLICY, ids=[row[0] for row in POLICY])
def test_each_row_of_the_policy(file, name, content, texts, check, severity, lines):
    reading = read(file(content), nucleotides(name))
    assert reading.records.texts() == texts
    found = checks(reading)[check]
    assert (found.severity, found.rows) == (severity, lines)
    assert f"line {lines[0]}:" in found.what


@pytest.mark.parametrize("name", ["reads.fasta", "x.gz", "x.fa", "no_suffix"])
def test_names_of_files_mean_nothing(file, name):
    assert read(file(b"@a\nACGT\n+\nIIII\n", name)).records.qualities == b"IIII"
    assert read(file(gzip.compress(b">a\nACGT\n"), name)).records.texts() == ["ACGT"]


@pytest.mark.parametrize(
    "content", [b">a\r\nMK\r\nW\r\n", b">a\rMK\rW\r", b">a\nMK\nW", b"\xef\xbb\xbf>a\nMKW\n", b"; c\n>a\nMKW"]
)
def test_line_ends_marks_and_comments_leave_no_trace(file, content):
    reading = read(file(content))
    assert reading.records.texts() == ["MKW"]
    assert not reading.findings


def test_letters_may_be_hidden_kept_or_set_aside(file):
    path = file(b">a\nACgtRACGTACGTACG\n>b\nACGT\n")
    assert read(path, policy=Policy(lower="unknown")).records.texts()[0] == "ACNNRACGTACGTACG"
    assert read(path, policy=Policy(lower="keep")).records.texts()[0] == "ACgtRACGTACGTACG"
    assert read(path, policy=Policy(ambiguous="unknown")).records.texts()[0] == "ACGTNACGTACGTACG"
    assert read(path, policy=Policy(ambiguous="aside")).records.texts() == ["ACGT"]
    gapped = file(b">a\nMK-W*\n>b\nMKWY\n")
    assert read(gapped, policy=Policy(gaps="aside")).records.texts() == ["MKWY"]
    assert read(gapped, policy=Policy(stops="keep")).records.texts() == ["MKW*", "MKWY"]
    assert read(gapped, policy=Policy(stops="aside")).records.texts() == ["MKWY"]


def test_text_keeps_its_letters(file):
    assert read(file(b">aspirin\nCC(=O)Oc1ccccc1C(=O)O\n"), "text").records.texts() == ["CC(=O)Oc1ccccc1C(=O)O"]


@pytest.mark.parametrize(("content", "words"), [
    (b"", "empty"), (b"   \n\n", "empty"), (b"hello\nworld\n", "no FASTA"), (b"PK\x03\x04zip", "a zip"), (b"BZh9", "bzip2"),
    ("\ufeff>a\nMKW\n".encode("utf-16-le"), "UTF-16"), (b">a\n>b\n", "no sequence is left"), (b"\x89PNG\r\n\x1a\n", "no FASTA"),
])  # fmt: skip
def test_what_holds_no_sequences_is_refused_in_words(file, content, words):
    with pytest.raises(InputError, match=words):
        read(file(content))


def test_a_file_that_is_not_there_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read(tmp_path / "none.fasta")


def test_proteins_declared_dna_are_refused_whole(file):
    with pytest.raises(InputError, match="declared DNA, but its letters are a protein's"):
        read(file(b">a\nMKWVTFISLLFLFSSAYS\n"), "dna")


def test_a_truncated_gzip_gives_what_came_before_and_an_error(file):
    rng = np.random.default_rng(0)
    texts = ["".join(rng.choice(list("ACDEFGHIKLMNPQRSTVWY"), 300)) for _ in range(3_000)]
    whole = "".join(f">s{i}\n{text}\n" for i, text in enumerate(texts)).encode()
    reading = read(file(gzip.compress(whole)[:-200_000]))
    assert checks(reading)["truncated"].severity == "error"
    assert reading.records.texts() == texts[: len(reading.records)]
    assert checks(reading)["cut_off"].rows == (2 * len(reading.records) + 1,)
    with pytest.raises(InputError, match="broken or cut off"):
        read(file(gzip.compress(whole)[:30]))


def test_a_bomb_stops_reading(file, monkeypatch):
    monkeypatch.setattr("iatros.cases.sequences.streams.RATIO_FROM", 2**20)
    reading = read(file(gzip.compress((b">a\n" + b"A" * 100_000 + b"\n") + b">b\n" + b"A" * 40_000_000)), "protein")
    assert checks(reading)["bomb"].severity == "error"
    assert reading.records.names == ("a",)


def test_a_record_beyond_the_limit_is_set_aside_and_the_next_is_read(tmp_path, monkeypatch):
    from iatros.cases.sequences import chunks
    from iatros.cases.sequences.fasta import begin_of_last
    from iatros.cases.sequences.streams import lines
    from iatros.cases.sequences.tally import Tally

    monkeypatch.setattr("iatros.cases.sequences.streams.BLOCK", 50)
    path = tmp_path / "x"
    path.write_bytes(b">a\nMKW\n>b\n" + b"ACDE\n" * 100 + b">c\nWWW\n")
    tally = Tally()
    found = list(chunks.chunks(lines(path, tally), begin_of_last, tally, longest=200))
    assert b"".join(chunk.text for chunk in found) == b">a\nMKW\n>c\nWWW\n"
    assert [finding.rows for finding in tally.findings()] == [(3,)]
    assert found[-1].line == 104


def test_bytes_behind_a_gzip_file_are_told(file):
    assert "trailing" in checks(read(file(gzip.compress(b">a\nMKW\n") + b"rubbish")))
    assert not read(file(gzip.compress(b">a\nMKW\n") + b"\0" * 512)).findings


def test_members_of_gzip_are_one_text(file):
    assert read(file(gzip.compress(b">a\nMK") + gzip.compress(b"W\n"))).records.texts() == ["MKW"]


GENBANK = b"""LOCUS       SCU49845                  12 bp    DNA     linear   PLN 21-JUN-1999
DEFINITION  Saccharomyces cerevisiae TCP1-beta gene,
            partial cds.
ACCESSION   U49845
VERSION     U49845.1  GI:1293613
FEATURES             Location/Qualifiers
     source          1..12
ORIGIN
        1 gatcctccat at
//
LOCUS       SECOND                     4 bp    DNA
ORIGIN
        1 acg
//
LOCUS       THIRD                      5 bp    DNA
CONTIG      join(U49845.1:1..5)
//
LOCUS       FOURTH                     4 bp    DNA
ORIGIN
        1 acgt
//
"""


def test_genbank_gives_versions_definitions_and_letters_of_their_length(file):
    reading = read(file(GENBANK))
    assert reading.records.names == ("U49845.1", "FOURTH")
    assert reading.records.descriptions[0] == "Saccharomyces cerevisiae TCP1-beta gene, partial cds."
    assert reading.records.texts() == ["GATCCTCCATAT", "ACGT"]
    assert reading.records.lines.tolist() == [1, 18]
    entries = [finding for finding in reading.findings if finding.check == "entry"]
    assert [finding.rows for finding in entries] == [(11,), (15,)]
    assert "record 2, line 11" in entries[0].what


def test_copies_are_told_when_streaming_too(file):
    source = stream(file(b">a\nAACGT\n>b\nACGTT\n>a\nAACGT\n"), copies=True)
    assert sum(len(lot) for lot in source) == 3
    assert {finding.check for finding in source.findings} == {"duplicate_record", "reverse_complement"}

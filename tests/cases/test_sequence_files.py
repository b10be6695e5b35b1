"""Files of sequences as cases: columns of the headers, and what reading found."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatros.cases import read
from iatros.cases.sequence_files import fields_of
from iatros.findings import InputError

FLIP = Path("/work/shared/data/sequences/flip_secondary_structure/splits.zip")
PROTEINS = b""">one SET=train VALIDATION=False TARGET=1.5
MKWVTFISLLFLFSSAYSRGVFRRDAHK
>two SET=train VALIDATION=True TARGET=-2
MKWVTFISLLFLFSSAYSRG
VFRRDAHKSEV
>three SET=test VALIDATION=False
mkwvtfisllflfss
"""
GENBANK = b"""LOCUS       SCU49845                  12 bp    DNA     linear   PLN 21-JUN-1999
DEFINITION  Saccharomyces cerevisiae TCP1-beta gene,
            partial cds.
VERSION     U49845.1
SOURCE      Saccharomyces cerevisiae (baker's yeast)
  ORGANISM  Saccharomyces cerevisiae
            Eukaryota; Fungi.
FEATURES             Location/Qualifiers
     source          1..12
                     /organism="Saccharomyces cerevisiae"
ORIGIN
        1 gatcctccat at
//
"""


@pytest.mark.parametrize("name", ["a.fasta", "a.fa.gz"])
def test_each_record_is_a_case_with_the_fields_of_its_header(tmp_path, name):
    (tmp_path / name).write_bytes(gzip.compress(PROTEINS) if name.endswith("gz") else PROTEINS)
    cases = read(name, tmp_path)
    frame = cases.frame
    assert frame.columns == ["id", "description", "sequence", "SET", "VALIDATION", "TARGET", "part"]
    assert frame["id"].to_list() == ["one", "two", "three"]
    assert frame["sequence"][1] == "MKWVTFISLLFLFSSAYSRGVFRRDAHKSEV"
    assert frame["TARGET"].to_list() == [1.5, -2.0, None]
    assert frame["part"].to_list() == ["train", "validation", "test"]
    assert cases.rows.tolist() == [1, 3, 6]
    (note,) = cases.findings
    assert (note.check, note.rows, note.file) == ("lower_case", (6,), name)


def test_what_is_set_aside_is_counted_and_told(tmp_path):
    more = b">four\n\n>five\nMK?VTF\n>one SET=train\nMKWVTFISLLFLFSSAYSRGVFRRDAHK\n"
    (tmp_path / "a.fasta").write_bytes(PROTEINS + more)
    cases = read("a.fasta", tmp_path)
    assert len(cases) == 3
    assert (cases.flow[0].entered, cases.flow[0].excluded) == (6, 3)
    aside = {finding.check: finding.rows for finding in cases.findings if finding.severity == "aside"}
    assert aside == {"empty_record": (8,), "letters": (10,), "duplicate_record": (12,)}


def test_genbank_gives_the_definition_and_the_organism(tmp_path):
    (tmp_path / "a.gb").write_bytes(GENBANK)
    (row,) = read("a.gb", tmp_path).frame.to_dicts()
    assert row == {
        "id": "U49845.1",
        "description": "Saccharomyces cerevisiae TCP1-beta gene, partial cds.",
        "sequence": "GATCCTCCATAT",
        "organism": "Saccharomyces cerevisiae",
    }


def test_fastq_is_read_without_its_qualities(tmp_path):
    (tmp_path / "a.fastq").write_bytes(b"@r1 barcode=x\nACGT\n+\nIIII\n@r2 barcode=y\nTTGT\n+\nIIII\n")
    assert read("a.fastq", tmp_path).frame.rows() == [("r1", None, "ACGT", "x"), ("r2", None, "TTGT", "y")]


@pytest.mark.parametrize(
    ("header", "words", "fields"),
    [
        ("a kinase OS=Homo sapiens GN=CD6 PE=4", "a kinase", {"OS": "Homo sapiens", "GN": "CD6", "PE": "4"}),
        ("TP53 [organism=Homo sapiens] [gcode=1]", "TP53", {"organism": "Homo sapiens", "gcode": "1"}),
        ("label=1;set=train", None, {"label": "1", "set": "train"}),
        ('|name="a b"|n=2', None, {"name": "a b", "n": "2"}),
        ("GO=1 GO=7", None, {"GO": "1;7"}),
        ("n=", None, {"n": None}),
        ("binds a=b>c, or so", "binds", {"a": "b>c, or so"}),
        ("at 5=6", "at 5=6", {}),
    ],
)
def test_headers_of_several_habits_are_understood(header, words, fields):
    assert fields_of([header]) == ([words], {key: [value] for key, value in fields.items()})


def test_a_key_of_a_few_headers_stays_in_the_description():
    words, fields = fields_of([f"protein {i} kind=x" for i in range(99)] + ["where k=5 kind=y"])
    assert list(fields) == ["kind"]
    assert words[-1] == "where k=5"


@given(st.dictionaries(st.from_regex(r"[A-Za-z]\w{0,5}", fullmatch=True), st.from_regex(r"\w{1,8}( \w{1,8})?", fullmatch=True)))
def test_fields_that_are_written_are_read(fields):
    header = " ".join(f"{key}={value}" for key, value in fields.items())
    assert fields_of([header])[1] == {key: [value] for key, value in fields.items()}


def test_a_header_field_never_takes_a_column_of_ours(tmp_path):
    (tmp_path / "a.fasta").write_bytes(b">a id=7 sequence=x\nACGT\n>b id=8 sequence=y\nACGG\n")
    frame = read("a.fasta", tmp_path).frame
    assert frame.columns == ["id", "description", "sequence", "header_id", "header_sequence"]
    assert frame["header_id"].to_list() == [7, 8]


def test_a_file_without_sequences_is_named_as_the_user_wrote_it(tmp_path):
    (tmp_path / "a.fasta").write_bytes(b"name,age\nx,1\n")
    with pytest.raises(InputError, match=r"^a\.fasta: this is no FASTA"):
        read("a.fasta", tmp_path)


@pytest.mark.skipif(not FLIP.exists(), reason="the shared data are not here")
def test_flips_published_split_is_the_column_part(tmp_path):
    with zipfile.ZipFile(FLIP) as archive:
        (tmp_path / "sampled.fasta").write_bytes(archive.read("splits/sampled.fasta"))
    parts = read("sampled.fasta", tmp_path).frame["part"].value_counts()
    assert dict(parts.iter_rows()) == {"train": 9712, "validation": 1080, "test": 364}

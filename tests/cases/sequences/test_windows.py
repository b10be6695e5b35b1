"""Windows around variants: the alternative is what editing the chromosome by hand gives."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatros.cases.sequences import Tally, index, variant_windows
from iatros.cases.sequences.variants import left_aligned
from iatros.findings import InputError

HEAD = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\n"
GENOME = "acgtACGTTTGACCAGGATCCAGTACG"


def found(folder, lines, width=8, genome=GENOME):
    """All windows of a VCF's lines, and the findings by check."""
    (folder / "g.fa").write_text(f">chr1\n{genome}\n")
    (folder / "v.vcf").write_text(HEAD + "".join(f"{line}\n" for line in lines))
    tally = Tally("v.vcf")
    lots = list(variant_windows(folder / "v.vcf", index(folder / "g.fa"), width, tally))
    pairs = [
        (r.tobytes().decode(), a.tobytes().decode())
        for lot in lots
        for r, a in zip(lot.reference, lot.alternative, strict=True)
    ]
    return pairs, {finding.check: finding for finding in tally.findings()}


@settings(max_examples=80, deadline=None)
@given(st.text("ACGT", min_size=1, max_size=60), st.integers(4, 30), st.data())
def test_the_alternative_is_the_chromosome_edited_by_hand(genome, width, data):
    begin = data.draw(st.integers(0, len(genome) - 1))
    room = width - width // 2
    old = genome[begin : begin + data.draw(st.integers(1, room))]
    new = data.draw(st.text("ACGT", min_size=1, max_size=room).filter(lambda text: text != old))
    with tempfile.TemporaryDirectory() as folder:
        pairs, _ = found(Path(folder), [f"chr1\t{begin + 1}\t.\t{old}\t{new}"], width, genome)
    flank = "N" * 100
    edited = flank + genome[:begin] + new + genome[begin + len(old) :] + flank
    left = 100 + begin - width // 2
    assert pairs == [((flank + genome + flank)[left : left + width], edited[left : left + width])]


def test_an_snv_a_deletion_and_an_insertion_by_hand(tmp_path):
    pairs, checks = found(tmp_path, ["chr1\t12\ta\tA\tG", "chr1\t12\tb\tACC\tA", "chr1\t12\tc\tA\tATT"])
    assert pairs == [("TTTGACCA", "TTTGGCCA"), ("TTTGACCA", "TTTGAAGG"), ("TTTGACCA", "TTTGATTC")]
    assert not checks


ASIDE = [
    ("chr1\t12\t.\tG\tT", "reference_mismatch", "REF is not what the reference has"),
    ("chr1\t12\t.\tA\tG,T", "multi_allelic", "several alternative alleles"),
    ("chr1\t12\t.\tA\t<DEL>", "symbolic", "symbolic"),
    ("chr1\t12\t.\tA\t*", "symbolic", "symbolic"),
    ("chr1\t12\t.\tA\t.", "symbolic", "symbolic"),
    ("chr1\t12\t.\tA\tA[chr2:5[", "symbolic", "symbolic"),
    ("chr1\t12\t.\tA\tU", "alleles", "other letters"),
    ("chr1\t12\t.\tA\tA", "same_allele", "equals the reference"),
    ("1\t12\t.\tA\tG", "chromosome", "no such chromosome"),
    ("chr1\t99\t.\tA\tG", "position", "beyond the chromosome's end"),
    ("chr1\t0\t.\tA\tG", "vcf_line", "with a position from 1"),
    ("chr1\tx\t.\tA\tG", "vcf_line", "with a position from 1"),
    ("chr1\t" + "9" * 5000 + "\t.\tA\tG", "vcf_line", "with a position from 1"),
    ("chr1 12 . A G", "vcf_line", "with a position from 1"),
    ("chr1\t12\t.\tA\tACCCCCC", "long_allele", "longer than the window's right half"),
]


@pytest.mark.parametrize(("line", "check", "words"), ASIDE, ids=[row[0][:30] for row in ASIDE])
def test_what_is_set_aside_says_why_and_where_and_the_rest_goes_on(tmp_path, line, check, words):
    pairs, checks = found(tmp_path, [line, "chr1\t12\tgood\tA\tG"])
    assert len(pairs) == 1
    assert (checks[check].severity, checks[check].rows) == ("aside", (3,))
    assert words in checks[check].what


def test_an_allele_that_could_stand_further_left_is_told_and_kept(tmp_path):
    pairs, checks = found(tmp_path, ["chr1\t9\t.\tTT\tT"])
    assert pairs == [("ACGTTTGA", "ACGTTGAC")]
    assert (checks["left_aligned"].severity, checks["left_aligned"].rows) == ("warning", (3,))


@pytest.mark.parametrize(("reference", "alternative", "is_so"), [
    ("A", "G", True), ("CA", "C", True), ("C", "CA", True), ("AA", "A", False), ("GCA", "GTA", False), ("CAG", "CT", False),
    ("AC", "GT", True),
])  # fmt: skip
def test_left_alignment_is_that_of_tan_and_others(reference, alternative, is_so):
    assert left_aligned(reference, alternative) is is_so


def test_small_letters_of_the_reference_match_and_ends_are_filled(tmp_path):
    pairs, checks = found(tmp_path, ["chr1\t2\t.\tC\tT"])
    assert pairs == [("NNNACGTA", "NNNATGTA")]
    assert checks["padded"].severity == "note"


def test_a_file_that_is_no_vcf_is_refused(tmp_path):
    (tmp_path / "g.fa").write_text(">chr1\nACGT\n")
    for text, words in (("chr1\t1\t.\tA\tG\n", "no VCF"), ("##fileformat=VCFv4.2\n", "no line #CHROM")):
        (tmp_path / "v.vcf").write_text(text)
        with pytest.raises(InputError, match=words):
            list(variant_windows(tmp_path / "v.vcf", index(tmp_path / "g.fa"), 8, Tally()))

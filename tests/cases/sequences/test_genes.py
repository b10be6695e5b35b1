"""The genes of variants, by a key of INFO or a BED file."""

from __future__ import annotations

import pytest

from iatros.cases.sequences import Tally
from iatros.cases.sequences.genes import genes_by
from iatros.cases.sequences.variants import stream_variants
from iatros.findings import InputError

ROWS = (
    "chr1\t5\ta\tA\tC\t.\t.\tAF=0.1;GENE=ONE",
    "chr1\t10\tb\tAC\tA\t.\t.\tGENE=ONE,TWO",
    "chr1\t30\tc\tA\tC\t.\t.\tGENE=.",
    "chr2\t5\td\tA\tC",
    "chr1\t6\te\tA\tC\t.\t.\tGENEINFO=ONE:1|TWO:2;XGENE=NO",
)


@pytest.fixture
def variants(tmp_path):
    path = tmp_path / "calls.vcf"
    path.write_text("\n".join(["##fileformat=VCFv4.2", "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO", *ROWS, ""]))
    (found,) = stream_variants(path, Tally(str(path)))
    return found


def test_a_key_of_info_names_genes(variants):
    assert genes_by("GENE", Tally())(variants) == [("ONE",), ("ONE", "TWO"), (), (), ()]


def test_what_clinvar_writes_is_read(variants):
    assert genes_by("GENEINFO", Tally())(variants)[-1] == ("ONE", "TWO")


def test_a_bed_file_names_genes_from_zero_and_without_the_end(variants, tmp_path):
    bed = tmp_path / "genes.bed"
    bed.write_text("track name=x\nchr1\t0\t5\tONE\t0\t+\nchr1\t10\t20\tTWO\nchr1\t4\t9\tTHREE\nchr3\t0\t99\tFOUR\n")
    tally = Tally(str(bed))
    assert genes_by(str(bed), tally)(variants) == [("ONE", "THREE"), ("TWO",), (), (), ("THREE",)]
    assert tally.findings() == ()


def test_broken_lines_of_a_bed_file_are_set_aside_by_line(variants, tmp_path):
    bed = tmp_path / "genes.bed"
    bed.write_text("chr1\t0\t5\nchr1\t9\t3\tX\nchr1 0 5 X\nchr1\t0\t50\tONE\n")
    tally = Tally(str(bed))
    assert genes_by(str(bed), tally)(variants)[0] == ("ONE",)
    (finding,) = tally.findings()
    assert finding.rows == (1, 2, 3)


def test_a_bed_file_without_genes_is_refused(tmp_path):
    bed = tmp_path / "genes.bed"
    bed.write_text("chr1\t0\t5\n")
    with pytest.raises(InputError, match="names no gene"):
        genes_by(str(bed), Tally(str(bed)))


def test_a_file_that_is_not_there_is_refused():
    with pytest.raises(InputError, match="cannot be read"):
        genes_by("there/is/none.bed", Tally("none.bed"))


def test_tables_of_transcripts_are_refused_with_what_to_do():
    with pytest.raises(InputError, match=r"bcftools \+split-vep"):
        genes_by("CSQ", Tally())

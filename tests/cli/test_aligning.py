"""`iatros align` and `iatros search` as a person types them."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pytest

from iatros.align import named
from iatros.cli.drawing import similar

ALBUMIN = "MKWVTFISLLFLFSSAYSRGVFRRDAHKSEVAHRFKDLGEENFKALVLIAFAQYLQQC"
OTHER = "MKWVTFLLLLFISGSAFSRGVFRREAHKSEIAHRYNDLGEQHFKGLVLIAFSQYLQKC"
PROMOTER = "ACGTTGCAAGTCCGATTAGCATTACGGATCCAGTTTACGACCATGA"
TURNED = "TCATGGTCGTAAACTGGATCCGTAATGCTAATCGGACTTGCAACGT"


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    files = {
        "a": f">q1 first\n{ALBUMIN}\n>q2\nPPPPPPPP\n",
        "b": f">t1\n{OTHER}\n>t2\nMNQRSTDDDEEWWHH\n>t3\n{ALBUMIN}\n",
        "dna": f">forward\n{PROMOTER}\n",
        "turned": f">back\nGG{TURNED}C\n",
        "bad": ">a\nMK1W\n",
    }
    for name, text in files.items():
        (tmp_path / f"{name}.fasta").write_text(text)
    return tmp_path


def test_a_search_lists_the_best_targets_of_each_query(desk, typed):
    status, out, err = typed("search", "a.fasta", "b.fasta")
    head, *rows = out.splitlines()
    assert status == 0
    assert "identity (columns)" in head
    itself = sum(named("BLOSUM62").score(letter, letter) for letter in ALBUMIN)
    assert [row.split()[:3] for row in rows][:2] == [["q1", "t3", str(itself)], ["q1", "t1", "240"]]
    assert not err


def test_align_shows_every_pair(desk, typed):
    _, out, _ = typed("align", "a.fasta", "b.fasta")
    assert len(out.splitlines()) == 1 + 2 * 3
    _, out, _ = typed("align", "a.fasta", "b.fasta", "--top", 1)
    assert len(out.splitlines()) == 1 + 2


def test_json_is_one_document_with_the_definition_of_identity(desk, typed):
    _, out, _ = typed("search", "a.fasta", "b.fasta", "--json", "--identity", "shorter", "--top", 1)
    first = json.loads(out)[0]
    assert (first["query"], first["target"], first["cigar"]) == ("q1", "t3", f"{len(ALBUMIN)}=")
    assert (first["identity"], first["identity_by"], first["query_to"]) == (1, "shorter", len(ALBUMIN))
    assert first["e_value"] == pytest.approx(0.041 * first["search_space"] * 2.718281828459045 ** (-0.267 * first["score"]))


def test_global_alignments_have_no_e_value(desk, typed):
    _, out, _ = typed("align", "a.fasta", "b.fasta", "--json")
    assert {row["e_value"] for row in json.loads(out)} == {None}


def test_blast_columns_add_up(desk, typed):
    _, out, _ = typed("search", "a.fasta", "b.fasta", "--format", "blast")
    cells = out.splitlines()[1].split("\t")
    assert len(cells) == 12
    assert cells[:2] == ["q1", "t1"]
    length, mismatches, opened = map(int, cells[3:6])
    assert float(cells[2]) == pytest.approx(100 * (length - mismatches) / length, abs=1e-3)
    assert opened == 0
    assert cells[6:10] == ["1", "58", "1", "58"]


def test_sam_takes_every_letter_of_the_query_and_marks_what_is_not_found(desk, typed):
    _, out, _ = typed("search", "a.fasta", "b.fasta", "--format", "sam", "--min-score", 100)
    lines = [line.split("\t") for line in out.splitlines() if not line.startswith("@")]
    assert [line[1] for line in lines] == ["0", "256", "4"]
    for line in lines[:2]:
        assert sum(int(n) for n, sign in re.findall(r"(\d+)([=XIS])", line[5])) == len(line[9])
    assert out.count("@SQ") == 3


def test_the_other_strand_is_found_with_positions_along_the_query_as_given(desk, typed):
    _, out, _ = typed("search", "dna.fasta", "turned.fasta", "--both-strands", "--json")
    (hit,) = json.loads(out)
    assert (hit["strand"], hit["score"], hit["query_from"], hit["query_to"]) == (-1, 2 * len(PROMOTER), len(PROMOTER), 1)
    assert (hit["target_from"], hit["target_to"]) == (3, 2 + len(PROMOTER))
    _, out, _ = typed("search", "dna.fasta", "turned.fasta", "--both-strands", "--format", "blast")
    assert out.split("\t")[6:10] == ["1", "46", "48", "3"]
    _, out, _ = typed("search", "dna.fasta", "turned.fasta", "--both-strands", "--format", "sam")
    assert out.splitlines()[-1].split("\t")[:4] == ["forward", "16", "back", "3"]
    assert out.splitlines()[-1].split("\t")[9] == TURNED


def test_pretty_shows_the_letters_one_above_the_other(desk, typed):
    _, out, _ = typed("search", "a.fasta", "b.fasta", "--format", "pretty", "--top", 1)
    assert f"  query   1 {ALBUMIN} 58" in out.splitlines()
    assert f"            {'|' * 58}" in out.splitlines()


def test_semi_global_finds_the_query_inside_the_target(desk, typed):
    (desk / "part.fasta").write_text(f">part\n{OTHER[10:30]}\n")
    _, out, _ = typed("align", "part.fasta", "b.fasta", "--mode", "semi-global", "--top", 1, "--json")
    (hit,) = json.loads(out)
    assert (hit["target"], hit["target_from"], hit["target_to"], hit["cigar"]) == ("t1", 11, 30, "20=")


def test_costs_and_matrices_are_taken(desk, typed):
    costs = ("--matrix", "5/-4", "--gap-open", 10, "--gap-extend", 1)
    _, out, _ = typed("align", "dna.fasta", "dna.fasta", *costs, "--json")
    assert json.loads(out)[0]["score"] == 5 * len(PROMOTER)


def test_nothing_found_is_said_and_is_no_fault(desk, typed):
    status, out, err = typed("search", "a.fasta", "b.fasta", "--min-score", 5000)
    assert (status, len(out.splitlines())) == (0, 1)
    assert "no pair is as good" in err


@pytest.mark.parametrize(("words", "told"), [
    (("a.fasta", "none.fasta"), "cannot be read"),
    (("a.fasta", "dna.fasta"), "a.fasta holds proteins, dna.fasta nucleotides"),
    (("bad.fasta", "b.fasta"), "no letter of a protein"),
    (("a.fasta", "b.fasta", "--matrix", "BLOSUM99"), "there is no matrix"),
    (("a.fasta", "b.fasta", "--gap-open", "1", "--gap-extend", "2"), "opening a gap costs 1"),
    (("a.fasta", "b.fasta", "--mode", "semi-global", "--free", "left"), "there is no end"),
    (("a.fasta", "b.fasta", "--both-strands"), "nucleotides"),
    (("a.fasta", "b.fasta", "--mode", "global", "--max-evalue", "1"), "no theory"),
])  # fmt: skip
def test_faults_of_files_and_options_end_with_1_and_their_words(desk, typed, words, told):
    status, out, err = typed("align", *words)
    assert (status, out) == (1, "")
    assert told in err


def test_unknown_formats_are_faults_of_the_command_line(desk, typed):
    assert typed("align", "a.fasta", "b.fasta", "--format", "xml")[0] == 2


def test_a_truncated_file_stops_a_search(desk, typed):
    import gzip
    import random

    letters = random.Random(0).choices("ACDEFGHIKLMNPQRSTVWY", k=400_000)
    text = "".join(f">s{i}\n{''.join(letters[i * 400 : i * 400 + 400])}\n" for i in range(1_000))
    (desk / "cut.gz").write_bytes(gzip.compress(text.encode())[:-100_000])
    status, _, err = typed("search", "a.fasta", "cut.gz")
    assert status == 1
    assert "broken or cut off" in err


def test_names_steer_no_terminal(desk, typed):
    (desk / "odd.fasta").write_bytes(b">\x1b[31mred\n" + ALBUMIN.encode() + b"\n")
    _, out, err = typed("search", "odd.fasta", "b.fasta")
    assert "\x1b" not in out + err


def test_pairs_are_drawn_as_files_that_any_program_opens(desk, typed):
    status, _, err = typed("search", "a.fasta", "b.fasta", "--pictures", "drawn")
    assert status == 0
    assert "pictures in drawn" in err
    names = sorted(path.name for path in (desk / "drawn").iterdir())
    assert names[:2] == ["01-q1-t3-alignment.svg", "01-q1-t3-dots.svg"]
    for path in (desk / "drawn").iterdir():
        root = ElementTree.fromstring(path.read_text("utf-8"))  # our own
        assert root.find("{*}title").text
        assert "class=" not in path.read_text("utf-8")


def test_the_other_strand_is_drawn_turned(desk, typed):
    typed("align", "dna.fasta", "turned.fasta", "--mode", "local", "--both-strands", "--pictures", "drawn")
    dots = (desk / "drawn" / "01-forward-back-dots.svg").read_text("utf-8")
    assert "1 on the other" in dots
    assert "other strand" in dots
    view = (desk / "drawn" / "01-forward-back-alignment.svg").read_text("utf-8")
    assert ">46</text>" in view
    assert f"{len(PROMOTER)} of {len(PROMOTER)} columns are equal" in view


@pytest.mark.parametrize(
    ("query", "target", "mark"), [("A", "A", "|"), ("I", "V", "+"), ("I", "D", " "), ("-", "D", " "), ("U", "C", " ")]
)
def test_letters_are_marked_equal_or_similar(query, target, mark):
    assert similar(named("BLOSUM62"), query, target) == mark

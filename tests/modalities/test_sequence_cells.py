"""Cells of letters: what is told of them, and what is packed. Rows are those of the user's file: the first case is row 2."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatros.contracts import Cells
from iatros.modalities.alphabets import spelled
from iatros.modalities.sequence_cells import LONGEST, LONGEST_TEXT, check_cells, pack_cells, plan_cells, text_of, written

PROTEIN = "ACDEFGHIKLMNPQRSTVWY" * 2


def cells(*letters):
    return Cells(pl.DataFrame({"letters": list(letters)}, {"letters": pl.String}), np.arange(len(letters)) + 2, "cases.csv")


def checked(given, alphabet=None, longest=None):
    """check -> finding."""
    plan = plan_cells(written(given, "letters"), alphabet, longest)
    return {finding.check: finding for finding in check_cells(given, "letters", plan)}


def packed(given, alphabet=None, longest=None):
    return pack_cells(given, "letters", plan_cells(written(given, "letters"), alphabet, longest))


def spelled_out(given, alphabet):
    found = packed(given, alphabet)
    spans = zip(found["starts"].tolist(), found["lengths"].tolist(), strict=True)
    return [spelled(found["signs"][begin : begin + length], alphabet) for begin, length in spans]


def test_a_plan_holds_what_is_read_and_whether_all_are_of_one_length():
    plan = plan_cells(["ACGT", "", "ACGA"], None, None)
    assert (plan.alphabet, plan.longest, plan.even) == ("dna", 4, 4)
    plan = plan_cells(["ACGT", "ACGTA"], None, None)
    assert (plan.longest, plan.even) == (5, 0)
    assert plan_cells(["ACGT", "ACGTA"], None, 3).longest == 3
    assert plan_cells(["A" * 5_000], None, None).longest == LONGEST
    assert plan_cells(["a cough and a cold"], None, None).longest == LONGEST_TEXT
    assert plan_cells([], None, None).longest == 1


@pytest.mark.parametrize(
    ("alphabet", "given", "read", "check", "severity"),
    [
        ("dna", "acgT", "ACGT", "lower_case", "note"),
        ("dna", "ACGU", "ACGT", "uracil", "note"),
        ("rna", "ACGT", "ACGU", "uracil", "note"),
        ("dna", "ACXT", "ACNT", "unknown", "note"),
        ("dna", "ACNRT", "ACNNT", "ambiguous", "note"),
        ("protein", "MKBX", "MKXX", "ambiguous", "note"),
        ("protein", "MKUO", "MKUO", "rare", "note"),
        ("protein", "MKV*", "MKV", "stop", "note"),
        ("protein", "MK*V", "", "stop_inside", "aside"),
        ("protein", "ACGT" * 5, "ACGT" * 5, "nucleotides", "warning"),
        ("dna", "AC-G.T", "ACGT", "gaps", "warning"),
        ("dna", "AC GT\tA", "ACGTA", "blanks", "note"),
        ("dna", "ACGT\r\nACGT\n", "ACGTACGT", "blanks", "note"),
        ("dna", "ACG4", "", "letters", "aside"),
        ("dna", "ACGé", "", "letters", "aside"),
        ("dna", "MKVLLAAWWPE", "", "letters", "aside"),
        ("dna", "", "", "empty_sequence", "warning"),
        ("dna", "  ", "", "empty_sequence", "warning"),
        ("dna", "--", "", "empty_record", "aside"),
    ],
)
def test_signs_are_read_by_the_policy_of_sequence_files_and_the_row_is_named(alphabet, given, read, check, severity):
    plain = PROTEIN if alphabet == "protein" else "AAAA"
    column = cells(plain, given, plain)
    found = checked(column, alphabet)[check]
    assert (found.severity, found.rows, found.file, found.column) == (severity, (3,), "cases.csv", "letters")
    assert spelled_out(column, alphabet)[1] == read
    assert packed(column, alphabet).present.tolist() == [True, bool(read), True]


def test_findings_speak_of_cells_and_count_what_they_found():
    found = checked(cells("ACG4", "ACGT", "AC!T"), "dna")["letters"]
    assert found.what == 'a cell holds a sign that is no letter of DNA, such as "4"'
    assert (found.rows, found.count) == ((2, 4), 2)


def test_an_empty_cell_is_not_present_and_said_once():
    found = checked(cells("ACGT", None, "ACGA", ""))
    assert [finding.rows for finding in found.values()] == [(3, 5)]
    assert found["empty_sequence"].what == "2 cells are without letters"


@pytest.mark.parametrize("none", [[None, ""], [" "]])
def test_a_column_without_letters_is_an_error(none):
    assert [finding.severity for finding in checked(cells(*none)).values()] == ["error"]


def test_proteins_declared_as_dna_are_refused():
    found = checked(cells(PROTEIN, PROTEIN), "dna")
    assert found["alphabet"].severity == "error"
    assert found["alphabet"].what == "no cell can be read as DNA"


def test_a_single_protein_among_dna_is_set_aside():
    found = checked(cells("ACGT", PROTEIN), "dna")
    assert "alphabet" not in found
    assert (found["letters"].severity, found["letters"].rows) == ("aside", (3,))


def test_cells_longer_than_what_is_read_are_named_by_what_is_left_of_them():
    found = checked(cells("ACGTA", "ACGT", "AC-GT"), "dna", longest=4)["long_sequence"]
    assert found.rows == (2,)
    assert found.what == "1 cell is longer than the 4 positions that are read"


def test_molecules_keep_small_letters_and_brackets():
    assert spelled_out(cells("c1ccccc1C(=O)[O-]"), "smiles") == ["c1ccccc1C(=O)[O-]"]
    assert not checked(cells("c1ccccc1C(=O)[O-]"), "smiles")


@given(st.lists(st.text(max_size=20), min_size=1))
def test_a_text_is_packed_as_it_was_written(texts):
    given = cells(*texts)
    found = packed(given, "text")
    assert [text_of(found, row) for row in range(len(texts))] == written(given, "letters")
    assert found.present.tolist() == [bool(text.strip()) for text in texts]


@given(st.lists(st.text("ACGTN", max_size=9), min_size=1, max_size=8))
def test_cases_lie_end_to_end_with_one_sign_behind_the_last(letters):
    found = packed(cells(*letters), "dna")
    assert len(found["signs"]) == sum(map(len, letters)) + 1
    assert found["signs"][-1] == 0
    assert found["lengths"].tolist() == [len(one) for one in letters]
    assert spelled_out(cells(*letters), "dna") == letters


@given(st.lists(st.text("ACGTNacgt4 -", max_size=9), min_size=2, max_size=8), st.data())
def test_a_cell_is_packed_alike_whatever_stands_beside_it(letters, data):
    alone = data.draw(st.sampled_from(range(len(letters))))
    assert spelled_out(cells(*letters), "dna")[alone] == spelled_out(cells(letters[alone]), "dna")[0]


@pytest.mark.parametrize(
    ("texts", "alphabet", "even", "placed"),
    [
        (["ACGT", "AAAA"], "dna", 4, 4),
        (["MK-L", "MKQL"], "protein", 0, 0),
        (["MKL*", "MKQ*"], "protein", 0, 0),
        (["C=O", "C#N"], "smiles", 0, 0),
        (["M" * 60, "K" * 60], "protein", 60, 0),
        (["A" * 300, "C" * 300], "dna", 300, 300),
        (["A" * 301, "C" * 301], "dna", 301, 0),
    ],
)
def test_a_place_means_the_same_in_letters_alone_of_one_length(texts, alphabet, even, placed):
    plan = plan_cells(texts, alphabet, None)
    assert (plan.even, plan.placed) == (even, placed)

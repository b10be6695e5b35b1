"""Cells with a sign for every position. Rows are those of the user's file: the first case is row 2."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatros.contracts import Cells, Learned
from iatros.packed import slices
from iatros.targets import residue_cells
from iatros.targets.residue_cells import RARE


def cells(signs, mask=None):
    columns = {"signs": signs, **({} if mask is None else {"mask": mask})}
    frame = pl.DataFrame(columns, dict.fromkeys(columns, pl.String))
    return Cells(frame, np.arange(len(signs)) + 2, "cases.csv")


def packed(signs, mask=None, long=None, classes="CEH"):
    given = cells(signs, mask)
    texts = residue_cells.read(given, "signs", {})
    counting = residue_cells.masks(given, "mask" if mask else None)
    lengths = None if long is None else np.array(long)
    return residue_cells.packed(given, "signs", texts, counting, Learned(), classes, lengths)


def codes(found):
    return [one.tolist() for one in slices(found, "codes", np.arange(len(found)))]


def checked(signs, mask=None, classes=None, unknown="?"):
    """check -> finding."""
    given = cells(signs, mask)
    texts = residue_cells.read(given, "signs", {})
    found = residue_cells.check(given, "signs", "mask" if mask else None, texts, classes, unknown)
    return {finding.check: finding for finding in found}


@pytest.mark.parametrize(
    ("cell", "read"),
    [("HEC", "HEC"), (" HEC\n", "HEC"), ("H E C", "HEC"), ("HE C", "HE C"), ("", ""), (None, ""), ("H", "H"), ("GEI", "HEH")],
)
def test_signs_stand_end_to_end_or_with_blanks_between(cell, read):
    assert residue_cells.read(cells([cell]), "signs", {"G": "H", "I": "H"}) == [read]


def test_signs_become_codes_in_the_order_of_the_classes_and_others_are_not_known():
    assert codes(packed(["CEH", "H?X", None])) == [[0, 1, 2], [2, -1, -1], []]
    assert packed(["CEH", "H?X", None, "??"]).present.tolist() == [True, True, False, False]


def test_masked_positions_are_not_known():
    found = packed(["CEH", "CEH", "CEH", "CEH"], ["101", "1 1 0", "11", None])
    assert codes(found) == [[0, -1, 2], [0, 1, -1], [0, 1, 2], [0, 1, 2]]
    assert not packed(["CEH"], ["000"]).present.any()


def test_a_mask_of_another_length_is_told_with_its_row():
    found = checked(["CEH" * 99, "CEH", "CEH"], ["1" * 297, "11", None], "CEH")["mask_length"]
    assert (found.severity, found.rows, found.column) == ("warning", (3, 4), "mask")


def test_cases_that_do_not_fit_their_sequence_are_set_aside_with_their_rows():
    found = packed(["CEH", "CE", "CEHH", None, "EE"], long=[3, 3, 3, 3, 0])
    assert codes(found) == [[0, 1, 2], [], [], [], [1, 1]]  # without a sequence there is nothing to compare with
    assert found.present.tolist() == [True, False, False, False, True]
    (told,) = found.findings
    assert (told.severity, told.rows, told.file, told.check) == ("aside", (3, 4), "cases.csv", "lengths_differ")
    assert (
        told.what
        == "2 cases have other numbers of signs than of letters; in the first, there are 2 signs for 3 letters of the sequence"
    )


def test_a_single_misfit_is_told_in_one_sentence():
    (told,) = packed(["CEH", "CE"], long=[3, 4]).findings
    assert told.what == "there are 2 signs for 4 letters of the sequence"
    assert told.rows == (3,)


@given(st.lists(st.text("CEH?X", max_size=9), min_size=1, max_size=6), st.data())
def test_padded_and_flat_codes_are_those_of_each_case(signs, data):
    rows = np.array(data.draw(st.lists(st.sampled_from(range(len(signs))), min_size=1, max_size=6)), np.int64)
    found = packed(signs)
    wanted = [["CEH".find(sign) if sign in "CEH" else -1 for sign in signs[row]] for row in rows]
    flat, case = residue_cells.flat(found, rows)
    assert flat.tolist() == [code for one in wanted for code in one]
    assert case.tolist() == [i for i, one in enumerate(wanted) for _ in one]
    padded = residue_cells.padded(found, rows)
    assert padded.shape == (len(rows), max(1, *(len(one) for one in wanted), 1))
    assert padded.tolist() == [one + [-1] * (padded.shape[1] - len(one)) for one in wanted]


# ---- what is wrong


@pytest.mark.parametrize(
    ("signs", "check"), [([None, ""], "no_truth"), (["??", "?"], "no_truth"), (["HHH", "H?"], "one_class")]
)
def test_truth_from_which_nothing_can_be_learned_is_an_error(signs, check):
    assert {name: found.severity for name, found in checked(signs).items()} == {check: "error"}


def test_cases_without_signs_are_named():
    found = checked(["HE" * RARE, None, ""])
    assert list(found) == ["no_truth"]
    assert (found["no_truth"].severity, found["no_truth"].rows) == ("warning", (3, 4))


def test_signs_that_are_none_of_the_classes_are_named_with_their_rows():
    found = checked(["HE" * RARE, "HGG", "HE"], classes=("H", "E"))["unknown_class"]
    assert (found.severity, found.rows, found.example) == ("warning", (3,), "G")
    assert found.what == '2 positions hold "G", which is none of `classes`'


def test_signs_that_mean_not_known_are_no_class():
    assert not checked(["HE" * RARE, "-H?"], unknown="?-")


def test_a_rare_class_is_told():
    found = checked(["HE" * RARE, "G" * (RARE - 1)])["rare_class"]
    assert found.what == f'only {RARE - 1} positions are of class "G"'
    assert "rare_class" not in checked(["HE" * RARE, "G" * RARE])

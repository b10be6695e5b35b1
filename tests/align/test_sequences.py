"""Letters and their policy: what is read otherwise is noted with its rows, what would shift positions is refused."""

from __future__ import annotations

import numpy as np
import pytest

from iatros.align.matrices import named
from iatros.align.sequences import encode, other_strand, reverse_complement
from iatros.findings import InputError

PROTEIN, DNA = named("BLOSUM62"), named("NUC.4.4")


def spelled(texts, matrix):
    found = encode(texts, matrix)
    return ["".join(matrix.letters[code] for code in found[i]) for i in range(len(found))], found.findings


def test_small_letters_are_capitals_and_noted():
    texts, notes = spelled(["acDE", "WW"], PROTEIN)
    assert texts == ["ACDE", "WW"]
    assert [(note.severity, note.check, note.rows, note.count) for note in notes] == [("note", "lower_case", (1,), 2)]


def test_letters_the_matrix_lacks_are_unknown_and_noted():
    texts, notes = spelled(["AUOJ", "WW", "uA"], PROTEIN)
    assert texts == ["AXXX", "WW", "XA"]
    assert [(note.check, note.rows, note.count) for note in notes] == [("lower_case", (3,), 1), ("unknown_letters", (1, 3), 4)]


def test_uracil_is_thymine():
    texts, notes = spelled(["ACGU"], DNA)
    assert (texts, [note.check for note in notes]) == (["ACGT"], ["uracil"])


def test_nothing_to_note_is_nothing():
    assert encode(["ACDEFGHIKLMNPQRSTVWY*"], PROTEIN).findings == ()


def test_the_other_strand_of_iupac_codes():
    assert reverse_complement("ACGTRYSWKMBDHVN") == "NBDHVKMWSRYACGT"
    assert reverse_complement("acgu") == "ACGU"
    given = encode(["AAC", "GATTACA", "N"], DNA)
    turned = other_strand(given, DNA)
    assert ["".join(DNA.letters[code] for code in turned[i]) for i in range(3)] == ["GTT", "TGTAATC", "N"]
    assert np.array_equal(other_strand(turned, DNA).codes, given.codes)


@pytest.mark.parametrize("sign", [*list("-. \t\n\r0_\x00"), "é", "Ａ"])
def test_signs_that_would_shift_positions_are_refused_with_their_rows(sign):
    with pytest.raises(InputError, match=r"queries, rows 2, 4"):
        encode(["AC", "A" + sign + "C", "W", sign], PROTEIN, "queries")

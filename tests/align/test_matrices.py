"""Matrices are read as NCBI writes them, and refused with the line at fault."""

from __future__ import annotations

import numpy as np
import pytest

from iatros.align.matrices import NAMED, made, match, named, parse, read
from iatros.findings import InputError

SMALL = "# a comment\n   A  C\nA  2 -1\nC -1  3\n"


@pytest.mark.parametrize("name", NAMED)
def test_every_named_matrix_is_symmetric_and_scores_a_letter_best_with_itself(name):
    matrix = named(name)
    assert np.array_equal(matrix.scores, matrix.scores.T)
    real = [matrix.letters.index(letter) for letter in ("ACGT" if matrix.nucleotides else "ARNDCQEGHILKMFPSTWYV")]
    assert all(matrix.scores[i, i] == matrix.scores[i, real].max() > 0 for i in real)


def test_blosum62_has_its_well_known_numbers():
    matrix = named("blosum62")
    pairs = {"WW": 11, "CC": 9, "IV": 3, "DE": 2, "PW": -4, "XA": 0, "**": 1}
    assert {pair: matrix.score(*pair) for pair in pairs} == pairs
    assert (matrix.largest, matrix.smallest, matrix.unknown, matrix.nucleotides) == (11, -4, "X", False)


def test_a_file_in_ncbis_format_is_read(tmp_path):
    (tmp_path / "MINE").write_text(SMALL)
    matrix = read(tmp_path / "MINE")
    assert (matrix.name, matrix.letters, matrix.scores.tolist(), matrix.unknown) == ("MINE", "AC", [[2, -1], [-1, 3]], "")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "holds no matrix"),
        ("A C\nA 1\nC 1 2\n", "row 2: the matrix has 1 scores for 2 letters"),
        ("A C\nA 1 x\nC 1 2\n", 'row 2: the matrix holds "x"'),
        ("A C\nC 1 1\nA 1 2\n", "other letters across than down"),
        ("A A\nA 1 1\nA 1 2\n", "or one twice"),
        ("A C\nA 1 1.5\nC 1 2\n", 'holds "1.5"'),
        ("A C\nA 1 5000\nC 1 2\n", "up to 1,000"),
    ],
)
def test_a_broken_matrix_names_its_line(text, words):
    with pytest.raises(InputError, match=words):
        parse(text)


def test_missing_and_binary_files_are_named(tmp_path):
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="no ASCII"):
        read(tmp_path / "bytes")
    with pytest.raises(InputError, match="cannot be read"):
        read(tmp_path / "none")
    with pytest.raises(InputError, match="there is no matrix"):
        named("BLOSUM63")


def test_match_and_mismatch_leave_the_unknown_letter_at_nothing():
    matrix = match(2, -3)
    assert [matrix.score(*pair) for pair in ("AA", "AC", "AN", "NN")] == [2, -3, 0, 0]
    assert matrix.nucleotides


def test_more_letters_than_a_register_holds_are_refused():
    with pytest.raises(InputError, match="keep to 31"):
        made("wide", "".join(map(chr, range(65, 97))), np.zeros((32, 32), np.int64), "")
    with pytest.raises(InputError, match="one for each pair"):
        made("odd", "AC", np.zeros((2, 3), np.int64), "")

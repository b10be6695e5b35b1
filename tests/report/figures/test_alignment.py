"""Alignments to look at: all letters, their numbers, and marks under equal and similar columns."""

import re

import pytest

from iatros.report.figures.alignment import Side, alignment, told
from iatros.report.figures.strip import CELL, LEFT

QUERY = Side("query", "MKTAY--IAKQR" * 6, first=5)
TARGET = Side("target", "MKSAYLLI-KQR" * 6, first=1)
MIDDLE = "||+||  | |||" * 6


def test_all_letters_are_there_and_numbers_count_letters_only(drawing):
    found = drawing(alignment(QUERY, MIDDLE, TARGET, told(QUERY, MIDDLE, TARGET)))
    rows = ["".join(line.text for line in found.of("tl", "text")[k::2]) for k in (0, 1)]
    assert rows == [QUERY.letters, TARGET.letters]
    numbers = [text for text in found.texts if text.isdigit()]
    assert numbers == ["5", "54", "1", "55", "55", "64", "56", "66"]


def test_numbers_of_the_other_strand_count_down(drawing):
    back = Side("query", "ACGT-ACGT", first=90, way=-1)
    found = drawing(alignment(back, "|||| ||||", Side("target", "ACGTTACGT"), "other strand"))
    assert [text for text in found.texts if text.isdigit()] == ["90", "83", "1", "9"]


def test_equal_columns_are_marked(drawing):
    found = drawing(alignment(Side("a", "ACGT"), "| +|", Side("b", "ATST"), "four columns"))
    bars = re.findall(r"M([\d.]+) [\d.]+h([\d.]+)", found.of("equal")[0].get("d"))
    assert [(float(x), float(width)) for x, width in bars] == [(LEFT, CELL), (LEFT + 3 * CELL, CELL)]
    assert len(found.of("similar")) == 1


def test_lines_of_other_lengths_are_refused():
    with pytest.raises(ValueError, match="4, 3 and 4"):
        alignment(Side("a", "ACGT"), "|||", Side("b", "ACGT"), "")


def test_the_alignment_is_told_in_words():
    assert told(QUERY, MIDDLE, TARGET) == ("query and target: 48 of 72 columns are equal (66.7%), 6 more similar, 12 gaps.")

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatros.cases.delimited import parse, sniff
from iatros.findings import InputError

LETTERS = st.characters(exclude_categories=("Cs",), exclude_characters="\ufeff\0")
CELL = st.text(LETTERS, max_size=8)


@st.composite
def tables(draw):
    width = draw(st.integers(1, 4))
    solid = st.text(st.characters(min_codepoint=97, max_codepoint=122), min_size=1, max_size=5)
    rows = draw(st.lists(st.tuples(solid, *[CELL] * (width - 1)), min_size=1, max_size=6))  # no row is blank
    return [tuple(f"c{i}" for i in range(width)), *rows]


def written(rows, separator=",", newline="\n"):
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator=newline, quoting=csv.QUOTE_ALL).writerows(rows)
    return out.getvalue().encode()


@settings(deadline=None)
@given(tables(), st.sampled_from(",;\t|"), st.sampled_from(["\n", "\r\n"]))
def test_what_the_csv_module_writes_is_read_back_equal(table, separator, newline):
    found = parse(written(table, separator, newline), "cases.csv", separator)
    assert [tuple(found.frame.columns), *found.frame.rows()] == table
    assert found.rows.tolist() == list(range(2, len(table) + 1))


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found_also_beside_commas_in_quotes_and_in_numbers(separator):
    rows = [("id", "crp", "text"), *((f"P{i}", f"{i},5", "a, b; c") for i in range(20))]
    assert sniff(written(rows, separator).decode()) == separator


def test_a_separator_that_excel_wrote_itself_is_believed_and_counts_as_a_row():
    found = parse(b"sep=;\na;b\n1;2\n", "x.csv")
    assert found.frame.rows() == [("1", "2")]
    assert found.rows.tolist() == [3]


def test_blank_rows_are_skipped_and_counted_and_keep_the_numbers_of_the_others():
    found = parse(b"a,b\n1,2\n,\n\n3,4\n\n\n", "x.csv")
    assert found.rows.tolist() == [2, 5]
    assert "4 blank rows" in found.findings[0].what
    assert found.findings[0].rows == (3, 4, 6, 7)


def test_a_line_break_in_quotes_makes_no_row():
    found = parse(b'a,b\n1,"x\ny"\n2,z\n', "x.csv")
    assert found.rows.tolist() == [2, 3]
    assert found.frame["b"].to_list() == ["x\ny", "z"]


def test_ragged_rows_are_set_aside_by_number_and_trailing_separators_are_not_ragged():
    found = parse(b"a,b\n1,2\n1,2,3\n4\n5,6,,\n7,8\n9,9\n", "x.csv")
    assert found.rows.tolist() == [2, 5, 6, 7]
    assert found.records == 6
    assert [(f.severity, f.rows) for f in found.findings] == [("aside", (3,)), ("aside", (4,))]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"a,b\n", "no row below"),
        (b"a,b\n\n,\n", "no row below"),
        (b"a,crp,crp\n1,2,3\n", "`crp`"),
        (b"a,b\n1,2,3\n1,2,3\n", "most rows have 3"),
        (b'a,b\n1,"2\n3,4\n', "never closed"),
        (b"PK\x03\x04 and more", "Excel"),
        (b"PAR1", "Parquet"),
        (b"\xff\xfea\x00,\x00b", "broken"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_the_reason(raw, words):
    with pytest.raises(InputError, match=words):
        parse(raw, "x.csv")


def test_columns_without_a_name_are_called_by_their_place():
    assert parse(b"a,,\n1,2,3\n", "x.csv").frame.columns == ["a", "column_2", "column_3"]


def test_what_was_sniffed_is_a_note_unless_it_is_plain():
    assert not parse(b"a,b\n1,2\n", "x.csv").findings
    notes = parse("a;µ\n1,5;2\n".encode("latin-1"), "x.csv").findings
    assert [note.severity for note in notes] == ["note", "note"]
    assert "Latin-1" in notes[0].what
    assert "semicolons" in notes[0].what
    assert "`a`" in notes[1].what


def test_a_stray_quote_inside_a_cell_does_not_spoil_the_table():
    assert parse(b'a,b\n"x"y,1\n', "x.csv").frame["a"].to_list() == ["xy"]

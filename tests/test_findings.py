"""Findings: what a person reads."""

from __future__ import annotations

from iatros.findings import Finding, InputError, from_source, place, quote, rows_aside, some_rows, worst


def test_a_finding_says_where_what_and_what_to_do():
    finding = Finding("error", '"4o" is not a number', "write a number", file="cases.csv", rows=(64,), column="age")
    assert str(finding) == 'cases.csv, row 64, column `age`: "4o" is not a number; write a number'


def test_a_finding_counts_its_rows_unless_told_otherwise():
    assert Finding("note", "w", "t", rows=(1, 2, 3)).count == 3
    assert Finding("note", "w", "t").count == 1
    assert Finding("note", "w", "t", rows=(1, 2), count=9).count == 9


def test_many_rows_are_shortened_and_none_is_lost():
    rows = tuple(range(2, 1200))
    assert some_rows(rows) == "rows 2, 3, 4 and 1,195 more"
    assert Finding("aside", "w", "t", rows=rows).rows == rows


def test_place_leaves_out_what_is_not_known():
    assert place("", (), "") == ""
    assert place("a.csv", (7,)) == "a.csv, row 7"


def test_a_quoted_value_is_short_and_harmless():
    assert quote("x" * 100_000) == '"' + "x" * 60 + '…"'
    assert "\x1b" not in quote("\x1b[2Jhello")
    assert quote("a\nb") == '"a\\nb"'


def test_the_worst_severity_decides():
    findings = [Finding("note", "w", "t"), Finding("aside", "w", "t", rows=(4, 9)), Finding("warning", "w", "t")]
    assert worst(findings) == "aside"
    assert worst([]) is None
    assert rows_aside(findings) == {4, 9}


def test_a_source_is_added_only_where_there_is_none():
    named = from_source([Finding("note", "w", "t"), Finding("note", "w", "t", source="xray", file="b.csv")], "labs", "a.csv")
    assert [(f.source, f.file) for f in named] == [("labs", "a.csv"), ("xray", "b.csv")]


def test_an_input_error_reads_like_its_finding():
    finding = Finding("error", "what", "todo")
    assert str(InputError(finding)) == "what; todo"

"""Findings in a terminal and as JSON."""

import json

import pytest

from iatros.checks import as_json, counted, from_json, lines, to_json
from iatros.findings import Finding

ASIDE = Finding("aside", "2 images cannot be decoded", "export them again", "c.csv", (118, 4021), "path", "xray")
WARNING = Finding("warning", "w" * 60, "do this", "c.csv", (3,), source="labs")
NOTE = Finding("note", "1 constant column", "left out", source="history")


@pytest.mark.parametrize(
    ("findings", "text"),
    [
        ([], "0 errors · 0 cases set aside · 0 warnings · 0 notes"),
        ([ASIDE, WARNING, WARNING, NOTE], "0 errors · 2 cases set aside · 2 warnings · 1 note"),
        ([ASIDE, ASIDE], "0 errors · 2 cases set aside · 0 warnings · 0 notes"),
        (
            [Finding("aside", "a", "b", rows=(5,)), Finding("error", "a", "b")],
            "1 error · 1 case set aside · 0 warnings · 0 notes",
        ),
    ],
)
def test_the_last_line_counts_and_a_case_set_aside_twice_counts_once(findings, text):
    assert counted(findings) == text


def test_the_gravest_come_first_and_repeats_are_said_once():
    told = lines([NOTE, ASIDE, NOTE])
    assert [line.split()[0] for line in told[:2]] == ["aside", "note"]
    assert told[-2:] == ["", "0 errors · 2 cases set aside · 0 warnings · 1 note"]
    assert " ".join(told[0].split()) == "aside 2 images cannot be decoded xray `path` rows 118, 4,021 export them again"


def test_a_fault_of_no_input_names_its_file():
    assert " cases.csv row 58 " in " ".join(
        lines([Finding("aside", "1 row is too long", "mend it", "cases.csv", (58,))])[0].split()
    )


def test_a_long_text_takes_a_second_line():
    first, second, *_ = lines([WARNING])
    assert first == "  warning   " + "w" * 60
    assert second.split() == ["labs", "row", "3", "do", "this"]


def test_no_line_floods_the_screen():
    assert max(map(len, lines([Finding("error", "x" * 100_000, "y" * 100_000)]))) <= 600


def test_json_brings_the_findings_back():
    content = json.loads(json.dumps(to_json([NOTE, ASIDE])))
    assert from_json(content) == [ASIDE, NOTE]
    assert content[0]["rows"] == [118, 4021]
    assert content[0]["message"] == str(ASIDE)


def test_the_file_counts_too():
    assert as_json([ASIDE], 50)["counts"] == {"error": 0, "aside": 1, "warning": 0, "note": 0}
    assert as_json([ASIDE], 50)["cases"] == 50

"""What is said about classes that cannot be learned."""

from __future__ import annotations

import numpy as np
import polars as pl

from iatros.contracts import Cells
from iatros.findings import Finding
from iatros.targets.class_ import Class


def check(target: Class, values: list[object]) -> list[Finding]:
    frame = pl.DataFrame({"outcome": values}, strict=False)
    return target.check(Cells(frame, np.arange(len(frame)) + 2, "cases.csv"))


def told(findings: list[Finding], severity: str) -> list[str]:
    return [str(finding) for finding in findings if finding.severity == severity]


def test_sound_classes_give_no_finding():
    assert check(Class(column="outcome"), ["yes", "no"] * 20) == []


def test_a_single_class_is_an_error():
    assert "one class" in told(check(Class(column="outcome"), ["no"] * 20), "error")[0]


def test_an_outcome_that_is_missing_everywhere_is_an_error():
    assert "no case has an outcome" in told(check(Class(column="outcome"), [None] * 20), "error")[0]


def test_an_expression_that_is_true_of_nobody_is_an_error():
    assert told(check(Class(column="outcome", positive="outcome > 9"), [1, 2, 3] * 5), "error")


def test_a_measured_number_is_no_class():
    error = told(check(Class(column="outcome"), np.linspace(0.1, 20, 150).tolist()), "error")[0]
    assert "class" in error
    assert "value" in error


def test_many_small_whole_numbers_are_classes_where_each_is_frequent():
    assert check(Class(column="outcome"), list(range(10)) * 10) == []


def test_a_name_for_every_case_is_no_class():
    assert told(check(Class(column="outcome"), [f"P{i}" for i in range(200)]), "error")


def test_a_class_of_a_single_case_is_named_with_its_row():
    findings = check(Class(column="outcome"), ["yes", "no"] * 20 + ["transferred"])
    assert [(f.severity, f.rows, f.example) for f in findings] == [("warning", (42,), "transferred")]


def test_against_the_rest_only_the_class_that_one_looks_for_must_be_frequent():
    assert check(Class(column="outcome", positive="yes"), ["yes", "no"] * 20 + ["transferred"]) == []


def test_missing_outcomes_are_counted():
    finding = check(Class(column="outcome"), ["yes", "no"] * 20 + [None, "?"])[0]
    assert (finding.severity, finding.count, finding.rows) == ("note", 2, (42, 43))


def test_a_positive_class_that_is_not_there_is_answered_with_the_nearest():
    assert (
        "did you mean `pneumonia`"
        in told(check(Class(column="outcome", positive="pnuemonia"), ["pneumonia", "no"] * 9), "error")[0]
    )


def test_classes_that_differ_in_case_only_are_a_warning():
    assert "different classes" in told(check(Class(column="outcome"), ["Yes", "yes", "no"] * 9), "warning")[0]


def test_a_class_that_was_not_declared_is_a_warning():
    findings = check(Class(column="outcome", classes=("no", "yes")), ["yes", "no"] * 9 + ["maybe"] * 9)
    assert "none of the classes declared" in told(findings, "warning")[0]

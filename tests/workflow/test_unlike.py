"""What is said of two runs beside their figures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from iatros.workflow.sides import Side
from iatros.workflow.unlike import ABSENT, LOOKS, TRIED, cautions, differing

SAME = {"data": {"fingerprint": "d", "sources": {"labs": "1"}}, "split": {"fingerprint": "s"}, "looks_at_test": 1}
STUDY = {"name": "a", "inputs": {"labs": {"columns": ["age"]}}, "training": {"epochs": 10}, "cases": {"table": "../cases.csv"}}


def made(path="a", record=SAME, study=STUDY) -> Side:
    return Side(Path(path).name, Path(path), {}, {}, "row", record, study)


def checks(*sides: Side) -> list[str]:
    return [finding.check for finding in cautions(sides)]


def test_keys_that_differ_are_shown_and_names_and_ways_to_a_file_are_not():
    other = STUDY | {"name": "b", "training": {"epochs": 20, "rate": 0.1}, "cases": {"table": "../../else/cases.csv"}}
    found = {one.key: one.values for one in differing([made(), made("b", study=other)])}
    assert found == {"training.epochs": ("10", "20"), "training.rate": (ABSENT, "0.1")}


def test_runs_alike_give_no_warning():
    assert checks(made(), made("b")) == []


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ({"data": {"fingerprint": "e", "sources": {"labs": "2"}}}, "data_differ"),
        ({"data": {"fingerprint": "e"}}, "data_differ"),
        ({"split": {"fingerprint": "t"}}, "splits_differ"),
        ({"looks_at_test": LOOKS + 1}, "looks"),
        ({"leak": ["7 patients are in both"]}, "leak"),
    ],
)
def test_what_makes_a_comparison_unfair_is_said(change, check):
    assert checks(made(), made("b", SAME | change)) == [check]


def test_other_columns_are_other_data_by_intention():
    wider = STUDY | {"inputs": {"labs": {"columns": ["age", "crp"]}}}
    record = SAME | {"data": {"fingerprint": "e", "sources": {"labs": "2"}}}
    assert checks(made(), made("b", record, wider)) == []


def test_many_runs_on_one_test_part_are_counted(tmp_path):
    for number in range(TRIED):
        folder = tmp_path / f"run{number}"
        folder.mkdir()
        (folder / "manifest.json").write_text("{}")
        (folder / "record.json").write_text(json.dumps(SAME))
    assert checks(made(tmp_path / "run0"), made(tmp_path / "run1")) == ["many_runs"]
    (tmp_path / "run4/record.json").unlink()
    assert checks(made(tmp_path / "run0"), made(tmp_path / "run1")) == []

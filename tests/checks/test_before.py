"""Leaks and copies among the cells of a study."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from iatros.checks import Truth, cells
from iatros.checks.telling import tells
from iatros.contracts import Cells, SplitCases

SUPPORT = Path("/work/shared/data/clinical/support2_raw/support2.csv.gz")


def cohort(size=200, **more):
    rng = np.random.default_rng(0)
    died = rng.integers(0, 2, size)
    columns = {
        "age": rng.normal(60, 10, size).round(1),
        "crp": rng.lognormal(2, 1, size).round(2),
        "died": np.where(died == 1, "yes", "no"),
    }
    return pl.DataFrame(columns | {name: make(died, rng) for name, make in more.items()}), died.astype(np.int64)


def checked(frame, died, columns, patient="", site="", target="died"):
    rows = np.arange(len(frame)) + 2
    truth = Truth("outcome", died, died.astype(float), ("no", "yes"))
    cases = SplitCases(np.arange(len(frame)), died, rows, "cases.csv")
    inputs = {"labs": Cells(frame.select(columns), rows, "cases.csv")}
    return cells(inputs, {"outcome": Cells(frame.select(target), rows)}, [truth], cases, patient=patient, site=site)


def test_sound_columns_give_no_finding():
    frame, died = cohort()
    assert checked(frame, died, ["age", "crp"]) == []


def test_the_targets_own_column_is_an_error():
    (finding,) = checked(*cohort(), ["age", "died"])
    assert (finding.severity, finding.column, finding.check) == ("error", "died", "target_column")


def test_the_patients_column_is_an_error_and_the_sites_a_warning():
    frame, died = cohort(pid=lambda d, r: [f"P{i}" for i in range(len(d))], ward=lambda d, r: ["x", "y"] * (len(d) // 2))
    found = checked(frame, died, ["age", "pid", "ward"], patient="pid", site="ward")
    assert [(f.severity, f.column) for f in found] == [("error", "pid"), ("warning", "ward")]


def test_the_target_in_other_words_is_an_error():
    frame, died = cohort(discharge_code=lambda d, r: np.where(d == 1, "20", "1"))
    (finding,) = checked(frame, died, ["age", "discharge_code"])
    assert (finding.severity, finding.column, finding.check) == ("error", "discharge_code", "target_recoded")


def test_a_column_that_ranks_nearly_perfectly_is_a_warning_with_its_auroc():
    frame, died = cohort(lactate=lambda d, r: d + r.normal(0, 0.3, len(d)))
    (finding,) = checked(frame, died, ["age", "lactate"])
    assert (finding.severity, finding.check) == ("warning", "gives_away")
    assert "`lactate` .9" in finding.what


def test_a_code_with_the_answer_in_its_middle_is_found():
    frame, died = cohort(state=lambda d, r: np.where(d == 1, 2, r.choice([1, 3], len(d))))
    assert [f.check for f in checked(frame, died, ["state"])] == ["gives_away"]


def test_gaps_that_give_the_answer_away_are_found():
    frame, died = cohort(autopsy_weight=lambda d, r: [80.0 + i % 7 if flag else None for i, flag in enumerate(d)])
    assert "gives_away" in {f.check for f in checked(frame, died, ["age", "autopsy_weight"])}


def test_a_value_that_settles_the_outcome_is_found_though_the_column_ranks_badly():
    frame, died = cohort(400, flag=lambda d, r: np.where((d == 1) & (r.random(len(d)) < 0.3), "hospice", "home"))
    (finding,) = checked(frame, died, ["age", "flag"])
    assert finding.check == "settles"
    assert '"hospice" is always "yes"' in finding.what


def test_a_telling_name_without_signal_is_only_a_note():
    frame, died = cohort(diagnosis=lambda d, r: r.choice(["a", "b", "c"], len(d)))
    (finding,) = checked(frame, died, ["age", "diagnosis"])
    assert (finding.severity, finding.check, finding.column) == ("note", "telling_name", "diagnosis")


@pytest.mark.parametrize("name", ["hospdead", "hospDead", "discharge_code", "surv2m", "DEATH", "readmission_30d"])
def test_names_that_tell(name):
    assert tells(name)


@pytest.mark.parametrize("name", ["age", "cough", "deadline_score", "mortar", "sbp", "年龄", "crp (mg/L)"])
def test_names_that_do_not_tell(name):
    assert not tells(name)


def test_gaps_that_depend_on_the_outcome_are_noted():
    frame, died = cohort(400, troponin=lambda d, r: [None if r.random() < (0.5 if flag else 0.1) else r.normal() for flag in d])
    assert [(f.severity, f.check) for f in checked(frame, died, ["troponin"])] == [("note", "informative_missingness")]


@pytest.mark.skipif(not SUPPORT.exists(), reason="SUPPORT2 is not here")
def test_support2_hands_out_who_died_in_hospital():
    frame = pl.read_csv(SUPPORT, infer_schema_length=None)
    inputs = [name for name in frame.columns if name not in ("death", "d.time")]
    found = checked(frame, frame["death"].to_numpy().astype(np.int64), inputs, target="death")
    told = " ".join(f.what for f in found if f.severity == "warning")
    assert all(f"`{name}`" in told for name in ("hospdead", "sfdm2", "surv2m", "surv6m", "prg2m", "prg6m", "dnr"))

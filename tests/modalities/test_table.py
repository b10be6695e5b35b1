from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from pydantic import ValidationError

from iatros.cases import Cases, read
from iatros.contracts import Rows
from iatros.modalities.table import Table, TablePlan
from iatros.modalities.table_scaling import Fitted

BAD = Path("/work/shared/bad/studies")
REAL = Path("/work/shared/data")


def cells(**columns):
    frame = pl.DataFrame(columns, strict=False)
    return Cases(frame, np.arange(2, frame.height + 2), "cases.csv").cells(list(columns))


@pytest.fixture
def ward():
    rng = np.random.default_rng(0)
    age = [None if i % 10 == 3 else int(a) for i, a in enumerate(rng.integers(20, 90, 60))]
    crp = np.exp(rng.normal(2, 1.2, 60)).round(2).tolist()
    return cells(age=age, crp=crp, sex=["F", "M", None] * 20, smoker=[True, False] * 30, day=["2019-03-04", "2020-01-01"] * 30)


WARD = Table(columns=("age", "crp", "sex", "smoker", "day"))


def test_cells_are_packed_in_the_units_of_the_file(ward):
    packed = WARD.pack(ward, WARD.plan(ward))
    age = ward.frame["age"].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    assert np.allclose(packed["numbers"][:, 0], age, equal_nan=True)
    assert packed["numbers"][:2, 2].tolist() == [0, 303]  # days since the first
    assert packed["categories"][:4].tolist() == [[1, 2], [2, 1], [0, 2], [1, 1]]
    assert packed.present.all()
    assert not packed.findings


def test_a_batch_is_standardised_by_training_rows_alone(ward):
    packed = WARD.pack(ward, WARD.plan(ward))
    rows = np.arange(0, 40)
    fitted = WARD.fit(packed, rows)
    batch = WARD.batch(packed, rows, fitted)
    assert isinstance(batch, Rows)
    numbers = np.where(batch.observed.numpy(), batch.numbers.numpy(), np.nan)
    assert np.allclose(np.nanmean(numbers, axis=0), 0, atol=1e-5)
    assert np.allclose(np.nanstd(numbers, axis=0), 1, atol=1e-5)
    known = packed["numbers"][rows, 0]
    expected = (known - np.nanmean(known)) / np.nanstd(known)
    assert np.allclose(numbers[:, 0], expected, atol=1e-4, equal_nan=True)
    assert (batch.numbers[~batch.observed] == 0).all()
    changed = packed["numbers"].copy()
    changed[40:] *= 100
    other = type(packed)({**packed.arrays, "numbers": changed}, packed.present, packed.plan)
    assert WARD.fit(other, rows) == fitted


def test_the_shape_says_what_the_batch_holds(ward):
    packed = WARD.pack(ward, WARD.plan(ward))
    fitted = WARD.fit(packed, np.arange(60))
    shape, batch = WARD.shape(fitted), WARD.batch(packed, np.arange(7), fitted)
    assert batch.numbers.shape == (7, shape.numbers) == (7, 3)
    assert batch.categories.shape == (7, 2)
    assert shape.categories == (3, 3)
    assert (batch.categories.max(dim=0).values < 3).all()
    assert len(shape.quantiles) == shape.numbers


def test_a_category_or_number_that_does_not_vary_in_training_is_not_shown():
    found = cells(a=["x"] * 20 + ["y"] * 20, b=[1.5] * 20 + [2.5] * 20, c=list(np.arange(40.0)))
    table = Table(columns=("a", "b", "c"))
    packed = table.pack(found, table.plan(found))
    fitted = table.fit(packed, np.arange(20))
    assert table.shape(fitted).numbers == 1
    assert table.shape(fitted).categories == ()
    fitted = table.fit(packed, np.arange(10, 30))
    assert table.shape(fitted).numbers == 2
    everything = table.fit(packed, np.array([0, 20]))
    assert table.batch(packed, np.array([0, 20]), everything).categories[:, 0].tolist() == [1, 2]


def test_a_category_not_met_in_training_is_unknown():
    found = cells(a=["x", "y"] * 10 + ["z"] * 10)
    table = Table(columns=("a",))
    packed = table.pack(found, table.plan(found))
    fitted = table.fit(packed, np.arange(20))
    assert table.batch(packed, np.array([0, 1, 25]), fitted).categories[:, 0].tolist() == [1, 2, 0]


def test_new_cells_are_read_by_the_old_plan_and_what_is_new_is_named(ward):
    new = cells(
        age=["63", "4o"], crp=[1.0, float("inf")], sex=["U", "M"], smoker=["TRUE", "no"], day=["2019-03-05", "05/03/2019"]
    )
    packed = WARD.pack(new, WARD.plan(ward))
    assert packed["categories"].tolist() == [[0, 2], [2, 1]]
    assert packed["numbers"][0].tolist() == [63, 1, 1]
    assert np.isnan(packed["numbers"][1]).all()
    told = {finding.column: finding for finding in packed.findings}
    assert told["sex"].rows == (2,)
    assert '"U"' in told["sex"].what
    assert '"F", "M"' in told["sex"].what
    assert {name: told[name].rows for name in ("age", "crp", "day")} == {"age": (3,), "crp": (3,), "day": (3,)}


def test_the_summary_is_raw_numbers_categories_and_marks_of_gaps(ward):
    packed = WARD.pack(ward, WARD.plan(ward))
    found = WARD.summary(packed, np.array([0, 2, 3]))
    assert found.names == ("age", "crp", "day", "sex=M", "smoker=true", "age missing", "sex missing")
    assert np.isnan(found.values[2, 0])
    assert found.values[:, 3:].tolist() == [[0, 1, 0, 0], [0, 1, 0, 1], [0, 0, 1, 0]]


def test_a_picture_hides_exact_age_and_dates(ward):
    packed = WARD.pack(ward, WARD.plan(ward))
    fields = dict(WARD.picture(packed, 0).fields)
    start = int(packed["numbers"][0, 0] // 5) * 5
    assert fields["age"] == f"{start} to {start + 4}"
    assert fields["sex"] == "F"
    assert "day" not in fields
    assert dict(WARD.picture(packed, 2).fields)["sex"] == "missing"


def test_a_case_without_any_cell_is_not_present():
    found = cells(a=[1.0, None, 3.0, 2.5], b=["x", None, None, "y"])
    table = Table(columns=("a", "b"))
    assert table.pack(found, table.plan(found)).present.tolist() == [True, False, True, True]


def test_plans_and_what_was_fitted_survive_json(ward):
    plan = WARD.plan(ward)
    fitted = WARD.fit(WARD.pack(ward, plan), np.arange(60))
    assert TablePlan.model_validate_json(plan.model_dump_json()) == plan
    assert Fitted.model_validate_json(fitted.model_dump_json()) == fitted


@pytest.mark.parametrize(
    "options",
    [
        {"columns": []},
        {"columns": ["a", "a"]},
        {"columns": ["a"], "numbers": ["b"]},
        {"columns": ["a"], "numbers": ["a"], "dates": ["a"]},
        {"columns": ["a"], "missing": {"b": [1]}},
        {"columns": ["a"], "colour": "red"},
    ],
)
def test_what_cannot_be_meant_is_refused(options):
    with pytest.raises(ValidationError):
        Table(**options)


def test_checking_a_table_imports_no_torch():
    code = "import sys, iatros.cases, iatros.modalities.table; sys.exit('torch' in sys.modules or 'sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.skipif(not BAD.exists(), reason="the corpus of bad inputs is not here")
@pytest.mark.parametrize(
    ("number", "column", "severity", "words", "rows"),
    [
        ("035", "crp", "warning", "infinite", (72, 91)),
        ("040", "patient_id", "warning", "identifier", ()),
        ("042", "ward", "note", "never changes", ()),
        ("043", "sex", "warning", "longer than", (101,)),
        ("044", "sbp", "warning", '"0"', (6, 25, 44, 63, 82, 101, 120, 139)),
        ("044", "crp", "warning", '"-1"', (9, 34, 59, 84, 109, 134)),
        ("044", "sex", "warning", '"?"', (14, 79, 120)),
        ("045", "height_cm", "warning", "another unit", tuple(range(7, 152, 12))),
        ("046", "admitted", "warning", "4 ways", ()),
        ("047", "age", "warning", '"-3"', (31,)),
        ("047", "age", "warning", '"999"', (77,)),
        ("048", "age", "warning", '"4o"', (65,)),
    ],
)
def test_planted_faults_are_found_where_they_are(number, column, severity, words, rows):
    study = tomllib.loads((BAD / f"{number}.toml").read_text())
    table = Table(**study["inputs"]["labs"])
    findings = table.check(read(study["cases"]["table"], BAD).cells(table.columns_used()))
    found = [finding for finding in findings if finding.column == column and words in finding.what]
    assert [(finding.severity, finding.rows) for finding in found] == [(severity, rows)]
    assert all(len(str(finding)) < 500 for finding in findings)


@pytest.mark.skipif(not BAD.exists(), reason="the corpus of bad inputs is not here")
@pytest.mark.parametrize("number", ["028", "029", "030", "031", "033", "065", "066", "067", "068", "069"])
def test_tables_that_only_look_odd_raise_no_alarm(number):
    study = tomllib.loads((BAD / f"{number}.toml").read_text("utf-8"))
    table = Table(**study["inputs"]["labs"])
    assert not table.check(read(study["cases"]["table"], BAD).cells(table.columns_used()))


@pytest.mark.skipif(not REAL.exists(), reason="the shared data are not here")
def test_a_cholesterol_of_zero_is_missing_in_the_heart_table():
    cases = read(REAL / "clinical/uci_heart/heart_4sites.csv.gz")
    table = Table(columns=tuple(name for name in cases.frame.columns if name not in ("site", "num")))
    packed = table.pack(cases.cells(table.columns), table.plan(cases.cells(table.columns)))
    by_column = {finding.column: finding for finding in packed.findings}
    assert by_column["chol"].count == (cases.frame["chol"] == 0).sum() == 172
    assert set(by_column) == {"chol", "trestbps"}


def test_measurements_of_the_cytology_raise_no_alarm():
    cases = read("cytology")
    table = Table(columns=tuple(cases.frame.columns[:-1]))
    assert not table.check(cases.cells(table.columns))

"""The what-if of local recalibration: its words by rule, its reasons, and that it stays apart from the results."""

import re
from dataclasses import replace

import pytest

from iatros.predictions import ENSEMBLE, LOCAL_INTERCEPT, LOCAL_SLOPE
from iatros.report.numbers import full
from iatros.report.parts.recalibration import local, verdict
from iatros.report.reading import read
from iatros.results import MetricRow


@pytest.fixture(scope="module")
def view(binary_run):
    return read(binary_run).views[0]


def change(value, low, high):
    return MetricRow(target="y", metric="brier", model=LOCAL_INTERCEPT, against=ENSEMBLE, value=value, low=low, high=high)


@pytest.mark.parametrize(
    ("row", "word"),
    [
        (change(-0.10, -0.13, -0.07), "helps"),
        (change(-0.01, -0.02, 0.006), "uncertain"),
        (change(0.009, -0.001, 0.038), "may harm"),
        (change(0.009, 0.001, 0.038), "may harm"),
        (change(None, None, None), "withheld"),
        (None, "withheld"),
    ],
)
def test_the_verdict_follows_the_change_of_the_brier_score(row, word):
    assert verdict(row) == word


def test_every_hospital_stands_as_it_is_and_after_both_corrections(view):
    html = str(local(view))
    assert html.count("as it is") == html.count("average corrected") == html.count("average and slope corrected") == 3
    shown = view.one("brier", scheme="sites", group="site=Northam", model=LOCAL_SLOPE, against=ENSEMBLE)
    assert str(full(shown)) in html
    assert "Not a result of this model" in html


def test_a_hospital_with_too_few_patients_says_so(view):
    rows = re.findall(r"<tr.*?</tr>", str(local(view)), re.DOTALL)
    at = next(i for i, row in enumerate(rows) if "Tiny" in row)
    assert all("15 patients; 80 are needed" in row for row in rows[at + 2 : at + 4])


def test_the_what_if_is_no_model_beside_and_no_baseline(view):
    assert {LOCAL_INTERCEPT, LOCAL_SLOPE} & {row.model for row in view.rows}
    assert not {LOCAL_INTERCEPT, LOCAL_SLOPE} & {*view.beside, *view.baselines}


def test_without_a_hospital_left_out_the_page_says_how_to_measure_it(tmp_path, make_run):
    folder = make_run(tmp_path / "run", ["disease"])
    reading = read(folder)
    rows = tuple(row for row in reading.rows if row.scheme == "folds")
    view = replace(reading, rows=rows).views[0]
    assert "the study leaves no hospital out" in local(view)

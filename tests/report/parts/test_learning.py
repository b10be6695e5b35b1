"""The learning curve on the page: titles by rule, numbers as measured, and a reason where there is none."""

import json
import shutil

import polars as pl
import pytest

from iatros.report.numbers import plain
from iatros.report.parts.learning import section, title
from iatros.report.reading import read
from iatros.results import MetricRow
from iatros.runs import RunFolder

GAIN = MetricRow(
    target="disease",
    metric="auroc",
    scheme="folds",
    model="learning:logistic regression",
    against="learning:70%",
    value=0.021,
    low=0.004,
    high=0.039,
    cases=400,
    events=150,
)


def with_rows(folder, path, *rows):
    """A copy of the run with more rows, and a curve of three points."""
    copy = RunFolder(shutil.copytree(folder.path, path / "run"))
    told = json.loads(copy.metrics.read_text()) + [row.model_dump(mode="json") for row in rows]
    copy.metrics.write_text(json.dumps(told))
    curves = pl.read_parquet(copy.curves)
    named = {
        "target": "disease",
        "class_": "",
        "curve": "learning",
        "scheme": "folds",
        "group": "",
        "model": "logistic regression",
    }
    points = [named | {"x": 100.0 * i, "y": 0.7 + 0.01 * i, "low": 0.6, "high": 0.8, "n": 400} for i in (1, 2, 4)]
    pl.concat([curves, pl.DataFrame(points, schema=curves.schema)]).write_parquet(copy.curves)
    return read(copy).views[0]


def test_the_figure_shows_the_gain_as_measured_and_every_size(binary_run, tmp_path):
    html = str(section(with_rows(binary_run, tmp_path, GAIN), "auroc"))
    assert plain(GAIN) in html
    assert "From 200 to 400 patients" in html
    assert all(f">{size}</text>" in html for size in (100, 200, 400))


def test_a_curve_that_could_not_be_made_leaves_its_reason(binary_run, tmp_path):
    held = GAIN.model_copy(update={"value": None, "low": None, "high": None, "withheld": "900,000 cases are too many"})
    assert "900,000 cases are too many" in section(with_rows(binary_run, tmp_path, held), "auroc")


def test_a_run_without_the_curve_says_that_it_was_not_measured(binary_run):
    assert "not measured" in section(read(binary_run).views[0], "auroc")


@pytest.mark.parametrize(
    ("metric", "low", "high", "words"),
    [
        ("auroc", 0.004, 0.039, "would probably help"),
        ("auroc", -0.004, 0.039, "no gain shown"),
        ("mae", -2.0, -0.5, "would probably help"),
        ("mae", 0.5, 2.0, "no gain shown"),
    ],
)
def test_the_title_follows_the_paired_interval(metric, low, high, words):
    assert words in title(GAIN.model_copy(update={"metric": metric, "low": low, "high": high}), "patients")

"""The learning curve of a run: its last point is the baseline that stands in the report."""

from __future__ import annotations

import polars as pl
import pytest

from iatros.results import MetricRow
from iatros.runs import read_json


def test_the_last_point_is_the_runs_own_baseline(run):
    rows = [MetricRow.model_validate(row) for row in read_json(run.folder.metrics)]
    curve = pl.read_parquet(run.folder.curves).filter(pl.col("curve") == "learning")
    told = [row for row in rows if row.model.startswith("learning:")]
    assert [row.against for row in told] == ["learning:70%"]
    main = told[0].scheme
    linear = next(
        row
        for row in rows
        if row.model == "logistic regression" and (row.metric, row.scheme, row.group, row.against) == ("auroc", main, "", "")
    )
    assert curve["x"].is_sorted()
    assert curve["y"][-1] == pytest.approx(linear.value, abs=1e-9)

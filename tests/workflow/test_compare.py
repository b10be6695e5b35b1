"""Runs compared from their folders, by row of the user's file; and with another program's predictions."""

from __future__ import annotations

import polars as pl
import pytest
from sklearn.metrics import roc_auc_score

import iatros
from iatros.findings import InputError


@pytest.fixture(scope="module")
def pair(home, declare, cases):
    """Two runs on the same 240 cases, the second of which lacks forty of them and one column."""
    cases(240, seed=0).write_csv(home / "pair.csv")
    wide = declare(str(home / "pair.csv"), name="wide", split={"kind": "folds", "k": 2})
    narrow = declare(
        str(home / "pair.csv"),
        name="narrow",
        cases={"table": str(home / "pair.csv"), "patient": "patient", "where": "year > 2003"},
        inputs={"labs": {"kind": "table", "columns": ["age", "sex"]}},
    )
    return iatros.run(narrow, home / "narrow"), iatros.run(wide, home / "wide")


@pytest.mark.slow
def test_two_runs_meet_on_the_cases_that_both_judged(pair, home):
    _, wide = pair
    found = iatros.compare(home / "narrow", home / "wide", resamples=200)
    (one,) = found.pairs
    file = pl.read_csv(home / "pair.csv").with_row_index("row", offset=2)
    kept = file.filter(pl.col("year") > 2003)
    assert one.cases == len(kept)
    assert one.patients == kept["patient"].n_unique()
    rows = pl.read_parquet(wide.folder.folds).select("case", "row").unique()
    table = wide.predictions("ill").filter((pl.col("part") == "test") & (pl.col("model") == "iatros")).join(rows, on="case")
    table = table.filter(pl.col("row").is_in(kept["row"].to_list()))
    assert one.figure("auroc", "wide").value == pytest.approx(roc_auc_score(table["truth"], table["score"]))
    assert one.difference("auroc").low > 0  # crp is half of what makes ill
    assert {"inputs.labs.columns", "cases.where"} <= {key.key for key in found.differing}
    assert "splits_differ" in {finding.check for finding in found.findings}
    assert "CANARY" not in str(found.as_json())


@pytest.mark.slow
def test_another_programs_predictions_meet_by_their_row(pair, home):
    _, wide = pair
    rows = pl.read_parquet(wide.folder.folds).select("case", "row").unique()
    table = wide.predictions("ill").filter((pl.col("part") == "test") & (pl.col("model") == "logistic regression"))
    table.join(rows, on="case").select("row", "truth", "score").write_csv(home / "theirs.csv")
    (one,) = iatros.compare(home / "theirs.csv", home / "wide", resamples=200).pairs
    beside = next(
        row
        for row in wide.metrics
        if (row.metric, row.model, row.against, row.group) == ("auroc", "iatros", "logistic regression", "")
    )
    assert one.difference("auroc").value == pytest.approx(beside.value)  # the report says the same
    assert one.patients == wide.record["data"]["patients"]  # the table does not know patients; the run does
    table.select("truth", "score").write_csv(home / "rowless.csv")
    with pytest.raises(InputError, match="add a column `row`"):
        iatros.compare(home / "wide", home / "rowless.csv")


@pytest.mark.slow
def test_a_run_is_not_compared_with_itself_nor_with_nothing(pair, home):
    with pytest.raises(InputError, match="cannot be compared with itself"):
        iatros.compare(home / "wide", home / "narrow" / ".." / "wide")
    with pytest.raises(InputError, match="this folder holds no run"):
        iatros.compare(home / "wide", home)

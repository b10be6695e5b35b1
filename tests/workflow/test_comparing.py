"""Baselines beside the networks: on the same folds, and with every case that is not test."""

from __future__ import annotations

import polars as pl


def test_every_test_case_is_scored_by_every_model(run):
    tested = run.predictions().filter(pl.col("part") == "test", pl.col("seed").is_null())
    counts = tested.group_by("model").agg(pl.col("case").n_unique())
    assert {"iatros", "logistic regression", "gradient boosting", "prevalence", "input:labs", "input:blood"} <= set(
        counts["model"]
    )
    assert counts["case"].unique().to_list() == [240]


def test_the_prevalence_baseline_says_what_all_other_cases_say(run):
    table, folds = run.predictions(), pl.read_parquet(run.folder.folds)
    truth = dict(table.select("case", "truth").unique().iter_rows())
    for fold in (0, 1):
        others = folds.filter(pl.col("fold") == fold, pl.col("part") != "test")["case"]
        said = table.filter(pl.col("fold") == fold, pl.col("part") == "test", pl.col("model") == "prevalence")["score"]
        assert said.n_unique() == 1
        assert abs(said[0] - sum(truth[case] for case in others) / len(others)) < 0.02

"""The evidence of a run: planted columns count, each method has its check, probes find nothing where nothing is planted."""

from __future__ import annotations

import polars as pl

from iatros.evidence import Evidence
from iatros.runs import read_json
from iatros.workflow.drift import FILE, Reference


def evidence(run) -> Evidence:
    return Evidence(**read_json(run.folder.evidence))


def test_every_method_is_checked(run):
    told = evidence(run)
    assert told.importances
    assert told.checks
    assert all(check.why for check in told.checks)


def test_the_reference_rests_on_cases_that_trained(several):
    folds = pl.read_parquet(several.folder.folds)
    assert (folds["part"] == "test").sum() > 0
    known = Reference(**read_json(several.folder.path / FILE))
    trained = folds.filter(pl.col("part").is_in(["train", "validation", "calibration"]))["case"].to_numpy()
    assert len(known.names) == len(known.center)
    assert len(trained) < len(folds)

"""The explorer's counts: of patients, not of predictions, and only where they agree with the measures."""

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from iatros.evaluation import Settings, evaluate
from iatros.report.parts.explorer import counts, half_up, hundred
from iatros.report.reading import read
from iatros.runs import write_json

TESTED = (pl.col("model") == "iatros") & (pl.col("scheme") == "folds") & (pl.col("part") == "test")


@pytest.fixture(scope="module")
def repeated(tmp_path_factory, make_run):
    """A run whose cases were each judged three times."""
    folder = make_run(tmp_path_factory.mktemp("repeated") / "run", ["disease"])
    table = pl.read_parquet(folder.predictions("disease")).filter(TESTED)
    generator = np.random.default_rng(0)
    parts = [
        table.with_columns(
            repeat=pl.lit(repeat, pl.Int64),
            score=(pl.col("score") + pl.Series(generator.normal(0, 0.1, len(table)))).clip(0, 1),
        )
        for repeat in range(3)
    ]
    pl.concat(parts).write_parquet(folder.predictions("disease"))
    form = read(folder).views[0].form
    settings = Settings(resamples=50, group_resamples=50, curve_resamples=10)
    found = evaluate(pl.concat(parts), form, settings=settings, target="disease")
    write_json(folder.metrics, [row.model_dump(mode="json") for row in found.rows])
    return read(folder).views[0], pl.concat(parts)


def test_patients_judged_three_times_are_counted_once(repeated):
    view, table = repeated
    found = counts(view)
    assert found.positives + found.negatives == len(table) / 3
    at = table.filter(pl.col("score") >= 0.2)
    wanted = at["truth"].sum() / 3, (~at["truth"]).sum() / 3
    assert found.pairs[19] == pytest.approx(wanted, abs=0.051)
    assert found.pairs[19][0] == pytest.approx(view.at("true_positives").value, abs=0.051)


def test_counts_that_contradict_the_measures_are_not_used(binary_run, tmp_path):
    reading = read(binary_run)
    assert counts(reading.views[0]) is not None
    table = pl.read_parquet(binary_run.predictions("disease")).with_columns(score=1 - pl.col("score"))
    folder = type(binary_run)(tmp_path)
    folder.predictions("disease").parent.mkdir()
    table.write_parquet(folder.predictions("disease"))
    assert counts(replace(reading, folder=folder).views[0]) is None


@pytest.mark.parametrize(("number", "whole"), [(0.5, 1), (1.49, 1), (2.5, 3), (0.0, 0)])
def test_halves_are_rounded_upwards_as_in_the_browser(number, whole):
    assert half_up(number) == whole


@pytest.mark.parametrize("prevalence", [0.01, 0.38, 0.995])
def test_a_hundred_patients_are_a_hundred(prevalence):
    shown = hundred(prevalence, 0.9, 0.7)
    assert shown.found + shown.missed + shown.needless + shown.spared == 100
    assert json.dumps(shown.flagged) == str(shown.found + shown.needless)

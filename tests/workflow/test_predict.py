"""Predicting new cases: what the run's networks said of their own test cases, with inputs missing, and what cannot be read."""

from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import iatros
from iatros.cases import read
from iatros.findings import InputError
from iatros.training.feed import Material
from iatros.workflow.predict import _joined, fold_ensemble, pack_new


def material(run, given):
    packs, _ = pack_new(run, given)
    return Material(run.study.inputs, {}, packs, {}, np.ones(len(given)))


def judged(run, fold, model):
    table = run.predictions().filter(pl.col("part") == "test", pl.col("model") == model, pl.col("seed").is_null())
    table = table.filter(pl.col("fold") == fold.fold).sort("case")
    return table["score_raw" if "score_raw" in table.columns else "score"].to_numpy()


def test_a_folds_networks_say_again_what_they_said_of_its_test_cases(run, home):
    given = read(home / "cases.csv", Path())
    for fold in run.main_folds():
        again = fold_ensemble(run, fold, material(run, given), fold.rows("test"))["ill"]["score"]
        assert np.allclose(again, judged(run, fold, "iatros"), atol=1e-6)


def test_scores_of_a_run_with_views_are_means_over_them_here_too(array_run, home):
    given = read(home / "films.npz", Path())
    fold = array_run.main_folds()[0]
    assert array_run.study.training.views == 3
    again = fold_ensemble(array_run, fold, material(array_run, given), fold.rows("test"))["ill"]["score"]
    assert np.allclose(again, judged(array_run, fold, "iatros"), atol=1e-6)
    few = fold_ensemble(array_run, fold, material(array_run, given), fold.rows("test")[:3])["ill"]["score"]
    assert np.allclose(few, again[:3], atol=1e-6)


def test_without_an_input_the_other_ones_readout_speaks(run, home):
    table = pl.read_csv(home / "cases.csv").drop("crp")
    given = read(table, Path())
    for fold in run.main_folds():
        alone = fold_ensemble(run, fold, material(run, given), fold.rows("test"))["ill"]["score"]
        assert np.allclose(alone, judged(run, fold, "input:labs"), atol=1e-6)
    predicted = iatros.predicted(run, table)
    assert predicted.scored == len(table)
    assert any("input `blood` is missing in all cases" in finding.what for finding in predicted.findings)


def test_cases_that_cannot_be_read_stay_with_the_reason(run, cases):
    table = cases(6, seed=9).with_columns(
        age=pl.when(pl.int_range(pl.len()) == 2).then(None).otherwise("age"),
        sex=pl.when(pl.int_range(pl.len()) == 2).then(None).otherwise("sex"),
        crp=pl.when(pl.int_range(pl.len()) == 2).then(None).otherwise("crp"),
    )
    frame = iatros.predict(run, table)
    assert len(frame) == 6
    assert frame["score"].is_null().to_list() == [i == 2 for i in range(6)]
    assert frame["reason"][2]
    assert frame["reason"].null_count() == 5


def test_a_broken_picture_stays_with_the_reason(picture_run, home, tmp_path):
    place = tmp_path / "new" / "some"
    place.mkdir(parents=True)
    shutil.copy(next((home / "films" / "ill").glob("*.png")), place / "a.png")
    (place / "b.png").write_bytes(b"no picture")
    frame = iatros.predict(picture_run, tmp_path / "new")
    assert frame["score"].is_null().to_list() == [False, True]
    assert frame["reason"][1]


def test_a_run_in_another_place_predicts_the_same(run, cases, tmp_path):
    shutil.copytree(run.folder.path, tmp_path / "moved")
    table = cases(20, seed=8)
    assert iatros.predict(tmp_path / "moved", table).equals(iatros.predict(run, table))


def test_the_order_of_cases_does_not_matter(run, cases):
    table = cases(20, seed=8)
    forwards, backwards = iatros.predict(run, table)["score"], iatros.predict(run, table.reverse())["score"]
    assert np.allclose(forwards, backwards.reverse(), atol=1e-6)


def test_the_score_rises_with_the_planted_rule(run):
    ages = pl.DataFrame({"age": [40.0, 55.0, 65.0, 80.0], "sex": ["f", "f", "m", "m"], "crp": [10.0, 18.0, 22.0, 30.0]})
    scores = iatros.predict(run, ages)["score"].to_list()
    assert all(low < high for low, high in pairwise(scores))


def test_a_table_without_any_input_is_refused(run):
    with pytest.raises(InputError):
        iatros.predict(run, pl.DataFrame({"weight": [1.0]}))


def test_folds_of_which_only_some_could_be_recalibrated_are_joined_all_the_same():
    """49 cases with the outcome are kept for recalibration in one fold, 50 in the other."""
    plain = {"score": np.array([0.2, 0.6]), "set": np.array(["no", "yes"], dtype=object)}
    mended = plain | {"score": np.array([0.4, 0.8]), "score_raw": np.array([0.3, 0.7])}
    for several in ([plain, mended], [mended, plain]):
        joined = _joined(several)
        assert joined["score"] == pytest.approx([0.3, 0.7])
        assert joined["set"].tolist() == ["no", "yes"]
        assert "score_raw" not in joined
    without = {"score": plain["score"]}
    assert set(_joined([plain, without])) == {"score"}

"""Studies of X and y."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

import iatros
from iatros.workflow.declare import declare

QUICK = {"epochs": 2, "batch": 32, "threads": 1, "precision": "float32", "device": "cpu"}


@pytest.mark.parametrize(
    "made", [np.asarray, lambda X: pd.DataFrame(X, columns=["x0", "x1"]), lambda X: pl.DataFrame(X, ["x0", "x1"])]
)
def test_arrays_and_frames_of_both_libraries_declare_the_same_study(made):
    X, y = np.array([[1.0, 2.0], [3.0, 4.0]]), ["ill", "well"]
    study = declare(made(X), y, positive="ill")
    assert study.inputs["table"].columns == ("x0", "x1")
    assert study.targets["outcome"].positive == "ill"
    assert study.cases.table.to_dict(as_series=False) == {"x0": [1.0, 3.0], "x1": [2.0, 4.0], "outcome": y}


def test_many_different_numbers_are_a_value_and_few_are_classes():
    X = np.zeros((40, 1))
    assert declare(X, np.arange(40.0)).targets["outcome"].kind == "value"
    assert declare(X, np.arange(40) % 3).targets["outcome"].kind == "class"
    assert declare(X, np.arange(40) % 3, kind="value").targets["outcome"].kind == "value"


def test_patients_and_hospitals_stand_beside_and_are_no_inputs():
    study = declare(pl.DataFrame({"age": [1, 2]}), pd.Series([0, 1], name="ill"), groups=["a", "b"], sites=["n", "s"])
    assert study.inputs["table"].columns == ("age",)
    assert (study.cases.patient, study.cases.site) == ("patient", "site")
    assert list(study.targets) == ["ill"]
    assert [split.kind for split in study.split.schemes()] == ["folds", "sites"]


def test_names_that_are_taken_get_another():
    study = declare(pl.DataFrame({"outcome": [1, 2], "patient": [3, 4]}), [0, 1], groups=["a", "b"])
    assert study.cases.patient == "patient_"
    assert study.targets["outcome_"].column == "outcome_"


def test_a_series_whose_name_no_target_may_have_keeps_its_column():
    study = declare(np.zeros((2, 1)), pl.Series("in hospital death?", [0, 1]))
    assert study.targets["outcome"].column == "in hospital death?"


@pytest.mark.parametrize("beside", [{"y": [0]}, {"y": [0, 1], "groups": ["a"]}])
def test_lengths_that_differ_are_refused(beside):
    with pytest.raises(ValueError, match="X has 2 rows"):
        declare(np.zeros((2, 1)), **beside)


def test_a_study_of_arrays_runs_and_predicts_arrays_and_frames(tmp_path):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(120, 2))
    study = declare(X, X[:, 0] + rng.normal(size=120) > 0, name="arrays", training=QUICK, evaluation={"resamples": 100})
    run = iatros.run(study, tmp_path / "arrays")
    found = iatros.predict(run, X[:5])
    assert isinstance(found, pl.DataFrame)
    frame = pd.DataFrame(X[:5], columns=["x0", "x1"], index=list("abcde"))
    beside = iatros.predict(run, frame)
    assert isinstance(beside, pd.DataFrame)
    assert list(beside.index) == list("abcde")
    assert beside["score"].tolist() == found["score"].to_list()
    assert iatros.predicted(run, X[:5]).scored == 5

"""What the two estimators promise beyond scikit-learn's own checks."""

from __future__ import annotations

import pickle
import re
import subprocess
import sys
from io import BytesIO

import joblib
import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch
from sklearn import config_context
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.metrics import r2_score, roc_auc_score
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import iatros
from iatros.estimator import IatrosClassifier, IatrosRegressor

QUICK = {"epochs": 8, "training": {"batch": 32}}


def patients(count: int = 240, seed: int = 0) -> tuple[pl.DataFrame, np.ndarray, np.ndarray]:
    """Two visits a patient; being ill rests on age and on the ward, a word; crp is noise with gaps."""
    rng = np.random.default_rng(seed)
    age, ward = rng.normal(60, 10, count), rng.choice(["north", "south", "west"], count)
    logit = (age - 60) / 5 + 3 * (ward == "west") - 1
    ill = np.where(rng.random(count) < 1 / (1 + np.exp(-logit)), "yes", "no")
    crp = pl.Series(np.where(rng.random(count) < 0.3, np.nan, rng.normal(size=count)), nan_to_null=True)
    return pl.DataFrame({"age": age, "ward": ward, "crp": crp}), ill, np.arange(count) // 2


def test_it_is_level_with_logistic_regression_on_cytology():
    X, y = load_breast_cancer(return_X_y=True)
    test = np.arange(len(y)) % 3 == 0
    risks = [
        model.fit(X[~test], y[~test]).predict_proba(X[test])[:, 1]
        for model in (IatrosClassifier(), make_pipeline(StandardScaler(), LogisticRegression()))
    ]
    ours, theirs = (roc_auc_score(y[test], risk) for risk in risks)
    assert ours > max(0.98, theirs - 0.005)


def test_it_is_level_with_ridge_regression_on_diabetes():
    X, y = load_diabetes(return_X_y=True)
    test = np.arange(len(y)) % 3 == 0
    ours, theirs = (r2_score(y[test], m.fit(X[~test], y[~test]).predict(X[test])) for m in (IatrosRegressor(), RidgeCV()))
    assert ours > theirs - 0.05


def test_categories_and_gaps_of_a_frame_are_learned_from():
    frame, ill, _ = patients()
    fresh, truth, _ = patients(seed=1)
    whole = IatrosClassifier().fit(frame, ill)
    blind = IatrosClassifier().fit(frame.drop("ward"), ill)
    assert whole.classes_.tolist() == ["no", "yes"]
    assert whole.feature_names_in_.tolist() == ["age", "ward", "crp"]
    auroc = roc_auc_score(truth == "yes", whole.predict_proba(fresh)[:, 1])
    assert auroc > 0.85
    assert auroc > roc_auc_score(truth == "yes", blind.predict_proba(fresh.drop("ward"))[:, 1]) + 0.03


def test_pandas_polars_and_arrays_give_the_same_probabilities():
    frame, ill, _ = patients(80)
    numbers = frame.select("age", "crp")
    given = (numbers, pd.DataFrame({"age": numbers["age"], "crp": numbers["crp"].to_numpy()}), numbers.to_numpy())
    first, *others = (IatrosClassifier(**QUICK).fit(X, ill).predict_proba(X) for X in given)
    for other in others:
        np.testing.assert_array_equal(first, other)


def test_a_word_never_met_and_a_row_without_a_value_are_predicted_all_the_same():
    frame, ill, _ = patients(80)
    odd = pl.DataFrame({"age": [60.0, None], "ward": ["moon", None], "crp": [0.0, None]}, schema=frame.schema)
    chances = IatrosClassifier(**QUICK).fit(frame, ill).predict_proba(odd)
    assert np.isfinite(chances).all()


def test_columns_that_tell_nothing_are_refused():
    words = pl.DataFrame({"note": [f"patient {i} feels well" for i in range(40)]})
    with pytest.raises(ValueError, match="no column of X can be learned from"):
        IatrosClassifier().fit(words, np.arange(40) % 2)


def test_the_same_random_state_gives_the_same_model_and_another_one_another():
    frame, ill, _ = patients(80)
    first, again, other = (IatrosClassifier(**QUICK, random_state=n).fit(frame, ill).predict_proba(frame) for n in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 1e-3


def test_the_random_state_of_torch_is_left_alone():
    frame, ill, _ = patients(80)
    torch.manual_seed(5)
    before = torch.get_rng_state()
    IatrosClassifier(**QUICK).fit(frame, ill).predict(frame)
    assert torch.equal(before, torch.get_rng_state())


def test_fitting_writes_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IATROS_CACHE", str(tmp_path / "cache"))
    frame, ill, _ = patients(80)
    IatrosClassifier(**QUICK).fit(frame, ill)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("there_and_back", ["pickle", "joblib"])
def test_a_fitted_estimator_survives_saving(there_and_back):
    frame, ill, _ = patients(80)
    fitted = IatrosClassifier(**QUICK, calibration="platt").fit(frame, ill)
    if there_and_back == "pickle":
        copy = pickle.loads(pickle.dumps(fitted))
    else:
        file = BytesIO()
        joblib.dump(fitted, file)
        file.seek(0)
        copy = joblib.load(file)
    np.testing.assert_array_equal(fitted.predict_proba(frame), copy.predict_proba(frame))


def test_a_clone_has_the_parameters_and_nothing_learned():
    frame, ill, _ = patients(80)
    copy = clone(IatrosClassifier(encoder={"kind": "mlp", "widths": [16]}, **QUICK).fit(frame, ill))
    assert copy.get_params()["encoder"] == {"kind": "mlp", "widths": [16]}
    assert not hasattr(copy, "model_")


def test_more_seeds_are_the_mean_of_more_networks():
    frame, ill, _ = patients(80)
    fitted = IatrosClassifier(**QUICK, seeds=3).fit(frame, ill)
    assert len(fitted.model_.held.weights) == 3
    assert len(fitted.study_.training.seed_list()) == 3


def test_it_stands_in_a_pipeline_a_grid_search_and_a_calibrator():
    frame, ill, _ = patients(120)
    kept = ColumnTransformer([("numbers", "passthrough", ["age", "crp"])], verbose_feature_names_out=False)
    pipeline = make_pipeline(kept.set_output(transform="polars"), IatrosClassifier(**QUICK))
    search = GridSearchCV(pipeline, {"iatrosclassifier__epochs": [2, 8]}, cv=2, scoring="roc_auc").fit(frame, ill)
    assert search.best_params_["iatrosclassifier__epochs"] == 8
    calibrated = CalibratedClassifierCV(IatrosClassifier(**QUICK), cv=2).fit(frame.select("age").to_numpy(), ill)
    assert calibrated.predict_proba(frame.select("age").to_numpy()).shape == (120, 2)


def test_patients_are_given_in_fit_and_routed_by_a_cross_validation():
    frame, ill, patient = patients(120)
    with config_context(enable_metadata_routing=True):
        estimator = IatrosClassifier(**QUICK, calibration="platt").set_fit_request(groups=True)
        found = cross_val_score(estimator, frame, ill, cv=GroupKFold(2), params={"groups": patient}, scoring="roc_auc")
    assert len(found) == 2
    assert np.isfinite(found).all()


def test_a_single_class_is_refused_by_name():
    with pytest.raises(ValueError, match="y holds one class, 'ill'"):
        IatrosClassifier().fit([[0.0], [1.0]], ["ill", "ill"])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"encoder": "mpl"}, "did you mean `mlp`?"),
        ({"encoder": {"kind": "mlp", "dropuot": 0.1}}, "unknown key `dropuot`"),
        ({"epochs": 0}, '`training.epochs` cannot be "0"'),
        ({"held_out": 0.9, "coverage": 0.9}, "less than 0.5"),
        ({"training": {"bach": 1}}, "did you mean `batch`?"),
    ],
)
def test_a_parameter_that_cannot_be_is_a_value_error_in_the_words_of_the_study(wrong, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        IatrosClassifier(**wrong).fit([[0.0], [1.0]], [0, 1])


def test_weights_move_the_probabilities():
    frame, ill, _ = patients(120)
    plain, heavy = (
        IatrosClassifier(**QUICK).fit(frame, ill, weight=weight).predict_proba(frame)[:, 1].mean()
        for weight in (None, np.where(ill == "yes", 9.0, 1.0))
    )
    assert heavy > plain + 0.1


def test_safeguards_are_named_alone_or_with_their_settings():
    frame, ill, _ = patients(80)
    alone = IatrosClassifier(**QUICK, safeguards=["weights"]).fit(frame, ill)
    told = IatrosClassifier(**QUICK, safeguards={"weights": {"strength": 1.0}}).fit(frame, ill)
    np.testing.assert_array_equal(alone.predict_proba(frame), told.predict_proba(frame))


def test_calibration_mends_probabilities_that_weights_bent():
    frame, ill, patient = patients(600)
    ill = np.where((ill == "yes") & (patient % 3 > 0), "no", ill)  # a rare outcome
    fresh, truth, other = patients(1200, seed=1)
    truth = np.where((truth == "yes") & (other % 3 > 0), "no", truth)
    bent, mended = (
        IatrosClassifier(safeguards=["weights"], calibration=c)
        .fit(frame, ill, groups=patient)
        .predict_proba(fresh)[:, 1]
        .mean()
        for c in ("none", "platt")
    )
    observed = (truth == "yes").mean()
    assert abs(mended - observed) < 0.04 < abs(bent - observed)


def test_sets_hold_the_truth_as_often_as_promised():
    frame, ill, _ = patients(600)
    fresh, truth, _ = patients(1200, seed=1)
    fitted = IatrosClassifier(coverage=0.9).fit(frame, ill)
    sets = fitted.predict_set(fresh)
    assert sets.shape == (1200, 2)
    assert sets[np.arange(1200), (truth == "yes").astype(int)].mean() == pytest.approx(0.9, abs=0.05)


@pytest.mark.parametrize("loss", ["huber", "quantile"])
def test_intervals_hold_the_truth_as_often_as_promised(loss):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1600, 2))
    y = 100 + 10 * X[:, 0] + rng.normal(size=1600) * 5
    fitted = IatrosRegressor(coverage=0.8, loss=loss).fit(X[:600], y[:600])
    low, high = fitted.predict_interval(X[600:]).T
    assert ((low <= y[600:]) & (y[600:] <= high)).mean() == pytest.approx(0.8, abs=0.06)


def test_sets_and_intervals_need_a_coverage_asked_for_before():
    X, y = np.random.default_rng(0).normal(size=(30, 2)), np.arange(30) % 2
    with pytest.raises(ValueError, match="coverage"):
        IatrosClassifier(**QUICK).fit(X, y).predict_set(X)
    with pytest.raises(ValueError, match="coverage"):
        IatrosRegressor(**QUICK).fit(X, y).predict_interval(X)


def test_a_logarithm_needs_positive_values():
    with pytest.raises(ValueError, match="not positive"):
        IatrosRegressor(log=True).fit([[0.0], [1.0]], [0.0, 1.0])


def test_early_stopping_holds_patients_out_whole_and_ends_before_the_last_epoch():
    frame, ill, patient = patients(200)
    stopped = IatrosClassifier(patience=1, epochs=200).fit(frame, ill, groups=patient)
    assert stopped.study_.split.main.validation == 0.2
    assert stopped.study_.split.main.calibration == 0


def test_the_estimators_are_public_names():
    assert iatros.IatrosClassifier is IatrosClassifier
    assert iatros.IatrosRegressor is IatrosRegressor


def test_an_estimator_is_made_and_its_parameters_set_without_torch():
    program = "import sys, iatros; iatros.IatrosClassifier().set_params(epochs=3); assert 'torch' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0

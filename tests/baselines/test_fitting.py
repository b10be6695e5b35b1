import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import r2_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from iatros.baselines import Examples, choose, fit_baselines, load, save
from iatros.predictions import Form

BINARY = Form(task="class", classes=("well", "ill"))
LOGISTIC, BOOSTING = "logistic regression", "gradient boosting"


def names(values):
    return [f"f{i}" for i in range(values.shape[1])]


def cytology():
    values, benign = load_breast_cancer(return_X_y=True)
    return values, benign == 0


def test_logistic_regression_is_as_good_as_the_standard_pipeline():
    values, truth = cytology()
    ours, theirs, boosted = [], [], []
    for train, test in StratifiedKFold(5, shuffle=True, random_state=1).split(values, truth):
        fitted = fit_baselines(Examples(values, names(values), {"truth": truth}, BINARY), train)
        pipeline = make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression(max_iter=1000)).fit(
            values[train], truth[train]
        )
        ours.append(roc_auc_score(truth[test], fitted[LOGISTIC].predict(values[test])["score"]))
        theirs.append(roc_auc_score(truth[test], pipeline.predict_proba(values[test])[:, 1]))
        boosted.append(roc_auc_score(truth[test], fitted[BOOSTING].predict(values[test])["score"]))
    assert np.mean(ours) > np.mean(theirs) - 0.001
    assert np.mean(ours) > 0.993
    assert np.mean(boosted) > 0.988


def test_the_test_part_is_never_looked_at():
    values, truth = cytology()
    train = np.arange(0, 400)
    spoiled, wrong = values.copy(), truth.copy()
    spoiled[400:] = 1e6
    wrong[400:] = ~wrong[400:]
    one = fit_baselines(Examples(values, names(values), {"truth": truth}, BINARY), train)
    other = fit_baselines(Examples(spoiled, names(values), {"truth": wrong}, BINARY), train)
    for name in one:
        assert np.array_equal(one[name].predict(values)["score"], other[name].predict(values)["score"])
        assert one[name].inner == other[name].inner


def test_the_prevalence_heeds_weights():
    values, truth = cytology()
    weights = np.where(truth, 1.0, 3.0)
    fitted = fit_baselines(Examples(values, names(values), {"truth": truth}, BINARY, weights=weights), np.arange(len(truth)))
    expected = truth.sum() / (truth.sum() + 3 * (~truth).sum())
    assert fitted["prevalence"].predict(values[:2])["score"] == pytest.approx([expected, expected])
    mean = fitted[LOGISTIC].predict(values)["score"]
    assert np.average(mean, weights=weights) == pytest.approx(expected, abs=0.01)


def test_several_classes_give_probabilities_that_add_up(tmp_path):
    values, kind = load_wine(return_X_y=True)
    form = Form(task="class", classes=("a", "b", "c", "never"))
    truth = {"truth": [form.classes[k] for k in kind]}
    fitted = fit_baselines(Examples(values, names(values), truth, form), np.arange(len(kind)))
    save(fitted, tmp_path)
    again = load(tmp_path)
    for name in fitted:
        scores = fitted[name].predict(values)
        assert list(scores) == list(form.scores())
        assert np.allclose(sum(scores.values()), 1)
        assert (scores["score:never"] == 0).all()
        assert all(np.allclose(again[name].predict(values)[c], scores[c], atol=1e-5) for c in scores)


def test_two_seen_of_three_classes_keep_their_columns(tmp_path):
    values, kind = load_wine(return_X_y=True)
    form = Form(task="class", classes=("x", "a", "b"))
    rows = np.flatnonzero(kind < 2)
    fitted = fit_baselines(Examples(values, names(values), {"truth": [form.classes[k % 2 + 1] for k in kind]}, form), rows)
    scores = fitted[LOGISTIC].predict(values[rows])
    assert roc_auc_score(kind[rows] == 1, scores["score:b"]) > 0.98
    save(fitted, tmp_path)


def test_a_value_is_regressed_and_saved(tmp_path):
    values, y = load_diabetes(return_X_y=True)
    train, test = np.arange(300), np.arange(300, 442)
    fitted = fit_baselines(Examples(values, names(values), {"truth": y}, Form(task="value")), train)
    assert list(fitted) == ["ridge regression", BOOSTING, "prevalence"]
    assert r2_score(y[test], fitted["ridge regression"].predict(values[test])["score"]) > 0.45
    assert fitted["prevalence"].predict(values[:1])["score"] == pytest.approx(y[train].mean())
    save(fitted, tmp_path)
    again = load(tmp_path)["ridge regression"].predict(values)["score"]
    assert np.allclose(again, fitted["ridge regression"].predict(values)["score"], rtol=1e-5)


def test_each_label_is_learned_from_the_cases_that_have_it(tmp_path):
    values, truth = cytology()
    form = Form(task="labels", classes=("one", "other", "unknown"))
    some = [None if i % 3 == 0 else bool(t) for i, t in enumerate(truth)]
    columns = {"truth:one": truth, "truth:other": some, "truth:unknown": [None] * len(truth)}
    fitted = fit_baselines(Examples(values, names(values), columns, form), np.arange(len(truth)))
    scores = fitted[LOGISTIC].predict(values)
    assert roc_auc_score(truth, scores["score:other"]) > 0.98
    assert np.isnan(scores["score:unknown"]).all()
    save(fitted, tmp_path)


def test_gaps_are_features_and_empty_or_constant_columns_do_no_harm(tmp_path):
    rng = np.random.default_rng(0)
    truth = rng.random(300) < 0.5
    values = rng.normal(size=(300, 4))
    values[truth & (rng.random(300) < 0.9), 0] = np.nan  # missing because of the outcome
    values[:, 1] = np.nan
    values[:, 2] = 7.0
    fitted = fit_baselines(Examples(values, names(values), {"truth": truth}, BINARY), np.arange(200))
    for name in (LOGISTIC, BOOSTING):
        assert roc_auc_score(truth[200:], fitted[name].predict(values[200:])["score"]) > 0.85
    save(fitted, tmp_path)
    again = load(tmp_path)
    assert np.allclose(again[BOOSTING].predict(values)["score"], fitted[BOOSTING].predict(values)["score"], atol=1e-5)


def test_one_class_in_training_gives_a_constant():
    values = np.random.default_rng(0).normal(size=(20, 2))
    for outcome in (True, False):
        fitted = fit_baselines(Examples(values, names(values), {"truth": [outcome] * 20}, BINARY), np.arange(20))
        assert {float(b.predict(values)["score"][0]) for b in fitted.values()} == {float(outcome)}


def test_no_truth_at_all_is_refused():
    with pytest.raises(ValueError, match="no training row has a truth"):
        fit_baselines(Examples(np.zeros((5, 1)), ["a"], {"truth": [None] * 5}, BINARY), np.arange(5))


def test_the_one_to_beat_is_chosen_inside_the_training_part():
    rng = np.random.default_rng(1)
    values = rng.normal(size=(400, 2))
    crossed = (values[:, 0] * values[:, 1] > 0) ^ (rng.random(400) < 0.05)
    straight = values[:, 0] + 0.3 * rng.normal(size=400) > 0
    for truth, best in ((crossed, BOOSTING), (straight, LOGISTIC)):
        examples = Examples(values, names(values), {"truth": truth}, BINARY)
        folds = [fit_baselines(examples, np.arange(f, 400, 2), seed=f) for f in (0, 1)]
        assert choose(folds) == best


def test_a_fold_takes_a_fifth_of_a_second():
    values, truth = cytology()
    started = time.process_time()
    fit_baselines(Examples(values, names(values), {"truth": truth}, BINARY), np.arange(455))
    assert time.process_time() - started < 1.5  # .2 s on an idle core


@settings(max_examples=10, deadline=None)
@given(st.integers(4, 40), st.integers(0, 3), st.integers(0, 1000))
def test_any_small_table_gets_finite_scores(n, features, seed):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n, features)) * 10.0 ** rng.integers(-8, 8)
    values[rng.random(values.shape) < 0.3] = np.nan
    truth = rng.random(n) < 0.4
    examples = Examples(values, names(values), {"truth": truth}, BINARY, groups=rng.integers(0, n, n))
    fitted = fit_baselines(examples, np.arange(n))
    for baseline in fitted.values():
        scores = baseline.predict(values)["score"]
        assert ((scores >= 0) & (scores <= 1)).all()

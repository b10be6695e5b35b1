"""The learning curve: nested subsets of whole patients, the last point the baseline itself, gains that were planted."""

from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import mean_absolute_error, roc_auc_score

from iatros.baselines import Examples, fit_baselines
from iatros.evaluation.learning import MOST_WORK, SHARES, learning_curve, subset, work
from iatros.evaluation.probes import Question
from iatros.metrics.delong import influence, logit_interval, variance
from iatros.predictions import Form

BINARY = Form(task="class", name="y", classes=("no", "yes"))


def made(n=500, features=12, folds=4, form=BINARY, strength=1.0, seed=0):
    """A question whose answer lies in all features together, and its features."""
    generator = np.random.default_rng(seed)
    values = generator.normal(size=(n, features))
    latent = strength * values.sum(axis=1) / np.sqrt(features) + generator.normal(size=n)
    truth = list(latent) if form.task == "value" else list(latent > 0.5)
    fold = generator.integers(0, folds, n)
    pairs = [(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(folds)]
    return Question("y", form, {"truth": truth}, pairs, np.arange(n) // 2), values


def curve(question, values, weight=None):
    names = tuple(f"x{i}" for i in range(values.shape[1]))
    return learning_curve(question, values, names, np.ones(len(values)) if weight is None else weight, "folds")


def scored(question, values, rows_of=lambda train: train):
    """Out-of-fold scores of the linear baseline as a run fits it."""
    score = np.zeros(len(values))
    name = "ridge regression" if question.form.task == "value" else "logistic regression"
    for train, test in question.folds:
        fitted = fit_baselines(
            Examples(values, [str(i) for i in range(values.shape[1])], question.truth, question.form, groups=question.groups),
            rows_of(train),
        )
        score[test] = fitted[name].predict(values[test])["score"]
    return score


@pytest.fixture(scope="module")
def drawn():
    question, values = made()
    return question, values, curve(question, values)


def test_the_last_point_is_the_baseline_itself(drawn):
    question, values, found = drawn
    last = found.curves.row(-1, named=True)
    assert last["y"] == pytest.approx(roc_auc_score(question.truth["truth"], scored(question, values)), abs=1e-12)
    assert last["x"] == np.mean([len(train) for train, _ in question.folds])
    assert last["model"] == "logistic regression"


def test_intervals_respect_patients_with_several_cases(drawn):
    question, values, found = drawn
    truth = np.array(question.truth["truth"])
    cases = influence(truth, scored(question, values))
    peer = logit_interval(cases.area, variance(truth, cases.of, question.groups))
    last = found.curves.row(-1, named=True)
    assert (last["low"], last["high"]) == pytest.approx(tuple(peer), abs=0.012)


def test_more_cases_help_where_much_is_to_be_learned():
    question, values = made(n=600, features=40, strength=3.0)
    found = curve(question, values)
    assert found.curves["y"][-1] > found.curves["y"][0] + 0.03
    assert found.curves["x"].is_sorted()
    assert len(found.curves) == len(SHARES)


def test_the_gain_is_the_paired_difference_of_the_last_two_points(drawn):
    row = drawn[2].rows[0]
    y = drawn[2].curves["y"]
    assert row.value == pytest.approx(y[-1] - y[-2])
    assert row.low < row.value < row.high
    assert (row.model, row.against) == ("learning:logistic regression", "learning:70%")


@pytest.mark.parametrize("share", SHARES)
def test_a_subset_holds_that_share_of_the_patients_whole(share):
    train, patient = np.arange(20, 200), np.arange(200) // 3
    some = subset(train, patient, share, seed=5)
    kept = set(patient[some])
    assert len(kept) == np.ceil(share * len(set(patient[train])))
    assert set(train[np.isin(patient[train], list(kept))]) == set(some)


def test_smaller_subsets_are_parts_of_larger_ones():
    train, patient = np.arange(300), np.arange(300) // 2
    nested = [set(subset(train, patient, share, seed=1)) for share in SHARES]
    assert all(small < large for small, large in pairwise(nested))


def test_a_value_is_judged_by_its_mean_absolute_error():
    question, values = made(form=Form(task="value", name="y"))
    found = curve(question, values)
    assert found.rows[0].metric == "mae"
    wanted = mean_absolute_error(question.truth["truth"], scored(question, values))
    assert found.curves["y"][-1] == pytest.approx(wanted)


def test_shares_too_small_to_learn_from_are_left_out():
    question, values = made(n=120)
    found = curve(question, values)
    assert found.curves["x"].min() >= 20
    assert len(found.curves) < len(SHARES)


def test_too_few_or_too_many_cases_leave_the_reason():
    question, values = made(n=24)
    found = curve(question, values)
    assert len(found.curves) == 0
    assert "fewer than" in found.rows[0].withheld
    wide = np.zeros((500, 4000))
    question, _ = made(n=500)
    assert work(question, wide) > MOST_WORK
    assert "too many" in curve(question, wide).rows[0].withheld


def test_unknown_truths_are_neither_learned_nor_judged():
    question, values = made(n=400)
    truth = list(question.truth["truth"])
    truth[::10] = [None] * len(truth[::10])
    known = np.array([cell is not None for cell in truth])
    folds = [(train[known[train]], test) for train, test in question.folds]
    found = curve(Question("y", BINARY, {"truth": truth}, folds, question.groups), values)
    assert found.curves["n"].to_list() == [360] * len(found.curves)
    assert isinstance(found.curves, pl.DataFrame)

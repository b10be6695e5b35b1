"""Linear baselines against scikit-learn's own fit on the same numbers."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge

from iatros.baselines import linear
from iatros.baselines.inner import Inner, deal
from iatros.baselines.loss import losses
from iatros.baselines.scaling import apply

NO_FOLDS = Inner(np.full(200, -1))


def planted(classes, seed=0, gaps=0.1):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(200, 4)) * [1, 10, 0.1, 3] + [0, 50, 1, 0]
    raw = values[:, 0] - (values[:, 1] - 50) / 10 + 0.5 * rng.normal(size=200)
    y = raw if not classes else np.digitize(raw, np.quantile(raw, np.arange(1, classes) / classes)).astype(float)
    values[rng.random(values.shape) < gaps] = np.nan
    return values, y, np.ones(200)


@pytest.mark.parametrize("classes", [0, 2, 3])
def test_without_inner_folds_it_is_scikit_learns_model_at_the_default_penalty(classes):
    values, y, weights = planted(classes)
    found = linear.fit(values, y, classes, weights, NO_FOLDS)
    scaled = apply(found.scaling, values)
    if classes:
        peer = LogisticRegression(C=linear.C_DEFAULT, max_iter=1000, tol=1e-8).fit(scaled, y)
        theirs = peer.predict_proba(scaled)[:, 1:] if classes == 2 else peer.predict_proba(scaled)
    else:
        theirs = Ridge(alpha=linear.PENALTY_DEFAULT).fit(scaled, y).predict(scaled)[:, None]
    assert found.scores(values) == pytest.approx(theirs, abs=2e-3)


@pytest.mark.parametrize("classes", [0, 2, 3])
def test_the_penalty_chosen_is_the_one_that_did_best_on_inner_folds(classes):
    values, y, weights = planted(classes)
    folds = deal(y, classes, np.arange(200), 5, np.random.default_rng(0))
    found = linear.fit(values, y, classes, weights, folds)
    grid = linear.C_GRID if classes else linear.PENALTY_GRID
    assert found.strength in grid
    means = []
    for strength in grid:
        scores = np.full((200, classes if classes > 2 else 1), np.nan)
        for learn, judge in folds:
            (one,) = linear._fit_each(values[learn], y[learn], classes, weights[learn], [strength])
            scores[judge] = one.scores(values[judge])
        means.append(losses(y, scores, classes).mean())
    assert grid[int(np.argmin(means))] == found.strength


def test_scores_of_classes_are_probabilities():
    values, y, weights = planted(3)
    scores = linear.fit(values, y, 3, weights, NO_FOLDS).scores(values)
    assert scores.sum(1) == pytest.approx(np.ones(200))
    assert scores.min() > 0


def test_units_do_not_matter():
    values, y, weights = planted(2)
    other = linear.fit(values * [1000, 0.01, 1, 7], y, 2, weights, NO_FOLDS)
    assert other.scores(values * [1000, 0.01, 1, 7]) == pytest.approx(
        linear.fit(values, y, 2, weights, NO_FOLDS).scores(values), abs=1e-4
    )


def test_a_case_that_weighs_two_counts_twice():
    values, y, _ = planted(0, gaps=0)
    weights = np.ones(200)
    weights[:50] = 2
    twice = np.concatenate([np.arange(200), np.arange(50)])
    weighed = linear.fit(values, y, 0, weights, NO_FOLDS).scores(values)
    repeated = linear.fit(values[twice], y[twice], 0, np.ones(250), Inner(np.full(250, -1))).scores(values)
    assert weighed == pytest.approx(repeated, abs=0.01)


@pytest.mark.parametrize("classes", [0, 2])
def test_inner_folds_keep_groups_whole_and_spread_the_outcome(classes):
    _, y, _ = planted(classes)
    group = np.arange(200) // 4
    y = y if not classes else (group % 2).astype(float)
    folds = deal(y, classes, group, 5, np.random.default_rng(1))
    assert all(len(np.unique(folds.fold[group == g])) == 1 for g in np.unique(group))
    means = [y[folds.fold == fold].mean() for fold in range(5)]
    assert np.ptp(means) < 0.3 * max(y.std(), 0.5)
    learned = [set(learn) | set(judge) for learn, judge in folds]
    assert all(len(rows) == 200 for rows in learned)

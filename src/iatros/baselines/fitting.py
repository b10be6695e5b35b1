"""Classical models of the same cases that a network is trained on.

In: features, truth and the rows to learn from. Out: `Baseline`s by name, and which of them is the one to beat.
A caller may give train, validation and calibration rows together: nothing is calibrated here, and settings are chosen on folds
inside these rows, so a baseline sees exactly the cases that the network sees for all its purposes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # has no types

from iatros.baselines import boosting, inner, linear, prevalence
from iatros.baselines.loss import headline
from iatros.baselines.outcomes import Column, Outcome, outcomes
from iatros.predictions import PREVALENCE, Form

BOOSTING = "gradient boosting"
LINEAR = {
    "class": "logistic regression", "labels": "logistic regression", "value": "ridge regression",
    "residues": "logistic regression",
}  # fmt: skip
INNER_FOLDS = 3


@dataclass(frozen=True)
class Examples:
    """Cases with their features and their truth, some of which a baseline learns from.

    values: [M, F], NaN where missing; names: [F]; truth: columns `form.truths()`, [M] each
    weights: [M] of the cases; groups: [M], rows of one group are never on two sides of an inner fold
    """

    values: NDArray[np.float64]
    names: Sequence[str]
    truth: Mapping[str, Column]
    form: Form
    weights: NDArray[np.float64] | None = None
    groups: NDArray[np.int64] | None = None


class Model(Protocol):
    """A fitted model of one outcome."""

    def scores(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """[M, F] -> [M, k]: a value, the probability of the second of two classes, or those of k classes."""
        ...


@dataclass(frozen=True)
class Part:
    """The model of one outcome.

    columns: the score columns that it fills; seen: the classes that the training rows had, in the model's order; () for a value
    """

    columns: tuple[str, ...]
    seen: tuple[int, ...]
    model: Model

    def predict(self, values: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
        """[M, F] -> column -> [M]. A class never seen scores 0."""
        scores = self.model.scores(values)
        if len(self.columns) == 1:
            return {self.columns[0]: scores[:, 0]}
        if scores.shape[1] < len(self.seen):  # one column for two classes
            scores = np.hstack([1 - scores, scores])
        every = np.zeros((len(values), len(self.columns)))
        every[:, list(self.seen)] = scores
        return dict(zip(self.columns, every.T, strict=True))


@dataclass(frozen=True)
class Baseline:
    """A classical model of one target.

    features: names of the columns of `values`; inner: AUROC (or R2) on folds inside the training rows, None where there were
    too few to judge
    """

    name: str
    features: tuple[str, ...]
    parts: tuple[Part, ...]
    inner: float | None = None

    def predict(self, values: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
        """Score columns [M] of cases [M, F], under the names of `Form.scores()`."""
        columns: dict[str, NDArray[np.float64]] = {}
        for part in self.parts:
            columns |= part.predict(values)
        return columns


@dataclass(frozen=True)
class _Task:
    """Known training rows of one outcome. y: [n] codes recoded to those seen; classes: how many were seen, 0 for a value."""

    columns: tuple[str, ...]
    seen: tuple[int, ...]
    values: NDArray[np.float64]
    y: NDArray[np.float64]
    classes: int
    weights: NDArray[np.float64]
    folds: inner.Inner


def fit_baselines(examples: Examples, train: NDArray[np.int64], seed: int = 0) -> dict[str, Baseline]:
    """A linear model, boosted trees and the prevalence, by name.

    train: [n] positions to learn from. Raises ValueError where no training row has a truth.
    """
    tasks = _tasks(examples, train, seed)
    make = partial(Baseline, features=tuple(examples.names))
    linear_name = LINEAR[examples.form.task]
    with threadpool_limits(1):  # so little work that a second thread only waits
        return {
            linear_name: _join(make, linear_name, [_linear(task) for task in tasks]),
            BOOSTING: _join(make, BOOSTING, [_boosting(task, seed) for task in tasks]),
            PREVALENCE: _join(make, PREVALENCE, [(_constant(task), None) for task in tasks]),
        }


def fit_linear(examples: Examples, train: NDArray[np.int64], seed: int = 0) -> Baseline:
    """The linear model alone, as `fit_baselines` fits it: cheap enough to be fitted several times."""
    with threadpool_limits(1):
        fitted = [_linear(task) for task in _tasks(examples, train, seed)]
    return _join(partial(Baseline, features=tuple(examples.names)), LINEAR[examples.form.task], fitted)


def fit_constant(examples: Examples, train: NDArray[np.int64], seed: int = 0) -> Baseline:
    """The prevalence alone."""
    constant = [(_constant(task), None) for task in _tasks(examples, train, seed)]
    return _join(partial(Baseline, features=tuple(examples.names)), PREVALENCE, constant)


def choose(fitted: Iterable[Mapping[str, Baseline]]) -> str:
    """The baseline that a verdict compares with: the best on inner folds, on average over the outer folds.

    fitted: the baselines of each outer fold. No test case has a say. Without a judgement the first named is taken.
    """
    every = list(fitted)
    names = [name for name in every[0] if name != PREVALENCE]
    return max(names, key=lambda name: _mean([fold[name].inner for fold in every], default=-np.inf))


def _tasks(examples: Examples, train: NDArray[np.int64], seed: int) -> list[_Task]:
    tasks = [_task(outcome, examples, train, seed) for outcome in outcomes(examples.form, examples.truth)]
    if not any(len(task.y) for task in tasks):
        raise ValueError(f"no training row has a truth for {', '.join(examples.form.truths())}")
    return tasks


def _task(outcome: Outcome, examples: Examples, train: NDArray[np.int64], seed: int) -> _Task:
    values, weights, groups = examples.values, examples.weights, examples.groups
    weight = np.ones(len(values)) if weights is None else np.asarray(weights, np.float64)
    group = np.arange(len(values)) if groups is None else np.asarray(groups, np.int64)
    rows = train[outcome.known[train] & (weight[train] > 0)]
    y, seen = outcome.y[rows], np.zeros(0)
    if outcome.classes:
        seen, code = np.unique(y, return_inverse=True)
        y = code.astype(np.float64)
    folds = inner.deal(y, len(seen), group[rows], INNER_FOLDS, np.random.default_rng(seed))
    scaled = weight[rows] / weight[rows].mean() if len(rows) else weight[rows]
    return _Task(outcome.columns, tuple(int(c) for c in seen), values[rows], y, len(seen), scaled, folds)


Fitted = tuple[Part, float | None]  # a part, and its headline metric on inner folds


def _linear(task: _Task) -> Fitted:
    if task.classes == 1 or not task.values.size:
        return _constant(task), None
    model = linear.fit(task.values, task.y, task.classes, task.weights, task.folds)
    return Part(task.columns, task.seen, model), _headline(task, model.inner)


def _boosting(task: _Task, seed: int) -> Fitted:
    if task.classes == 1 or not task.values.size:
        return _constant(task), None
    model = boosting.fit(task.values, task.y, task.classes, task.weights, task.folds, seed)
    return Part(task.columns, task.seen, model), _headline(task, model.inner)


def _constant(task: _Task) -> Part:
    """The prevalence, NaN for a label of which no truth is known."""
    if not len(task.y):
        return Part(task.columns, task.seen, prevalence.Prevalence(np.full(len(task.columns), np.nan)))
    if task.classes == 1:  # all of them: 1; of two classes the score is that of code 1
        share = task.seen[0] if len(task.columns) == 1 else 1
        return Part(task.columns, task.seen, prevalence.Prevalence(np.array([float(share)])))
    return Part(task.columns, task.seen, prevalence.fit(task.y, task.classes, task.weights))


def _headline(task: _Task, scores: NDArray[np.float64] | None) -> float | None:
    if scores is None:
        return None
    judged = ~np.isnan(scores[:, 0])
    y = task.y[judged]
    if task.classes and len(np.unique(y)) < task.classes:
        return None
    return headline(y, scores[judged], task.classes, task.weights[judged])


def _join(make: partial[Baseline], name: str, fitted: Sequence[Fitted]) -> Baseline:
    inner_value = _mean([value for _, value in fitted], default=np.nan)
    return make(name=name, parts=tuple(part for part, _ in fitted), inner=None if np.isnan(inner_value) else inner_value)


def _mean(values: Sequence[float | None], default: float) -> float:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else default

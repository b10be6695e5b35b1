"""Would more of the same cases help? A learning curve of the linear baseline: the network is too dear to be trained again.

In: features, truth, and who trains and tests. Out: `Results`: points of the curve "learning", and one row with what the last
step of the curve brought, or why there is no curve.
Training parts are cut to nested subsets of whole patients; everything, the penalty included, is chosen inside each subset.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
import polars as pl
from numpy.typing import NDArray

from iatros.baselines import Examples, fit_linear
from iatros.baselines.fitting import LINEAR
from iatros.baselines.outcomes import outcomes
from iatros.evaluation.curves import frame
from iatros.evaluation.evaluate import evaluate
from iatros.evaluation.probes import Floats, Question
from iatros.evaluation.settings import Results, Settings
from iatros.predictions import ENSEMBLE
from iatros.results import MetricRow

SHARES = (0.1, 0.2, 0.4, 0.7, 1.0)
LEAST_CASES, LEAST_OF_CLASS = 20, 5  # in every training subset, or the share is left out
MOST_WORK = 1.5e8  # about ten seconds on one core
WIDE = 400  # features from which the solver's work grows with their number alone
RESAMPLES = 500
CURVE = "learning"


@dataclass(frozen=True)
class Step:
    """One share of the training cases. cases: their mean number over folds; table: predictions of all test cases."""

    share: float
    cases: float
    table: pl.DataFrame


def learning_curve(question: Question, values: Floats, names: tuple[str, ...], weight: Floats, scheme: str) -> Results:
    """AUROC (of a value: mean absolute error) on the test parts, by the number of training cases.

    values: [M, F]; names: [F]; weight: [M]; question.groups: [M] patients. The last point is the baseline itself.
    """
    metric = "mae" if question.form.task == "value" else "auroc"
    base = MetricRow(target=question.target, metric=metric, scheme=scheme, model=f"{CURVE}:{linear_name(question)}")
    if work(question, values) > MOST_WORK:
        why = f"{len(values):,} cases of {values.shape[1]:,} features are too many for the extra fits"
        return Results([base.model_copy(update={"withheld": why})], frame([]))
    steps = [step for share in SHARES if (step := _step(question, values, names, weight, share)) is not None]
    if len(steps) < 2:
        why = f"a part of the training cases would have fewer than {LEAST_CASES}, or fewer than {LEAST_OF_CLASS} of a class"
        return Results([base.model_copy(update={"withheld": why})], frame([]))
    return _judged(question, steps, base)


def linear_name(question: Question) -> str:
    """What the baseline is called."""
    return LINEAR[question.form.task]


def work(question: Question, values: Floats) -> float:
    """About how many multiplications one pass of all fits takes, in units that MOST_WORK bounds."""
    wide = min(values.shape[1], WIDE) * max(1, len(question.form.classes))
    return float(sum(len(train) for train, _ in question.folds) * values.shape[1] * wide)


def subset(train: NDArray[np.int64], patient: NDArray[np.int64], share: float, seed: int) -> NDArray[np.int64]:
    """A share of the patients of the training cases, with all their cases; smaller shares are parts of larger ones."""
    codes, place = np.unique(patient[train], return_inverse=True)
    rank = np.random.default_rng(seed).permutation(len(codes))
    return train[rank[place] < ceil(share * len(codes) - 1e-9)]


def _step(question: Question, values: Floats, names: tuple[str, ...], weight: Floats, share: float) -> Step | None:
    patient = np.arange(len(values)) if question.groups is None else question.groups
    scores = {name: np.full(len(values), np.nan) for name in question.form.scores()}
    examples = Examples(values, names, question.truth, question.form, weight, patient)
    sizes = []
    for number, (train, test) in enumerate(question.folds):
        some = subset(train, patient, share, seed=question.seed + number)
        if not _enough(question, some):
            return None
        fitted = fit_linear(examples, some, question.seed)
        for name, column in fitted.predict(values[test]).items():
            scores[name][test] = column
        sizes.append(len(some))
    every = np.unique(np.concatenate([test for _, test in question.folds]))
    told = {name: [column[i] for i in every] for name, column in {**question.truth, **scores}.items()}
    known = {"case": every, "patient": [f"p{code}" for code in patient[every]], "weight": weight[every]}
    return Step(share, float(np.mean(sizes)), pl.DataFrame({**known, **told}, strict=False))


def _enough(question: Question, rows: NDArray[np.int64]) -> bool:
    """Are there cases to learn from, of two or more classes of each class?"""
    if len(rows) < LEAST_CASES:
        return False
    if question.form.task != "class":
        return True
    y = outcomes(question.form, question.truth)[0].y[rows]
    return all(np.count_nonzero(y == code) >= LEAST_OF_CLASS for code in range(len(question.form.classes)))


def _judged(question: Question, steps: list[Step], base: MetricRow) -> Results:
    """All shares judged together, so that their differences are paired; the last step stands where the ensemble would."""
    named = {ENSEMBLE: steps[-1], **{f"{step.share:.0%}": step for step in steps[:-1]}}
    table = pl.concat([step.table.with_columns(model=pl.lit(name)) for name, step in named.items()])
    settings = Settings(resamples=RESAMPLES, groups=(), curve_resamples=2)
    rows = evaluate(table, question.form, settings=settings, target=question.target).rows
    found = [row for row in rows if row.metric == base.metric and row.overall]
    whole = {row.model: row for row in found if not row.against}
    points: list[dict[str, object]] = []
    for name, step in sorted(named.items(), key=lambda item: item[1].cases):
        row = whole[name]
        if row.value is not None:
            point = {"curve": CURVE, "x": step.cases, "y": row.value, "low": row.low, "high": row.high, "n": row.cases}
            told = {"target": base.target, "class_": "", "scheme": base.scheme, "group": "", "model": linear_name(question)}
            points.append(told | point)
    before = f"{steps[-2].share:.0%}"
    gain = next((row for row in found if row.against == before), None)
    if gain is None or not points:
        return Results([base.model_copy(update={"withheld": "too few test cases to judge"})], frame([]))
    kept = {"value": gain.value, "low": gain.low, "high": gain.high, "withheld": gain.withheld, "against": f"{CURVE}:{before}"}
    return Results([base.model_copy(update=kept | {"cases": gain.cases, "events": gain.events})], frame(points))

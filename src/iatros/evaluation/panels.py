"""All figures of one set of scores, for all resamples: one function a task.

In: truth [N], a draw's scores, weights [R, N]. Out: `Figures`, figure -> [R].
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from iatros.metrics import calibration, classes, decisions, perplexity, positions, probabilities, ranking, structure, values
from iatros.metrics.ranking import Floats, Weights
from iatros.predictions import Form

COUNTS = ("true_positives", "false_positives", "true_negatives", "false_negatives")
AT_THRESHOLD = ("sensitivity", "specificity", "ppv", "npv", "f1", "accuracy", *COUNTS)


class Figure(NamedTuple):
    """What is measured: metric, of which class, at which threshold, chosen how."""

    metric: str
    class_: str = ""
    threshold: float | None = None
    rule: str = ""


class Limit(NamedTuple):
    """An operating point for one draw: rule, threshold as shown, and [N] threshold of each case."""

    rule: str
    shown: float
    of_case: Floats


Figures = Mapping[Figure, Floats]


def is_risk(score: Floats) -> bool:
    """Can the scores be probabilities?"""
    return bool(len(score)) and float(score.min()) >= 0 and float(score.max()) <= 1


def ranked(truth: NDArray[np.bool_], score: Floats, weights: Weights, site: NDArray[np.int64] | None) -> dict[Figure, Floats]:
    """Ranking, which any score has."""
    figures = {
        Figure("auroc"): ranking.auroc(truth, score, weights),
        Figure("auprc"): ranking.average_precision(truth, score, weights),
    }
    if site is not None:
        figures[Figure("auroc_within_sites")] = ranking.auroc_within(truth, score, site, weights)
    return figures


def calibrated(truth: NDArray[np.bool_], risk: Floats, weights: Weights) -> dict[Figure, Floats]:
    """What only probabilities have."""
    return {
        Figure("brier"): probabilities.brier_score(truth, risk, weights),
        Figure("log_loss"): probabilities.log_loss(truth, risk, weights),
        Figure("calibration_slope"): calibration.calibration_slope(truth, risk, weights),
        Figure("calibration_intercept"): calibration.calibration_intercept(truth, risk, weights),
        Figure("observed_expected"): probabilities.observed_expected(truth, risk, weights),
    }


def at_thresholds(truth: NDArray[np.bool_], score: Floats, limits: Sequence[Limit], weights: Weights) -> dict[Figure, Floats]:
    """Confusion counts and what follows from them, at each operating point."""
    if not limits:
        return {}
    of_case = np.stack([limit.of_case for limit in limits], axis=1)  # [N, T]
    flagged = score[:, None] >= of_case
    counts = decisions.confusion(truth, flagged, weights)
    found = {name: getattr(counts, name) for name in AT_THRESHOLD}
    odds = of_case / np.where(of_case < 1, 1 - of_case, np.nan)
    costs = np.where(flagged & ~truth[:, None], np.where((of_case > 0) & (of_case < 1), odds, np.nan), 0.0)
    total = weights.sum(axis=1, dtype=np.float64)[:, None]
    benefit = found["true_positives"] - (weights @ costs.astype(weights.dtype)).astype(np.float64)
    found["net_benefit"] = _over(benefit, np.broadcast_to(total, benefit.shape))
    return {
        Figure(name, "", limit.shown, limit.rule): values[:, column]
        for name, values in found.items()
        for column, limit in enumerate(limits)
    }


def of_sets(truth: NDArray[np.int64], sets: NDArray[np.bool_] | None, weights: Weights) -> dict[Figure, Floats]:
    """Do conformal sets [N, K] hold the truth, and how large are they?"""
    if sets is None:
        return {}
    inside = sets[np.arange(len(truth)), truth].astype(np.float64)
    return {
        Figure("coverage"): probabilities.mean(inside, weights),
        Figure("set_size"): probabilities.mean(sets.sum(axis=1).astype(np.float64), weights),
    }


def several_classes(truth: NDArray[np.int64], probability: Floats, weights: Weights, form: Form) -> dict[Figure, Floats]:
    """Figures of several classes: macro, per class, and the confusion matrix as "TRUTH|PREDICTED"."""
    area = classes.auroc_per_class(truth, probability, weights)
    precision = classes.average_precision_per_class(truth, probability, weights)
    matrix = classes.confusion_matrix(truth, probability, weights)  # [R, K, K]
    right = np.einsum("rkk->rk", matrix)
    figures = {
        Figure("auroc"): area.mean(axis=1),
        Figure("auprc"): precision.mean(axis=1),
        Figure("accuracy"): classes.top_accuracy(truth, probability, weights),
        Figure("top2_accuracy"): classes.top_accuracy(truth, probability, weights, top=2),
        Figure("log_loss"): classes.log_loss(truth, probability, weights),
        Figure("brier"): classes.brier_score(truth, probability, weights),
        Figure("balanced_accuracy"): _over(right, matrix.sum(axis=2)).mean(axis=1),
    }
    for k, name in enumerate(form.classes):
        own = truth == k
        figures[Figure("auroc", name)] = area[:, k]
        figures[Figure("auprc", name)] = precision[:, k]
        figures[Figure("prevalence", name)] = probabilities.prevalence(own, weights)
        figures[Figure("sensitivity", name)] = _over(right[:, k], matrix[:, k].sum(axis=1))
        figures[Figure("ppv", name)] = _over(right[:, k], matrix[:, :, k].sum(axis=1))
        scored = calibrated(own, probability[:, k], weights)
        figures |= {figure._replace(class_=name): found for figure, found in scored.items()}
        figures |= {Figure("confusion", f"{name}|{other}"): matrix[:, k, j] for j, other in enumerate(form.classes)}
    return figures


def of_positions(statistics: Floats, weights: Weights, form: Form) -> dict[Figure, Floats]:
    """Figures over all positions of all cases, from each case's sums [N, S] (`metrics.positions`): macro, and per class."""
    count = len(form.classes)
    sums = weights.astype(np.float64) @ statistics
    matrix, area = positions.confusion(sums, count), positions.auroc(sums, count)
    right, total = np.einsum("rkk->rk", matrix), matrix.sum(axis=(1, 2))
    loss, squares = positions.losses(sums, count)
    figures = {
        Figure("accuracy"): _over(right.sum(axis=1), total),
        Figure("case_accuracy"): _over(sums[:, 2], weights.sum(axis=1, dtype=np.float64)),
        Figure("balanced_accuracy"): _over(right, matrix.sum(axis=2)).mean(axis=1),
        Figure("auroc"): area.mean(axis=1),
        Figure("log_loss"): loss,
        Figure("brier"): squares,
    }
    for k, name in enumerate(form.classes):
        figures[Figure("auroc", name)] = area[:, k]
        figures[Figure("prevalence", name)] = _over(matrix[:, k].sum(axis=1), total)
        figures[Figure("sensitivity", name)] = _over(right[:, k], matrix[:, k].sum(axis=1))
        figures[Figure("ppv", name)] = _over(right[:, k], matrix[:, :, k].sum(axis=1))
        figures |= {Figure("confusion", f"{name}|{other}"): matrix[:, k, j] for j, other in enumerate(form.classes)}
    return figures


def of_letters(statistics: Floats, weights: Weights) -> dict[Figure, Floats]:
    """Figures over all letters of all cases, from each case's sums [N, S] (`metrics.perplexity`)."""
    sums = weights.astype(np.float64) @ statistics
    return {
        Figure("log_likelihood"): perplexity.mean_log_likelihood(sums),
        Figure("perplexity"): perplexity.perplexity(sums),
        Figure("bits"): perplexity.bits(sums),
        Figure("bits_a_sign"): perplexity.bits_a_sign(sums),
        Figure("accuracy"): perplexity.accuracy(sums),
    }


def of_shapes(of_chain: Floats, weights: Weights) -> dict[Figure, Floats]:
    """Mean over the chains of which a figure is known; of_chain: [N, 5] (`metrics.structure.figures`)."""
    known = ~np.isnan(of_chain)
    counted = weights.astype(np.float64)
    total = counted @ known
    mean = np.divide(counted @ np.nan_to_num(of_chain), total, out=np.full(total.shape, np.nan), where=total > 0)
    return {Figure(name): mean[:, k] for k, name in enumerate(structure.FIGURES)}


def values_of(
    truth: Floats, predicted: Floats, low: Floats | None, high: Floats | None, weights: Weights
) -> dict[Figure, Floats]:
    """Figures of a predicted value, and of its interval where there is one."""
    figures = {
        Figure("mae"): values.mae(truth, predicted, weights),
        Figure("rmse"): values.rmse(truth, predicted, weights),
        Figure("r2"): values.r2(truth, predicted, weights),
        Figure("bias"): values.bias(truth, predicted, weights),
    }
    if low is not None and high is not None:
        figures[Figure("coverage")] = values.coverage(truth, low, high, weights)
        figures[Figure("interval_width")] = values.interval_width(low, high, weights)
    return figures


def _over(above: Floats, below: Floats) -> Floats:
    share: Floats = np.divide(above, below, out=np.full(np.shape(below), np.nan), where=below > 0)
    return share

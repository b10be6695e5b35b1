"""How well a score ranks cases with the outcome above cases without.

In: truth [N] bool, score [N], weights [R, N]. Out: [R], one figure a resample. The scores are sorted once for all resamples.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iatros.metrics.bootstrap import chunks

Floats = NDArray[np.float64]
Weights = NDArray[np.floating]  # the functions of this file also take counts (uint8), and are faster with them


def auroc(truth: NDArray[np.bool_], score: Floats, weights: Weights | None = None) -> Floats:
    """Area under the ROC curve: chance that a case with the outcome scores above one without; a tie counts half.

    truth: [N] bool; score: [N]; weights: [R, N], by default one row of ones.
    Returns [R]; NaN where a resample lacks one of the classes.
    Source: Hanley & McNeil 1982, doi:10.1148/radiology.143.1.7063747.

    >>> auroc(np.array([True, False, True]), np.array([0.9, 0.5, 0.5]))
    array([0.75])
    """
    weights = ones(len(truth)) if weights is None else weights
    negative, positive = _ascending(score, ~truth), _ascending(score, truth)
    below = np.searchsorted(score[negative], score[positive], "left")
    upto = np.searchsorted(score[negative], score[positive], "right")
    tied = bool((below != upto).any())
    area = np.full(len(weights), np.nan)
    for part in chunks(len(weights), len(truth)):
        passed = _running(weights[part].take(negative, axis=1))  # [r, N- + 1]
        rank = passed.take(below, axis=1)  # [r, N+]
        if tied:
            rank = rank + passed.take(upto, axis=1)
        own = weights[part].take(positive, axis=1)
        won = np.einsum("rp,rp->r", own, rank, dtype=np.float64) / (1 + tied)
        area[part] = _ratio(won, own.sum(axis=1, dtype=np.float64) * passed[:, -1])
    return area


def average_precision(truth: NDArray[np.bool_], score: Floats, weights: Weights | None = None) -> Floats:
    """Area under the precision-recall curve, as the mean of the precision at each case with the outcome (no interpolation).

    Shapes as `auroc`. Returns [R]; NaN where a resample holds no case with the outcome.
    """
    weights = ones(len(truth)) if weights is None else weights
    negative, positive = _ascending(-score, ~truth), _ascending(-score, truth)
    missed = np.searchsorted(-score[negative], -score[positive], "right")
    found = np.searchsorted(-score[positive], -score[positive], "right")
    precision = np.full(len(weights), np.nan)
    for part in chunks(len(weights), len(truth)):
        own = weights[part].take(positive, axis=1)
        true = _running(own)
        hits = true.take(found, axis=1).astype(np.float64)
        alarms = hits + _running(weights[part].take(negative, axis=1)).take(missed, axis=1)
        np.divide(hits, alarms, out=hits, where=alarms > 0)  # where nothing is flagged, `own` is zero too
        precision[part] = _ratio(np.einsum("rp,rp->r", own, hits, dtype=np.float64), true[:, -1])
    return precision


def auroc_within(truth: NDArray[np.bool_], score: Floats, site: NDArray[np.int64], weights: Weights | None = None) -> Floats:
    """AUROC of pairs that come from the same site: ranking, without what the sites themselves give away.

    site: [N] codes. Sites count by their number of pairs; one without both classes counts nothing.
    Returns [R]; NaN where no site has both classes.
    """
    weights = ones(len(truth)) if weights is None else weights
    won, pairs = np.zeros(len(weights)), np.zeros(len(weights))
    for one in np.unique(site):
        rows = np.flatnonzero(site == one)
        here = weights.take(rows, axis=1)
        positive = here[:, truth[rows]].sum(axis=1, dtype=np.float64)
        counted = positive * (here.sum(axis=1, dtype=np.float64) - positive)
        won += np.nan_to_num(auroc(truth[rows], score[rows], here)) * counted
        pairs += counted
    return _ratio(won, pairs)


@dataclass(frozen=True, slots=True)
class Line:
    """y [R, X] over x [X]."""

    x: Floats
    y: Floats


def roc_curve(truth: NDArray[np.bool_], score: Floats, weights: Weights | None = None, points: int = 101) -> Line:
    """Sensitivity over 1 - specificity at evenly spaced x: [R, points]. Steps are joined by straight lines."""
    weights = ones(len(truth)) if weights is None else weights
    x = np.linspace(0, 1, points)
    y = np.empty((len(weights), points))
    for row, (hits, alarms) in enumerate(_passed(truth, score, weights)):
        if hits[-1] > 0 and alarms[-1] > 0:
            y[row] = np.interp(x, *_upper(alarms / alarms[-1], hits / hits[-1]))
        else:
            y[row] = np.nan
    return Line(x, y)


def pr_curve(truth: NDArray[np.bool_], score: Floats, weights: Weights | None = None, points: int = 101) -> Line:
    """Precision over recall at evenly spaced recalls: [R, points]; the precision where that recall is first reached."""
    weights = ones(len(truth)) if weights is None else weights
    x = np.linspace(0, 1, points)
    y = np.full((len(weights), points), np.nan)
    for row, (hits, alarms) in enumerate(_passed(truth, score, weights)):
        if hits[-1] > 0:
            recall = hits[1:] / hits[-1]
            reached = np.minimum(np.searchsorted(recall, np.maximum(x, recall[recall > 0][0]) - 1e-12), len(recall) - 1)
            y[row] = hits[1:][reached] / (hits[1:] + alarms[1:])[reached]
    return Line(x, y)


def ones(cases: int) -> Floats:
    """Weights [1, N] of the sample as it is."""
    return np.ones((1, cases))


def _ascending(score: Floats, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
    rows = np.flatnonzero(chosen)
    return rows[np.argsort(score[rows], kind="stable")]


def _running(weights: Weights) -> Floats:
    """Running sums [R, N + 1]; of counts in whole numbers, which is several times faster."""
    kind: type[np.generic] = np.int32 if weights.dtype == np.uint8 else np.float64
    passed: Floats = np.zeros((weights.shape[0], weights.shape[1] + 1), kind)
    np.cumsum(weights, axis=1, dtype=kind, out=passed[:, 1:])
    return passed


def _ratio(above: Floats, below: Floats) -> Floats:
    ratio: Floats = np.divide(above, below, out=np.full(len(below), np.nan), where=below > 0)
    return ratio


def _passed(truth: NDArray[np.bool_], score: Floats, weights: Weights) -> Iterator[tuple[Floats, Floats]]:
    """Weight with and without the outcome at or above each distinct score, highest first: [G + 1] each, a pair a resample."""
    order = np.argsort(-score, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(score[order])), len(order) - 1) + 1
    steps, outcome = np.append(0, ends), truth[order]
    for part in chunks(len(weights), len(truth)):
        ordered = weights[part].take(order, axis=1)
        yield from zip(*(_running(ordered * side).take(steps, axis=1) for side in (outcome, ~outcome)), strict=True)


def _upper(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Of points at one x, np.interp takes the last: keep first and last so that vertical steps stay steps."""
    keep = np.append(True, np.diff(x) + np.diff(y) > 0)
    return x[keep], y[keep]

"""Does one column give the answer away?

In: single features and a target. Out: how well each alone ranks the cases, and findings above a limit.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from iatros.checks.truth import Truth

TOO_GOOD = 0.95  # AUROC from which one column alone is suspicious
FEWEST = 10  # cases with and without the outcome, below which an AUROC says nothing
FOLDS = 5  # of the out-of-fold encoding
CODED = 20  # a number of at most this many values may also be a code, and is tried as a category


def single_auroc(column: NDArray[np.float64], truth: Truth) -> float:
    """How well a number alone ranks the cases, in either direction; of several classes, the best told from the rest.

    column: [M], NaN where missing. Cases without number or truth play no part. Of a value: (1 + |Spearman|) / 2.
    NaN where fewer than 10 cases have the outcome, or have it not.
    """
    use = truth.known & ~np.isnan(column)
    if not truth.classes:
        return _spearman_as_auroc(column[use], truth.values[use])
    ranks = rankdata(column[use])
    found = [auroc_of_ranks(ranks, truth.codes[use] == code) for code in range(len(truth.classes))]
    return max((max(a, 1 - a) for a in found if not np.isnan(a)), default=float("nan"))


def encoded_auroc(codes: NDArray[np.int64], truth: Truth, group: NDArray[np.int64]) -> float:
    """How well a category alone ranks the cases, each case scored by what other patients of its category had.

    codes: [M], -1 where missing; group: [M] patients. Scoring by other patients only keeps a column of many rare values
    (a free text, a number of the case) from looking like the answer.
    """
    use = truth.known & (codes >= 0)
    if not use.any():
        return float("nan")
    fold = np.unique(group[use], return_inverse=True)[1] * 7919 % FOLDS  # a fixed scatter of patients over folds
    target = truth.values[use]
    if not truth.classes:
        score = out_of_fold_means(codes[use], target, fold)
        rho = 2 * _spearman_as_auroc(score, target) - 1
        return (1 + rho) / 2
    found = []
    for code in range(len(truth.classes)):
        event = truth.codes[use] == code
        found.append(auroc_of_ranks(rankdata(out_of_fold_means(codes[use], event.astype(np.float64), fold)), event))
    return max((a for a in found if not np.isnan(a)), default=float("nan"))


def out_of_fold_means(codes: NDArray[np.int64], target: NDArray[np.float64], fold: NDArray[np.int64]) -> NDArray[np.float64]:
    """[n] mean target of a case's category in the other folds, shrunk towards the overall mean by one case."""
    names, of_case = np.unique(codes, return_inverse=True)
    cell = of_case * FOLDS + fold
    total = np.bincount(cell, target, len(names) * FOLDS).reshape(-1, FOLDS)
    number = np.bincount(cell, minlength=len(names) * FOLDS).reshape(-1, FOLDS)
    others = total.sum(axis=1, keepdims=True) - total
    count = number.sum(axis=1, keepdims=True) - number
    means: NDArray[np.float64] = (others + target.mean()) / (count + 1)
    return means[of_case, fold]


def auroc_of_ranks(ranks: NDArray[np.float64], event: NDArray[np.bool_]) -> float:
    """Mann and Whitney's AUROC from midranks; NaN with fewer than 10 cases on either side."""
    events = int(event.sum())
    rest = len(event) - events
    if events < FEWEST or rest < FEWEST:
        return float("nan")
    return float((ranks[event].sum() - events * (events + 1) / 2) / (events * rest))


def _spearman_as_auroc(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    if len(one) < 2 * FEWEST or np.ptp(one) == 0 or np.ptp(other) == 0:
        return float("nan")
    return float(1 + abs(np.corrcoef(rankdata(one), rankdata(other))[0, 1])) / 2


def listed(found: Sequence[tuple[str, float]], shown: int = 5) -> str:
    """`worst perimeter` .976, `worst area` .970 and 3 more."""
    best = sorted(found, key=lambda pair: -pair[1])
    names = ", ".join(f"`{name}` {_three(value)}" for name, value in best[:shown])
    return names + (f" and {len(best) - shown} more" if len(best) > shown else "")


def _three(value: float) -> str:
    return "1.000" if value >= 0.9995 else f"{value:.3f}".lstrip("0")

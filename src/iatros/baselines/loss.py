"""How far scores are from the truth: the loss that settings are chosen by.

In: codes or values [n] and scores [n, k]. Out: one loss a case.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import r2_score, roc_auc_score

SUREST = 1e-6  # a probability nearer to 0 or 1 counts as this one, so that one case cannot decide


def losses(y: NDArray[np.float64], scores: NDArray[np.float64], classes: int) -> NDArray[np.float64]:
    """[n] log loss of classes, squared error of a value. Scores of two classes may be one column: that of code 1."""
    if not classes:
        return np.asarray((y - scores[:, 0]) ** 2)
    both = np.hstack([1 - scores, scores]) if scores.shape[1] == 1 else scores
    of_truth = both[np.arange(len(y)), y.astype(np.int64)]
    return np.asarray(-np.log(np.clip(of_truth, SUREST, 1 - SUREST)))


def least(scores: NDArray[np.float64], y: NDArray[np.float64], classes: int, weights: NDArray[np.float64]) -> int | None:
    """Which of G settings has the least mean loss. scores: [G, n, k], NaN where no inner fold judged; None: nowhere."""
    judged = ~np.isnan(scores[0, :, 0])
    if not judged.any():
        return None
    loss = [np.average(losses(y[judged], each[judged], classes), weights=weights[judged]) for each in scores]
    return int(np.argmin(loss))


def headline(y: NDArray[np.float64], scores: NDArray[np.float64], classes: int, weights: NDArray[np.float64]) -> float:
    """What the report ranks models by, higher is better: AUROC (mean of one class against the rest) or R2."""
    if not classes:
        return float(r2_score(y, scores[:, 0], sample_weight=weights))
    if scores.shape[1] == 1:
        return float(roc_auc_score(y == 1, scores[:, 0], sample_weight=weights))
    each = [roc_auc_score(y == code, scores[:, code], sample_weight=weights) for code in range(classes)]
    return float(np.mean(each))

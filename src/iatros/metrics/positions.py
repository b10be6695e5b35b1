"""How good are probabilities of a class at each position of a sequence, in sums that each sequence keeps to itself.

In: truth codes [L] (-1 not known) and probabilities [L, K] of each case. Out: `statistics` [N, S]; from their weighted sums,
any figure over all positions. So 2,000 resamples of cases cost one matrix product, and positions of a case stay together.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from iatros.metrics.probabilities import SMALLEST
from iatros.metrics.ranking import Floats

BINS = 256  # of equal numbers of positions, in which probabilities are ranked; ties inside a bin count half
OWN = 3  # sums before the counts: log loss, squared error, share of right positions of the case

Codes = NDArray[np.int64]


def statistics(truth: Sequence[Codes], probability: Sequence[Floats], classes: int) -> Floats:
    """[N, S]: log loss, squared error, share right, [K, K] counts by truth and guess, [K, 2, BINS] counts by probability.

    truth: [L] codes of each case, at least one known in all of them together; probability: [L, K]. Positions beyond the shorter
    of the two are not judged.
    """
    lengths = [min(len(t), len(p)) for t, p in zip(truth, probability, strict=True)]
    case = np.repeat(np.arange(len(truth)), lengths)
    codes = np.concatenate([t[:n] for t, n in zip(truth, lengths, strict=True)]).astype(np.int64)
    scores = np.concatenate([p[:n] for p, n in zip(probability, lengths, strict=True)]).astype(np.float64)
    known = codes >= 0
    case, codes, scores = case[known], codes[known], scores[known]
    cases, guess = len(truth), scores.argmax(1)
    of_truth = np.clip(scores[np.arange(len(codes)), codes], SMALLEST, 1)
    squares = ((scores - np.eye(classes)[codes]) ** 2).sum(1)
    loss, error, right = (np.bincount(case, w, cases) for w in (-np.log(of_truth), squares, (guess == codes).astype(float)))
    share = right / np.maximum(np.bincount(case, minlength=cases), 1)
    cells = case * classes**2 + codes * classes + guess
    counts = np.bincount(cells, minlength=cases * classes**2).reshape(cases, -1)
    binned = [_binned(case, codes == k, scores[:, k], cases) for k in range(classes)]
    return np.concatenate([np.stack([loss, error, share], axis=1), counts, *binned], axis=1).astype(np.float64)


def _binned(case: Codes, truth: NDArray[np.bool_], score: Floats, cases: int) -> NDArray[np.int64]:
    """[cases, 2 BINS] positions without and with the class, by bins of their probability."""
    edges = np.quantile(score, np.linspace(0, 1, BINS + 1)[1:-1])
    place = np.searchsorted(edges, score, side="right")
    counts: NDArray[np.int64] = np.bincount(case * 2 * BINS + truth * BINS + place, minlength=cases * 2 * BINS)
    return counts.reshape(cases, -1)


def losses(sums: Floats, classes: int) -> tuple[Floats, Floats]:
    """Log loss and Brier score over all positions, [R] each, NaN where there are none. sums: [R, S]"""
    total = confusion(sums, classes).sum((1, 2))
    total = np.where(total > 0, total, np.nan)
    return sums[:, 0] / total, sums[:, 1] / total


def confusion(sums: Floats, classes: int) -> Floats:
    """[R, K, K] positions by truth (rows) and most probable class (columns)."""
    return sums[:, OWN : OWN + classes**2].reshape(-1, classes, classes)


def auroc(sums: Floats, classes: int) -> Floats:
    """[R, K] of each class against the rest, over all positions; NaN where one side is empty."""
    binned = sums[:, OWN + classes**2 :].reshape(len(sums), classes, 2, BINS)
    without, having = binned[:, :, 0], binned[:, :, 1]
    below = np.cumsum(without, axis=2) - without / 2
    pairs = without.sum(2) * having.sum(2)
    area: Floats = np.divide((below * having).sum(2), pairs, out=np.full(pairs.shape, np.nan), where=pairs > 0)
    return area

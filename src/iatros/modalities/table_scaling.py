"""Numbers as a network likes them. In: packed numbers and codes of training rows. Out: `Fitted`, and scaled batches.

A skewed amount (a CRP) is first taken as log(1 + x / s), s its typical size, so that units do not matter; then every number is
standardised, and cut at CUT standard deviations so that a slip of the pen in a new hospital does not rule the score.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from iatros.contracts import Learned

SKEWED = 1.0  # skewness from which an amount is taken as a logarithm, if that makes it smaller
CUT = 6.0  # standard deviations
LEVELS = tuple(float(level) for level in np.linspace(0, 1, 33))  # quantiles kept, for embeddings and drift
FEWEST = 3  # known values needed to tell a spread


class Fitted(Learned):
    """Statistics of the training rows, per number [F] and category [J].

    log_scale: s of log(1 + x / s), 0 where the number is taken as it is
    mean, sd: of the number after that; quantiles: at LEVELS, standardised; raw: the same in the file's unit
    kept: numbers, then categories, that vary in training; others are not shown to the network
    seen: [J] codes met in training, missing (0) included; shares: how often each of them; missing: [F] share without a value
    sizes: [J] how many codes the column has, 0 included
    """

    log_scale: tuple[float, ...]
    mean: tuple[float, ...]
    sd: tuple[float, ...]
    quantiles: tuple[tuple[float, ...], ...]
    raw: tuple[tuple[float, ...], ...]
    missing: tuple[float, ...]
    kept_numbers: tuple[bool, ...]
    kept_categories: tuple[bool, ...]
    seen: tuple[tuple[int, ...], ...]
    shares: tuple[tuple[float, ...], ...]
    sizes: tuple[int, ...]


def fit(numbers: NDArray[np.float32], codes: NDArray[np.int32], sizes: tuple[int, ...]) -> Fitted:
    """Learn from the numbers [n, F] and codes [n, J] of the training rows."""
    values = numbers.astype(np.float64)
    columns = [_column(values[:, f]) for f in range(values.shape[1])]
    seen = [np.unique(codes[:, j], return_counts=True) for j in range(codes.shape[1])]
    kept = [_varies(values[:, f]) for f in range(values.shape[1])]
    kept_codes = [len(found) > 1 for found, _ in seen]
    if not any(kept) and not any(kept_codes):  # nothing varies: show it all the same, so that there is an input
        kept, kept_codes = [True] * len(kept), [True] * len(kept_codes)
    return Fitted(
        log_scale=tuple(scale for scale, _, _, _, _ in columns),
        mean=tuple(mean for _, mean, _, _, _ in columns),
        sd=tuple(sd for _, _, sd, _, _ in columns),
        quantiles=tuple(quantiles for _, _, _, quantiles, _ in columns),
        raw=tuple(raw for _, _, _, _, raw in columns),
        missing=tuple(float(np.isnan(values[:, f]).mean()) if len(values) else 1.0 for f in range(values.shape[1])),
        kept_numbers=tuple(kept),
        kept_categories=tuple(kept_codes),
        seen=tuple(tuple(int(code) for code in found) for found, _ in seen),
        shares=tuple(tuple(float(n) / len(codes) for n in counts) for _, counts in seen),
        sizes=sizes,
    )


def scaled(numbers: NDArray[np.float32], fitted: Fitted) -> NDArray[np.float32]:
    """[B, F] in the file's units -> [B, kept] standardised, NaN where missing."""
    keep = np.flatnonzero(fitted.kept_numbers)
    values = numbers[:, keep].astype(np.float64)
    scale = np.array(fitted.log_scale)[keep]
    logged = np.log1p(np.maximum(values, 0) / np.where(scale > 0, scale, 1))
    values = np.where(scale > 0, logged, values)
    standard = (values - np.array(fitted.mean)[keep]) / np.array(fitted.sd)[keep]
    clipped: NDArray[np.float32] = np.clip(standard, -CUT, CUT).astype(np.float32)
    return clipped


def known_codes(codes: NDArray[np.int32], fitted: Fitted) -> NDArray[np.int64]:
    """[B, J] codes -> [B, kept], 0 for those never met in training."""
    keep = np.flatnonzero(fitted.kept_categories)
    found = np.zeros((len(codes), len(keep)), np.int64)
    for to, j in enumerate(keep):
        met = np.zeros(fitted.sizes[j], np.int64)
        met[list(fitted.seen[j])] = fitted.seen[j]
        found[:, to] = met[codes[:, j]]
    return found


Column = tuple[float, float, float, tuple[float, ...], tuple[float, ...]]  # log_scale, mean, sd, quantiles, raw


def _column(values: NDArray[np.float64]) -> Column:
    known = values[np.isfinite(values)]
    if not len(known):
        return 0.0, 0.0, 1.0, (0.0,) * len(LEVELS), (0.0,) * len(LEVELS)
    scale = _log_scale(known)
    taken = np.log1p(known / scale) if scale else known
    mean, sd = float(taken.mean()), float(taken.std())
    sd = sd if sd > 1e-9 * max(abs(mean), 1e-12) else 1.0
    raw = np.quantile(known, LEVELS)
    moved = np.quantile(np.clip((taken - mean) / sd, -CUT, CUT), LEVELS)
    return scale, mean, sd, tuple(map(float, moved)), tuple(map(float, raw))


def _log_scale(known: NDArray[np.float64]) -> float:
    """Typical size of a skewed amount, 0 where it is none."""
    if known.min() < 0 or len(known) < FEWEST or not (known > 0).any() or len(np.unique(known)) <= 2:
        return 0.0
    scale = float(np.median(known[known > 0]))
    before, after = _skewness(known), _skewness(np.log1p(known / scale))
    return scale if before > SKEWED and abs(after) < before else 0.0


def _skewness(values: NDArray[np.float64]) -> float:
    sd = values.std()
    return float((((values - values.mean()) / sd) ** 3).mean()) if sd > 0 else 0.0


def _varies(values: NDArray[np.float64]) -> bool:
    known = values[np.isfinite(values)]
    return len(known) > 0 and (len(known) < len(values) or bool((known != known[0]).any()))

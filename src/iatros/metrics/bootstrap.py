"""Which patients a resample holds, as weights.

In: how many patients. Out: counts [R, P], one row a resample; spread over cases they are weights [R, N].
Cases of one patient move together, so intervals respect that they are alike.
Source: Efron & Tibshirani 1993, "An Introduction to the Bootstrap"; Field & Welsh 2007, doi:10.1111/j.1467-9868.2007.00593.x.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

DRAWS_AGAIN = 100  # tries to draw a resample that holds every needed group
CHUNK = 1 << 18  # numbers worked on at once: they stay in the processor's cache


def draw(
    generator: np.random.Generator, resamples: int, patients: int, needed: NDArray[np.bool_] | None = None
) -> NDArray[np.uint8]:
    """How often each patient is in each resample: [R, P], rows add up to P.

    needed: [G, P]; of each of these groups every resample holds at least one patient (both classes, as a rule); a resample
    that does not is drawn again, up to 100 times.
    """
    counts = np.stack([_one(generator, patients) for _ in range(resamples)]) if resamples else np.zeros((0, patients), np.uint8)
    if needed is None or not resamples:
        return counts
    wanted = needed[needed.any(axis=1)].astype(np.float32).T
    for _ in range(DRAWS_AGAIN):
        parts = [counts[part].astype(np.float32) @ wanted for part in chunks(len(counts), patients)]
        lacking = np.flatnonzero((np.concatenate(parts) == 0).any(axis=1))
        if not len(lacking):
            break
        counts[lacking] = np.stack([_one(generator, patients) for _ in lacking])
    return counts


def spread(
    counts: NDArray[np.uint8], patient: NDArray[np.int64], weight: NDArray[np.float64] | None = None
) -> NDArray[np.float32]:
    """Weights of cases: counts [R, P] and patient [N] (0 to P - 1) give [R, N], times the cases' own weight [N]."""
    weights = counts.take(patient, axis=1).astype(np.float32)
    if weight is not None:
        weights *= weight.astype(np.float32)
    return weights


def chunks(resamples: int, cases: int, size: int = CHUNK) -> Iterator[slice]:
    """Slices of the resamples such that resamples x cases stays near `size` numbers."""
    step = max(1, size // max(1, cases))
    return (slice(start, min(start + step, resamples)) for start in range(0, resamples, step))


def _one(generator: np.random.Generator, patients: int) -> NDArray[np.uint8]:
    kind = np.uint16 if patients <= np.iinfo(np.uint16).max else np.uint32
    drawn = generator.integers(0, patients, patients, dtype=kind)
    return np.minimum(np.bincount(drawn, minlength=patients), 255).astype(np.uint8)

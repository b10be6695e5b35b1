"""Which patients a resample holds, as weights.

In: how many patients. Out: counts [R, P], one row a resample; spread over cases they are weights [R, N].
Cases of one patient move together, so intervals respect that they are alike. Of pairs both things are resampled, and a pair
counts as often as one times the other: their intervals are on the safe side, up to 1.7 times too wide where pairs that
share a thing are not alike.
Source: Efron & Tibshirani 1993, "An Introduction to the Bootstrap"; Field & Welsh 2007, doi:10.1111/j.1467-9868.2007.00593.x;
of pairs Owen 2007, doi:10.1214/07-AOAS122.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

DRAWS_AGAIN = 100  # tries to draw a resample that holds every needed group
CELLS = 1 << 16  # values of the random numbers that Poisson counts are made of
SHORT = 4.0  # standard deviations by which those counts fall short of the sample, so that they hardly ever exceed it
CHUNK = 1 << 18  # numbers worked on at once: they stay in the processor's cache


def draw(
    generator: np.random.Generator, resamples: int, patients: int, needed: NDArray[np.bool_] | None = None
) -> NDArray[np.uint8]:
    """How often each patient is in each resample: [R, P], rows add up to P.

    needed: [G, P]; of each of these groups every resample holds at least one patient (both classes, as a rule); a resample
    that does not is drawn again, up to 100 times.
    """
    drawn = [_drawn(generator, part.stop - part.start, patients) for part in chunks(resamples, patients)]
    counts = np.concatenate(drawn) if drawn else np.zeros((0, patients), np.uint8)
    if needed is None or not resamples:
        return counts
    wanted = needed[needed.any(axis=1)].astype(np.float32).T
    for _ in range(DRAWS_AGAIN):
        parts = [counts[part].astype(np.float32) @ wanted for part in chunks(len(counts), patients)]
        lacking = np.flatnonzero((np.concatenate(parts) == 0).any(axis=1))
        if not len(lacking):
            break
        counts[lacking] = _drawn(generator, len(lacking), patients)
    return counts


def spread(
    counts: NDArray[np.uint8],
    patient: NDArray[np.int64],
    weight: NDArray[np.float64] | None = None,
    partner: NDArray[np.int64] | None = None,
) -> NDArray[np.float32]:
    """Weights of cases: counts [R, P] and patient [N] (0 to P - 1) give [R, N], times the cases' own weight [N].

    partner: [N] the other thing of a pair; the counts of both are multiplied.
    """
    weights = counts.take(patient, axis=1).astype(np.float32)
    if partner is not None:
        weights *= counts.take(partner, axis=1)
    if weight is not None:
        weights *= weight.astype(np.float32)
    return weights


def chunks(resamples: int, cases: int, size: int = CHUNK) -> Iterator[slice]:
    """Slices of the resamples such that resamples x cases stays near `size` numbers."""
    step = max(1, size // max(1, cases))
    return (slice(start, min(start + step, resamples)) for start in range(0, resamples, step))


def _drawn(generator: np.random.Generator, resamples: int, patients: int) -> NDArray[np.uint8]:
    """Multinomial counts [R, P], quickly: independent Poisson counts that fall a little short, and single draws for the rest.

    Given their sum, independent Poisson counts are multinomial, and multinomial counts of S and of P - S draws add up to those
    of P draws; a row with a sum above P is drawn singly from the start. (Poisson's probabilities are rounded to 1 / 65,536.)
    """
    chance = generator.integers(0, CELLS, (resamples, patients), dtype=np.uint16)
    counts = _poisson_table(max(0.0, 1 - SHORT / math.sqrt(patients))).take(chance)
    lacking = patients - counts.sum(axis=1, dtype=np.uint32).astype(np.int64)
    counts[lacking < 0] = 0
    lacking[lacking < 0] = patients
    row = np.repeat(np.arange(resamples), lacking)
    flat = row * patients + generator.integers(0, patients, len(row))
    np.add.at(counts.reshape(-1), flat, np.uint8(1))  # on a flat view: forty times faster than on two axes
    return counts


def _poisson_table(rate: float) -> NDArray[np.uint8]:
    """Poisson's quantiles at the middle of 65,536 equal cells of chance."""
    chances = np.array([math.exp(-rate) * rate**k / math.factorial(k) for k in range(30)])
    return np.searchsorted(chances.cumsum(), (np.arange(CELLS) + 0.5) / CELLS).astype(np.uint8)

"""How well is each next letter foretold, in sums that each sequence keeps to itself.

In: of each case the probabilities of the letters that stand there. Out: `statistics` [N, S]; from their weighted sums, figures
over all letters, so that letters of a case stay together when cases are resampled.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from iatros.metrics.probabilities import SMALLEST
from iatros.metrics.ranking import Floats


def statistics(probability: Sequence[Floats], right: Sequence[Floats], signs: Floats) -> Floats:
    """[N, 6]: log-likelihood (nats), letters judged, right ones, how many could be; of whole cases log-likelihood and signs.

    probability: [L + 1] of each case, the end last, NaN where not judged; right: [L + 1] 1 where nothing was likelier, NaN
    where that is not known; signs: [N] letters, or bytes of a text, of a case. Whole is a case whose end is judged.
    """
    found = np.zeros((len(probability), 6))
    for case, (p, r) in enumerate(zip(probability, right, strict=True)):
        judged = ~np.isnan(p)
        logs = np.log(np.clip(p[judged], SMALLEST, 1))
        known = r[judged & ~np.isnan(r)]
        whole = bool(len(p)) and bool(judged[-1])
        found[case] = logs.sum(), len(logs), known.sum(), len(known), whole * logs.sum(), whole * signs[case]
    return found


def mean_log_likelihood(sums: Floats) -> Floats:
    """Nats a letter, [R]; larger is better. sums: [R, S]"""
    return _over(sums[:, 0], sums[:, 1])


def perplexity(sums: Floats) -> Floats:
    """Letters between which the model hesitates on average: exp of minus the mean log-likelihood, [R]."""
    found: Floats = np.exp(-mean_log_likelihood(sums))
    return found


def bits(sums: Floats) -> Floats:
    """Bits a letter, [R]: the length of the best code."""
    found: Floats = -mean_log_likelihood(sums) / np.log(2)
    return found


def bits_a_sign(sums: Floats) -> Floats:
    """Bits a letter, or a byte of a text whatever pieces it was read in; over cases read to their end, [R]."""
    found: Floats = -_over(sums[:, 4], sums[:, 5]) / np.log(2)
    return found


def accuracy(sums: Floats) -> Floats:
    """Share of letters than which nothing was likelier, [R]."""
    return _over(sums[:, 2], sums[:, 3])


def _over(above: Floats, below: Floats) -> Floats:
    share: Floats = np.divide(above, below, out=np.full(np.shape(below), np.nan), where=below > 0)
    return share

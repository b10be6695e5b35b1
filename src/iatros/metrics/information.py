"""How much does each position of aligned sequences tell? Information in bits, as sequence logos show it.

In: counts of letters by position. Out: bits a letter, whose sum is the position's information.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def information(counts: NDArray[np.floating] | NDArray[np.integer]) -> Floats:
    """[L] bits, log2 V less the entropy and less the correction for few sequences; never below 0.

    counts: [L, V] how often each of V letters stands at each position, weights allowed. A position without letters has 0.
    The correction is (V - 1) / (2 n ln 2) with n letters at the position: the entropy of few is too low on average.
    Source: Schneider & Stephens 1990, doi:10.1093/nar/18.20.6097; Schneider et al. 1986, doi:10.1016/0022-2836(86)90165-8.

    >>> information(np.array([[4000, 0, 0, 0], [1, 1, 1, 1]])).round(3).tolist()
    [1.999, 0.0]
    """
    total = counts.sum(axis=1)
    share = frequencies(counts)
    entropy = -(share * np.log2(share, out=np.zeros_like(share), where=share > 0)).sum(axis=1)
    few = (counts.shape[1] - 1) / (2 * np.log(2) * np.maximum(total, 1e-12))
    return np.where(total > 0, np.clip(np.log2(counts.shape[1]) - entropy - few, 0, None), 0.0)


def frequencies(counts: NDArray[np.floating] | NDArray[np.integer]) -> Floats:
    """[L, V] shares of each position's letters; 0 where there are none."""
    total = counts.sum(axis=1, keepdims=True).astype(np.float64)
    shares: Floats = np.divide(counts, total, out=np.zeros(counts.shape), where=total > 0)
    return shares


def logo_heights(counts: NDArray[np.floating] | NDArray[np.integer]) -> Floats:
    """[L, V] bits of each letter: its frequency times the position's information."""
    return frequencies(counts) * information(counts)[:, None]

"""From what could come next to what does: temperature, nucleus, draw.

In: probabilities [B, K]. Out: probabilities again, or codes [B].
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from iatros.metrics.ranking import Floats


def tempered(share: Floats, temperature: float) -> Floats:
    """[B, K] to the power of 1 / temperature, summing to 1 again; at 0 the likeliest alone, the first of equals.

    Raises ValueError for a temperature below 0.
    """
    if not temperature >= 0:
        raise ValueError(f"a temperature is 0 or more, and this is {temperature:g}")
    if temperature == 0:
        likeliest: Floats = np.eye(share.shape[1])[share.argmax(1)]
        return likeliest
    with np.errstate(divide="ignore"):
        logs = np.log(share) / temperature
    found = np.exp(logs - logs.max(1, keepdims=True))
    whole: Floats = found / found.sum(1, keepdims=True)
    return whole


def within(share: Floats, nucleus: float) -> Floats:
    """[B, K] of the smallest set of likeliest codes whose probabilities reach `nucleus`, summing to 1 again; others 0.

    Raises ValueError unless 0 < nucleus <= 1. Source: Holtzman et al. 2020, arXiv:1904.09751, section 3.1.
    """
    if not 0 < nucleus <= 1:
        raise ValueError(f"a nucleus is above 0 and at most 1, and this is {nucleus:g}")
    if nucleus == 1:
        return share
    order = np.argsort(-share, axis=1, kind="stable")
    ranked = np.take_along_axis(share, order, 1)
    before = np.cumsum(ranked, axis=1) - ranked
    kept = np.zeros_like(share)
    np.put_along_axis(kept, order, np.where(before < nucleus, ranked, 0), 1)
    whole: Floats = kept / kept.sum(1, keepdims=True)
    return whole


def drawn(share: Floats, uniform: Floats) -> NDArray[np.int64]:
    """[B] codes, one a row of [B, K], by uniform numbers [B] in [0, 1). A code of probability 0 is never drawn."""
    ends = np.cumsum(share, axis=1)
    codes: NDArray[np.int64] = np.argmax(ends > (uniform * ends[:, -1])[:, None], axis=1)
    return codes

"""How near is the nearest training sequence of each tested one? Exactly aligned, and named by bands of identity.

In: families' relations, and who is tested and who trains in each fold. Out: the largest identity of each text, and bands.

A training sequence counts if E <= 0.001; or, where the shorter of the two has at most 50 letters, too few for such an E-value,
if E <= 10 and 40 % of them are identical; or if it is a copy. The space of E is the shorter's letters times all of the study.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from iatros.align.filtered import SHORT
from iatros.align.hits import Hits
from iatros.align.kin import LOOKED_AT, Rule, chosen, likeness
from iatros.predictions import NO_HOMOLOG
from iatros.splits.families import LOT, Relations, threads

HOMOLOG = 1e-3  # E-value
CLOSE = 0.4  # identity
BANDS = (0.0, 0.25, 0.4, 0.6, 1.0)  # twilight begins below 25 to 30 % (Rost 1999, doi:10.1093/protein/12.2.85)
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sides:
    """Of one fold: [U] which texts are tested, which are trained, validated or calibrated on; a copy may be both."""

    tested: NDArray[np.bool_]
    trained: NDArray[np.bool_]


def nearest(found: Relations, sides: Sequence[Sides], rule: Rule) -> Floats:
    """[U] the largest identity, by what the rule says, of each text to a training text that counts, over the folds that test
    it; 0 where none counts. From the highest band's edge on, a lower bound: more is not looked for.
    """
    hits, best = _may_count(found), np.zeros(len(found.texts))
    ends = np.stack([hits.query, hits.target])  # [2, H]
    asked = np.zeros(ends.shape, np.bool_)  # of each end, whether it is tested where the other is trained
    for side in sides:
        asked |= side.tested[ends] & side.trained[ends[::-1]]
        best[side.tested & side.trained] = 1.0
    alike = hits.score / np.minimum(*_lengths(found)[ends])
    order = np.argsort(-alike, kind="stable")  # the most alike first: what is settled by then is not aligned
    for begin in range(0, len(order), LOT):
        lot = order[begin : begin + LOT]
        lot = lot[(asked[:, lot] & (best[ends[:, lot]] < BANDS[-2])).any(axis=0)]
        some = chosen(hits, lot)
        identity = likeness(some, found.texts, found.texts, rule, threads()).identity
        identity[(some.e_value > HOMOLOG) & (identity < CLOSE)] = 0
        for end, wanted in zip(ends[:, lot], asked[:, lot], strict=True):
            np.maximum.at(best, end[wanted], identity[wanted])
    return best


def band(identity: float) -> str:
    """The band's name; names sort by identity, NO_HOMOLOG last.

    >>> band(0.0), band(0.3), band(1.0)
    ('no homolog', '25 to 40 %', '60 to 100 %')
    """
    if identity <= 0:
        return NO_HOMOLOG
    low, high = next((low, high) for low, high in pairwise(BANDS) if identity < high or high == BANDS[-1])
    return f"{100 * low:.0f} to {100 * high:.0f} %"


def _may_count(found: Relations) -> Hits:
    """The pairs that could count."""
    hits = found.hits
    short = np.minimum(*_lengths(found)[np.stack([hits.query, hits.target])]) <= SHORT
    return chosen(hits, np.flatnonzero((hits.e_value <= HOMOLOG) | (short & (hits.e_value <= LOOKED_AT))))


def _lengths(found: Relations) -> NDArray[np.int64]:
    return np.array([len(text) for text in found.texts], np.int64)

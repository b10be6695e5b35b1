"""What the training sequence nearest by alignment is: the guess of a biologist, which a network has to beat.

In: which sequences resemble which, and the outcomes of training cases. Out: scores of other cases.

Of a nearest relative with b bits and outcome y, score = (b y + c p) / (b + c): p is the mean of all training cases, c the bits
that chance gives once in the search (E = 1). So a relative as good as chance has as much say as all the others together.
Bits as weights are after Kulmanov & Hoehndorf 2020, doi:10.1093/bioinformatics/btz595.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from iatros.baselines.outcomes import Outcome

if TYPE_CHECKING:  # the aligner needs Numba, which studies of tables and images do without
    from iatros.align.hits import Hits
    from iatros.align.kin import Rule

NEAREST = "nearest by alignment"
Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Neighbours:
    """Of U different sequences, which M cases have.

    text: [M] of each case, -1 where it has none; itself, chance: [U] bits with itself, and of E = 1
    owner, other, bits: [P] pairs both ways, those of an owner together, the best first
    """

    text: Integers
    itself: Floats
    chance: Floats
    owner: Integers
    other: Integers
    bits: Floats


def neighbours(text: Integers, different: tuple[str, ...], hits: Hits, rule: Rule) -> Neighbours:
    """text: [M] of each case, -1 where it has none; hits: pairs of the different sequences."""
    from iatros.align.kin import with_themselves

    letters = np.array([len(one) for one in different], np.float64)
    itself, chance = with_themselves(different, rule)[0], np.log2(letters * letters.sum())
    owner, other = np.concatenate([hits.query, hits.target]), np.concatenate([hits.target, hits.query])
    bits = np.tile(hits.bits, 2)
    order = np.lexsort((other, -bits, owner))
    return Neighbours(text, itself, chance, owner[order], other[order], bits[order])


def guess(near: Neighbours, outcome: Outcome, weights: Floats, train: Integers, rows: Integers) -> dict[str, Floats]:
    """Score columns [n] of some cases, from the training cases [t] whose outcome is known; NaN where none is.

    weights: [M] of the cases
    """
    learned = train[outcome.known[train] & (weights[train] > 0)]
    if not len(learned):
        return {name: np.full(len(rows), np.nan) for name in outcome.columns}
    told = _told(outcome, learned)
    prior = np.average(told, axis=0, weights=weights[learned])
    having = near.text[learned] >= 0
    weight, summed = np.zeros(len(near.itself)), np.zeros((len(near.itself), told.shape[1]))
    np.add.at(weight, near.text[learned[having]], weights[learned[having]])
    np.add.at(summed, near.text[learned[having]], told[having] * weights[learned[having], None])
    best, bits = _nearest(near, weight > 0)
    text = near.text[rows]
    found = (text >= 0) & (best[text] >= 0)
    scores = np.tile(prior, (len(rows), 1))
    at, b, c = best[text[found]], bits[text[found], None], near.chance[text[found], None]
    scores[found] = (b * summed[at] / weight[at, None] + c * prior) / (b + c)
    return dict(zip(outcome.columns, scores.T, strict=True))


def _told(outcome: Outcome, rows: Integers) -> Floats:
    """[n, k] outcomes as the scores that would be right."""
    if len(outcome.columns) == 1:
        return outcome.y[rows, None]
    return np.eye(outcome.classes)[outcome.y[rows].astype(np.int64)]


def _nearest(near: Neighbours, learned: NDArray[np.bool_]) -> tuple[Integers, Floats]:
    """[U] the best learned sequence of each, itself before all others, and the bits; -1 where none resembles it."""
    best, bits = np.full(len(learned), -1), np.zeros(len(learned))
    some = np.flatnonzero(learned[near.other] & (near.bits > 0))
    owners, first = np.unique(near.owner[some], return_index=True)
    best[owners], bits[owners] = near.other[some[first]], near.bits[some[first]]
    best[learned], bits[learned] = np.flatnonzero(learned), np.maximum(near.itself[learned], 0)
    return best, bits

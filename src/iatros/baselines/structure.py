"""What a predicted structure has to be better than: distances by separation along the chain, and those of the nearest relative.

In: sequences and distances [L, L] of training chains (angstrom, NaN where not known). Out: distances of new chains.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from iatros.metrics.embedding import embedded, right_handed
from iatros.metrics.ranking import Floats
from iatros.metrics.structure import CONTACT
from iatros.targets.structure_said import likeliest

if TYPE_CHECKING:  # the aligner needs Numba, which studies of tables and images do without
    from iatros.align.alignments import Alignments

BY_SEPARATION = "distance by separation"
TEMPLATE = "nearest template"
ENOUGH = 500  # pairs of a separation below which it is judged with all larger ones
WORST_E_VALUE = 10.0  # of a template; beyond it, any other would do as well
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class BySeparation:
    """What |i - j| alone tells. mean: [S] distance in angstrom; contact: [S] share of pairs below 8 angstrom.

    The last entry stands for all larger separations.
    """

    mean: Floats
    contact: Floats

    def distances(self, length: int) -> Floats:
        """[L, L] of a chain of that length."""
        return self.mean[self._apart(length)]

    def contacts(self, length: int) -> Floats:
        """[L, L] probabilities."""
        return self.contact[self._apart(length)]

    def _apart(self, length: int) -> Integers:
        place = np.arange(length)
        apart: Integers = np.minimum(np.abs(place[:, None] - place), len(self.mean) - 1)
        return apart


def fit_separation(truths: Sequence[Floats]) -> BySeparation:
    """From the distances [L, L] of training chains. Raises ValueError where no distance is known."""
    longest = max((len(truth) for truth in truths), default=0)
    count, total, touching = np.zeros(longest), np.zeros(longest), np.zeros(longest)
    for truth in truths:
        rows, columns = np.nonzero(~np.isnan(truth) & (np.arange(len(truth))[:, None] <= np.arange(len(truth))))
        apart, known = columns - rows, truth[rows, columns]
        count += np.bincount(apart, minlength=longest)
        total += np.bincount(apart, known, minlength=longest)
        touching += np.bincount(apart, known < CONTACT, minlength=longest)
    if not count.any():
        raise ValueError("no distance of a training chain is known")
    rare = np.flatnonzero(count < ENOUGH)
    end = int(rare[0]) if len(rare) else longest
    if end < longest:  # the tail, as one
        count, total, touching = (np.append(part[:end], part[end:].sum()) for part in (count, total, touching))
    kept = count > 0
    return BySeparation(total[kept] / count[kept], touching[kept] / count[kept])


@dataclass(frozen=True, slots=True)
class Template:
    """The nearest relative of one chain.

    distances: [L, L] its own where both residues are aligned, by separation elsewhere; source: which training chain, or -1
    aligned:   [L] bool; e_value: of the alignment, nan without one
    """

    distances: Floats
    source: int
    aligned: NDArray[np.bool_]
    e_value: float


def nearest_templates(
    queries: Sequence[str], texts: Sequence[str], truths: Sequence[Floats], separation: BySeparation
) -> list[Template]:
    """The best local alignment (BLOSUM62, 11/1) of each query among training chains, and its distances carried over.

    texts, truths: of the training chains. A query without a hit of E up to 10 has what separation tells.
    """
    from iatros.align.hits import Wanted, align_hits, search

    hits = search(queries, texts, wanted=Wanted(top=1, least_score=1, e_value=WORST_E_VALUE))
    found = align_hits(hits, queries, texts)
    place = {int(query): i for i, query in enumerate(hits.query)}
    return [
        _carried(
            truths[hits.target[i]], int(hits.target[i]), separation.distances(len(query)), found, i, float(hits.e_value[i])
        )
        if (i := place.get(q, -1)) >= 0
        else Template(separation.distances(len(query)), -1, np.zeros(len(query), np.bool_), float("nan"))
        for q, query in enumerate(queries)
    ]


Columns = dict[str, NDArray[np.object_]]


def guessed(queries: Sequence[str], texts: Sequence[str], truths: Sequence[Floats]) -> dict[str, Columns]:
    """Both baselines as columns of the predictions table: score [9 L], where N and C are not known, and contacts.

    texts, truths: of the training chains. Distances become points by majorisation; equal contacts are drawn by lot.
    """
    separation, generator = fit_separation(truths), np.random.default_rng(0)
    near = nearest_templates(queries, texts, truths, separation) if queries else []
    found = {name: {key: np.empty(len(queries), object) for key in ("score", "contacts")} for name in (BY_SEPARATION, TEMPLATE)}
    for case, query in enumerate(queries):
        lots = 1e-9 * generator.random((len(query), len(query)))
        apart, contacts = separation.distances(len(query)), separation.contacts(len(query))
        for name, wanted, score in ((BY_SEPARATION, apart, contacts), (TEMPLATE, near[case].distances, -near[case].distances)):
            places = np.full((len(query), 3, 3), np.nan, np.float32)
            places[:, 1] = right_handed(embedded(wanted))
            found[name]["score"][case] = places.ravel()
            found[name]["contacts"][case] = likeliest(score + lots).astype(np.float32)
    return found


def _carried(truth: Floats, source: int, own: Floats, found: Alignments, i: int, e_value: float) -> Template:
    """`own`, with the template's distances where both residues are aligned and known."""
    here, there = found.paired(i)
    carried = truth[np.ix_(there, there)]
    some = own[np.ix_(here, here)]
    own[np.ix_(here, here)] = np.where(np.isnan(carried), some, carried)
    aligned = np.zeros(len(own), np.bool_)
    aligned[here] = True
    return Template(own, source, aligned, e_value)

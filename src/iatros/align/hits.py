"""Which targets resemble a query: the best few, all from a score or an E-value on, and all pairs among one set.

In: queries, targets, a scoring and thresholds. Out: `Hits`, of which only these need aligning (`align_hits`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from iatros.align.alignments import Alignments
from iatros.align.blocks import Block, blocks
from iatros.align.pairs import Texts, align_pairs
from iatros.align.scored import DEFAULT, encoded
from iatros.align.scoring import Scoring
from iatros.align.sequences import Sequences, other_strand
from iatros.align.significance import Statistics, statistics
from iatros.findings import Finding, InputError

Strands = Literal["given", "both"]
COLUMNS = ("query", "target", "score", "strand", "bits", "e_value", "space")  # of hits
Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which pairs are kept: at most `top` of a query, of at least this score, of at most this E-value. None asks nothing.

    statistics: lambda and K of E-values; None takes BLAST's for the scoring.
    """

    top: int | None = None
    least_score: int | None = None
    e_value: float | None = None
    statistics: Statistics | None = None

    def __post_init__(self) -> None:
        if self.top is not None and self.top < 1:
            raise InputError(Finding("error", f"`top` is {self.top}", "give at least 1, or leave it out", column="top"))
        if self.e_value is not None and not self.e_value > 0:
            raise InputError(Finding("error", f"`e_value` is {self.e_value}", "give a number above 0", column="e_value"))


@dataclass(frozen=True, slots=True)
class Hits:
    """H pairs, of each query the best first; equal scores by target.

    query, target, score: [H]; strand: [H] 1 as given, -1 the query's other strand
    bits, e_value: [H] float64, nan where the scoring has no statistics; space: [H] the search space behind the E-value
    statistics: lambda and K; None where there are none
    """

    query: Integers
    target: Integers
    score: Integers
    strand: Integers
    bits: Floats
    e_value: Floats
    space: Integers
    statistics: Statistics | None

    def __len__(self) -> int:
        return len(self.query)


def search(
    queries: Texts,
    targets: Texts,
    scoring: Scoring = DEFAULT,
    wanted: Wanted = Wanted(top=10),  # frozen
    strands: Strands = "given",
    threads: int = 1,
) -> Hits:
    """Score every query with every target and keep what is wanted. The search space is the query's times all targets' letters.

    strands: "both" scores the queries' reverse complements too, and keeps a pair's better strand (the given one if equal). As
    in BLAST the E-value is of one strand: of both, chance gives up to twice as many.
    Raises InputError if an E-value is asked for and the scoring has none, or both strands of what is no nucleotide.
    """
    given, against = encoded(queries, scoring, "queries"), encoded(targets, scoring, "targets")
    known = known_statistics(scoring, wanted)
    space = given.lengths * int(against.lengths.sum())
    least = _least(wanted, known, space)
    kept: list[Integers] = []
    turned = other_strand(given, scoring.matrix) if strands == "both" else None
    others = blocks(turned, against, scoring, threads) if turned is not None else None
    for block in blocks(given, against, scoring, threads):
        best, strand = block.scores, np.ones_like(block.scores)
        if others is not None:
            back = next(others)
            strand = np.where(back.scores > best, -1, 1)
            best = np.maximum(best, back.scores)
        kept.append(_kept(Block(block.queries, block.targets, best), strand, least, wanted.top))
    found = np.concatenate(kept, axis=1)
    return rated(found, space[found[0]], wanted, known)


def asks(lengths: Integers, one: Integers, other: Integers) -> NDArray[np.bool_]:
    """[P] Is `one` the query of a pair of one set? The shorter is, of equal ones the earlier."""
    a, b = lengths[one], lengths[other]
    found: NDArray[np.bool_] = (a < b) | ((a == b) & (one < other))
    return found


def all_pairs(sequences: Texts, scoring: Scoring = DEFAULT, wanted: Wanted = Wanted(e_value=1e-3), threads: int = 1) -> Hits:
    """Each pair of different sequences of one set once, the earlier as `query`; the space is the shorter's letters times all.

    `top` counts pairs in which a sequence is the earlier one. Raises InputError if the order of a pair would change its score.
    """
    given = encoded(sequences, scoring, "sequences")
    free, scores = scoring.free, scoring.matrix.scores
    if np.any(scores != scores.T) or (free.query_begin, free.query_end) != (free.target_begin, free.target_end):
        raise InputError(
            Finding("error", "scores depend on which sequence is the query", "use `search` of the set with itself")
        )
    known = known_statistics(scoring, wanted)
    total, rank = int(given.lengths.sum()), np.argsort(np.argsort(-given.lengths, kind="stable"), kind="stable")
    least = wanted.least_score
    if wanted.e_value is not None and known is not None:
        lowest = int(known.least_score(wanted.e_value, int(given.lengths.min()) * total))
        least = lowest if least is None else max(least, lowest)
    kept = []
    for block in blocks(given, given, scoring, threads, ranked=True):
        rows, columns = np.nonzero((block.scores >= (least if least is not None else np.iinfo(np.int32).min))
                                   & (rank[block.queries][:, None] < rank[block.targets]))  # fmt: skip
        a, b = block.queries[rows], block.targets[columns]
        kept.append(np.stack([np.minimum(a, b), np.maximum(a, b), block.scores[rows, columns], np.ones_like(a)]))
    found = np.concatenate(kept, axis=1)
    space = np.minimum(given.lengths[found[0]], given.lengths[found[1]]) * total
    return rated(found, space, wanted, known)


def align_hits(hits: Hits, queries: Texts, targets: Texts, scoring: Scoring = DEFAULT, threads: int = 1) -> Alignments:
    """The alignments of hits, in their order; on strand -1 the query's letters count along its reverse complement."""
    given, against = encoded(queries, scoring, "queries"), encoded(targets, scoring, "targets")
    if np.any(hits.strand < 0):
        turned = other_strand(given, scoring.matrix)
        offsets = np.concatenate((given.offsets, given.offsets[-1] + turned.offsets[1:]))
        given = Sequences(np.concatenate((given.codes, turned.codes)), offsets, given.letters)
    rows = hits.query + np.where(hits.strand < 0, len(given) // 2, 0)
    return align_pairs(given, against, np.stack([rows, hits.target], axis=1), scoring, threads)


def rated(found: Integers, space: Integers, wanted: Wanted, known: Statistics | None) -> Hits:
    """Pairs as hits, sorted, with statistics, and cut to what is wanted.

    found: [4, H] query, target, score, strand; space: [H] each one's search space
    """
    query, target, score, strand = found
    bits = known.bits(score) if known else np.full(len(score), np.nan)
    e_value = known.e_values(score, space) if known else np.full(len(score), np.nan)
    order = np.lexsort((target, -score, query))
    if wanted.e_value is not None:
        order = order[e_value[order] <= wanted.e_value]
    if wanted.top is not None:
        place = np.arange(len(order)) - np.searchsorted(query[order], query[order])
        order = order[place < wanted.top]
    return Hits(query[order], target[order], score[order], strand[order], bits[order], e_value[order], space[order], known)


def known_statistics(scoring: Scoring, wanted: Wanted) -> Statistics | None:
    """The parameters that are wanted, or published; None where there are none; InputError only if an E-value needs them."""
    if wanted.statistics is not None:
        return wanted.statistics
    try:
        return statistics(scoring)
    except InputError:
        if wanted.e_value is not None:
            raise
        return None


def _least(wanted: Wanted, known: Statistics | None, space: Integers) -> Integers:
    """[Q] the score from which on pairs of a query are kept."""
    least = np.full(len(space), np.iinfo(np.int32).min if wanted.least_score is None else wanted.least_score, np.int64)
    if wanted.e_value is not None and known is not None:
        least = np.maximum(least, known.least_score(wanted.e_value, space))
    return least


def _kept(block: Block, strand: NDArray[np.int32], least: Integers, top: int | None) -> Integers:
    """[4, .] query, target, score, strand of a block's pairs that may be wanted."""
    floor = least[block.queries][:, None]
    if top is not None and top < block.scores.shape[1]:
        floor = np.maximum(floor, -np.partition(-block.scores, top - 1, axis=1)[:, top - 1 : top])
    rows, columns = np.nonzero(block.scores >= floor)
    return np.stack([block.queries[rows], block.targets[columns], block.scores[rows, columns], strand[rows, columns]])

"""Pairs of large sets: seeds say which are worth it, and these are scored exactly.

In: encoded sequences, how they are scored and what is wanted. Out: `Hits`, which lack pairs that share no seed.
Short sequences, which may have none, are scored with all others.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from iatros.align.blocks import some_scores
from iatros.align.hits import Hits, Strands, Wanted, asks, known_statistics, rated, search
from iatros.align.packing import gather
from iatros.align.scoring import Scoring
from iatros.align.seeds import Filter, Seeds, equal_run, related
from iatros.align.sequences import Sequences, other_strand
from iatros.align.significance import Statistics

SHORT = 50  # letters up to which a sequence is scored with all
PIECE = 16  # queries that a thread takes at a time
Integers = NDArray[np.int64]


def filtered_within(
    given: Sequences, scoring: Scoring, wanted: Wanted, strands: Strands = "given", run: int = 0, threads: int = 1
) -> Hits:
    """Pairs of one set, the shorter one as query, or of equal ones the earlier; the space is its letters times all.

    run: equal letters in a row that all the pairs have that must not be lost; 0: there are none
    """
    known, lengths = known_statistics(scoring, wanted), given.lengths
    total, short = int(lengths.sum()), lengths <= SHORT
    least = _least(wanted, known, int(lengths.min()) * total)
    at, long = np.flatnonzero(short), np.flatnonzero(~short)
    parts = [np.zeros((4, 0), np.int64)]
    if len(at):
        found = _found(search(taken(given, at), given, scoring, Wanted(least_score=least), strands, threads), at)
        parts.append(found[:, asks(lengths, found[0], found[1])])
    if len(long) > 1:
        some = taken(given, long)
        found = _seeded(some, some, scoring, (strands, run, least), threads, within=True)
        found[:2] = long[found[:2]]
        swap = asks(lengths, found[1], found[0])
        found[:2, swap] = found[1::-1, swap]
        parts.append(found)
    whole = np.concatenate(parts, axis=1)
    return rated(whole, lengths[whole[0]] * total, wanted, known)


def filtered_between(
    given: Sequences, against: Sequences, scoring: Scoring, wanted: Wanted, strands: Strands = "given", run: int = 0,
    threads: int = 1,
) -> Hits:  # fmt: skip
    """Pairs of two sets; the space is the query's letters times all targets'."""
    known, total = known_statistics(scoring, wanted), int(against.lengths.sum())
    least = _least(wanted, known, int(given.lengths.min()) * total)
    brief, queries = np.flatnonzero(given.lengths <= SHORT), np.flatnonzero(given.lengths > SHORT)
    small, targets = np.flatnonzero(against.lengths <= SHORT), np.flatnonzero(against.lengths > SHORT)
    parts, every = [np.zeros((4, 0), np.int64)], np.arange(len(against))
    for rows, columns in ((brief, every), (queries, small)):
        if len(rows) and len(columns):
            some = search(taken(given, rows), taken(against, columns), scoring, Wanted(least_score=least), strands, threads)
            parts.append(_found(some, rows, columns))
    if len(queries) and len(targets):
        found = _seeded(taken(given, queries), taken(against, targets), scoring, (strands, run, least), threads)
        found[:2] = queries[found[0]], targets[found[1]]
        parts.append(found)
    whole = np.concatenate(parts, axis=1)
    return rated(whole, given.lengths[whole[0]] * total, wanted, known)


def taken(sequences: Sequences, which: Integers) -> Sequences:
    """Some of them."""
    lengths = sequences.lengths[which]
    codes = gather(sequences.codes, sequences.offsets[which], lengths)
    return Sequences(codes, np.concatenate(([0], np.cumsum(lengths))).astype(np.int64), sequences.letters)


def _seeded(
    given: Sequences, against: Sequences, scoring: Scoring, asked: tuple[Strands, int, int], threads: int, within: bool = False
) -> Integers:
    """[4, .] query, target, score and strand of the pairs that pass and score at least so much."""
    strands, run, least = asked
    matrix, both = scoring.matrix, strands == "both"
    wanted: list[Seeds] = [related(matrix)]
    if run:
        wanted.append(equal_run(matrix, run))
    filters = [Filter(given, against, matrix, seeds, both, threads) for seeds in wanted]
    turned = other_strand(given, matrix) if both else None

    def of(query: int) -> Integers:
        passing = [one.passing(query, query if within else None) for one in filters]
        chosen = passing[0] if len(passing) == 1 else np.unique(np.concatenate(passing))
        best = some_scores(given, query, against, chosen, scoring)
        strand = np.ones_like(best)
        if turned is not None:
            back = some_scores(turned, query, against, chosen, scoring)
            strand, best = np.where(back > best, -1, 1), np.maximum(best, back)
        kept = best >= least
        return np.stack([np.full(kept.sum(), query), chosen[kept], best[kept], strand[kept]]).astype(np.int64)

    return np.concatenate([np.zeros((4, 0), np.int64), *_each(of, len(given), threads)], axis=1)


def _each(of: Callable[[int], Integers], count: int, threads: int) -> list[Integers]:
    """Of each number below the count, in order."""
    if threads <= 1:
        return [of(i) for i in range(count)]
    with ThreadPoolExecutor(threads) as pool:
        pieces = pool.map(lambda first: [of(i) for i in range(first, min(first + PIECE, count))], range(0, count, PIECE))
        return [found for piece in pieces for found in piece]


def _least(wanted: Wanted, known: Statistics | None, space: int) -> int:
    """The score below which no pair of a search space of at least so much is wanted."""
    least = 0 if wanted.least_score is None else wanted.least_score
    return least if wanted.e_value is None or known is None else max(least, int(known.least_score(wanted.e_value, space)))


def _found(hits: Hits, rows: Integers, columns: Integers | None = None) -> Integers:
    """Hits of some queries and targets as [4, .] of all."""
    targets = hits.target if columns is None else columns[hits.target]
    return np.stack([rows[hits.query], targets, hits.score, hits.strand])

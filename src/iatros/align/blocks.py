"""Scores of many pairs, a block of queries against a chunk of targets at a time.

In: encoded queries and targets. Out: blocks of scores, as they are done; threads share the blocks.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from iatros.align import filling
from iatros.align.long import fits, score_long
from iatros.align.packing import Packed, aligned, pack
from iatros.align.scoring import Scoring
from iatros.align.sequences import Sequences
from iatros.align.widths import (
    BITS,
    Costs,
    Differences,
    differences,
    end_costs,
    lanes_of,
    left_of_differences,
    left_of_target,
    local_costs,
    too_long,
)

FEW = 4  # targets that leave so many lanes empty that a pair alone, row by row, is faster
CHUNK = 1_024  # targets that are packed together
PROFILE = 128  # rows of a profile: 32 letters, four columns
BLOCK = 16  # queries of one piece of work
WIDE_FIRST = 0.3  # share of pairs that were too large for 8 bits from which the next block does without

Integers = NDArray[np.int64]
Scores = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Block:
    """queries: [q], targets: [t] which ones; scores: [q, t] int32."""

    queries: Integers
    targets: Integers
    scores: Scores


def blocks(queries: Sequences, targets: Sequences, scoring: Scoring, threads: int = 1, ranked: bool = False) -> Iterator[Block]:
    """All pairs, or with `ranked` (queries and targets are the same) each pair at least once: what is below is left out.

    Blocks come in an order that does not depend on `threads`. Raises InputError for pairs that 32 bits may not hold.
    """
    work = list(_work(queries, targets, ranked))
    _check_lengths(queries, targets, scoring)
    if threads <= 1:
        yield from (block for piece in work for block in _chunk(queries, targets, scoring, *piece))
        return
    pieces = [(chosen[i : i + BLOCK], chunk) for chosen, chunk in work for i in range(0, len(chosen), BLOCK)]
    with ThreadPoolExecutor(threads) as pool:
        packed: dict[tuple[int, int, int], Packed] = {}
        yield from (
            block
            for found in pool.map(lambda piece: list(_chunk(queries, targets, scoring, piece[0], piece[1], packed)), pieces)
            for block in found
        )


def some_scores(queries: Sequences, query: int, targets: Sequences, chosen: Integers, scoring: Scoring) -> Scores:
    """[t] the scores of one query with chosen targets."""
    scores = np.empty(len(chosen), np.int32)
    order = np.argsort(-targets.lengths[chosen], kind="stable")
    for begin in range(0, len(order), CHUNK):
        rows = order[begin : begin + CHUNK]
        for block in _chunk(queries, targets, scoring, np.array([query]), chosen[rows]):
            scores[rows] = block.scores[0]
    return scores


def _work(queries: Sequences, targets: Sequences, ranked: bool) -> Iterator[tuple[Integers, Integers]]:
    """Queries and chunks of targets, longest first."""
    order = np.argsort(-targets.lengths, kind="stable")
    for begin in range(0, len(order), CHUNK):
        chunk = order[begin : begin + CHUNK]
        yield (order[: begin + CHUNK] if ranked else np.arange(len(queries))), chunk


def _check_lengths(queries: Sequences, targets: Sequences, scoring: Scoring) -> None:
    longest = int(queries.lengths.max()), int(targets.lengths.max())
    local = local_costs(scoring, 32)
    if scoring.mode == "local":
        fits = local is not None and min(longest) * max(scoring.matrix.largest, 0) <= local.believed
    else:
        fits = end_costs(scoring, 32, *longest) is not None
    if not fits:
        raise too_long(*longest)


def _chunk(
    queries: Sequences,
    targets: Sequences,
    scoring: Scoring,
    chosen: Integers,
    chunk: Integers,
    packed: dict[tuple[int, int, int], Packed] | None = None,
) -> Iterator[Block]:
    """A chunk of targets against the chosen queries, block by block."""
    kept = {} if packed is None else packed
    layout = _Layout(targets, chunk, len(scoring.matrix.letters), kept)
    first = BITS[0]
    for begin in range(0, len(chosen), BLOCK):
        some = chosen[begin : begin + BLOCK]
        taken = Sequences(*_taken(queries, some), queries.letters)
        if len(chunk) <= FEW and fits(int(taken.lengths.max()), int(targets.lengths[chunk].max()), scoring):
            scores = np.array([[score_long(taken[q], targets[t], scoring) for t in chunk] for q in range(len(some))], np.int32)
        elif scoring.mode == "local":
            scores, first = _local(taken, layout, scoring, first)
        else:
            scores = _whole(taken, layout, scoring)
        yield Block(some, chunk, scores)


@dataclass(frozen=True, slots=True)
class _Layout:
    """A chunk of targets, packed for a number of lanes when first asked for."""

    targets: Sequences
    chunk: Integers
    padding: int
    kept: dict[tuple[int, int, int], Packed]

    def of(self, lanes: int) -> Packed:
        key = (int(self.chunk[0]), len(self.chunk), lanes)
        if key not in self.kept:
            self.kept[key] = pack(self.targets.codes, self.targets.offsets, self.chunk, lanes, self.padding)
        return self.kept[key]

    def some(self, which: Integers, lanes: int) -> Packed:
        return pack(self.targets.codes, self.targets.offsets, self.chunk[which], lanes, self.padding)


def _taken(queries: Sequences, some: Integers) -> tuple[NDArray[np.uint8], Integers]:
    """Some of the queries, end to end."""
    parts = [queries[i] for i in some]
    return np.concatenate(parts), np.concatenate(([0], np.cumsum([len(part) for part in parts]))).astype(np.int64)


def _local(queries: Sequences, layout: _Layout, scoring: Scoring, first: int) -> tuple[Scores, int]:
    """Local scores, in lanes of `first` bits, again in wider ones where they were too large; and where to begin next."""
    choices = [costs for bits in BITS if bits >= first and (costs := local_costs(scoring, bits)) is not None]
    scores = np.empty((len(queries), len(layout.chunk)), np.int32)
    _local_in(queries, layout.of(lanes_of(choices[0])), choices[0], scores)
    doubtful = scores > choices[0].believed
    following = 16 if first == 8 and doubtful.mean() > WIDE_FIRST else first
    for q in np.flatnonzero(doubtful.any(axis=1)):
        _again(queries, int(q), layout, choices, scores)
    return scores, following


def _again(queries: Sequences, q: int, layout: _Layout, choices: list[Costs], scores: Scores) -> None:
    """One query's too large scores in ever wider lanes."""
    one = Sequences(queries[q], np.array([0, len(queries[q])], np.int64), queries.letters)
    for narrow, wide in pairwise(choices):
        which = np.flatnonzero(scores[q] > narrow.believed)
        if not len(which):
            return
        whole = 2 * len(which) > scores.shape[1]
        again = np.empty((1, scores.shape[1] if whole else len(which)), np.int32)
        _local_in(one, layout.of(lanes_of(wide)) if whole else layout.some(which, lanes_of(wide)), wide, again)
        scores[q, which] = again[0, which] if whole else again[0]


def _local_in(queries: Sequences, packed: Packed, costs: Costs, out: Scores) -> None:
    """Local scores of all pairs in lanes of one width."""
    kind, lanes, rows = costs.numbers.dtype, lanes_of(costs), int(queries.lengths.max())
    tall = (aligned((rows, lanes), kind), aligned((rows, lanes), kind), aligned((PROFILE, lanes), kind))
    room = (*tall, aligned((len(packed.starts) + 1, lanes), kind))
    filling.local_scores((queries.codes, queries.offsets), packed, costs, room, out)


def _whole(queries: Sequences, layout: _Layout, scoring: Scoring) -> Scores:
    """Global and semi-global scores."""
    scores = np.empty((len(queries), len(layout.chunk)), np.int32)
    small = differences(scoring)
    if small is not None:
        _by_differences(queries, layout.of(64), scoring, small, scores)
        return scores
    longest = int(queries.lengths.max()), int(layout.targets.lengths[layout.chunk].max())
    costs = end_costs(scoring, 16, *longest) or end_costs(scoring, 32, *longest)
    assert costs is not None  # lengths were checked
    packed, kind, lanes = layout.of(lanes_of(costs)), costs.numbers.dtype, lanes_of(costs)
    tall = (aligned((longest[0], lanes), kind), aligned((longest[0], lanes), kind), aligned((PROFILE, lanes), kind))
    wide = (aligned((len(packed.letters), lanes), kind), aligned((len(packed.letters), lanes), kind))
    room = (*tall, aligned((len(packed.starts) + 1, lanes), kind), *wide)
    left = left_of_target(scoring, longest[0], kind)
    free = (scoring.free.query_end, scoring.free.target_end)
    filling.end_scores((queries.codes, queries.offsets), packed, costs, left, room, free, scores)
    return scores


def _by_differences(queries: Sequences, packed: Packed, scoring: Scoring, small: Differences, out: Scores) -> None:
    """Global and semi-global scores in 8-bit differences."""
    rows, sweeps = int(queries.lengths.max()), len(packed.starts)
    bytes_ = [aligned((length, 64), np.uint8) for length in (rows, rows, PROFILE, 4 * sweeps)]
    room = (*bytes_, aligned((sweeps + 1, 64), np.int32), aligned((sweeps + 1, 64), np.int32))
    left, corner = left_of_differences(scoring, rows), left_of_target(scoring, rows, np.int32)
    filling.difference_scores((queries.codes, queries.offsets), packed, small, left, corner, room, out)

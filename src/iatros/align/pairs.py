"""Alignments of many pairs: each query with its targets at once, in as few bits as hold the scores.

In: sequences and which pairs of them. Out: `Alignments`, in the order asked for.
A pair whose masks would not fit the memory that one batch may take is aligned in memory proportional to its length (`long`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iatros.align import tracing
from iatros.align.alignments import Alignments, assembled, joined
from iatros.align.long import align_long
from iatros.align.packing import Packed, aligned, pack
from iatros.align.scored import DEFAULT, encoded
from iatros.align.scoring import Scoring
from iatros.align.sequences import Sequences
from iatros.align.tracing import Ends, Room, Traced
from iatros.align.widths import BITS, Costs, end_costs, equals, lanes_of, left_of_target, local_costs, too_long

MEMORY = 16 * 2**20  # bytes of masks that a batch fills: what a processor's last cache holds
PIECE = 8  # queries that a thread takes at a time
KEPT = 64  # packed batches a thread remembers
LARGEST = 128 * 2**20  # bytes of masks from which a single pair is aligned in linear memory
MASKS = 5  # a cell
Bytes = NDArray[np.uint8]
Integers = NDArray[np.int64]
Texts = Sequence[str] | Sequences


def align_pairs(queries: Texts, targets: Texts, pairs: Integers, scoring: Scoring = DEFAULT, threads: int = 1) -> Alignments:
    """The alignments of pairs [N, 2] (query, target), in that order; several of one query are aligned side by side."""
    given, against = encoded(queries, scoring, "queries"), encoded(targets, scoring, "targets")
    wanted = np.asarray(pairs, np.int64).reshape(-1, 2)
    order = np.lexsort((-against.lengths[wanted[:, 1]], wanted[:, 0]))
    groups = np.split(order, np.flatnonzero(np.diff(wanted[order, 0])) + 1) if len(order) else []
    work = [(int(wanted[group[0], 0]), wanted[group, 1]) for group in groups]
    pieces = [work[k : k + PIECE] for k in range(0, len(work), PIECE)]
    if threads <= 1:
        parts = _some(given, against, work, scoring)
    else:
        with ThreadPoolExecutor(threads) as pool:
            parts = list(chain(*pool.map(lambda piece: _some(given, against, piece, scoring), pieces)))
    if not parts:
        return joined([])
    return joined(parts).chosen(np.argsort(order, kind="stable"))


def align_all(queries: Texts, targets: Texts, scoring: Scoring = DEFAULT, threads: int = 1) -> Alignments:
    """The alignments of every query with every target, in the order of queries, then targets."""
    given, against = encoded(queries, scoring, "queries"), encoded(targets, scoring, "targets")
    pairs = np.stack(np.meshgrid(np.arange(len(given)), np.arange(len(against)), indexing="ij"), axis=-1).reshape(-1, 2)
    return align_pairs(given, against, pairs, scoring, threads)


class _Desk:
    """What one thread keeps between queries: room for masks, and targets that were packed before."""

    def __init__(self) -> None:
        self.masks = np.empty(0, np.uint8)
        self.packed: dict[tuple[int, bytes], Packed] = {}

    def room(self, shape: tuple[int, ...], lanes: int) -> NDArray[Any]:
        """An array of words of so many bits. What it held before is lost."""
        size = int(np.prod(shape)) * lanes // 8
        if size > len(self.masks):
            self.masks = aligned((size,), np.uint8)
        return self.masks[:size].view(f"u{lanes // 8}").reshape(shape)

    def pack(self, targets: Sequences, chosen: Integers, lanes: int, padding: int) -> Packed:
        """Targets in lanes."""
        key = (lanes, chosen.tobytes())
        if key not in self.packed:
            if len(self.packed) == KEPT:
                self.packed.clear()
            self.packed[key] = pack(targets.codes, targets.offsets, chosen, lanes, padding)
        return self.packed[key]


def _some(queries: Sequences, targets: Sequences, work: list[tuple[int, Integers]], scoring: Scoring) -> list[Alignments]:
    """Queries, each with its targets, which come longest first, in that order."""
    desk = _Desk()
    return [_one(queries, q, targets, chosen, scoring, desk) for q, chosen in work]


def _one(queries: Sequences, q: int, targets: Sequences, chosen: Integers, scoring: Scoring, desk: _Desk) -> Alignments:
    """One query with its targets."""
    query, parts = queries[q], []
    for begin, end in _batches(len(query), targets.lengths[chosen], scoring):
        some = chosen[begin:end]
        if begin + 1 == end and _bytes(len(query), int(targets.lengths[some[0]]), scoring) > LARGEST:
            parts.append(align_long(query, targets[some[0]], scoring))
        else:
            parts.append(_batch(query, targets, some, scoring, desk))
    found = joined(parts)
    return replace(found, query=np.full(len(chosen), q, np.int64), target=chosen)


def _bytes(query: int, letters: int, scoring: Scoring) -> int:
    """Masks of a query against so many letters in one lane."""
    lanes = 64 if scoring.mode == "local" else 32
    return query * letters * MASKS * lanes // 8


def _batches(query: int, lengths: Integers, scoring: Scoring) -> Iterator[tuple[int, int]]:
    """Slices of targets, longest first, whose masks fit the memory: lanes are filled evenly, but never below the longest."""
    rounded = 1 << (query - 1).bit_length()  # queries of like length share their batches
    room = max(1, MEMORY // _bytes(rounded, 1, scoring))  # letters a lane may have
    lanes = 64 if scoring.mode == "local" else 32
    begin = 0
    while begin < len(lengths):
        columns = max(room, int(lengths[begin]) + 3)
        ends = np.cumsum(lengths[begin:] + 3)
        end = begin + max(1, int(np.searchsorted(ends, columns * lanes, side="right")))
        if _bytes(query, int(lengths[begin]), scoring) > LARGEST:
            end = begin + 1
        yield begin, end
        begin = end


def _batch(query: NDArray[np.uint8], targets: Sequences, chosen: Integers, scoring: Scoring, desk: _Desk) -> Alignments:
    """One query with some targets, in the fewest bits; again in more where local scores were too large for those."""
    longest = int(targets.lengths[chosen].max())
    if scoring.mode != "local":
        costs = end_costs(scoring, 16, len(query), longest) or end_costs(scoring, 32, len(query), longest)
        if costs is None:
            raise too_long(len(query), longest)
        return _traced(query, targets, chosen, scoring, costs, desk)
    found, left = None, np.arange(len(chosen))
    for bits in BITS:
        local = local_costs(scoring, bits)
        if local is None:
            continue
        again = _traced(query, targets, chosen[left], scoring, local, desk)
        doubtful = left[again.score > local.believed]
        found = again if found is None else _replaced(found, left, again)
        left = doubtful
        if not len(left):
            return found
    raise too_long(len(query), longest)


def _replaced(found: Alignments, rows: Integers, better: Alignments) -> Alignments:
    """`found`, with other alignments in some rows."""
    places = np.arange(len(found))
    places[rows] = len(found) + np.arange(len(rows))
    return joined([found, better]).chosen(places)


def _traced(
    query: NDArray[np.uint8], targets: Sequences, chosen: Integers, scoring: Scoring, costs: Costs, desk: _Desk
) -> Alignments:
    """One query with some targets in lanes of one width."""
    kind, lanes, m = costs.numbers.dtype, lanes_of(costs), len(query)
    packed = desk.pack(targets, chosen, lanes, len(scoring.matrix.letters))
    local, free, sweeps = scoring.mode == "local", scoring.free, len(packed.starts)
    tall = (aligned((m, lanes), kind), aligned((m, lanes), kind), aligned((128, lanes), kind))
    last, most = aligned((4 * sweeps, lanes), kind), None if local else aligned((4 * sweeps, lanes), kind)
    trace = desk.room((sweeps, m, 4, MASKS), lanes)
    room = Room(*tall, aligned((sweeps + 1, lanes), kind), last, trace)
    left = np.full(m, costs.numbers[2]) if local else left_of_target(scoring, m, kind)
    offsets = np.concatenate(([0], np.cumsum(packed.length + m)))
    out = Traced(np.empty((len(chosen), 6), np.int64), np.empty(offsets[-1], np.uint32), offsets, equals(scoring))
    ends = Ends(local, free.query_begin, free.query_end, free.target_begin, free.target_end)
    tracing.trace_all(query, packed, costs, left, room, most, ends, out)
    return _gathered(out, chosen, m, packed.length)


def _gathered(out: Traced, chosen: Integers, m: int, lengths: Integers) -> Alignments:
    """The runs without the room between them."""
    score, *where, counts = out.table.T.copy()
    ends = np.cumsum(counts)
    places = np.repeat(out.offsets[:-1] - ends + counts, counts) + np.arange(ends[-1])
    table = np.stack([np.zeros_like(chosen), chosen, score, *where, np.full_like(chosen, m), lengths])
    return assembled(table, out.runs[places], counts)

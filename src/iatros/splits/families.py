"""Families of sequences: who is joined to whom by a chain of kin.

In: letters of sequences and a rule. Out: `Relations`, which hold a family for each, and what is left between families.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from iatros.align.hits import COLUMNS, Hits
from iatros.align.kin import LOOKED_AT, Likeness, Prefilter, Rule, candidates_within, chosen, filters, likeness, proven_run
from iatros.align.missed import joined, missed_within
from iatros.contracts import Learned
from iatros.packed import Packed, cached, kept, key
from iatros.splits.filtered import Filtered

LOT = 20_000  # pairs aligned at a time; those whose families are joined by then are left out
VERSION = 1  # of what is kept on disk
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Relations:
    """Different sequences U, in alphabetical order, so that the order of the cases plays no part.

    texts: [U]; family: [U] codes; hits: the pairs that may be kin; complete: these are all pairs, not the significant alone
    filtered: what is known of pairs that share no seeds; None where all pairs were scored
    """

    texts: tuple[str, ...]
    family: Integers
    hits: Hits
    complete: bool
    filtered: Filtered | None = None


def relations(texts: Sequence[str], rule: Rule, prefilter: Prefilter = False) -> Relations:
    """Score all pairs exactly, align those that may be kin, and join kin to families. All is kept in the cache.

    prefilter: score only pairs that share seeds; "auto" above 20,000 different sequences
    """
    different = tuple(sorted(set(texts)))
    told = {"identity": rule.identity, "coverage": rule.coverage, "by": rule.by, "e_value": rule.e_value}
    if len(different) > 1 and filters(prefilter, len(different)):
        return _filtered(different, rule, told)
    hits = _candidates(different, rule)

    def pack() -> Packed:
        return Packed({"family": _families(different, hits, rule)}, np.ones(len(different), np.bool_), Learned())

    family = np.asarray(cached(_address(different, rule, told), Learned, pack)["family"])
    return Relations(different, family, hits, len(hits) == len(different) * (len(different) - 1) // 2)


@dataclass(frozen=True, slots=True)
class Crossing:
    """What is left between tested sequences and others, over all folds: pairs that were aligned, and how alike they are."""

    hits: Hits
    alike: Likeness


def crossing(found: Relations, sides: Iterable[Integers], rule: Rule) -> Crossing:
    """Measure all pairs of which one is tested and the other is not. sides: of each fold, [U] 1 tested, 0 not, -1 unused."""
    apart = np.zeros(len(found.hits), np.bool_)
    for side in sides:
        apart |= side[found.hits.query] + side[found.hits.target] == 1
    hits = chosen(found.hits, np.flatnonzero(apart))
    return Crossing(hits, likeness(hits, found.texts, found.texts, rule, threads()))


def components(ends: tuple[Integers, Integers], nodes: int) -> Integers:
    """[nodes] codes: nodes joined by a chain of edges have the same."""
    graph = coo_array((np.ones(len(ends[0]), np.bool_), ends), shape=(nodes, nodes))
    codes: Integers = connected_components(graph, directed=False)[1].astype(np.int64)
    return codes


def threads() -> int:
    """$OMP_NUM_THREADS, or all cores."""
    asked = os.environ.get("OMP_NUM_THREADS", "")
    return int(asked) if asked.isdecimal() and int(asked) else os.cpu_count() or 1


def significant(texts: tuple[str, ...], rule: Rule, filtered: bool = False) -> Hits:
    """Pairs of at least two different sequences of at most the rule's E-value, kept in the cache.

    filtered: only those that share seeds; else what a split has scored is read again
    """
    known = None if filtered else kept(_all_pairs(texts, rule), Learned)
    if known is not None:
        hits = _hits(known, rule)
        return chosen(hits, np.flatnonzero(hits.e_value <= rule.e_value))

    def pack() -> Packed:
        hits = candidates_within(texts, rule, threads(), filtered=filtered)
        some = chosen(hits, np.flatnonzero(hits.e_value <= rule.e_value))
        return Packed(_columns(some), np.ones(len(texts), np.bool_), Learned())

    told = {"significant": rule.e_value, "seeded": filtered}
    return _hits(cached(_address(texts, rule, told), Learned, pack), rule)


def _candidates(texts: tuple[str, ...], rule: Rule) -> Hits:
    if len(texts) < 2:
        empty = np.zeros(0, np.int64)
        return Hits(empty, empty, empty, empty, np.zeros(0), np.zeros(0), empty, rule.statistics)

    def pack() -> Packed:
        return Packed(_columns(candidates_within(texts, rule, threads())), np.ones(len(texts), np.bool_), Learned())

    return _hits(cached(_all_pairs(texts, rule), Learned, pack), rule)


def _all_pairs(texts: tuple[str, ...], rule: Rule) -> str:
    return _address(texts, rule, {"up_to": max(rule.e_value, LOOKED_AT)})


def _filtered(texts: tuple[str, ...], rule: Rule, told: Mapping[str, object]) -> Relations:
    """The same of pairs that share seeds, and of those that a draw shows to be missed."""

    def pack() -> Packed:
        hits = candidates_within(texts, rule, threads(), filtered=True)
        missed, first = missed_within(texts, hits, rule, threads()), _named_after_members(_families(texts, hits, rule))
        query, target = missed.hits.query, missed.hits.target
        apart = missed.concerned(first[query] != first[target])
        counts = (len(missed.sequences), len(texts), missed.kin, len(missed.hits), apart, proven_run(rule))
        ends = np.concatenate([np.arange(len(texts)), query]), np.concatenate([first, target])
        columns = {**_columns(joined(hits, missed.hits)), "counts": np.array(counts), "family": components(ends, len(texts))}
        return Packed(columns, np.ones(len(texts), np.bool_), Learned())

    packed = cached(_address(texts, rule, {**told, "filtered": True}), Learned, pack)
    counts = np.asarray(packed["counts"]).tolist()
    return Relations(texts, np.asarray(packed["family"]), _hits(packed, rule), False, Filtered(*counts))


def _columns(hits: Hits) -> dict[str, NDArray[Any]]:  # Any: whole numbers and others
    return {name: getattr(hits, name) for name in COLUMNS}


def _hits(packed: Packed, rule: Rule) -> Hits:
    return Hits(**{name: np.asarray(packed[name]) for name in COLUMNS}, statistics=rule.statistics)


def _address(texts: tuple[str, ...], rule: Rule, told: Mapping[str, object]) -> str:
    scored_by = {"matrix": rule.scoring.matrix.name, "gaps": str(rule.scoring.gaps), "strands": rule.strands}
    letters = hashlib.sha256("\n".join(texts).encode()).hexdigest()
    return key("homology", VERSION, {**scored_by, **told}, Learned(), letters)


def _families(texts: tuple[str, ...], hits: Hits, rule: Rule) -> Integers:
    """Join pairs, the best first: a pair whose families are one already need not be aligned."""
    possible = np.flatnonzero(hits.e_value <= rule.e_value)
    edges = (hits.query[possible], hits.target[possible])
    if not rule.identity and not rule.coverage:
        return components(edges, len(texts))
    family = np.arange(len(texts))
    possible = possible[np.argsort(-hits.score[possible], kind="stable")]
    for begin in range(0, len(possible), LOT):
        lot = possible[begin : begin + LOT]
        some = chosen(hits, lot[family[hits.query[lot]] != family[hits.target[lot]]])
        kin = likeness(some, texts, texts, rule, threads()).kin
        ends = np.concatenate([some.query[kin], np.arange(len(texts))]), np.concatenate([some.target[kin], family])
        family = _named_after_members(components(ends, len(texts)))
    return family


def _named_after_members(codes: Integers) -> Integers:
    """[M] the first member of each one's family, so that a code is a place."""
    _, first, of_each = np.unique(codes, return_index=True, return_inverse=True)
    named: Integers = first[of_each].astype(np.int64)
    return named

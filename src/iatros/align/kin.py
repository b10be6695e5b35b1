"""Which sequences are kin: so much alike that chance is no explanation, by exact alignment.

In: one set of texts, or two, and a `Rule`. Out: candidates (`Hits`) from scores of all pairs, and `Likeness` of those aligned.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from iatros.align.alignments import Identity
from iatros.align.filtered import SHORT, filtered_between, filtered_within
from iatros.align.hits import COLUMNS, Hits, Strands, Wanted, align_hits, all_pairs, asks, known_statistics, search
from iatros.align.matrices import match
from iatros.align.scored import encoded
from iatros.align.scoring import Gaps, Scoring
from iatros.align.seeds import assured_run
from iatros.align.sequences import Sequences
from iatros.align.significance import Statistics

LOOKED_AT = 10.0  # E-value up to which pairs are aligned whatever the rule asks: beyond it, chance gives as good in any search
MANY = 20_000  # sequences above which `auto` filters pairs by seeds before they are aligned
LEAST_RUN = {True: 14, False: 6}  # nucleotides or acids in a row that few unrelated pairs share
CELLS_A_SECOND = 2e10  # of one thread
ALL_CELLS = 2e10  # letters times letters up to which all pairs are aligned, some seconds of one core
MOST_PAIRS = 5_000_000  # up to which all pairs are kept, some 300 MB; of more, short as they are, those not due to chance alone
Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Texts = Sequence[str] | Sequences
Prefilter = Literal["auto"] | bool


@dataclass(frozen=True, slots=True)
class Rule:
    """When two sequences are kin: all three hold.

    e_value: at most, the space being the shorter's letters (or the query's) times all letters it is compared with
    identity: at least, in identical pairs divided by what `by` says; coverage: at least, of the shorter's letters
    """

    e_value: float = 1e-3
    identity: float = 0.0
    coverage: float = 0.0
    by: Identity = "shorter"
    scoring: Scoring = field(default_factory=Scoring)
    statistics: Statistics | None = None
    strands: Strands = "given"


def nucleotides(rule: Rule) -> Rule:
    """The same for DNA and RNA: match 2, mismatch -3, gaps 5/2 in BLAST's words, both strands."""
    return replace(rule, scoring=Scoring(match(2, -3), Gaps.blast(5, 2)), strands="both")


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike pairs are. identity, coverage: [H] shares, as the rule names them; kin: [H] bool, whether the rule holds."""

    identity: Floats
    coverage: Floats
    kin: NDArray[np.bool_]


def filters(prefilter: Prefilter, count: int) -> bool:
    """Are pairs among so many sequences to be filtered?"""
    return count > MANY if prefilter == "auto" else prefilter


def seconds_of_all(different: Iterable[str], rule: Rule) -> float:
    """About how long all pairs take one core: of both strands, both orders of a pair are scored."""
    return sum(map(len, different)) ** 2 / 2 * (1 if rule.strands == "given" else 4) / CELLS_A_SECOND


def candidates_within(texts: Texts, rule: Rule, threads: int = 1, filtered: bool = False) -> Hits:
    """Every pair of one set that may be kin; in small sets all pairs. All are scored exactly; `filtered`: those with seeds."""
    given = encoded(texts, rule.scoring, "sequences")
    if filtered:
        return filtered_within(given, rule.scoring, _wanted(rule), rule.strands, proven_run(rule), threads)
    wanted = _wanted(rule, float(given.lengths.sum()) ** 2 / 2, len(given.lengths) ** 2 / 2)
    if rule.strands == "given":
        return all_pairs(given, rule.scoring, wanted, threads)
    found = search(given, given, rule.scoring, wanted, "both", threads)
    return chosen(found, np.flatnonzero(asks(given.lengths, found.query, found.target)))


def candidates_between(queries: Texts, targets: Texts, rule: Rule, threads: int = 1, filtered: bool = False) -> Hits:
    """Every pair of two sets that may be kin; of small sets all pairs. The space is the query's letters times all targets'."""
    given, against = encoded(queries, rule.scoring, "queries"), encoded(targets, rule.scoring, "targets")
    if filtered:
        return filtered_between(given, against, rule.scoring, _wanted(rule), rule.strands, proven_run(rule), threads)
    pairs = float(len(given.lengths)) * len(against.lengths)
    wanted = _wanted(rule, float(given.lengths.sum()) * float(against.lengths.sum()), pairs)
    return search(given, against, rule.scoring, wanted, rule.strands, threads)


def proven_run(rule: Rule) -> int:
    """Equal letters in a row that all kin of more than 50 letters have; 0 where none, or none that few others share, is proven.

    By `columns`: the alignment has at least coverage * shorter columns. By `longer` and `mean`, of D letters: runs are parted
    by letters of either sequence that are not identical, at most 2 (1 - p) D of them, as in (2 - p) D columns, p D identical.
    """
    run, p = 0, rule.identity
    if rule.by == "columns" and rule.coverage:
        run = assured_run(p, rule.coverage * (SHORT + 1))
    elif rule.by in ("longer", "mean"):
        run = assured_run(p / (2 - p), (2 - p) * (SHORT + 1))
    return run if run >= LEAST_RUN[rule.scoring.matrix.nucleotides] else 0


def with_themselves(texts: Texts, rule: Rule) -> tuple[Floats, Floats]:
    """[U] bits of each sequence with a copy of itself, more than with anything else, and the E-value: its letters times all."""
    given = encoded(texts, rule.scoring, "sequences")
    known = known_statistics(rule.scoring, Wanted(e_value=rule.e_value, statistics=rule.statistics))
    assert known is not None  # an E-value is wanted
    own = rule.scoring.matrix.scores.diagonal().astype(np.int64)[given.codes]
    scores = np.diff(np.concatenate([[0], np.cumsum(own)])[given.offsets])
    return known.bits(scores), known.e_values(scores, given.lengths * float(given.lengths.sum()))


def likeness(hits: Hits, queries: Texts, targets: Texts, rule: Rule, threads: int = 1) -> Likeness:
    """Align the pairs and measure them."""
    if not len(hits):
        return Likeness(np.zeros(0), np.zeros(0), np.zeros(0, np.bool_))
    found = align_hits(hits, queries, targets, rule.scoring, threads)
    identity = np.nan_to_num(found.identity(rule.by))
    shorter = found.query_length <= found.target_length
    coverage = np.nan_to_num(np.where(shorter, found.coverage("query"), found.coverage("target")))
    kin = (hits.e_value <= rule.e_value) & (identity >= rule.identity) & (coverage >= rule.coverage)
    return Likeness(identity, coverage, kin)


def chosen(hits: Hits, which: Integers) -> Hits:
    """Some of the hits, in that order."""
    return replace(hits, **{name: getattr(hits, name)[which] for name in COLUMNS})


def _wanted(rule: Rule, cells: float = np.inf, pairs: float = np.inf) -> Wanted:
    if cells <= ALL_CELLS and pairs <= MOST_PAIRS:
        return Wanted(least_score=0, statistics=rule.statistics)
    return Wanted(e_value=max(rule.e_value, LOOKED_AT), statistics=rule.statistics)

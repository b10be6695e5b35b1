"""What did a filter miss? Some sequences, drawn at random, are aligned exactly with all.

In: sequences, the hits that passed a filter, and the rule. Out: `Missed`. The draw is of whole sequences, as relatives come in
families: of pairs drawn singly hardly one is of kin, and kin of one sequence are missed together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from iatros.align.filtered import taken
from iatros.align.hits import COLUMNS, Hits, Wanted, asks, known_statistics, rated, search
from iatros.align.kin import Rule, Texts, chosen, likeness
from iatros.align.scored import encoded

DRAWN = 200  # sequences: where none of them misses kin, at most 1.5 % of all do (95 %, one-sided)
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Missed:
    """sequences: [D] those drawn; kin: pairs of kin that they are in; hits: those of them that the filter missed."""

    sequences: Integers
    kin: int
    hits: Hits

    @property
    def recall(self) -> float:
        """Share of these pairs of kin that were found; 1 where there are none."""
        return 1 - len(self.hits) / self.kin if self.kin else 1.0

    def concerned(self, which: NDArray[np.bool_] | None = None) -> int:
        """Drawn sequences of which kin were missed, in any of these hits."""
        some = self.hits if which is None else chosen(self.hits, np.flatnonzero(which))
        return int(np.isin(self.sequences, np.concatenate([some.query, some.target])).sum())


def missed_within(texts: Texts, found: Hits, rule: Rule, threads: int = 1, drawn: int = DRAWN) -> Missed:
    """Of `candidates_within`."""
    given = encoded(texts, rule.scoring, "sequences")
    which, lengths, total = _drawn(len(given), drawn), given.lengths, int(given.lengths.sum())
    known = known_statistics(rule.scoring, Wanted(e_value=rule.e_value, statistics=rule.statistics))
    assert known is not None  # an E-value is wanted
    least = max(0, int(known.least_score(rule.e_value, int(lengths.min()) * total)))
    every = search(taken(given, which), given, rule.scoring, Wanted(least_score=least), rule.strands, threads)
    query, target = which[every.query], every.target
    pairs = np.where(asks(lengths, query, target), [query, target], [target, query])
    table = np.concatenate([pairs, [every.score, every.strand]])[:, query != target]
    table = table[:, np.unique(table[0] * len(given) + table[1], return_index=True)[1]]
    exact = rated(table, lengths[table[0]] * total, Wanted(e_value=rule.e_value), known)
    return _missed(exact, found, (given, given), rule, which, threads)


def missed_between(queries: Texts, targets: Texts, found: Hits, rule: Rule, threads: int = 1, drawn: int = DRAWN) -> Missed:
    """Of `candidates_between`; queries are drawn."""
    given, against = encoded(queries, rule.scoring, "queries"), encoded(targets, rule.scoring, "targets")
    which = _drawn(len(given), drawn)
    wanted = Wanted(e_value=rule.e_value, statistics=rule.statistics)
    every = search(taken(given, which), against, rule.scoring, wanted, rule.strands, threads)
    return _missed(replace(every, query=which[every.query]), found, (given, against), rule, which, threads)


def joined(hits: Hits, others: Hits) -> Hits:
    """Both, one after the other."""
    columns = {name: np.concatenate([getattr(hits, name), getattr(others, name)]) for name in COLUMNS}
    return Hits(**columns, statistics=hits.statistics)


def _drawn(count: int, wanted: int) -> Integers:
    return np.sort(np.random.default_rng(0).permutation(count)[:wanted])


def _missed(exact: Hits, found: Hits, texts: tuple[Texts, Texts], rule: Rule, which: Integers, threads: int) -> Missed:
    kin = chosen(exact, np.flatnonzero(likeness(exact, *texts, rule, threads).kin))
    have = set(zip(found.query.tolist(), found.target.tolist(), strict=True))
    new = [pair not in have for pair in zip(kin.query.tolist(), kin.target.tolist(), strict=True)]
    return Missed(which, len(kin), chosen(kin, np.flatnonzero(new)))

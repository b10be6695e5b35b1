"""Relatives stay together: folds of families of sequences, so that a model is judged on families that it never saw.

In: the cases' sequences, patients and classes. Out: k folds a repeat, and the proof of how alike the sides still are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, StrictBool

from iatros.contracts import PROOF, Fold, Nearness, SplitCases
from iatros.findings import Finding, quote
from iatros.registry import did_you_mean
from iatros.splits.enough import groups_enough, rare_classes
from iatros.splits.folds import Folds
from iatros.splits.inner import TEST, UNUSED, InnerParts

if TYPE_CHECKING:
    from iatros.align.kin import Rule
    from iatros.splits.families import Crossing, Relations

Integers = NDArray[np.int64]
FAMILIES = ("family", "families")
PAIR = 64  # bytes of what is kept of a pair
LONG = 120  # seconds of alignment that deserve a word
MEASURED = 10.0  # E-value up to which pairs are aligned in large sets (align.kin)
Identity = Literal["columns", "pairs", "shorter", "longer", "mean"]


class Homology(InnerParts):
    """Cross-validation by family: sequences joined by a chain of homologs are in one fold, and so are all cases of a patient.

    Every pair is aligned exactly (Smith-Waterman), of more than 20,000 sequences those that `prefilter` lets pass. Two
    sequences are homologs if all of `e_value`, `identity`, `coverage` hold.
    """

    kind: Literal["homology"] = "homology"
    column: str = Field(min_length=1)
    """The column with the letters of each case's sequence."""
    alphabet: Literal["auto", "protein", "dna", "rna"] = "auto"
    """What the letters are. Proteins are scored by BLOSUM62, gaps 11/1; DNA and RNA by 2/-3, gaps 5/2, on both strands."""
    e_value: float = Field(default=1e-3, gt=0)
    """Pairs that chance explains no better than this are homologs. A large one, such as 1e9, leaves it to `identity`."""
    identity: float = Field(default=0.0, ge=0, le=1)
    """Least share of identical letters that homologs have, by `by`. 0 asks for none."""
    by: Identity = "shorter"
    """What identical pairs are divided by: the shorter sequence's letters (CD-HIT), columns of the alignment (BLAST), ..."""
    coverage: float = Field(default=0.0, ge=0, le=1)
    """Least share of the shorter sequence that is aligned. With identity by `columns` or `pairs`, ask for .5 or more."""
    prefilter: Literal["auto"] | StrictBool = "auto"
    """Align only pairs that share short words, which can lose distant homologs; "auto" does above 20,000 different sequences.

    200 sequences drawn at random are aligned with all others, and the record states what the filter missed of them."""
    k: int = Field(default=5, ge=2, le=50)
    """Number of folds."""
    repeats: int = Field(default=1, ge=1, le=100)
    """How often all families are dealt out anew."""

    def columns_used(self) -> tuple[str, ...]:
        """The column with the sequences."""
        return (self.column,)

    def check(self, cases: SplitCases) -> list[Finding]:
        """Can the letters be read, are there families enough, and is one too large for a fold?"""
        if self.column not in cases.columns:
            what = f"the column `{self.column}` of [split] is not in the table{did_you_mean(self.column, cases.columns)}"
            return [Finding("error", what, "name the column with the sequences", cases.file, check="split_column")]
        texts = letters(cases.columns[self.column])
        wrong = self._unreadable(cases, texts)
        if wrong:
            return wrong
        found = [*self._empty(cases, texts), *self._called(cases, texts), *self._long(cases, texts), *self._short(cases, texts)]
        found += self._many(cases, texts)
        joined = _taken(self._by_family(cases, texts), _there(texts))
        few = groups_enough(joined, self.k, f"{self.k} folds", "set a smaller `k`, or a stricter rule, in [split]", FAMILIES)
        return [*found, *(few or [*self._large(joined), *rare_classes(joined, self.k, f"{self.k} folds", FAMILIES)])]

    def folds(self, cases: SplitCases, seed: int) -> list[Fold]:
        """k folds a repeat. Cases without a sequence are in none. Raises ValueError where `check` finds letters unreadable."""
        texts = letters(cases.columns[self.column])
        if self._unreadable(cases, texts):
            raise ValueError(f"column {self.column!r} holds cells that are no sequences")
        there = _there(texts)
        dealt = Folds(k=self.k, repeats=self.repeats, validation=self.validation, calibration=self.calibration)
        some = _taken(self._by_family(cases, texts), there)
        return [replace(fold, scheme=self.kind, part=_spread(fold.part, there)) for fold in dealt.folds(some, seed)]

    def proof(self, cases: SplitCases, folds: Sequence[Fold]) -> list[Finding]:
        """The largest identity, and the smallest E-value, between a tested sequence and one that is not, over all folds."""
        from iatros.splits.families import crossing

        texts = letters(cases.columns[self.column])
        rule, found = self._related(texts)
        place = {text: i for i, text in enumerate(found.texts)}
        of_case = np.array([place.get(text, -1) for text in texts], np.int64)
        left = crossing(found, [_sides(of_case, fold.part, len(found.texts)) for fold in folds], rule)
        return [self._proved(cases, of_case, left, found)]

    def relatives(self, cases: SplitCases) -> Integers:
        """[M, 1] the family of each case; one without a sequence is its patient's."""
        return self._by_family(cases, letters(cases.columns[self.column])).group[:, None]

    def nearness(self, cases: SplitCases, folds: Sequence[Fold]) -> Nearness | None:
        """Bands of identity to the nearest training sequence, exactly aligned; see `splits.nearest`. None without sequences."""
        from iatros.align.filtered import SHORT
        from iatros.align.kin import LOOKED_AT
        from iatros.splits.nearest import CLOSE, HOMOLOG, Sides, band, nearest

        texts = [text if LETTERS.fullmatch(text) else "" for text in letters(cases.columns[self.column])]
        if not any(texts):
            return None
        rule, found = self._related(texts)
        place = {text: i for i, text in enumerate(found.texts)}
        of_case = np.array([place.get(text, -1) for text in texts], np.int64)
        tested = [(fold.part == TEST) & (of_case >= 0) for fold in folds]
        trained = [(fold.part >= 0) & (fold.part != TEST) & (of_case >= 0) for fold in folds]
        sides = [Sides(*(_held(of_case[who], len(place)) for who in both)) for both in zip(tested, trained, strict=True)]
        best = nearest(found, sides, rule)
        some = np.any(tested, axis=0).tolist()
        groups = [band(best[at]) if told else None for at, told in zip(of_case.tolist(), some, strict=True)]
        what = (
            f"the largest identity with a training sequence: identical pairs by {IDENTITIES[self.by]}, of sequences with "
            f"E <= {HOMOLOG:g}, or, where the shorter has at most {SHORT} letters, E <= {LOOKED_AT:g} and {CLOSE:.0%} identical"
        )
        return Nearness(NEAR, groups, what)

    def _proved(self, cases: SplitCases, of_case: Integers, left: Crossing, found: Relations) -> Finding:
        """A note that quotes both; an error if there are homologs on both sides, which would be a fault of ours."""
        identity, e_value = left.alike.identity, left.hits.e_value
        best = int(identity.argmax()) if len(identity) else -1
        largest = float(identity[best]) if len(identity) else 0.0
        pair = (left.hits.query[best], left.hits.target[best]) if len(identity) else ()
        measured = "and all of them aligned" if found.complete else f"those of E up to {max(MEASURED, self.e_value):g} aligned"
        scored = "all pairs were scored" if found.filtered is None else f"{found.filtered.told(ELSEWHERE)}; scored pairs,"
        what = (
            f"the largest identity of a tested sequence with one that is not is {100 * largest:.1f} % (identical pairs by "
            f"{IDENTITIES[self.by]}), the smallest E-value {e_value.min(initial=np.inf):.2g}; {scored} {measured}"
        )
        kin = int(left.alike.kin.sum())
        told = partial(Finding, file=cases.file, rows=tuple(cases.rows[np.isin(of_case, pair)].tolist()), column=self.column)
        if kin:
            what = f"{kin} pairs of homologs are on both sides; {what}"
            return told("error", what, "a fault of Iatros: please report it", check=PROOF)
        return told("note", what, "nothing to do: quote it with the results", example=f"{largest:.4f}", check=PROOF)

    def _rule(self, texts: Sequence[str]) -> Rule:
        from iatros.align.kin import Rule, nucleotides

        rule = Rule(self.e_value, self.identity, self.coverage, self.by)
        return rule if self._is_protein(texts) else nucleotides(rule)

    def _related(self, texts: Sequence[str]) -> tuple[Rule, Relations]:
        from iatros.splits.families import relations

        rule = self._rule(texts)
        return rule, relations([text for text in texts if text], rule, self.prefilter)

    def _is_protein(self, texts: Sequence[str]) -> bool:
        return (alphabet_of(texts) if self.alphabet == "auto" else self.alphabet) == "protein"

    def _by_family(self, cases: SplitCases, texts: Sequence[str]) -> SplitCases:
        """The cases with groups that join patients and families, each named after its first patient."""
        from iatros.splits.families import components

        _, found = self._related(texts)
        place = {text: int(family) for text, family in zip(found.texts, found.family, strict=True)}
        _, patient = np.unique(cases.group, return_inverse=True)
        patients = int(patient.max(initial=-1)) + 1
        having = np.flatnonzero(_there(texts))
        family = np.array([place[texts[i]] for i in having.tolist()], np.int64) + patients
        joined = components((patient[having], family), patients + len(found.texts))[patient]
        codes, of_case = np.unique(joined, return_inverse=True)
        first = np.full(len(codes), np.iinfo(np.int64).max)
        np.minimum.at(first, of_case, cases.group)
        return replace(cases, group=first[of_case])

    def _unreadable(self, cases: SplitCases, texts: Sequence[str]) -> list[Finding]:
        told = partial(Finding, "error", file=cases.file, column=self.column, check="split_letters")
        if not any(texts):
            return [told("no case has a sequence", "name the column with the sequences")]
        wrong = [i for i, text in enumerate(texts) if text and not LETTERS.fullmatch(text)]
        if wrong:
            what = f"{len(wrong):,} cells are no sequence of letters, such as {quote(texts[wrong[0]][:40])}"
            todo = "write letters alone, without gaps; an empty cell leaves the case out"
            return [told(what, todo, rows=tuple(cases.rows[wrong].tolist()))]
        if self.alphabet in ("dna", "rna") and alphabet_of(texts) == "protein":
            return [told(f"the letters are a protein's, and [split] says {self.alphabet}", 'write `alphabet = "protein"`')]
        return []

    def _empty(self, cases: SplitCases, texts: Sequence[str]) -> list[Finding]:
        rows = tuple(row for row, text in zip(cases.rows.tolist(), texts, strict=True) if not text)
        if not rows:
            return []
        what = f"{len(rows):,} cases have no sequence, and are left out of this split"
        return [Finding("warning", what, "fill in the sequence", cases.file, rows, self.column, check="split_empty")]

    def _called(self, cases: SplitCases, texts: Sequence[str]) -> list[Finding]:
        seen = alphabet_of(texts)
        if self.alphabet != "protein" or seen == "protein":
            return []
        what = f"the letters look like {seen.upper()}, and [split] says protein: by its scores, unrelated ones are homologs"
        todo = f'write `alphabet = "{seen}"`, unless they are proteins'
        return [Finding("warning", what, todo, cases.file, column=self.column, check="split_letters")]

    def _long(self, cases: SplitCases, texts: Sequence[str]) -> list[Finding]:
        from iatros.align.kin import filters, seconds_of_all

        different = set(texts) - {""}
        seconds, many = seconds_of_all(different, self._rule(texts)), len(different)
        took = f"about {max(1, seconds / 60):,.0f} minutes of one core"
        what, todo = f"all pairs of {many:,} sequences take {took}, once", "scores are kept"
        if filters(self.prefilter, many):
            would = f"; all would take {took}" if seconds >= LONG else ""
            what = f"of {many:,} sequences only pairs that share short words are scored{would}"
            todo = "the record states what was missed; `prefilter = false` in [split] scores all"
        elif seconds < LONG:
            return []
        return [Finding("note", what, f"nothing to do: {todo}", cases.file, column=self.column, check="split_long")]

    def _many(self, cases: SplitCases, texts: Sequence[str]) -> list[Finding]:
        """A rule that E-values do not narrow keeps every pair."""
        from iatros.align.kin import LOOKED_AT, MOST_PAIRS, filters

        many = len(set(texts) - {""})
        pairs = many * (many - 1) / 2
        if self.e_value <= LOOKED_AT or pairs <= MOST_PAIRS or filters(self.prefilter, many):
            return []
        what = f"so large an `e_value` keeps all {pairs:,.0f} pairs, about {pairs * PAIR / 1e9:,.1f} GB of memory and disk"
        todo = "set `e_value` to 10 or less, or `prefilter = true`, in [split]"
        return [Finding("warning", what, todo, cases.file, column=self.column, check="split_many")]

    def _short(self, cases: SplitCases, texts: Sequence[str]) -> list[Finding]:
        """Sequences that no rule could find kin of: even a copy would be no better than chance."""
        from iatros.align.kin import with_themselves

        different = sorted(set(texts) - {""})
        e_values = with_themselves(different, self._rule(texts))[1]
        short = {text for text, e_value in zip(different, e_values, strict=True) if e_value > self.e_value}
        if not short:
            return []
        rows = tuple(row for row, text in zip(cases.rows.tolist(), texts, strict=True) if text in short)
        what = (
            f"{len(rows):,} sequences of up to {max(map(len, short)):,} letters are too short for E <= {self.e_value:g}, even "
            "with a copy of themselves: their relatives are not seen, and may be on both sides"
        )
        todo = "set `e_value = 1e9`, and `identity` and `coverage` such as 0.6, in [split]"
        return [Finding("warning", what, todo, cases.file, rows, self.column, check="split_short")]

    def _large(self, joined: SplitCases) -> list[Finding]:
        _, of_case, sizes = np.unique(joined.group, return_inverse=True, return_counts=True)
        fair = len(joined) / self.k
        found = []
        for code in np.flatnonzero(sizes > fair):
            what = f"one family holds {sizes[code]:,} of {len(joined):,} cases, more than the {fair:,.0f} of a fold"
            todo = "its fold is larger than the others; a smaller `e_value`, or an `identity` and `coverage`, parts it"
            rows = tuple(joined.rows[of_case == code].tolist())
            found.append(Finding("warning", what, todo, joined.file, rows, self.column, check="large_family"))
        return found


IDENTITIES = {
    "columns": "columns of the alignment",
    "pairs": "columns without a gap",
    "shorter": "letters of the shorter",
    "longer": "letters of the longer",
    "mean": "the mean of both lengths",
}
LETTERS = re.compile("[A-Z]+")
NEAR = "identity to training"
ELSEWHERE = "in another family than a homolog"


def letters(cells: Sequence[str | None]) -> tuple[str, ...]:
    """Cells as capitals without blanks around them and without a stop at the end; empty where there is none."""
    return tuple("" if cell is None else cell.strip().upper().removesuffix("*") for cell in cells)


def alphabet_of(texts: Sequence[str]) -> str:
    """What the letters look like: "protein", "dna" or "rna"."""
    from iatros.cases.sequences.letters import guess

    return guess("".join(texts).encode("ascii"))


def _sides(of_case: Integers, part: NDArray[np.int8], count: int) -> Integers:
    """[count] of each sequence, whether a case with it is tested: 1, 0, or -1 where it is not used."""
    side = np.full(count, -1, np.int64)
    used = (of_case >= 0) & (part >= 0)
    side[of_case[used]] = part[used] == TEST
    return side


def _held(which: Integers, count: int) -> NDArray[np.bool_]:
    """[count] whether each text is among these."""
    held = np.zeros(count, np.bool_)
    held[which] = True
    return held


def _there(texts: Sequence[str]) -> NDArray[np.bool_]:
    return np.array([text != "" for text in texts], np.bool_)


def _taken(cases: SplitCases, there: NDArray[np.bool_]) -> SplitCases:
    return SplitCases(cases.group[there], cases.strata[there], cases.rows[there], cases.file)


def _spread(part: NDArray[np.int8], there: NDArray[np.bool_]) -> NDArray[np.int8]:
    whole = np.full(len(there), UNUSED, np.int8)
    whole[there] = part
    return whole

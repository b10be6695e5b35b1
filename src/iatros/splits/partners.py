"""Pairs of things, judged on things that training has not met: proteins that may bind, drugs that may interact.

In: which two things each case pairs. Out: folds in which both things of a tested pair are new, or exactly one of them.
Source: Park & Marcotte 2012, doi:10.1038/nmeth.2259, whose classes C2 and C3 these are.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Hashable, Sequence
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from iatros.contracts import PROOF, Fold, SplitCases
from iatros.findings import Finding
from iatros.registry import did_you_mean
from iatros.splits.deal import deal
from iatros.splits.inner import TEST, TRAIN, UNUSED, InnerParts
from iatros.splits.leaks import LEAK

FEWEST = 10  # things for a fold, below which hardly a pair is tested


class Partners(InnerParts):
    """Folds of things: training sees no pair with a thing that is held out, and tested are pairs of two such things, or of one.

    Each fold leaves out pairs that are neither. With k folds and both new, about one pair in k is tested over all folds. Inner
    parts are cut from the training pairs at random: their things are met in training.
    """

    kind: Literal["partners"] = "partners"
    columns: tuple[str, str]
    """The two columns that name, or spell, the things of a pair; which of them comes first means nothing."""
    new: Literal["both", "one"] = "both"
    """Which pairs are tested: both things new to training, or exactly one."""
    k: int = Field(default=4, ge=2, le=20)
    """Number of parts into which the things are dealt; each is held out once."""

    def columns_used(self) -> tuple[str, ...]:
        """Both."""
        return self.columns

    def check(self, cases: SplitCases) -> list[Finding]:
        """Are both columns there and filled, two of them, and things enough?"""
        told = partial(Finding, file=cases.file)
        if self.columns[0] == self.columns[1]:
            what = f"`columns` of [split] names `{self.columns[0]}` twice, and a pair is of two things"
            return [told("error", what, "name the two columns of a pair", check="split_column")]
        for column in self.columns:
            if column not in cases.columns:
                what = f"the column `{column}` of [split] is not in the table{did_you_mean(column, cases.columns)}"
                return [told("error", what, "name the two columns of a pair", check="split_column")]
        first, second = self._things(cases)
        things = len(np.setdiff1d(np.concatenate([first, second]), [-1]))
        if things < FEWEST * self.k:
            what = f"{things:,} different things in the pairs are too few for {self.k} parts of at least {FEWEST}"
            return [told("error", what, "set a smaller `k` in [split]", check="few_groups")]
        empty = tuple(cases.rows[(first < 0) | (second < 0)].tolist())
        found = []
        several = int((np.unique(cases.group, return_counts=True)[1] > 1).sum())
        if several:
            what = (
                f"{several:,} patients, or copies of a pair, have several rows: where one is tested, the others train nothing"
            )
            todo = "leave `patient` out of [cases] if rows of a patient are not alike"
            found.append(told("note", what, todo, check="split_patients"))
        if empty:
            what = f"{len(empty):,} cases lack one of the two things, and are left out of this split"
            found.append(told("warning", what, "fill it in", rows=empty, column=self.columns[0], check="split_empty"))
        return found

    def folds(self, cases: SplitCases, seed: int) -> list[Fold]:
        """k folds. Cases of a tested patient that are not tested train nothing."""
        rng = np.random.default_rng([seed, 0])
        first, second = self._things(cases)
        count = int(max(first.max(initial=-1), second.max(initial=-1))) + 1
        held = deal(np.arange(count), np.zeros(count, np.int64), [1] * self.k, rng)
        known = (first >= 0) & (second >= 0)
        made = []
        for fold in range(self.k):
            new = known * ((held[first] == fold).astype(int) + (held[second] == fold))
            part = np.where(known & (new == 0), TRAIN, UNUSED).astype(np.int8)
            part[new == (2 if self.new == "both" else 1)] = TEST
            tested = np.isin(cases.group, cases.group[part == TEST])
            part[tested & (part == TRAIN)] = UNUSED
            made.append(Fold(self.kind, 0, fold, self.divided(cases, part, rng)))
        return made

    def proof(self, cases: SplitCases, folds: Sequence[Fold]) -> list[Finding]:
        """How many things tested pairs share with pairs that are learned from, counted again."""
        counted = _met(self._things(cases), folds)
        told = ", ".join(f"{counted[n]:,} pairs share {n} of their two things" for n in sorted(counted))
        allowed = 0 if self.new == "both" else 1
        read = tuple(cases.things)
        if len(read) == 2 and set(read) != set(self.columns):
            by_letters = _met(_coded([cases.things[name] for name in read]), folds)
            leaking = sum(count for n, count in by_letters.items() if n > allowed)
            if leaking:
                what = f"{leaking:,} tested pairs hold letters that training has met under other names"
                todo = f"name the columns of the letters in [split]: `columns = {json.dumps(read)}`"
                return [Finding("error", what, todo, cases.file, check=LEAK)]
        wrong = sum(count for n, count in counted.items() if n > allowed)
        what = f"with what is learned from, {told or 'no pair is tested'}"
        if wrong:
            return [Finding("error", what, "a fault of Iatros: please report it", cases.file, check=PROOF)]
        return [Finding("note", what, "nothing to do: quote it with the results", cases.file, check=PROOF)]

    def relatives(self, cases: SplitCases) -> NDArray[np.int64]:
        """[M, 2] both things of each case."""
        return np.stack(self._things(cases), axis=1)

    def _things(self, cases: SplitCases) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """[M] codes of both, the same for the same thing in either column; -1 where there is none."""
        return _coded([_held(cases, name) for name in self.columns])


def _coded(columns: Sequence[Sequence[Hashable]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """[M] codes of both columns, those of the same thing alike; -1 for None."""
    names = sorted({cell for column in columns for cell in column if cell is not None}, key=repr)
    code = {name: number for number, name in enumerate(names)}
    first, second = (np.array([-1 if cell is None else code[cell] for cell in column], np.int64) for column in columns)
    return first, second


def _met(things: tuple[NDArray[np.int64], NDArray[np.int64]], folds: Sequence[Fold]) -> Counter[int]:
    """How many of their two things tested pairs share with pairs that are learned from: 0, 1 or 2 -> pairs."""
    counted: Counter[int] = Counter()
    for fold in folds:
        test = fold.part == TEST
        learned = np.unique(np.concatenate([one[(fold.part >= 0) & ~test] for one in things]))
        counted.update(np.sum([np.isin(one[test], learned) for one in things], axis=0).tolist())
    return counted


def _held(cases: SplitCases, column: str) -> Sequence[Hashable]:
    """The thing of each case: as an input reads it, else as it is written."""
    if column in cases.things:
        return cases.things[column]
    return [None if cell is None else cell.strip() or None for cell in cases.columns[column]]

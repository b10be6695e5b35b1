"""The parts are given: a column of the table says who trains and who tests.

In: the column's words. Out: one fold.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from iatros.contracts import PARTS, Fold, SplitCases
from iatros.findings import Finding, quote
from iatros.registry import did_you_mean
from iatros.splits.deal import deal
from iatros.splits.inner import TEST, TRAIN, UNUSED, VALIDATION, InnerParts
from iatros.splits.leaks import straddling, straddling_inside

WORDS = {word: code for code, word in enumerate(PARTS)} | {"val": VALIDATION}
UNKNOWN = -2  # a word that is no part
TEST_SHARE = 0.2  # of the training cases, where the column has no test part


class Column(InnerParts):
    """A column says `train`, `validation` (or `val`), `calibration` or `test`. Parts that it lacks are taken from train."""

    regroups: ClassVar[bool] = False
    kind: Literal["column"] = "column"
    column: str = Field(min_length=1)
    """The column with the parts. Cases whose cell is empty are not used."""

    def columns_used(self) -> tuple[str, ...]:
        """The column with the parts."""
        return (self.column,)

    def check(self, cases: SplitCases) -> list[Finding]:
        """Words that are no part, parts that are missing, patients on both sides."""
        if self.column not in cases.columns:
            what = f"the column `{self.column}` of [split] is not in the table{did_you_mean(self.column, cases.columns)}"
            return [Finding("error", what, "name the column with train, validation, test", cases.file, check="split_column")]
        words = cases.columns[self.column]
        given = codes(words)
        fold = Fold(self.kind, 0, 0, np.where(given == UNKNOWN, UNUSED, given).astype(np.int8), self.column)
        leaks = [*straddling(cases, fold), *straddling_inside(cases, fold)]
        return [*self._unknown(cases, words, given), *self._missing(cases, given), *leaks]

    def folds(self, cases: SplitCases, seed: int) -> list[Fold]:
        """One fold. Raises ValueError where the column holds a word that is no part: `check` says which."""
        part = codes(cases.columns[self.column])
        if (part == UNKNOWN).any():
            raise ValueError(f"column {self.column!r} holds words that are no part")
        rng = np.random.default_rng([seed, 0])
        if not (part == TEST).any():
            part = _with_test(cases, part, rng)
        return [Fold(self.kind, 0, 0, self.divided(cases, part, rng), self.column)]

    def _unknown(self, cases: SplitCases, words: Sequence[str | None], given: NDArray[np.int8]) -> list[Finding]:
        found = []
        todo = "write train, validation (val), calibration or test; an empty cell leaves the case out"
        for word in sorted({str(words[at]) for at in np.flatnonzero(given == UNKNOWN).tolist()}):
            rows = tuple(row for row, cell in zip(cases.rows.tolist(), words, strict=True) if str(cell) == word)
            what = f"{quote(word)} is no part{did_you_mean(word, WORDS)}"
            found.append(Finding("error", what, todo, cases.file, rows, self.column, example=quote(word), check="split_word"))
        return found

    def _missing(self, cases: SplitCases, given: NDArray[np.int8]) -> list[Finding]:
        found = []
        told = partial(Finding, file=cases.file, column=self.column)
        if not (given == TRAIN).any():
            found.append(told("error", "no case is in `train`", "mark the training cases", check="split_missing"))
        elif not (given == TEST).any():
            what = f"no case is in `test`: {100 * TEST_SHARE:.0f} % of the training cases are put away for it"
            found.append(told("warning", what, "mark the test cases", check="split_missing"))
        if (given == UNUSED).any():
            rows = tuple(cases.rows[given == UNUSED].tolist())
            what = f"{len(rows):,} cells are empty: their cases are not used"
            found.append(told("note", what, "fill the cell to use the case", rows=rows, check="split_empty"))
        return found


def codes(words: Sequence[str | None]) -> NDArray[np.int8]:
    """[M] codes of PARTS; -1 where the cell is empty, -2 where the word is no part."""
    return np.array([_code(word) for word in words], np.int8)


def _code(word: str | None) -> int:
    folded = str(word).strip().casefold() if word is not None else ""
    return WORDS.get(folded, UNKNOWN) if folded else UNUSED


def _with_test(cases: SplitCases, part: NDArray[np.int8], rng: np.random.Generator) -> NDArray[np.int8]:
    train = np.flatnonzero(part == TRAIN)
    chosen = deal(cases.group[train], cases.strata[train], [1 - TEST_SHARE, TEST_SHARE], rng) == 1
    made = part.copy()
    made[train[chosen]] = TEST
    return made

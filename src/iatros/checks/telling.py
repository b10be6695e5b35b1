"""Which columns give the answer away, by what they hold or by what they are called?

In: columns and a target. Out: findings.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from iatros.checks.columns import Column
from iatros.checks.giveaway import CODED, TOO_GOOD, encoded_auroc, listed, single_auroc
from iatros.checks.truth import Truth
from iatros.findings import Finding, Severity, quote

CHANCE = 1e-9  # that all cases of a value are of one class by accident, at the class's own share
SOME_SIGNAL = 0.6  # AUROC from which a column with a suspicious name deserves more than a note
SHOWN = 5  # columns that a message describes
SURE = 20  # known cases from which a perfect recoding is no accident
TELLING = re.compile(
    r"(hosp)?(dead|death|died|mortality|mort|expired|deceased?)|surv(ival)?|outcomes?|discharged?|disposition|autopsy"
    r"|diag|diagnos[ie]s|dx|icd|label|target|prognosis|prg|followup|readmission|readmitted|recurrence|relapse"
    r"|totm?cst|charges|slos|dnr|sfdm"
)  # words in the names of columns that are often filled in after the outcome is known (the last ones: SUPPORT2's)


def telling(columns: Sequence[Column], truth: Truth, group: NDArray[np.int64]) -> list[Finding]:
    """Columns that are the target in other words, that alone rank nearly perfectly, whose values settle it, whose name tells.

    Each column is reported once, for the gravest of these.
    """
    found = [_recoded(column, truth) for column in columns if is_recoding(column, truth)]
    rest = [column for column in columns if not is_recoding(column, truth)]
    alone = {id(column): alone_auroc(column, truth, group) for column in rest}
    for source in dict.fromkeys(column.source for column in rest):
        mine = [(column, alone[id(column)]) for column in rest if column.source == source]
        good = [(column, auroc) for column, auroc in mine if auroc > TOO_GOOD]
        found += [_too_good(good, truth)] if good else []
        settled = [(column, told) for column, auroc in mine if not auroc > TOO_GOOD and (told := settling(column, truth))]
        found += [_settled(settled, truth)] if settled else []
        done = {id(column) for column, _ in [*good, *settled]}
        found += _named([(column, auroc) for column, auroc in mine if id(column) not in done and tells(column.name)], truth)
    return found


def alone_auroc(column: Column, truth: Truth, group: NDArray[np.int64]) -> float:
    """The best AUROC of the column read as a number, as a category, or by whether it is filled; NaN if none is defined."""
    ways = [encoded_auroc(column.code, truth, group)] if not column.numeric or len(column.values) <= CODED else []
    ways += [single_auroc(column.number, truth)] if column.numeric else []
    if not column.present.all():
        ways.append(single_auroc(column.present.astype(np.float64), truth))
    return max((way for way in ways if not np.isnan(way)), default=float("nan"))


def is_recoding(column: Column, truth: Truth) -> bool:
    """Is there one value of the column for each class (or number) and the other way round, in 20 known cases or more?"""
    use = truth.known & column.present
    if use.sum() < SURE:
        return False
    there = np.unique(column.code[use], return_inverse=True)[1]
    meant = np.unique(truth.values[use], return_inverse=True)[1]
    pairs = np.unique(np.column_stack([there, meant]), axis=0)
    return len(pairs) == there.max() + 1 == meant.max() + 1 and len(pairs) > 1 and (bool(truth.classes) or _varied(meant))


def _varied(meant: NDArray[np.int64]) -> bool:
    """Of a number: do values come back? A column of all different values maps onto any other."""
    return int(meant.max()) + 1 <= len(meant) // 2


def tells(name: str) -> bool:
    """Does a word of the name (`discharge_code`, `hospDead`, `surv2m`) belong to what is known afterwards?"""
    words = re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower())
    return any(TELLING.fullmatch(word) for word in words)


def settling(column: Column, truth: Truth) -> str:
    """`"1" is always "died" (2,360 cases)`: a value whose cases are all of one class, beyond chance; "" if there is none."""
    counts = value_counts(column, truth)
    if not len(counts):
        return ""
    size = counts.sum(axis=1)
    share = counts.sum(axis=0) / counts.sum()
    chance = np.where(size >= SURE, share[counts.argmax(axis=1)] ** size, 1.0)
    pure = np.flatnonzero((counts.max(axis=1) == size) & (chance < CHANCE))
    if not len(pure):
        return ""
    value = pure[size[pure].argmax()]
    return f"{quote(column.values[value])} is always {quote(truth.classes[counts[value].argmax()])} ({size[value]:,} cases)"


def value_counts(column: Column, truth: Truth) -> NDArray[np.int64]:
    """[values, K] cases by value and class; no rows where no class is known, or too many values are different to count them."""
    use = column.present & (truth.codes >= 0)
    few = len(column.values) <= CODED and bool(use.any())
    counts = np.zeros((len(column.values) if few else 0, len(truth.classes)), np.int64)
    if few:
        np.add.at(counts, (column.code[use], truth.codes[use]), 1)
    return counts


def _recoded(column: Column, truth: Truth) -> Finding:
    what = f"`{column.name}` is the target `{truth.name}` in other words: each of its values stands for one class"
    return Finding(
        "error", what, "take it out of the input", column.file, (), column.name, column.source, check="target_recoded"
    )


def _too_good(found: list[tuple[Column, float]], truth: Truth) -> Finding:
    first = found[0][0]
    measure = "alone reach an AUROC" if len(found) > 1 else "alone reaches an AUROC"
    many = f"{len(found)} columns " if len(found) > 1 else "1 column "
    what = f"{many}{measure} over {TOO_GOOD:.2f} for `{truth.name}`: {listed([(c.name, a) for c, a in found])}"
    todo = "keep what is known when the model is used; take out what is written down after the outcome"
    column = first.name if len(found) == 1 else ""
    return Finding("warning", what, todo, first.file, (), column, first.source, len(found), check="gives_away")


def _settled(found: Sequence[tuple[Column, str]], truth: Truth) -> Finding:
    first = found[0][0]
    listed_ = "; ".join(f"`{column.name}` {told}" for column, told in found[:SHOWN])
    more = f"; and {len(found) - SHOWN} more columns" if len(found) > SHOWN else ""
    what = f"a value alone settles `{truth.name}`: {listed_}{more}"
    todo = "keep what is known when the model is used; take out what is written down after the outcome"
    column = first.name if len(found) == 1 else ""
    return Finding("warning", what, todo, first.file, (), column, first.source, len(found), check="settles")


def _named(found: Sequence[tuple[Column, float]], truth: Truth) -> list[Finding]:
    """One warning for those that also say something of the target, one note for the others."""
    told: list[Finding] = []
    severities: tuple[Severity, ...] = ("warning", "note")
    for severity in severities:
        mine = [(c, auroc) for c, auroc in found if (auroc > SOME_SIGNAL) == (severity == "warning")]
        if mine:
            first = mine[0][0]
            names = ", ".join(f"`{c.name}`" + ("" if np.isnan(auroc) else f" (AUROC {auroc:.2f})") for c, auroc in mine)
            which = "its name sounds" if len(mine) == 1 else "their names sound"
            what = f"{names}: {which} like what is known only after `{truth.name}`"
            todo = "take out what is not known when the model is used"
            column = first.name if len(mine) == 1 else ""
            told.append(Finding(severity, what, todo, first.file, (), column, first.source, len(mine), check="telling_name"))
    return told

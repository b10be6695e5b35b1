"""What is wrong across folds: copies and patients on both sides, parts that differ, a sample too small.

In: folds, cases, truths, groups of copies. Out: findings, and folds without the copies of test cases in training.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from iatros.checks.duplicates import Groups, near_copies, rows_of
from iatros.checks.sample import sample
from iatros.checks.shift import between_parts, between_sites, dominant_site
from iatros.checks.truth import Truth
from iatros.contracts import PARTS, Fold, SplitCases
from iatros.findings import Finding
from iatros.splits.leaks import forgiven, straddling

TEST = PARTS.index("test")
UNUSED = -1


@dataclass(frozen=True)
class Across:
    """What was found across the folds.

    folds:   the same folds; where an exact copy of a test case trained, it is not used (part -1)
    dropped: per fold, positions of the cases taken out
    """

    findings: tuple[Finding, ...]
    folds: tuple[Fold, ...]
    dropped: tuple[NDArray[np.int64], ...]


def across(
    folds: Sequence[Fold],
    cases: SplitCases,
    truths: Sequence[Truth],
    *,
    copies: Groups = (),
    twins: Mapping[str, Groups] | None = None,
    predictors: int = 0,
    parameters: int = 0,
    allow_leak: bool = False,
) -> Across:
    """Check the folds, and take exact copies of test cases out of training (never out of the test part).

    copies: groups of cases equal in every input (`equal_rows`, or identical pictures); twins: input -> groups of near-copies
    (`pictures.near_duplicates`). predictors, parameters: sizes of the models, for the judgement of the sample.
    allow_leak: leaks become warnings.
    """
    dropped = tuple(_copies_outside_test(fold, copies) for fold in folds)
    cleaned = tuple(_without(fold, out) for fold, out in zip(folds, dropped, strict=True))
    found = [finding for fold in folds for finding in straddling(cases, fold)]
    found += _told_dropped(cases, folds, dropped)
    for source, groups in (twins or {}).items():
        found += near_copies(source, groups, truths, cases)
        found += _torn_twins(source, groups, cleaned, cases)
    for truth in truths:
        found += between_parts(truth, folds, cases)
        found += between_sites(truth, cases)
        found += sample(truth, cases, predictors, parameters)
    found += dominant_site(cases)
    return Across(tuple(forgiven(found, allow_leak)), cleaned, dropped)


def _copies_outside_test(fold: Fold, groups: Groups) -> NDArray[np.int64]:
    """Positions that train, validate or calibrate although a copy of them is tested."""
    members = [group[(fold.part[group] != TEST) & (fold.part[group] != UNUSED)] for group in groups if _on_both(fold, group)]
    return np.unique(np.concatenate(members)) if members else np.zeros(0, np.int64)


def _on_both(fold: Fold, group: NDArray[np.int64]) -> bool:
    part = fold.part[group]
    return bool((part == TEST).any() and ((part != TEST) & (part != UNUSED)).any())


def _without(fold: Fold, positions: NDArray[np.int64]) -> Fold:
    part = fold.part.copy()
    part[positions] = UNUSED
    return replace(fold, part=part)


def _told_dropped(cases: SplitCases, folds: Sequence[Fold], dropped: Sequence[NDArray[np.int64]]) -> list[Finding]:
    """One warning a scheme."""
    found = []
    for scheme in dict.fromkeys(fold.scheme for fold in folds):
        some = [out for fold, out in zip(folds, dropped, strict=True) if fold.scheme == scheme and len(out)]
        if some:
            positions = np.unique(np.concatenate(some))
            rows = tuple(sorted(cases.rows[positions].tolist()))
            are = "1 case is an exact copy of a case" if len(rows) == 1 else f"{len(rows):,} cases are exact copies of cases"
            what = f"{are} in the test part of the split `{scheme}`"
            todo = "taken out of training, left in the test part; remove the copies from the table"
            found.append(Finding("warning", what, todo, cases.file, rows, check="copies_across"))
    return found


def _torn_twins(source: str, groups: Groups, folds: Sequence[Fold], cases: SplitCases) -> list[Finding]:
    """One warning a scheme with near-copies on both sides."""
    found = []
    for scheme in dict.fromkeys(fold.scheme for fold in folds):
        torn = [group for group in groups if any(_on_both(fold, group) for fold in folds if fold.scheme == scheme)]
        if torn:
            what = f"near-duplicates are on both sides of the split `{scheme}`: {_counted(torn)}"
            todo = "results on them are recognition, not prediction; keep each group in one part"
            rows = rows_of(torn, cases)
            found.append(Finding("warning", what, todo, cases.file, rows, source=source, count=len(torn), check="twins_across"))
    return found


def _counted(groups: Groups) -> str:
    return f"{len(groups):,} {'group' if len(groups) == 1 else 'groups'} of {sum(map(len, groups)):,} cases"

"""Are there patients enough to be divided?

In: the cases of a split and how many parts it needs. Out: findings.
"""

from __future__ import annotations

import numpy as np

from iatros.contracts import SplitCases
from iatros.findings import Finding, some_rows


def groups_enough(cases: SplitCases, needed: int, of: str, todo: str) -> list[Finding]:
    """An error where there are fewer groups than parts: "3 patients cannot be put into 5 folds"."""
    groups = len(np.unique(cases.group))
    if groups >= needed:
        return []
    word = "patient" if groups == 1 else "patients"
    what = f"{groups} {word} cannot be put into {of}: all cases of a patient stay together"
    return [Finding("error", what, todo, file=cases.file, count=max(1, groups), check="few_groups")]


def rare_classes(cases: SplitCases, needed: int, of: str) -> list[Finding]:
    """A warning for each class that fewer patients have than there are parts: some parts will lack it."""
    known = cases.strata[cases.strata >= 0]
    found = []
    for code in np.unique(known):
        mine = cases.strata == code
        groups = len(np.unique(cases.group[mine]))
        if groups < needed:
            found.append(_rare(cases, mine, groups, of))
    return found


def _rare(cases: SplitCases, mine: np.typing.NDArray[np.bool_], groups: int, of: str) -> Finding:
    rows = tuple(cases.rows[mine].tolist())
    patients = "1 patient has" if groups == 1 else f"{groups} patients have"
    what = f"only {patients} the class of {some_rows(rows)}: too rare for {of}"
    todo = "join it with another class, leave it out by [cases] where, or collect more; parts without it cannot judge it"
    return Finding("warning", what, todo, file=cases.file, rows=rows, check="rare_class")

"""Are there patients enough to be divided?

In: the cases of a split and how many parts it needs. Out: findings.
"""

from __future__ import annotations

import numpy as np

from iatros.contracts import SplitCases
from iatros.findings import Finding, some_rows

PATIENTS = ("patient", "patients")


def groups_enough(cases: SplitCases, needed: int, of: str, todo: str, called: tuple[str, str] = PATIENTS) -> list[Finding]:
    """An error where there are fewer groups than parts: "3 patients cannot be put into 5 folds". called: one group, several."""
    groups = len(np.unique(cases.group))
    if groups >= needed:
        return []
    what = f"{groups} {called[groups != 1]} cannot be put into {of}: all cases of a {called[0]} stay together"
    return [Finding("error", what, todo, file=cases.file, count=max(1, groups), check="few_groups")]


def rare_classes(cases: SplitCases, needed: int, of: str, called: tuple[str, str] = PATIENTS) -> list[Finding]:
    """A warning for each class that fewer patients have than there are parts: some parts will lack it. called: as above."""
    known = cases.strata[cases.strata >= 0]
    found = []
    for code in np.unique(known):
        mine = cases.strata == code
        groups = len(np.unique(cases.group[mine]))
        if groups < needed:
            found.append(_rare(cases, mine, of, _counted(groups, called)))
    return found


def _rare(cases: SplitCases, mine: np.typing.NDArray[np.bool_], of: str, who: str) -> Finding:
    rows = tuple(cases.rows[mine].tolist())
    what = f"only {who} the class of {some_rows(rows)}: too rare for {of}"
    todo = "join it with another class, leave it out by [cases] where, or collect more; parts without it cannot judge it"
    return Finding("warning", what, todo, file=cases.file, rows=rows, check="rare_class")


def _counted(groups: int, called: tuple[str, str]) -> str:
    return f"1 {called[0]} has" if groups == 1 else f"{groups} {called[1]} have"

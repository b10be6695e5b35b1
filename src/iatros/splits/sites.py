"""Each hospital is judged by a model that never saw it: leave one site out.

In: the cases' sites. Out: one fold a site.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from iatros.contracts import Fold, SplitCases
from iatros.findings import Finding, quote
from iatros.splits.inner import TEST, TRAIN, UNUSED, InnerParts

MANY = 20  # sites from which the number of trainings deserves a word


class Sites(InnerParts):
    """Leave one site out. A patient seen at two sites is left out of training while one of them is tested."""

    regroups: ClassVar[bool] = False
    kind: Literal["sites"] = "sites"
    smallest: int = Field(default=10, ge=1)
    """Sites with fewer cases are never tested alone; they always train."""

    def check(self, cases: SplitCases) -> list[Finding]:
        """Are there two sites, large enough, with more than one class?"""
        if cases.site is None:
            what = "this split leaves one site out at a time, and the study names no site column"
            return [Finding("error", what, 'add `site = "..."` to [cases]', cases.file, check="no_site")]
        site = np.array(["" if name is None else str(name) for name in cases.site])
        names, sizes = np.unique(site[site != ""], return_counts=True)
        if len(names) < 2:
            what = f"{len(names)} site is too few to leave one out"
            return [Finding("error", what, 'use `kind = "folds"`, or name another site column', cases.file, check="few_sites")]
        return [
            *self._small(cases, names, sizes),
            *_one_class(cases, site, names),
            *_many(cases, names),
            *_nowhere(cases, site),
        ]

    def folds(self, cases: SplitCases, seed: int) -> list[Fold]:
        """One fold a site, named after it, in alphabetical order. Raises ValueError where there is no site."""
        if cases.site is None:
            raise ValueError("leave one site out needs sites")
        site = np.array(["" if name is None else str(name) for name in cases.site])
        names, sizes = np.unique(site[site != ""], return_counts=True)
        tested = names[sizes >= self.smallest].tolist()
        return [self._fold(cases, site, name, number, seed) for number, name in enumerate(tested)]

    def _fold(self, cases: SplitCases, site: NDArray[np.str_], name: str, number: int, seed: int) -> Fold:
        here = site == name
        part = np.full(len(cases), TRAIN, np.int8)
        part[np.isin(cases.group, cases.group[here]) | (site == "")] = UNUSED  # also seen here, or nobody knows where
        part[here] = TEST
        divided = self.divided(cases, part, np.random.default_rng([seed, number]))
        return Fold(self.kind, 0, number, divided, name)

    def _small(self, cases: SplitCases, names: NDArray[np.str_], sizes: NDArray[np.int64]) -> list[Finding]:
        small = [f"{quote(name)} ({size})" for name, size in zip(names, sizes, strict=True) if size < self.smallest]
        if not small:
            return []
        tested = len(names) - len(small)
        what = f"{len(small)} of {len(names)} sites have fewer than {self.smallest} cases: {', '.join(small[:5])}"
        todo = "they train, and are not tested alone; lower `smallest` in [split] to test them"
        return [Finding("warning" if tested else "error", what, todo, cases.file, count=len(small), check="small_site")]


def _one_class(cases: SplitCases, site: NDArray[np.str_], names: NDArray[np.str_]) -> list[Finding]:
    """A warning for each site whose cases are all of one class."""
    found = []
    for name in names:
        mine = (site == name) & (cases.strata >= 0)
        if mine.any() and len(np.unique(cases.strata[mine])) == 1 and len(np.unique(cases.strata[cases.strata >= 0])) > 1:
            what = f"all {mine.sum()} cases of site {quote(name)} are of one class: there is nothing to rank"
            todo = "its discrimination is withheld; check that its outcomes were recorded as elsewhere"
            rows = tuple(cases.rows[mine].tolist())
            found.append(Finding("warning", what, todo, cases.file, rows, check="one_class_site"))
    return found


def _many(cases: SplitCases, names: NDArray[np.str_]) -> list[Finding]:
    if len(names) <= MANY:
        return []
    what = f"{len(names)} sites are {len(names)} trainings"
    return [Finding("note", what, "raise `smallest` in [split] to test the large ones alone", cases.file, check="many_sites")]


def _nowhere(cases: SplitCases, site: NDArray[np.str_]) -> list[Finding]:
    rows = tuple(cases.rows[site == ""].tolist())
    if not rows:
        return []
    what = f"{len(rows)} cases have no site, and are left out of this split"
    return [Finding("warning", what, "fill in the site", cases.file, rows, check="no_site_cell")]

"""Does the outcome show in what is missing?

In: columns and a target. Out: a note, since a model may learn who was examined instead of what was found.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import chi2, chi2_contingency

from iatros.checks.columns import Column
from iatros.checks.shift import percent
from iatros.checks.truth import Truth
from iatros.findings import Finding

LEVEL = 0.001  # of the test, divided by the number of columns
LEAST = 0.1  # difference between classes in the share missing
SHOWN = 4


def informative(columns: Sequence[Column], truth: Truth) -> list[Finding]:
    """A note for each input with columns that are missing more often in one class than in another."""
    if not truth.classes:
        return []
    gaps = {column.name: _gap(column, truth, LEVEL / max(1, len(columns))) for column in columns}
    found = []
    for source in dict.fromkeys(column.source for column in columns):
        told = [(column, gap) for column in columns if column.source == source and (gap := gaps[column.name])]
        if told:
            told.sort(key=lambda pair: -(pair[1][1] - pair[1][0]))
            listed = ", ".join(f"`{column.name}` {percent(low)} to {percent(high)}" for column, (low, high) in told[:SHOWN])
            more = f" and {len(told) - SHOWN} more" if len(told) > SHOWN else ""
            what = f"how often a cell is empty depends on `{truth.name}`: {listed}{more}"
            todo = "compare with the probe that sees missingness alone; ask why these were not recorded"
            file = told[0][0].file
            found.append(Finding("note", what, todo, file, source=source, count=len(told), check="informative_missingness"))
    return found


def _gap(column: Column, truth: Truth, level: float) -> tuple[float, float] | None:
    """Lowest and highest share missing among the classes, where chance does not explain the difference."""
    known = truth.codes >= 0
    missing = ~column.present[known]
    if missing.all() or not missing.any():
        return None
    counts = np.array(
        [np.bincount(truth.codes[known][missing == flag], minlength=len(truth.classes)) for flag in (False, True)]
    )
    counts = counts[:, counts.sum(axis=0) > 0]
    if counts.shape[1] < 2:
        return None
    shares = counts[1] / counts.sum(axis=0)
    statistic = chi2_contingency(counts, correction=False).statistic
    low, high = float(shares.min()), float(shares.max())
    return (low, high) if high - low >= LEAST and chi2.sf(statistic, counts.shape[1] - 1) < level else None

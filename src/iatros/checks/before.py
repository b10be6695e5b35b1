"""What is wrong across the cells of a study, before there are folds.

In: cells of inputs and targets, truths, who is whose. Out: findings. What is wrong within one source, the source says itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from iatros.checks.columns import forbidden, read
from iatros.checks.duplicates import copies, equal_rows, near_copies, nearly_equal_rows
from iatros.checks.missingness import informative
from iatros.checks.telling import telling
from iatros.checks.truth import Truth
from iatros.contracts import Cells, SplitCases
from iatros.findings import Finding


def cells(
    inputs: Mapping[str, Cells],
    targets: Mapping[str, Cells],
    truths: Sequence[Truth],
    cases: SplitCases,
    *,
    patient: str = "",
    site: str = "",
) -> list[Finding]:
    """Columns that must not be inputs or give the answer away, copies of cases, telling gaps.

    All M cases are given, in one order. truths: one a target (`truths`), () where they cannot be read.
    patient, site: names of those columns. Columns of targets, and of patient and site, are reported once.
    """
    found = forbidden(inputs, targets, patient, site)
    done = {finding.column for finding in found}
    columns = [column for column in read(inputs) if column.name not in done]
    for truth in truths:
        found += telling(columns, truth, cases.group)
        found += informative(columns, truth)
    exact = equal_rows(inputs)
    found += copies(exact, truths, cases)
    return found + near_copies("", nearly_equal_rows(inputs, exact), truths, cases)

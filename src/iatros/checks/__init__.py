"""What is wrong across inputs, cases and folds, and how findings are shown.

In: plain values (cells, truths, folds). Out: findings; their lines, JSON and page.
"""

from iatros.checks.across import Across, across
from iatros.checks.before import cells
from iatros.checks.duplicates import equal_rows, joined
from iatros.checks.lines import Findings, as_json, counted, from_json, lines, listed, to_json
from iatros.checks.near import coded, near, paired
from iatros.checks.page import page
from iatros.checks.truth import Truth, truths
from iatros.splits.leaks import forgiven

__all__ = [
    "Across",
    "Findings",
    "Truth",
    "across",
    "as_json",
    "cells",
    "coded",
    "counted",
    "equal_rows",
    "forgiven",
    "from_json",
    "joined",
    "lines",
    "listed",
    "near",
    "page",
    "paired",
    "to_json",
    "truths",
]

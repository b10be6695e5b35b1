"""What explanations are tried on: cases with the outcome, and others without it, as a network of one fold reads them.

In: an explained network, a target, an input. Out: rows, layouts and the score that is explained.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iatros.contracts import Layout
from iatros.explain.subject import Subject
from iatros.predictions import Form
from iatros.workflow.subjects import Explained, outcome

HEALTHY = 200  # training cases without the outcome that stand in for what is deleted
FEWEST = 5  # cases with, and without, the outcome that a method is tried on


@dataclass(frozen=True)
class Shown:
    """What is explained of one target."""

    name: str
    form: Form
    code: int


@dataclass(frozen=True)
class Trial:
    """What a method is tried on. of: the score it explains; layout: cases with the outcome; background: cases without."""

    of: Subject
    layout: Layout
    background: Layout


def trial(subject: Explained, shown: Shown, source: str, most: int) -> Trial | None:
    """At most so many cases with the outcome, and healthy ones; None where there are too few of either."""
    rows, healthy = with_outcome(subject, shown, source)[:most], healthy_rows(subject, shown, source)
    if len(rows) < FEWEST or len(healthy) < FEWEST:
        return None
    of, layout = subject.subject(shown.name, shown.form, shown.code, source, rows)
    return Trial(of, layout, subject.batch(healthy).inputs[source])


def healthy_rows(subject: Explained, shown: Shown, source: str) -> NDArray[np.int64]:
    """Training cases that have the input and lack the outcome (of a value: those below the median)."""
    rows = subject.fold.rows("train")
    truth = outcome(subject.material, shown.name, shown.form, shown.code, rows)
    limit = np.nanmedian(truth) if shown.form.task == "value" else 0.5
    wanted = (truth < limit) & subject.material.packs[source].present[rows]
    return rows[wanted][:HEALTHY]


def known(subject: Explained, shown: Shown, source: str, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Of these cases, those that have the input and a known outcome."""
    truth = outcome(subject.material, shown.name, shown.form, shown.code, rows)
    return rows[np.isfinite(truth) & subject.material.packs[source].present[rows]]


def with_outcome(subject: Explained, shown: Shown, source: str) -> NDArray[np.int64]:
    """Test cases with the outcome (of a value: those above the median)."""
    rows = known(subject, shown, source, subject.fold.rows("test"))
    truth = outcome(subject.material, shown.name, shown.form, shown.code, rows)
    return rows[truth > (np.median(truth) if shown.form.task == "value" and len(truth) else 0.5)]

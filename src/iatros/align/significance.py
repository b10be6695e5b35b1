"""How surprising a local score is: bit scores and E-values, with the parameters they were reckoned by.

In: scores, the scoring, the size of the search. Out: numbers, and `Statistics` to print beside them.
Source: Karlin & Altschul 1990, doi:10.1073/pnas.87.6.2264; for gapped alignments lambda and K are BLAST's, from simulation
(Altschul & Gish 1996, doi:10.1016/S0076-6879(96)66029-7).
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from iatros.align.scoring import Scoring
from iatros.findings import Finding, InputError


@dataclass(frozen=True, slots=True)
class Statistics:
    """What turns a local score S into bits and E-values: E = K * space * exp(-lambda * S).

    lambda_: in nats per unit of score; k: without unit; source: where they come from.
    """

    lambda_: float
    k: float
    source: str

    def bits(self, scores: ArrayLike) -> NDArray[np.float64]:
        """(lambda * S - ln K) / ln 2."""
        return (self.lambda_ * np.asarray(scores, np.float64) - math.log(self.k)) / math.log(2)

    def e_values(self, scores: ArrayLike, space: ArrayLike) -> NDArray[np.float64]:
        """Alignments of at least this score that chance gives in a search.

        space: letters of the query times letters of all targets; no correction for ends is made.
        """
        return self.k * np.asarray(space, np.float64) * np.exp(-self.lambda_ * np.asarray(scores, np.float64))

    def least_score(self, e_value: float, space: ArrayLike) -> NDArray[np.int64]:
        """The smallest whole score whose E-value is at most `e_value`."""
        exact = (math.log(self.k) + np.log(np.asarray(space, np.float64)) - math.log(e_value)) / self.lambda_
        return np.ceil(exact - 1e-9).astype(np.int64)


def statistics(scoring: Scoring) -> Statistics:
    """BLAST's parameters for a matrix and gap costs. Raises InputError for other modes, and where none were ever published.

    >>> statistics(Scoring()).lambda_
    0.267
    """
    if scoring.mode != "local":
        raise InputError(Finding("error", f"E-values of {scoring.mode} alignments have no theory", "align locally"))
    gaps = scoring.gaps
    known = [row for row in _table() if row["matrix"] == scoring.matrix.name and row["existence"] != "-"]
    for row in known:
        if int(row["existence"]) == gaps.open - gaps.extend and int(row["extension"]) == gaps.extend:
            source = f"BLAST, {scoring.matrix.name}, {row['existence']}/{row['extension']} in its words"
            return Statistics(float(row["lambda"]), float(row["K"]), source)
    what = f"{scoring.matrix.name} has no published lambda and K for gaps of open {gaps.open}, extend {gaps.extend}"
    choices = ", ".join(f"{int(row['existence']) + int(row['extension'])}/{row['extension']}" for row in known)
    raise InputError(Finding("error", what, f"take open/extend of {choices}" if known else "give Statistics of your own"))


def ungapped_lambda(scores: NDArray[np.integer[Any]], query: NDArray[np.float64], target: NDArray[np.float64]) -> float:
    """lambda of alignments without gaps: the positive root of sum p_i q_j exp(lambda s_ij) = 1.

    scores: [K, K]; query, target: [K] frequencies of the letters. Raises ValueError unless the mean score is negative and a
    positive one occurs, as the theory demands.
    """
    weights = np.outer(query, target)
    if (weights * scores).sum() >= 0 or not np.any((weights > 0) & (scores > 0)):
        raise ValueError("the mean score must be negative, and some score positive")

    def excess(value: float) -> float:
        return float((weights * np.exp(value * scores)).sum()) - 1

    low, high = 0.0, 1.0
    while excess(high) < 0:
        low, high = high, 2 * high
    if low == 0.0:
        low = high
        while excess(low) >= 0:
            low /= 2
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) < 0 else (low, middle)
    return (low + high) / 2


def _table() -> list[dict[str, str]]:
    """Rows of matrix, existence, extension, lambda, K, H."""
    text = resources.files("iatros.align").joinpath("tables/karlin_altschul.tsv").read_text("ascii")
    return list(csv.DictReader((line for line in text.splitlines() if not line.startswith("#")), delimiter="\t"))

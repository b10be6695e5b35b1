"""Which cases should a reader see? Those where the model was sure and wrong, sure and right, and in between.

In: the ensemble's rows of a predictions table. Out: counts, and positions of cases; no identifiers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from iatros.metrics.geometry import distances
from iatros.metrics.probabilities import SMALLEST
from iatros.metrics.structure import lddt
from iatros.predictions import OF_POSITIONS, Form

SURE = 0.9  # probability of the class that was said, from which the model counts as sure
Role = Literal["worst", "best", "typical"]


@dataclass(frozen=True)
class Judged:
    """One case. case: position in the study; wrong: from 0, right, to 1, utterly wrong (or an error)."""

    case: int
    score: float
    truth: str
    predicted: str
    sure: float
    wrong: float


@dataclass(frozen=True)
class SureAndWrong:
    """How many of how many cases were judged with at least probability `sure` for a class that was not theirs."""

    count: int
    of: int
    sure: float


def judged(table: pl.DataFrame, form: Form) -> list[Judged]:
    """Every case with truth once, with the mean of its repeated scores. Labels: the worst label of each case."""
    if form.task == "labels":
        return _worst_labels(table, form)
    if form.task == "residues":
        return _of_positions(table, form)
    if form.task == "next":
        return _of_letters(table)
    if form.task == "structure":
        return _of_shapes(table)
    scores = (
        table.drop_nulls("truth")
        .group_by(_case(table), maintain_order=True)
        .agg(pl.col("truth").first(), *(pl.col(name).mean() for name in form.scores()))
    )
    rows = zip(scores["case"], scores["truth"], scores.select(form.scores()).to_numpy(), strict=True)
    if form.task == "value":
        return [
            Judged(case, float(s[0]), f"{truth:g}", f"{s[0]:.3g}", 0.0, abs(float(truth) - float(s[0])))
            for case, truth, s in rows
        ]
    return [_of_class(case, truth, s, form) for case, truth, s in rows]


def sure_and_wrong(table: pl.DataFrame, form: Form, sure: float = SURE) -> SureAndWrong:
    """Cases (or labels of cases) about which the model was sure and wrong. A value has none: nothing says how sure it is;
    nor have positions, of which many are in every case."""
    cases = judged(table, form)
    if form.task == "value" or form.task in OF_POSITIONS:
        return SureAndWrong(0, len(cases), sure)
    return SureAndWrong(sum(case.sure >= sure and case.truth != case.predicted for case in cases), len(cases), sure)


def select(table: pl.DataFrame, form: Form, worst: int = 4, best: int = 2, typical: int = 2) -> list[tuple[Role, Judged]]:
    """The cases most wrong, most right (of those with the outcome), and nearest to the median of errors."""
    cases = sorted(judged(table, form), key=lambda case: -case.wrong)
    wrong = cases[:worst]
    rest = cases[worst:]
    right = [case for case in reversed(rest) if not form.binary or case.truth == form.positive][:best]
    middle = len(rest) // 2
    near = sorted(rest, key=lambda case: abs(rest.index(case) - middle))
    between = [case for case in near if case not in right][:typical]
    roles: list[tuple[Role, list[Judged]]] = [("worst", wrong), ("best", right), ("typical", between)]
    return [(role, case) for role, chosen in roles for case in chosen]


def _of_class(case: int, truth: object, scores: NDArray[np.float64], form: Form) -> Judged:
    if form.binary:
        risk = float(scores[0])
        outcome = bool(truth)
        sure = max(risk, 1 - risk)
        return Judged(case, risk, form.classes[outcome], form.classes[risk >= 0.5], sure, 1 - risk if outcome else risk)
    said = int(np.argmax(scores))
    of_truth = float(scores[form.classes.index(str(truth))])
    return Judged(case, float(scores[said]), str(truth), form.classes[said], float(scores[said]), 1 - of_truth)


def _of_positions(table: pl.DataFrame, form: Form) -> list[Judged]:
    """Cases by the share of their known positions that are right; truth and prediction as signs."""
    found = []
    for case, truth, *scores in (
        table.drop_nulls("truth")
        .unique(_case(table), keep="first", maintain_order=True)
        .select(_case(table), "truth", *form.scores())
        .iter_rows()
    ):
        said = "".join(form.classes[k] for k in np.argmax(scores, axis=0))
        known = [(t, s) for t, s in zip(truth, said, strict=False) if t in form.classes]
        share = float(np.mean([t == s for t, s in known])) if known else 0.0
        found.append(Judged(int(case), share, str(truth), said, 0.0, 1 - share))
    return found


def _of_letters(table: pl.DataFrame) -> list[Judged]:
    """Cases by their bits a letter; truth and prediction as how long they are, and how well they were foretold."""
    found = []
    cases = table.drop_nulls("truth").unique(_case(table), keep="first", maintain_order=True)
    for case, truth, scores in cases.select(_case(table), "truth", "score").iter_rows():
        known = np.array(scores, np.float64)
        known = known[~np.isnan(known)]
        if len(known):
            bits = float(-np.log2(np.clip(known, SMALLEST, 1)).mean())
            found.append(Judged(int(case), bits, f"{truth:,} long", f"perplexity {2**bits:.3g}", 0.0, bits))
    return found


def _of_shapes(table: pl.DataFrame) -> list[Judged]:
    """Chains by their lDDT; truth and prediction as how long they are, and how near."""
    found = []
    cases = table.drop_nulls("truth").unique(_case(table), keep="first", maintain_order=True)
    for case, *cells in cases.select(_case(table), "truth", "score").iter_rows():
        true, said = (distances(np.array(cell, np.float64).reshape(-1, 3, 3)[:, 1]) for cell in cells)
        share = lddt(true, said)
        if not np.isnan(share):
            found.append(Judged(int(case), share, f"{len(true):,} residues", f"lDDT-CA {share:.2f}", 0.0, 1 - share))
    return found


def _worst_labels(table: pl.DataFrame, form: Form) -> list[Judged]:
    worst: dict[int, Judged] = {}
    for label, truth, score in zip(form.classes, form.truths(), form.scores(), strict=True):
        known = table.rename({truth: "truth", score: "score"})
        binary = Form(task="class", classes=(f"no {label}", label))
        for case in judged(known.select("truth", "score", _case(table)), binary):
            if case.case not in worst or case.wrong > worst[case.case].wrong:
                worst[case.case] = case
    return [worst[case] for case in sorted(worst)]


def _case(table: pl.DataFrame) -> pl.Expr:
    return pl.col("case") if "case" in table.columns else pl.int_range(pl.len()).alias("case")

"""What would a few local patients mend? Recalibration in a hospital that the model has not seen, as a what-if.

In: the test cases of the scheme that leaves hospitals out. Out: `MetricRow`s, one a hospital, correction and figure.
Again and again, LEARNERS patients of the hospital are drawn; the correction is fitted to their cases and judged on the
hospital's other patients. So nothing is fitted on a case that it judges, and no other figure of the run changes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iatros.evaluation.cohort import Cohort
from iatros.evaluation.limits import percentiles
from iatros.evaluation.panels import is_risk
from iatros.evaluation.withholding import ENOUGH_PATIENTS
from iatros.metrics.logistic import logistic_fit, logit
from iatros.metrics.ranking import Floats
from iatros.predictions import ENSEMBLE, LOCAL_INTERCEPT, LOCAL_SLOPE, UNSEEN
from iatros.results import MetricRow

LEARNERS = 50  # patients whose outcomes a hospital would look up first
DRAWS = 200
MOST_PATIENTS = 5000  # of a larger hospital, as many at random
RULE = f"{LEARNERS} local patients"
STEPS = 60  # of Newton's method in one dimension; its steps are bounded
FURTHEST = 2.0  # log-odds in one step


@dataclass(frozen=True, slots=True)
class Correction:
    """A straight line on the logit scale for each draw: intercept [R], slope [R]."""

    intercept: Floats
    slope: Floats

    def __call__(self, odds: Floats) -> Floats:
        """Logits [N] -> corrected logits [R, N]."""
        corrected: Floats = self.intercept[:, None] + self.slope[:, None] * odds
        return corrected


def local_rows(cohort: Cohort, target: str, seed: int = 0) -> list[MetricRow]:
    """Figures of both corrections at each hospital; a hospital with too few patients keeps a row with the reason.

    Observed/expected, slope and intercept are those after the correction; Brier score and log loss are differences to the model
    as it is, on the same patients. value is the median over draws, low and high hold 95 % of them.
    """
    if cohort.scheme != UNSEEN or "site" not in cohort.groups or ENSEMBLE not in cohort.models:
        return []
    sites = cohort.groups["site"]
    parts = [(name, cohort.take(np.flatnonzero(sites == name))) for name in np.unique(sites[sites != ""])]
    return [
        row
        for number, (name, some) in enumerate(parts)
        if ENSEMBLE in some.models and is_risk(some.models[ENSEMBLE][0].score[:, 0])
        for row in _of_site(some, f"site={name}", target, np.random.default_rng([seed, number]))
    ]


def learners(patient: NDArray[np.int64], number: int, draws: int, generator: np.random.Generator) -> NDArray[np.bool_]:
    """Which cases belong to the `number` patients drawn: [R, N]. patient: [N] codes; all cases of a patient go together."""
    codes, place = np.unique(patient, return_inverse=True)
    order = generator.random((draws, len(codes))).argsort(axis=1)  # [R, P], a permutation in each row
    drawn: NDArray[np.bool_] = (order < number)[:, place]
    return drawn


def corrections(truth: NDArray[np.bool_], odds: Floats, weights: Floats) -> dict[str, Correction]:
    """The shift of all logits, and the line through them, that fit the cases best; weights: [R, N].

    One class only: nothing is changed. No rising line: the shift alone.
    """
    ones = np.ones((len(truth), 1))
    shift = logistic_fit(ones, truth, weights, offset=odds)[:, 0]
    line = logistic_fit(np.column_stack([ones, odds]), truth, weights)
    shift = np.where(np.isfinite(shift), shift, 0.0)
    rising = np.isfinite(line).all(axis=1) & (line[:, 1] > 0)
    return {
        LOCAL_INTERCEPT: Correction(shift, np.ones(len(shift))),
        LOCAL_SLOPE: Correction(np.where(rising, line[:, 0], shift), np.where(rising, line[:, 1], 1.0)),
    }


def corrected_figures(truth: NDArray[np.bool_], odds: Floats, weights: Floats, correction: Correction) -> dict[str, Floats]:
    """metric -> [R] on the cases of `weights` [R, N], after each draw's own correction; differences for Brier and log loss."""
    moved = correction(odds)
    risk = 1 / (1 + np.exp(-moved))
    before = 1 / (1 + np.exp(-odds))
    total = weights.sum(axis=1)
    slope = logistic_fit(np.column_stack([np.ones(len(odds)), odds]), truth, weights)[:, 1]
    surprise = np.logaddexp(0, np.where(truth, -moved, moved)) - np.logaddexp(0, np.where(truth, -odds, odds))
    return {
        "observed_expected": (weights @ truth) / (weights * risk).sum(axis=1),
        "calibration_intercept": _intercept(truth, moved, weights),
        "calibration_slope": slope / correction.slope,  # the outcome's slope on a + b x logit is that on the logit, over b
        "brier": (weights * ((risk - truth) ** 2 - (before - truth) ** 2)).sum(axis=1) / total,
        "log_loss": (weights * surprise).sum(axis=1) / total,
    }


def _of_site(cohort: Cohort, group: str, target: str, generator: np.random.Generator) -> list[MetricRow]:
    draw = cohort.models[ENSEMBLE][0]
    patient, truth = cohort.patient[draw.rows], cohort.truth[draw.rows].astype(bool)
    named = MetricRow(target=target, metric="", scheme=cohort.scheme, group=group, rule=RULE)
    named = named.model_copy(update={"cases": len(truth), "events": int(truth.sum())})
    patients, needed = len(np.unique(patient)), LEARNERS + ENOUGH_PATIENTS
    if patients < needed:
        why = f"{patients} patients; {needed} are needed, {LEARNERS} to learn from and {ENOUGH_PATIENTS} to judge"
        held = {"metric": "observed_expected", "withheld": why}
        return [named.model_copy(update=held | {"model": model}) for model in (LOCAL_INTERCEPT, LOCAL_SLOPE)]
    kept = learners(patient, MOST_PATIENTS, 1, generator)[0]
    truth, odds = truth[kept], logit(draw.score[kept, 0])
    drawn = learners(patient[kept], LEARNERS, DRAWS, generator)
    own = np.ones(len(truth)) if cohort.weight is None else cohort.weight[draw.rows][kept]
    rows = []
    for model, correction in corrections(truth, odds, drawn * own).items():
        for metric, values in corrected_figures(truth, odds, ~drawn * own, correction).items():
            against = ENSEMBLE if metric in ("brier", "log_loss") else ""
            rows.append(named.model_copy(update={"metric": metric, "model": model, "against": against} | _middle(values)))
    return rows


def _middle(values: Floats) -> dict[str, float | str | None]:
    limits = percentiles(values)
    if limits is None:
        return {"withheld": "not defined for these cases"}
    return {"value": float(np.nanmedian(values)), "low": limits.low, "high": limits.high}


def _intercept(truth: NDArray[np.bool_], odds: Floats, weights: Floats) -> Floats:
    """What must be added to the logits [R, N] so that the mean risk is right: [R]; NaN with one class."""
    found = np.zeros(len(odds))
    share = (weights @ truth) / weights.sum(axis=1)
    for _ in range(STEPS):
        risk = 1 / (1 + np.exp(-(odds + found[:, None])))
        step = (weights * (truth - risk)).sum(axis=1) / np.maximum((weights * risk * (1 - risk)).sum(axis=1), 1e-300)
        found += np.clip(step, -FURTHEST, FURTHEST)
        if np.abs(step[(share > 0) & (share < 1)]).max(initial=0) < 1e-10:
            break
    return np.where((share > 0) & (share < 1), found, np.nan)

"""Is the sample large enough for the model, and for a verdict?

In: a target, the number of predictors, the size of the network. Out: a warning with the numbers.
"""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from iatros.checks.truth import Truth
from iatros.contracts import SplitCases
from iatros.findings import Finding

FEW_EVENTS = 10  # below it, ranking is not judged at all
USUAL_AUROC = 0.8  # for which the width of the interval is foretold
WIDE = 0.1  # of an interval of AUROC, in all: beyond it a warning
SHRINKAGE = 0.9  # wanted of a regression, Riley et al. 2020
EXPLAINED = 0.15  # share of the largest possible Cox-Snell R2 that one may hope for, Riley et al. 2020
MARGIN = 0.05  # of the estimate of the overall risk, Riley et al. 2020


def sample(truth: Truth, cases: SplitCases, predictors: int = 0, parameters: int = 0) -> list[Finding]:
    """A warning where events are too few, the interval will be wide, or a regression of so many predictors would overfit.

    predictors: columns of tables; 0 where there are none. parameters: of the network; 0 where it is not known.
    """
    n = len(np.unique(cases.group[truth.known]))
    if not truth.classes:
        return _of_value(truth, cases, n, predictors)
    events, others = _patients_of_rarest(truth, cases)
    told = partial(Finding, "warning", file=cases.file, source=truth.name)
    if events < FEW_EVENTS:
        what = f"only {events} {_whom(cases)} are in the rarest class: {FEW_EVENTS} are needed to judge a ranking"
        return [told(what, "collect more, or join classes", check="few_events")]
    faults = [*_wide(events, others), *_overfit(events, events + others, predictors)]
    if not faults:
        return []
    size = f"; the network has {parameters:,} parameters, {events / parameters:.2g} events for each" if parameters else ""
    what = f"{n:,} {_whom(cases)}, {events:,} in the rarest class: {'; '.join(faults)}{size}"
    todo = "collect more, use fewer inputs, or take the simple model beside as the one to beat"
    return [told(what, todo, check="small_sample")]


def _whom(cases: SplitCases) -> str:
    """Patients where some have several cases; else cases, which may be proteins or pictures."""
    return "patients" if len(np.unique(cases.group)) < len(cases) else "cases"


def _patients_of_rarest(truth: Truth, cases: SplitCases) -> tuple[int, int]:
    """Patients with a case of the rarest class, and with a case of another one; who has both counts in both."""
    known = truth.codes >= 0
    having = [
        (len(np.unique(cases.group[truth.codes == code])), len(np.unique(cases.group[known & (truth.codes != code)])))
        for code in np.unique(truth.codes[known])
    ]
    return min(having, default=(0, 0))


def _wide(events: int, others: int) -> list[str]:
    half = 1.96 * auroc_error(USUAL_AUROC, events, others)
    if 2 * half <= WIDE:
        return []
    low, high = USUAL_AUROC - half, min(1.0, USUAL_AUROC + half)
    return [f"an AUROC of {USUAL_AUROC} will have a 95 % interval of about {low:.2f} to {high:.2f}"]


def _overfit(events: int, n: int, predictors: int) -> list[str]:
    needed = riley_minimum(predictors, events / n) if predictors else 0
    if n >= needed:
        return []
    each = events / predictors
    return [
        f"{each:.1f} events for each of {predictors} predictors, and a regression needs about {needed:,} in all (Riley 2020)"
    ]


def _of_value(truth: Truth, cases: SplitCases, n: int, predictors: int) -> list[Finding]:
    needed = 10 * predictors + 234  # 234: residual spread within 10 %, Riley et al. 2019, doi:10.1002/sim.7993
    if n >= needed or not predictors:
        return []
    what = f"{n:,} {_whom(cases)} for {predictors} predictors of a number: a regression needs about {needed:,} (Riley 2019)"
    todo = "collect more, or use fewer inputs"
    return [Finding("warning", what, todo, cases.file, source=truth.name, check="small_sample")]


def auroc_error(auroc: float, events: int, others: int) -> float:
    """Standard error of an AUROC. Source: Hanley and McNeil 1982, doi:10.1148/radiology.143.1.7063747.

    >>> round(auroc_error(0.8, 50, 100), 4)
    0.0412
    """
    if events < 1 or others < 1:
        return float("inf")
    q1, q2 = auroc / (2 - auroc), 2 * auroc**2 / (1 + auroc)
    variance = auroc * (1 - auroc) + (events - 1) * (q1 - auroc**2) + (others - 1) * (q2 - auroc**2)
    return math.sqrt(variance / (events * others))


def riley_minimum(predictors: int, prevalence: float) -> int:
    """Fewest patients for a logistic regression: shrinkage of .9, small optimism, overall risk within .05.

    Source: Riley et al. 2020, doi:10.1136/bmj.m441, boxes 1 to 4 with 15 % of the largest R2 explained.
    Raises ValueError if the prevalence is not inside (0, 1).
    """
    if not 0 < prevalence < 1:
        raise ValueError("prevalence must be inside (0, 1)")
    log_null = prevalence * math.log(prevalence) + (1 - prevalence) * math.log(1 - prevalence)
    largest = 1 - math.exp(2 * log_null)
    r2 = EXPLAINED * largest
    shrinkage = predictors / ((SHRINKAGE - 1) * math.log(1 - r2 / SHRINKAGE))
    optimism_limit = r2 / (r2 + 0.05 * largest)
    optimism = predictors / ((optimism_limit - 1) * math.log(1 - r2 / optimism_limit))
    overall = (1.96 / MARGIN) ** 2 * prevalence * (1 - prevalence)
    return math.ceil(max(shrinkage, optimism, overall))

"""Can the percentages be believed? Calibration slope, intercept and curve.

In: truth [N] bool, risk [N] in 0..1, weights [R, N]. Out: [R], or a curve.
Source: Van Calster et al. 2019, doi:10.1186/s12916-019-1466-7.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iatros.metrics.logistic import logistic_fit, logistic_influence, logit
from iatros.metrics.proportions import CONFIDENCE, wilson, z_score
from iatros.metrics.ranking import Floats, Weights, ones

KNOTS = (0.05, 0.35, 0.65, 0.95)  # quantiles of the logits, after Harrell 2015, table 2.3
SHOWN = (0.01, 0.99)  # quantiles of risk between which the curve is drawn
SAME = 1e-9  # logits that differ by less are one


def calibration_slope(truth: NDArray[np.bool_], risk: Floats, weights: Weights | None = None) -> Floats:
    """Slope of the outcome's logit on the risk's: [R]. 1 is right, below 1 risks are too extreme; NaN where there is none."""
    weights = ones(len(truth)) if weights is None else weights
    odds = logit(risk)
    if np.ptp(odds) < SAME:
        return np.full(len(weights), np.nan)
    return logistic_fit(np.column_stack([np.ones(len(odds)), odds]), truth, weights)[:, 1]


def calibration_intercept(truth: NDArray[np.bool_], risk: Floats, weights: Weights | None = None) -> Floats:
    """Calibration in the large: what must be added to every logit (slope 1) so that the mean risk is right: [R]; 0 is right."""
    weights = ones(len(truth)) if weights is None else weights
    return logistic_fit(np.ones((len(truth), 1)), truth, weights, offset=logit(risk))[:, 0]


@dataclass(frozen=True, slots=True)
class Curve:
    """Observed share over risk: x [X], y [X]; of: [N, X], how far each case moves y."""

    x: Floats
    y: Floats
    of: Floats


def calibration_curve(truth: NDArray[np.bool_], risk: Floats, weight: Floats | None = None, x: Floats | None = None) -> Curve:
    """Observed share over risk, smooth: logistic regression on a restricted cubic spline of the logit with four knots.

    weight: [N]; x: risks at which to give it, by default 50 between the 1st and the 99th percentile. y is NaN where the spline
    cannot be fitted. Source: Harrell 2015, "Regression Modeling Strategies", section 2.4.
    """
    weight = np.ones(len(truth)) if weight is None else weight
    x = shown_risks(risk) if x is None else x
    knots = np.unique(np.quantile(logit(risk), KNOTS))
    design, shown = _spline(logit(risk), knots), _spline(logit(x), knots)
    found = logistic_fit(design, truth, weight[None])[0]
    if not np.isfinite(found).all():
        return Curve(x, np.full(len(x), np.nan), np.zeros((len(truth), len(x))))
    y = 1 / (1 + np.exp(-(shown @ found)))
    return Curve(x, y, logistic_influence(design, truth, weight, found) @ (shown * (y * (1 - y))[:, None]).T)


def band(
    y: Floats,
    of: Floats,
    cluster: NDArray[np.int64],
    partner: NDArray[np.int64] | None = None,
    confidence: float = CONFIDENCE,
) -> tuple[Floats, Floats]:
    """Limits of a curve inside (0, 1) from the influences [N, X] of its cases, on the logit scale; cluster: [N] patients.

    partner: [N] the other of the two things that each case pairs, where `cluster` is one: pairs with a common thing are alike.
    Source: of pairs Aronow, Samii & Assenova 2015, doi:10.1093/pan/mpv018.
    """
    ends, moved, twice = cluster, of, np.zeros(0, np.int64)
    if partner is not None:  # each pair of two things is added at both, and would count with itself twice
        twice = np.flatnonzero(cluster != partner)
        ends, moved = np.concatenate([cluster, partner[twice]]), np.concatenate([of, of[twice]])
    place = np.unique(ends, return_inverse=True)[1]
    summed = np.zeros((int(place.max()) + 1, of.shape[1]))
    np.add.at(summed, place, moved)
    total = np.maximum((summed**2).sum(axis=0) - (of[twice] ** 2).sum(axis=0), 0)
    spread = np.sqrt(total * len(summed) / max(1, len(summed) - 1))
    inside = np.clip(y, 1e-9, 1 - 1e-9)
    half = z_score(confidence) * spread / (inside * (1 - inside))
    centre = np.log(inside / (1 - inside))
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(half - centre)), 1 / (1 + np.exp(-half - centre))


def shown_risks(risk: Floats, points: int = 50) -> Floats:
    """Risks at which a calibration curve is drawn: even steps from the 1st to the 99th percentile."""
    low, high = np.quantile(risk, SHOWN)
    return np.linspace(float(low), float(high), points)


@dataclass(frozen=True, slots=True)
class Groups:
    """Cases in groups of equal size: mean risk [G], share observed [G] with Wilson's limits low and high [G], cases [G]."""

    risk: Floats
    observed: Floats
    low: Floats
    high: Floats
    cases: NDArray[np.int64]


def calibration_groups(truth: NDArray[np.bool_], risk: Floats, weight: Floats | None = None, groups: int = 10) -> Groups:
    """Observed against predicted in `groups` groups of (nearly) equal size, lowest risks first. weight: [N]."""
    weight = np.ones(len(truth)) if weight is None else weight
    order = np.argsort(risk, kind="stable")
    parts = [part for part in np.array_split(order, groups) if len(part) and weight[part].sum() > 0]
    observed = [float(np.average(truth[part], weights=weight[part])) for part in parts]
    limits = [wilson(share, len(part)) for share, part in zip(observed, parts, strict=True)]
    return Groups(
        risk=np.array([np.average(risk[part], weights=weight[part]) for part in parts]),
        observed=np.array(observed),
        low=np.array([limit.low for limit in limits]),
        high=np.array([limit.high for limit in limits]),
        cases=np.array([len(part) for part in parts]),
    )


def _spline(x: Floats, knots: Floats) -> Floats:
    """Columns 1, x and, from three knots on, Harrell's cubic terms, linear beyond the outer knots: [N, 2 + knots - 2]."""
    columns = [np.ones(len(x))]
    if len(knots) >= 2:
        columns.append(x)
    if len(knots) >= 3 and np.diff(knots).min() > 1e-3:
        width = knots[-1] - knots[-2]
        last, before = (np.maximum(x - knot, 0) ** 3 for knot in (knots[-1], knots[-2]))
        for knot in knots[:-2]:
            term = np.maximum(x - knot, 0) ** 3 - before * (knots[-1] - knot) / width + last * (knots[-2] - knot) / width
            columns.append(term / (knots[-1] - knots[0]) ** 2)
    return np.column_stack(columns)

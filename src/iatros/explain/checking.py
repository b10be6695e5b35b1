"""May an attribution be shown? It must change when the model is randomised, and must name what the score rests on.

In: a subject, how units (pixels, columns) are attributed to and deleted. Out: a `MethodCheck` with its verdict by rule.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import rankdata
from torch import Tensor

from iatros.contracts import Layout
from iatros.evidence import MethodCheck
from iatros.explain.subject import Subject, randomised

DRAWS = 10  # randomised models; Adebayo et al. 2018, arXiv:1810.03292, show why
SHARES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0)  # of the units deleted
ALIKE = 0.5  # rank correlation from which an attribution shows the input rather than the model
Z = 1.96  # of a 95 % interval
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Examined:
    """One method on one input of one target.

    attribute: subject -> [B, U], how far each unit speaks for the outcome; NaN where a case has no such unit
    delete:    [B, U] bool -> the layout with these units replaced by plausible healthy content
    replaced_by: that content, in words
    """

    target: str
    input: str
    method: str
    replaced_by: str
    attribute: Callable[[Subject], Tensor]
    delete: Callable[[Tensor], Layout]


@dataclass(frozen=True)
class Interval:
    """A mean and its 95 % limits."""

    mean: float
    low: float
    high: float


def check_method(
    subject: Subject, layout: Layout, examined: Examined, generator: torch.Generator, draws: int = DRAWS
) -> MethodCheck:
    """Compare a method with itself on randomised models, and with random order.

    layout: the cases of the check, B of them; as a rule such with the outcome. draws: at least 10 to be believed.
    """
    trained = examined.attribute(subject)
    untrained = [examined.attribute(randomised(subject, layout, generator)) for _ in range(draws)]
    correlation = [_correlation(trained, each) for each in untrained]
    chance = [torch.rand(trained.shape, generator=generator) + 0 * trained for _ in range(draws)]  # NaN stays NaN
    curves: dict[str, Floats] = {
        "method": deletion_curve(subject, trained, examined.delete),
        "randomised": _mean_curve(subject, untrained, examined),
        "random": _mean_curve(subject, chance, examined),
    }
    return _judge(examined, draws, [c for c in correlation if np.isfinite(c)], curves)


def deletion_curve(subject: Subject, attribution: Tensor, delete: Callable[[Tensor], Layout]) -> Floats:
    """Scores [S, B] after deleting the highest-attributed SHARES of each case's units. attribution: [B, U], NaN: no unit."""
    there = ~attribution.isnan()
    units = there.sum(1, keepdim=True).double()
    rank = attribution.masked_fill(~there, -torch.inf).argsort(dim=1, descending=True).argsort(dim=1)  # 0: highest
    with torch.no_grad():
        scores = [subject.of(delete(there & (rank < (share * units).round()))) for share in SHARES]
    curve: Floats = torch.stack(scores).double().numpy()
    return curve


def _mean_curve(subject: Subject, attributions: Sequence[Tensor], examined: Examined) -> Floats:
    curves = [deletion_curve(subject, each, examined.delete) for each in attributions]
    mean: Floats = np.stack(curves).mean(axis=0)
    return mean


def area_over(curve: Floats) -> Floats:
    """How far the score falls on average over the shares deleted: [S, B] -> [B]."""
    fallen = curve[:1] - curve
    widths = np.diff(SHARES)
    return np.asarray(widths @ (fallen[1:] + fallen[:-1]) / 2, np.float64)


def _judge(examined: Examined, draws: int, correlations: list[float], curves: dict[str, Floats]) -> MethodCheck:
    areas = {line: area_over(curve) for line, curve in curves.items()}
    alike = _interval(np.array(correlations)) if correlations else None
    gains = [_interval(areas["method"] - areas[line]) for line in ("randomised", "random")]
    faults = _faults(alike, *gains)
    found = _interval(areas["method"])
    return MethodCheck(
        target=examined.target,
        input=examined.input,
        method=examined.method,
        draws=draws,
        correlation=alike.mean if alike else None,
        correlation_low=alike.low if alike else None,
        correlation_high=alike.high if alike else None,
        deletion=found.mean,
        deletion_randomised=float(areas["randomised"].mean()),
        deletion_random=float(areas["random"].mean()),
        deletion_low=found.low,
        deletion_high=found.high,
        replaced_by=examined.replaced_by,
        curve={line: _points(curve) for line, curve in curves.items()},
        passed=not faults,
        why=_sentence(examined, draws, alike, faults),
    )


def _faults(alike: Interval | None, over_randomised: Interval, over_random: Interval) -> list[str]:
    faults = []
    if alike is None:
        faults.append("too few units differ for ranks to be compared")
    elif alike.high >= ALIKE:
        faults.append(f"it looks much the same on untrained models (rank correlation {alike.mean:.2f})")
    if over_randomised.low <= 0:
        faults.append("deleting what it marks lowers the score no more than what an untrained model marks")
    if over_random.low <= 0:
        faults.append("deleting what it marks lowers the score no more than deleting at random")
    return faults


def _sentence(examined: Examined, draws: int, alike: Interval | None, faults: list[str]) -> str:
    if faults or alike is None:
        return f"Failed its check, do not rely on it: {'; '.join(faults)}."
    return (
        f"Passed its check: rank correlation with {draws} untrained models {alike.mean:.2f} "
        f"[{alike.low:.2f} to {alike.high:.2f}], and replacing what it marks by {examined.replaced_by} lowers the score more "
        "than an untrained model's choice or chance."
    )


def _points(curve: Floats) -> tuple[tuple[float, float], ...]:
    return tuple((share, float(score)) for share, score in zip(SHARES, curve.mean(axis=1), strict=True))


def _correlation(one: Tensor, other: Tensor) -> float:
    """Mean over cases of Spearman's correlation over units; NaN where one of the two is flat in every case."""
    ranks = [rankdata(each.double().numpy(), axis=1, nan_policy="omit") for each in (one, other)]
    a, b = (np.nan_to_num(rank - np.nanmean(rank, axis=1, keepdims=True)) for rank in ranks)
    length = np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    told = length > 0
    return float(((a * b).sum(axis=1)[told] / length[told]).mean()) if told.any() else float("nan")


def _interval(values: Floats) -> Interval:
    mean = float(values.mean())
    half = Z * float(values.std(ddof=1)) / np.sqrt(len(values)) if len(values) > 1 else 0.0
    return Interval(mean, mean - half, mean + half)

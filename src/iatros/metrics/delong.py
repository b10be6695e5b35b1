"""How certain is an AUROC, without resampling: DeLong's variance, and Obuchowski's for clustered cases.

In: truth [N], score [N]. Out: the influence of each case on the AUROC [N], from which variances of areas, of their means
and of their paired differences all follow.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iatros.metrics.proportions import CONFIDENCE, Interval, z_score
from iatros.metrics.ranking import Floats


@dataclass(frozen=True, slots=True)
class Influence:
    """area: the AUROC; of: [N], how far each case moves it. Means and differences of influences are again influences."""

    area: float
    of: Floats


def influence(truth: NDArray[np.bool_], score: Floats, weight: Floats | None = None) -> Influence:
    """Each case's structural component, less the area, over the weight of its class.

    truth: [N] bool with both classes; score: [N]; weight: [N], by default ones.
    Source: DeLong et al. 1988, doi:10.2307/2531595; computed by sorting as Sun & Xu 2014, doi:10.1109/LSP.2014.2337313.
    """
    weight = np.ones(len(truth)) if weight is None else weight
    component = np.empty(len(truth))
    component[truth] = _share_below(score[truth], score[~truth], weight[~truth])
    component[~truth] = 1 - _share_below(score[~truth], score[truth], weight[truth])
    area = float(np.average(component[truth], weights=weight[truth]))
    total = np.where(truth, weight[truth].sum(), weight[~truth].sum())
    return Influence(area, weight * (component - area) / total)


def variance(truth: NDArray[np.bool_], influence: Floats, cluster: NDArray[np.int64] | None = None) -> float:
    """Variance of an AUROC (or of a mean or difference of several) from the influences [N] of its cases.

    cluster: [N] codes of patients; without it each case stands alone, and the variance is DeLong's.
    Source: Obuchowski 1997, doi:10.2307/2533958.
    """
    cluster = np.arange(len(truth)) if cluster is None else np.unique(cluster, return_inverse=True)[1]
    clusters = int(cluster.max()) + 1
    parts = [np.bincount(cluster[side], influence[side], clusters) for side in (truth, ~truth)]
    with_side = [len(np.unique(cluster[side])) for side in (truth, ~truth)]
    own = sum(_spread(n) * float(part @ part) for part, n in zip(parts, with_side, strict=True))
    return own + 2 * _spread(clusters) * float(parts[0] @ parts[1])


def logit_interval(area: float, variance: float, confidence: float = CONFIDENCE) -> Interval:
    """Interval of an area inside (0, 1), symmetric on the logit scale: it stays inside, and covers better near 1.

    Source: Pepe 2003, "The Statistical Evaluation of Medical Tests", section 5.2.4.
    """
    centre = np.log(area / (1 - area))
    half = z_score(confidence) * np.sqrt(variance) / (area * (1 - area))
    return Interval(float(1 / (1 + np.exp(half - centre))), float(1 / (1 + np.exp(-half - centre))))


def wald_interval(value: float, variance: float, confidence: float = CONFIDENCE) -> Interval:
    """value plus and minus 1.96 standard errors: for differences."""
    half = z_score(confidence) * float(np.sqrt(max(variance, 0.0)))
    return Interval(value - half, value + half)


def _share_below(of: Floats, others: Floats, weight: Floats) -> Floats:
    order = np.argsort(others, kind="stable")
    passed = np.append(0.0, np.cumsum(weight[order]))
    ranks = [passed[np.searchsorted(others[order], of, side)] for side in ("left", "right")]
    share: Floats = (ranks[0] + ranks[1]) / (2 * passed[-1])
    return share


def _spread(n: int) -> float:
    return n / (n - 1) if n > 1 else 1.0

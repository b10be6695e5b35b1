"""Gradients along the straight way from a reference to a case: integrated gradients, for whatever a network reads.

In: a score, values and a reference. Out: for each value how far it moved the score; they add up to the score's change.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

STEPS = 16  # of the integral; Gauss-Legendre, so 16 are as exact as 50 of a plain sum


def path_integral(score: Callable[[Tensor], Tensor], values: Tensor, reference: Tensor, steps: int = STEPS) -> Tensor:
    """[B, ...] shares of the change of each case's score, from `reference` (of the same shape, or one that expands to it).

    score: values -> [B]. Source: Sundararajan et al. 2017, arXiv:1703.01365.
    """
    way = values - reference
    total = torch.zeros_like(values)
    points, weights = np.polynomial.legendre.leggauss(steps)
    for point, weight in zip((points + 1) / 2, weights / 2, strict=True):
        at = (reference + way * point).detach().requires_grad_()
        (slope,) = torch.autograd.grad(score(at).sum(), at)
        total += slope * weight
    return (total * way).detach()

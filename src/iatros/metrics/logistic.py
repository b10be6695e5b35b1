"""Logistic regression on few columns, for all resamples at once.

In: design [N, K], truth [N], weights [R, N]. Out: coefficients [R, K] by Newton's method.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from iatros.metrics.bootstrap import chunks
from iatros.metrics.ranking import Floats, Weights

STEPS = 30
LONGEST_STEP = 4.0  # of a coefficient in one iteration
CONVERGED = {"float32": 2e-3, "float64": 1e-9}  # last step; with float32 weights (resamples) the error is its square
LARGEST = 50.0  # a coefficient beyond this is on its way to infinity: the classes are separated


def logistic_fit(design: Floats, truth: NDArray[np.bool_], weights: Weights, offset: Floats | None = None) -> Floats:
    """Coefficients that maximise the weighted likelihood of truth given design @ coefficients + offset.

    Returns [R, K]; a row is NaN where there is no maximum (classes separated, a column without spread, one class only).
    Weights in float64 are solved to 1e-9, in float32 to what an interval needs.
    """
    kind = weights.dtype
    columns = design.astype(kind)
    known = np.zeros(len(design), kind) if offset is None else offset.astype(kind)
    start = np.zeros((1, design.shape[1]), kind)
    if len(weights) > 1:
        start = _newton(columns, truth, weights.mean(axis=0, keepdims=True), known, start)
        start = np.where(np.isfinite(start), start, 0)
    parts = [_newton(columns, truth, weights[part], known, start) for part in chunks(len(weights), len(truth))]
    return np.concatenate(parts).astype(np.float64)


def logit(risk: Floats, smallest: float = 1e-6) -> Floats:
    """log(risk / (1 - risk)), risks first kept `smallest` away from 0 and 1."""
    inside = np.clip(risk, smallest, 1 - smallest)
    odds: Floats = np.log(inside / (1 - inside))
    return odds


def _newton(columns: Weights, truth: NDArray[np.bool_], weights: Weights, offset: Weights, start: Weights) -> Weights:
    found = np.repeat(start, len(weights), axis=0)  # [R, K]
    products = _products(columns)  # [N, K * K]
    open_ = np.arange(len(weights))
    for _ in range(STEPS):
        step = _step(columns, products, truth, weights[open_], offset, found[open_])
        found[open_] += np.clip(step, -LONGEST_STEP, LONGEST_STEP)
        moved = np.abs(step).max(axis=1)
        lost = ~np.isfinite(moved) | (np.abs(found[open_]).max(axis=1) > LARGEST)
        found[open_[lost]] = np.nan
        open_ = open_[~lost & (moved > CONVERGED[str(weights.dtype)])]
        if not len(open_):
            break
    found[open_] = np.nan
    return found


def _step(
    columns: Weights, products: Weights, truth: NDArray[np.bool_], weights: Weights, offset: Weights, found: Weights
) -> Weights:
    risk = found @ columns.T  # [R, N]
    risk += offset
    np.negative(risk, out=risk)
    with np.errstate(over="ignore"):
        np.exp(risk, out=risk)
    risk += 1
    np.reciprocal(risk, out=risk)
    gradient = (weights * (truth - risk)) @ columns  # [R, K]
    curvature = ((weights * risk * (1 - risk)) @ products).reshape(len(found), found.shape[1], -1).astype(np.float64)
    return _solve(curvature, gradient.astype(np.float64)).astype(found.dtype)


def _solve(curvature: Floats, gradient: Floats) -> Floats:
    """curvature [R, K, K] x step = gradient [R, K]; rows that cannot be solved are NaN."""
    scale = np.einsum("rkk->r", curvature)
    size = np.linalg.det(curvature / np.where(scale > 0, scale, 1)[:, None, None])
    fine = (scale > 0) & (np.abs(size) > 1e-14)
    step = np.full(gradient.shape, np.nan)
    step[fine] = np.linalg.solve(curvature[fine], gradient[fine][..., None])[..., 0]
    return step


def _products(columns: Weights) -> Weights:
    products: Weights = (columns[:, :, None] * columns[:, None, :]).reshape(len(columns), -1)
    return products

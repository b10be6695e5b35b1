"""Logistic regression on few columns, for all resamples at once.

In: design [N, K], truth [N], weights [R, N]. Out: coefficients [R, K] by Newton's method.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from iatros.metrics.bootstrap import chunks
from iatros.metrics.ranking import Floats, Weights

LONGEST_STEP = 4.0  # of a coefficient in one iteration
STEPS = {"float32": 8, "float64": 50}
CONVERGED = {"float32": 1e-2, "float64": 1e-9}  # last step; the error left is about its square
SINGULAR = 1e-14  # a determinant (of a matrix with trace 1) below this is none
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


def logistic_influence(design: Floats, truth: NDArray[np.bool_], weight: Floats, found: Floats) -> Floats:
    """How far each case moves the coefficients `found` [K]: [N, K]. Their sum over clusters gives the sandwich variance.

    Source: Huber 1967; for clusters: Liang & Zeger 1986, doi:10.1093/biomet/73.1.13.
    """
    with np.errstate(over="ignore"):
        risk = 1 / (1 + np.exp(-(design @ found)))
    curvature = (design * (weight * risk * (1 - risk))[:, None]).T @ design
    moved: Floats = (design * (weight * (truth - risk))[:, None]) @ np.linalg.pinv(curvature)
    return moved


def _newton(columns: Weights, truth: NDArray[np.bool_], weights: Weights, offset: Weights, start: Weights) -> Weights:
    kind = str(weights.dtype)
    found = np.repeat(start, len(weights), axis=0)  # [R, K]
    products = _products(columns)  # [N, K * K]
    wanted = weights @ (columns * truth[:, None])  # [R, K]
    open_ = np.arange(len(weights))
    for _ in range(STEPS[kind]):
        whole = len(open_) == len(weights)
        step = _step(columns, products, weights if whole else weights[open_], wanted[open_], offset, found[open_])
        found[open_] += np.clip(step, -LONGEST_STEP, LONGEST_STEP)
        moved = np.abs(step).max(axis=1)
        lost = ~np.isfinite(moved) | (np.abs(found[open_]).max(axis=1) > LARGEST)
        found[open_[lost]] = np.nan
        open_ = open_[~lost & (moved > CONVERGED[kind])]
        if not len(open_):
            break
    found[open_] = np.nan
    return found


def _step(columns: Weights, products: Weights, weights: Weights, wanted: Weights, offset: Weights, found: Weights) -> Weights:
    """Newton's step, [R, K], with few passes over [R, N]."""
    risk = found @ -columns.T
    risk -= offset
    with np.errstate(over="ignore"):
        np.exp(risk, out=risk)
    risk += 1
    np.reciprocal(risk, out=risk)
    expected = weights * risk  # [R, N]
    gradient = wanted - expected @ columns
    expected -= np.multiply(expected, risk, out=risk)
    curvature = (expected @ products).reshape(len(found), found.shape[1], -1).astype(np.float64)
    return _solve(curvature, gradient.astype(np.float64)).astype(found.dtype)


def _solve(curvature: Floats, gradient: Floats) -> Floats:
    """curvature [R, K, K] x step = gradient [R, K]; rows that cannot be solved are NaN."""
    size = np.einsum("rkk->r", curvature)
    scaled = curvature / np.where(size > 0, size, 1)[:, None, None]
    if curvature.shape[1] == 2:
        determinant = scaled[:, 0, 0] * scaled[:, 1, 1] - scaled[:, 0, 1] * scaled[:, 1, 0]
        turned = np.stack([scaled[:, 1, 1], -scaled[:, 0, 1], -scaled[:, 1, 0], scaled[:, 0, 0]], axis=1).reshape(-1, 2, 2)
        above, below = np.einsum("rij,rj->ri", turned, gradient), determinant * size
    elif curvature.shape[1] == 1:
        determinant, above, below = scaled[:, 0, 0], gradient, size
    else:
        determinant = np.linalg.det(scaled)
        above, below = np.full(gradient.shape, np.nan), np.ones(len(size))
        fine = np.abs(determinant) > SINGULAR
        above[fine] = np.linalg.solve(curvature[fine], gradient[fine][..., None])[..., 0]
    solvable = (size > 0) & (np.abs(determinant) > SINGULAR)
    step: Floats = np.divide(above, below[:, None], out=np.full(gradient.shape, np.nan), where=solvable[:, None])
    return step


def _products(columns: Weights) -> Weights:
    products: Weights = (columns[:, :, None] * columns[:, None, :]).reshape(len(columns), -1)
    return products

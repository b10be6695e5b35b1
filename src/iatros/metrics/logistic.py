"""Logistic regression on few columns, for all resamples at once.

In: design [N, K], truth [N], weights [R, N]. Out: coefficients [R, K] by Newton's method.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from iatros.metrics.bootstrap import chunks
from iatros.metrics.ranking import Floats, Weights

STEPS = {"float32": 8, "float64": 50}
LONGEST_STEP = 4.0  # of the log-odds (root mean square over cases) in one iteration
CONVERGED = {"float32": 1e-2, "float64": 1e-9}  # last step of the log-odds; the error left is about its square
LARGEST = 50.0  # log-odds beyond this are on their way to infinity: the classes are separated
CERTAIN = 1e-6  # mean variance of the outcome below which every case counts as certain
SINGULAR = 1e-12  # columns whose correlations have a smaller determinant are not to be told apart


def logistic_fit(design: Floats, truth: NDArray[np.bool_], weights: Weights, offset: Floats | None = None) -> Floats:
    """Coefficients that maximise the weighted likelihood of truth given design @ coefficients + offset.

    Returns [R, K]; a row is NaN where there is no maximum (classes separated, a column without spread, one class only).
    Weights in float64 are solved to 1e-9, in float32 to what an interval needs.
    """
    kind = weights.dtype
    scale = np.sqrt((design**2).mean(axis=0))
    scale[scale == 0] = 1
    columns = (design / scale).astype(kind)
    known = np.zeros(len(design), kind) if offset is None else offset.astype(kind)
    start = np.zeros((1, design.shape[1]), kind)
    if len(weights) > 1:
        start = _newton(columns, truth, weights.mean(axis=0, keepdims=True), known, start)
        start = np.where(np.isfinite(start), start, 0)
    parts = [_newton(columns, truth, weights[part], known, start) for part in chunks(len(weights), len(truth))]
    found: Floats = np.concatenate(parts).astype(np.float64) / scale
    return found


def logit(risk: Floats, smallest: float = 1e-6) -> Floats:
    """log(risk / (1 - risk)), risks first kept `smallest` away from 0 and 1."""
    inside = np.clip(risk, smallest, 1 - smallest)
    odds: Floats = np.log(inside / (1 - inside))
    return odds


def logistic_influence(design: Floats, truth: NDArray[np.bool_], weight: Floats, found: Floats) -> Floats:
    """How far each case moves the coefficients `found` [K]: [N, K]. Their sum over clusters gives the sandwich variance.

    Residuals are those without the case itself (HC3; MacKinnon & White 1985), for a fit hides the errors of cases far out.
    Source: Huber 1967; for clusters: Liang & Zeger 1986, doi:10.1093/biomet/73.1.13.
    """
    with np.errstate(over="ignore"):
        risk = 1 / (1 + np.exp(-(design @ found)))
    varied = weight * risk * (1 - risk)
    inverse = np.linalg.pinv((design * varied[:, None]).T @ design)
    leverage = varied * np.einsum("nk,kj,nj->n", design, inverse, design)
    left = weight * (truth - risk) / np.maximum(1 - leverage, 0.1)
    moved: Floats = (design * left[:, None]) @ inverse
    return moved


def _newton(columns: Weights, truth: NDArray[np.bool_], weights: Weights, offset: Weights, start: Weights) -> Weights:
    kind = str(weights.dtype)
    found = np.repeat(start, len(weights), axis=0)  # [R, K]
    products = _products(columns)  # [N, K * K]
    size = products.mean(axis=0, dtype=np.float64).reshape(columns.shape[1], -1)
    wanted = weights @ (columns * truth[:, None])  # [R, K]
    open_ = np.arange(len(weights))
    for _ in range(STEPS[kind]):
        whole = len(open_) == len(weights)
        step = _step(columns, products, weights if whole else weights[open_], wanted[open_], offset, found[open_])
        moved = _size(step, size)
        found[open_] += step * np.minimum(1, LONGEST_STEP / np.maximum(moved, 1e-30))[:, None].astype(kind)
        lost = ~np.isfinite(moved) | (_size(found[open_], size) > LARGEST)
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
    curvature[expected.sum(axis=1) < CERTAIN * weights.sum(axis=1)] = (
        0  # separated: every case is certain, nothing can be solved
    )
    return _solve(curvature, gradient.astype(np.float64)).astype(found.dtype)


def _solve(curvature: Floats, gradient: Floats) -> Floats:
    """curvature [R, K, K] x step = gradient [R, K]; rows that cannot be solved are NaN."""
    size = np.sqrt(np.einsum("rkk->rk", curvature))
    size[size == 0] = np.nan
    scaled = curvature / size[:, :, None] / size[:, None, :]  # ones on the diagonal, so determinants are comparable
    if scaled.shape[1] == 1:
        determinant, above = scaled[:, 0, 0], gradient / size
    elif scaled.shape[1] == 2:
        determinant = 1 - scaled[:, 0, 1] ** 2
        other = (gradient / size)[:, ::-1]
        above = (gradient / size - scaled[:, 0, 1:] * other) / np.where(determinant > SINGULAR, determinant, np.nan)[:, None]
    else:
        determinant = np.linalg.det(np.nan_to_num(scaled))
        fine = determinant > SINGULAR
        above = np.full(gradient.shape, np.nan)
        above[fine] = np.linalg.solve(scaled[fine], (gradient / size)[fine][..., None])[..., 0]
    step: Floats = np.where((determinant > SINGULAR)[:, None], above / size, np.nan)
    return step


def _size(coefficients: Weights, size: Floats) -> Floats:
    """Root mean square over cases of design @ coefficients: [R, K] -> [R]."""
    found: Floats = np.sqrt(np.maximum(((coefficients @ size) * coefficients).sum(axis=1), 0))
    return found


def _products(columns: Weights) -> Weights:
    products: Weights = (columns[:, :, None] * columns[:, None, :]).reshape(len(columns), -1)
    return products

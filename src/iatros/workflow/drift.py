"""Are new cases like those that the model was trained on? Flags for single cases, a drift table for many.

In: plain features of the training cases. Out: `Reference`, saved with the run; distances of new cases from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from iatros.runs import RunFolder, read_json, write_json
from iatros.training.feed import Material

if TYPE_CHECKING:
    from iatros.workflow.open_ import Run

COMPONENTS = 12  # axes of the training cases that distances are measured along
UNUSUAL = 0.995  # share of training cases that are nearer than a flagged one
BINS = 10
DRIFT_SMALL, DRIFT_LARGE = 0.1, 0.25  # of the population stability index, by the convention of credit scoring (Siddiqi 2006)
FILE = "reference.json"


class Reference(BaseModel):
    """What the training cases looked like: F features, A axes.

    center, scale: [F]; axes: [A][F]; spread: [A] standard deviations along the axes; rest: of the remainder
    limit: distance beyond which a case is flagged
    edges, shares: [F][bins - 1], [F][bins] of the training cases; missing: [F]
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    names: tuple[str, ...]
    center: tuple[float, ...]
    scale: tuple[float, ...]
    axes: tuple[tuple[float, ...], ...]
    spread: tuple[float, ...]
    rest: float
    limit: float
    edges: tuple[tuple[float, ...], ...]
    shares: tuple[tuple[float, ...], ...]
    missing: tuple[float, ...]

    def distance(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """[M, F] -> [M]: root mean square distance along the axes and beside them, in standard deviations."""
        scaled = self._scaled(values)
        axes = np.array(self.axes)
        along = scaled @ axes.T
        beside = np.sqrt(np.mean((scaled - along @ axes) ** 2, axis=1, keepdims=True)) / self.rest
        parts = np.concatenate([along / np.array(self.spread), beside], axis=1)
        distance: NDArray[np.float64] = np.sqrt(np.mean(parts**2, axis=1))
        return distance

    def _scaled(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        scaled = (values - np.array(self.center)) / np.array(self.scale)
        filled: NDArray[np.float64] = np.nan_to_num(np.clip(scaled, -50, 50), nan=0.0)
        return filled


@dataclass(frozen=True)
class Familiar:
    """How near new cases are to the training cases. distance: [n] of the readable cases; limit: from where one is flagged."""

    distance: NDArray[np.float64]
    limit: float
    drift: pl.DataFrame

    @property
    def unusual(self) -> NDArray[np.bool_]:
        """[n]: is the case flagged?"""
        return self.distance > self.limit

    def flags(self, count: int, rows: NDArray[np.int64]) -> pl.Series:
        """A column of `count` cells that says "unlike the training cases" where it applies."""
        cells: list[str | None] = [None] * count
        for at, unusual in zip(rows, self.unusual, strict=True):
            cells[int(at)] = "unlike the training cases" if unusual else None
        return pl.Series("flag", cells, dtype=pl.String)


def reference(values: NDArray[np.float64], names: tuple[str, ...]) -> Reference:
    """Describe the training cases [M, F]. The limit is a quantile of distances from references made without the case.

    Where there are more features than cases, cases lie far along axes of their own: what they reach themselves is not unusual.
    """
    made = _describe(values, names, limit=0.0)
    half = np.arange(len(values)) % 2 == 0
    one, other = _describe(values[half], names, 0.0), _describe(values[~half], names, 0.0)
    held_out = np.concatenate([one.distance(values[~half]), other.distance(values[half])])
    limit = max(float(np.quantile(some, UNUSUAL)) for some in (held_out, made.distance(values)))
    return made.model_copy(update={"limit": limit})


def save_reference(folder: RunFolder, material: Material, rows: NDArray[np.int64]) -> None:
    """Describe the run's cases and write it down."""
    summary = material.features
    write_json(folder.path / FILE, reference(summary.values[rows], summary.names).model_dump(mode="json"))


def familiarity(run: Run, material: Material, rows: NDArray[np.int64]) -> Familiar:
    """Distances of new cases, and how the features as a whole have drifted."""
    known = Reference(**read_json(run.folder.path / FILE))
    values = material.features.values[rows]
    return Familiar(known.distance(values), known.limit, drift(known, values))


def drift(known: Reference, values: NDArray[np.float64]) -> pl.DataFrame:
    """One row a feature: means, shift in standard deviations, missing shares, population stability index and a verdict."""
    rows = []
    for i, name in enumerate(known.names):
        column = values[:, i]
        measured = column[np.isfinite(column)]
        index = _stability(np.array(known.edges[i]), np.array(known.shares[i]), measured)
        rows.append(
            {
                "feature": name,
                "training_mean": known.center[i],
                "new_mean": float(measured.mean()) if len(measured) else None,
                "shift_sd": float((measured.mean() - known.center[i]) / known.scale[i]) if len(measured) else None,
                "training_missing": known.missing[i],
                "new_missing": 1 - len(measured) / max(1, len(column)),
                "stability_index": index,
                "verdict": "drifted" if index > DRIFT_LARGE else "somewhat shifted" if index > DRIFT_SMALL else "stable",
            }
        )
    return pl.DataFrame(rows, infer_schema_length=None).sort("stability_index", descending=True, nulls_last=True)


def _describe(values: NDArray[np.float64], names: tuple[str, ...], limit: float) -> Reference:
    known = np.isfinite(values)
    counts = np.maximum(known.sum(axis=0), 1)
    center = np.where(known, values, 0).sum(axis=0) / counts
    scale = np.sqrt(np.where(known, (values - center) ** 2, 0).sum(axis=0) / counts)
    scale = np.where(scale > 1e-9 * (1 + abs(center)), scale, 1.0)
    scaled = np.nan_to_num((values - center) / scale, nan=0.0)
    _, sizes, axes = np.linalg.svd(scaled, full_matrices=False)
    keep = max(1, min(COMPONENTS, int((sizes > 1e-6 * sizes[0]).sum()) if len(sizes) and sizes[0] > 0 else 1))
    axes = axes[:keep]
    spread = np.maximum(sizes[:keep] / np.sqrt(max(1, len(values))), 1e-3)
    rest = max(float(np.sqrt(np.mean((scaled - scaled @ axes.T @ axes) ** 2))), 1e-2)
    edges = [_edges(values[:, i][known[:, i]]) for i in range(values.shape[1])]
    shares = [_shares(edge, values[:, i][known[:, i]]) for i, edge in enumerate(edges)]
    return Reference(
        names=names,
        center=_floats(center),
        scale=_floats(scale),
        axes=tuple(_floats(axis) for axis in axes),
        spread=_floats(spread),
        rest=rest,
        limit=limit,
        edges=tuple(_floats(e) for e in edges),
        shares=tuple(_floats(s) for s in shares),
        missing=_floats(1 - known.mean(axis=0)),
    )


def _edges(values: NDArray[np.float64]) -> NDArray[np.float64]:
    inner = np.linspace(0, 1, BINS + 1)[1:-1]
    return np.unique(np.quantile(values, inner)) if len(values) else np.zeros(0)


def _shares(edges: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    counts = np.bincount(np.searchsorted(edges, values, side="right"), minlength=len(edges) + 1)
    return counts / max(1, len(values))


def _stability(edges: NDArray[np.float64], expected: NDArray[np.float64], values: NDArray[np.float64]) -> float:
    if len(values) == 0:
        return 0.0
    floor = 0.5 / max(len(values), 50)
    found, before = np.maximum(_shares(edges, values), floor), np.maximum(expected, floor)
    return float(np.sum((found - before) * np.log(found / before)))


def _floats(values: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(float(f"{value:.7g}") for value in values)

"""How do predicted structures differ from the true ones, at which distances along the chain, and is that foretold?

In: rows of a predictions table of structures. Out: lines with limits over resampled patients, beside the chains to be shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import rankdata

from iatros.evidence import Line, ShapeEvidence
from iatros.explain.chains import Shape, chain_evidence, chosen, shapes_of
from iatros.metrics.bootstrap import draw, spread
from iatros.metrics.geometry import CA, distances
from iatros.metrics.structure import lddt_per_residue
from iatros.predictions import ENSEMBLE

SEED, RESAMPLES = 0, 500
EDGES = (2, 3, 4, 5, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 100_000)  # residues apart
FEWEST = 5  # chains that a point is the mean of, where there are so many
GROUPS = 10  # of residues, by confidence
DIGITS = 3
Floats = NDArray[np.float64]
Contacts = Callable[[int], Floats]  # a case's position -> [L, L] probabilities


def shape_evidence(
    target: str, table: pl.DataFrame, row_of: Callable[[int], int], contacts: Contacts
) -> tuple[ShapeEvidence, ...]:
    """Of the test rows of one scheme and repeat, by all models; nothing where no chain can be judged.

    row_of: a case's position -> its row in the user's file; contacts: of the chains that are shown
    """
    models = {str(model): shapes_of(some) for (model,), some in table.group_by("model", maintain_order=True)}
    ours = models.get(ENSEMBLE, [])
    real = [lddt_per_residue(distances(one.truth[:, CA]), distances(one.predicted[:, CA])) for one in ours]
    if not any(np.isfinite(each).any() for each in real):
        return ()
    weights = _weights(ours)
    order = {one.case: place for place, one in enumerate(ours)}
    errors = {}
    for model, chains in models.items():
        kept = [one for one in chains if one.case in order]
        errors[model] = errors_by_separation(kept, weights[:, [order[one.case] for one in kept]])
    trust = [one.confidence for one in ours]
    of_confidence = _Residues.of(trust, real)
    return (
        ShapeEvidence(
            target=target, chains=len(ours), residues=len(of_confidence.said), errors=errors,
            trust=trusted(of_confidence, weights), rank=_three(_rank_correlation(of_confidence, weights)),
            excess=_three(_excess(of_confidence, weights)),
            shown=tuple(chain_evidence(role, one, row_of(one.case), contacts(one.case)) for role, one in chosen(ours)),
        ),
    )  # fmt: skip


def errors_by_separation(shapes: Sequence[Shape], weights: Floats) -> Line:
    """Mean over chains of each chain's mean error of distances, by how far apart the residues are along it.

    weights: [1 + R, N], the first row of the chains as they are.
    """
    bins = len(EDGES) - 1
    mean = np.full((len(shapes), bins), np.nan)
    for i, one in enumerate(shapes):
        error = np.abs(distances(one.truth[:, CA]) - distances(one.predicted[:, CA]))
        rows, columns = np.nonzero(np.triu(np.isfinite(error), EDGES[0]))
        which = np.searchsorted(EDGES, columns - rows, side="right") - 1
        count = np.bincount(which, minlength=bins)
        total = np.bincount(which, error[rows, columns], minlength=bins)
        mean[i] = np.divide(total, count, out=np.full(bins, np.nan), where=count > 0)
    n = np.isfinite(mean).sum(axis=0)
    kept = n >= min(FEWEST, len(shapes)) if len(shapes) else np.zeros(bins, bool)
    middle = np.sqrt(np.array(EDGES[:-1]) * (np.array(EDGES[1:]) - 1.0))
    return _line(middle[kept], _means(mean[:, kept], weights), n[kept])


def trusted(residues: _Residues, weights: Floats) -> Line:
    """Groups of residues of equal size by confidence: what was promised, and what was kept."""
    order = np.argsort(residues.said, kind="stable")
    groups = [some for some in np.array_split(order, GROUPS) if len(some)]
    x = np.array([residues.said[some].mean() for some in groups])
    replicates = np.stack([residues.mean(residues.real, weights, some) for some in groups], axis=1)
    return _line(x, replicates, np.array([len(some) for some in groups]))


@dataclass(frozen=True)
class _Residues:
    """Residues of all chains, those with a real lDDT: what was said [n], what is real [n], and whose they are [n] of N."""

    said: Floats
    real: Floats
    owner: NDArray[np.int64]
    chains: int

    @classmethod
    def of(cls, said: Sequence[Floats], real: Sequence[Floats]) -> _Residues:
        owner = np.repeat(np.arange(len(real)), [len(each) for each in real])
        flat_said, flat_real = np.concatenate(said), np.concatenate(real)
        known = np.isfinite(flat_real) & np.isfinite(flat_said)
        return cls(flat_said[known], flat_real[known], owner[known], len(real))

    def mean(self, values: Floats, weights: Floats, some: NDArray[np.int64] | slice = slice(None)) -> Floats:
        """[R] mean over residues, whose chains count `weights` [R, N] times."""
        owner = self.owner[some]
        total, count = (np.bincount(owner, each, self.chains) for each in (values[some], np.ones(len(owner))))
        sums = weights @ count
        mean: Floats = np.divide(weights @ total, sums, out=np.full(len(weights), np.nan), where=sums > 0)
        return mean


def _rank_correlation(residues: _Residues, weights: Floats) -> Floats:
    """[R] Pearson's correlation of the ranks; the ranks are those among all residues."""
    a, b = (rankdata(values) / len(values) for values in (residues.said, residues.real))
    mean_a, mean_b, aa, bb, ab = (residues.mean(values, weights) for values in (a, b, a * a, b * b, a * b))
    spread_ = np.sqrt(np.maximum((aa - mean_a**2) * (bb - mean_b**2), 0))
    found: Floats = np.divide(ab - mean_a * mean_b, spread_, out=np.full(len(weights), np.nan), where=spread_ > 1e-12)
    return found


def _excess(residues: _Residues, weights: Floats) -> Floats:
    return residues.mean(residues.said - residues.real, weights)


def _weights(shapes: Sequence[Shape]) -> Floats:
    """[1 + R, N] all alike, then how often each chain is in each resample of patients."""
    _, patient = np.unique([one.patient for one in shapes], return_inverse=True)
    counts = draw(np.random.default_rng(SEED), RESAMPLES, int(patient.max()) + 1)
    return np.concatenate([np.ones((1, len(shapes))), spread(counts, patient).astype(np.float64)])


def _means(values: Floats, weights: Floats) -> Floats:
    """[1 + R, B] weighted means of [N, B] over the chains that have a value."""
    total = weights @ np.isfinite(values)
    mean: Floats = np.divide(weights @ np.nan_to_num(values), total, out=np.full(total.shape, np.nan), where=total > 0)
    return mean


def _line(x: Floats, replicates: Floats, n: NDArray[np.int64]) -> Line:
    """replicates: [1 + R, B], the first row is the line itself."""
    limits = [_limits(column) for column in replicates[1:].T]
    return Line(
        x=tuple(round(float(v), DIGITS) for v in x), y=tuple(round(float(v), DIGITS) for v in replicates[0]),
        low=tuple(low for low, _ in limits), high=tuple(high for _, high in limits), n=tuple(n.tolist()),
    )  # fmt: skip


def _limits(values: Floats) -> tuple[float | None, float | None]:
    known = values[np.isfinite(values)]
    if len(known) < 0.9 * len(values) or not len(known):
        return None, None
    low, high = np.quantile(known, (0.025, 0.975))
    return round(float(low), DIGITS), round(float(high), DIGITS)


def _three(replicates: Floats) -> tuple[float, float, float] | None:
    low, high = _limits(replicates[1:])
    if low is None or high is None or not np.isfinite(replicates[0]):
        return None
    return round(float(replicates[0]), DIGITS), low, high

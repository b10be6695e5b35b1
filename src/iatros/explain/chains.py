"""A predicted chain beside the true one, as a report shows it; and which chains it shows.

In: rows of a predictions table of structures, probabilities of contacts. Out: `ChainEvidence`, bounded in size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from iatros.evidence import ChainEvidence
from iatros.metrics.geometry import CA, distances, superposed
from iatros.metrics.structure import APART, contact_precision, lddt, lddt_per_residue, rmsd, tm_score

SHOWN = 400  # residues of a chain that are kept
NEAR = 6  # residues along the chain that touch in any fold
MOST_PAIRS = 3  # kept for each residue
DIGITS, COORDINATE_DIGITS = 3, 1
Role = Literal["best", "median", "worst", "asked"]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Shape:
    """A chain by one model. truth, predicted: [L, 3, 3] N, CA, C in angstrom; confidence: [L], none of a simple model."""

    case: int
    patient: str
    truth: Floats
    predicted: Floats
    confidence: Floats


def shapes_of(table: pl.DataFrame) -> list[Shape]:
    """One a row. confidence: of length 0 where the model gives none."""
    missing = [pl.lit(None, pl.List(pl.Float32)).alias("confidence")] if "confidence" not in table.columns else []
    cells = table.with_columns(missing).drop_nulls(["truth", "score"]).select("case", "patient", "truth", "score", "confidence")
    return [
        Shape(case, str(patient), _atoms(truth), _atoms(score), np.array([] if trust is None else trust, np.float64))
        for case, patient, truth, score, trust in cells.iter_rows()
    ]


def chosen(shapes: Sequence[Shape]) -> list[tuple[Role, Shape]]:
    """The best, the median (of an even number the better one) and the worst by lDDT-CA; of fewer than three those there are."""
    scored = [(lddt(distances(one.truth[:, CA]), distances(one.predicted[:, CA])), one) for one in shapes]
    ranked = [one for score, one in sorted(scored, key=lambda pair: -pair[0]) if np.isfinite(score)]
    if len(ranked) < 3:
        return list(zip(("best", "worst"), ranked, strict=False))
    return [("best", ranked[0]), ("median", ranked[(len(ranked) - 1) // 2]), ("worst", ranked[-1])]


def chain_evidence(role: Role, one: Shape, row: int, contact: Floats) -> ChainEvidence:
    """One chain as the report shows it. contact: [L, L] probabilities."""
    truth, moved = one.truth[:, CA], laid_over(one.predicted, one.truth)[:, CA]
    true, found = distances(truth), distances(moved)
    return ChainEvidence(
        role=role, case=one.case, row=row, length=len(truth), lddt=round(lddt(true, found), DIGITS),
        tm_score=_rounded(tm_score(truth, moved)), rmsd=_rounded(rmsd(truth, moved)),
        precision=_rounded(contact_precision(true, contact)), truth=_points(truth), predicted=_points(moved),
        confidence=tuple(np.round(one.confidence[:SHOWN], DIGITS).tolist()),
        right=tuple(_rounded(value) for value in lddt_per_residue(true, found)[:SHOWN].tolist()),
        contacts=likely_pairs(contact),
    )  # fmt: skip


def laid_over(places: Floats, truth: Floats) -> Floats:
    """Predicted atoms [L, 3, 3] turned and shifted so that their CA come nearest to true ones [L, 3, 3]; never mirrored."""
    known = np.zeros(places.shape[:2], bool)
    known[:, CA] = np.isfinite(truth[:, CA]).all(axis=1) & np.isfinite(places[:, CA]).all(axis=1)
    if known.sum() < 3:
        return places
    moved = superposed(np.nan_to_num(places).reshape(-1, 3), np.nan_to_num(truth).reshape(-1, 3), known.ravel().astype(float))
    return np.where(np.isfinite(places), moved.reshape(places.shape), np.nan)


def likely_pairs(contact: Floats) -> tuple[tuple[int, int, float], ...]:
    """Of the residues that are kept, the likeliest pairs: those a few residues apart and more, and the top L of long range."""
    shown = contact[:SHOWN, :SHOWN]
    chosen_: set[tuple[int, int]] = set()
    for apart, most in ((NEAR, MOST_PAIRS * len(shown)), (APART, len(shown))):
        rows, columns = np.triu_indices(len(shown), apart)
        best = np.argsort(-shown[rows, columns], kind="stable")[:most]
        chosen_ |= set(zip(rows[best].tolist(), columns[best].tolist(), strict=True))
    ranked = sorted(chosen_, key=lambda pair: (-shown[pair], pair))
    return tuple((i, j, round(float(shown[i, j]), DIGITS)) for i, j in ranked)


def _points(places: Floats) -> tuple[tuple[float, float, float] | None, ...]:
    rounded = np.round(places[:SHOWN], COORDINATE_DIGITS).tolist()
    return tuple((x, y, z) if x == x else None for x, y, z in rounded)


def _rounded(value: float) -> float | None:
    return round(value, DIGITS) if np.isfinite(value) else None


def _atoms(cell: Sequence[float]) -> Floats:
    return np.array(cell, np.float64).reshape(-1, 3, 3)

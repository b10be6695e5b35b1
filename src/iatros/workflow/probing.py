"""The probes of a run: attempts to explain its result away, with classical models on plain features.

In: an examined study. Out: `Probe`s of one target.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from iatros.checks import coded
from iatros.contracts import Rows
from iatros.evaluation.probes import (
    Question,
    best_single,
    met_before,
    metadata_alone,
    missingness_alone,
    one_hot,
    shuffled_outcomes,
    site_from_inputs,
)
from iatros.evidence import Probe
from iatros.predictions import OF_POSITIONS, UNSEEN, Form
from iatros.splits.deal import deal
from iatros.training.feed import Material
from iatros.workflow.examine import Examined

MIXED_FOLDS = 5
MOST_CASES = 3000  # probes of larger studies look at a random part, drawn unlike any split, which has a seed of its own
DRAW = [MOST_CASES, 1]
RECURRING = 0.8  # different things, as a share of the cells, below which many are in several cases


def probes(examined: Examined, material: Material, target: str, form: Form) -> list[Probe]:
    """Shuffled outcomes, missingness, site, site from inputs, best single column; on the main split's first repeat."""
    if form.task in OF_POSITIONS:
        return []  # plain features of whole cases say nothing of single positions
    summary = material.features
    chosen = some(len(material))
    question = _question(examined, material, target, form, chosen)
    values, names = summary.values[chosen], summary.names
    found = [shuffled_outcomes(question, values, names), missingness_alone(question, values)]
    if examined.cohort.site is not None:
        site = [examined.cohort.site[i] for i in chosen]
        unseen = examined.study.split.main.kind == UNSEEN
        met = replace(question, folds=mixed_folds(examined.cohort.patient[chosen], site)) if unseen else question
        found.append(metadata_alone(met, "site", *one_hot(site)))
        found.append(site_from_inputs(met, values, names, site))
    things = recurring(examined)
    if things:  # counted over all cases: in a part of them each thing is met less often
        found.append(met_before(_question(examined, material, target, form, np.arange(len(material))), things))
    return [*found, best_single(question, values, names)]


def _question(examined: Examined, material: Material, target: str, form: Form, rows: NDArray[np.int64]) -> Question:
    """The outcome of these cases, and the main split's folds among them."""
    truth = material.targets[target].truth_columns(material.truths[target], rows)
    place = np.full(len(material), -1, np.int64)
    place[rows] = np.arange(len(rows))
    pairs = [(_at(place, f.development()), _at(place, f.rows("test"))) for f in examined.first_repeat]
    return Question(target, form, {k: list(v) for k, v in truth.items()}, pairs, examined.cohort.patient[rows])


def recurring(examined: Examined) -> list[NDArray[np.int64]]:
    """Of each input that names or spells one thing in a cell, which thing it is; [] where hardly any is in several cases.

    Inputs that share an encoder are of the same things.
    """
    frame, found, first = examined.cohort.cases.frame, list[NDArray[np.int64]](), 0
    things = coded(examined.study.inputs, examined.packs)
    inputs = {n: m for n, m in examined.study.inputs.items() if m.layout is not Rows and len(m.columns_used()) == 1}
    for owner in [name for name, modality in inputs.items() if modality.shares is None]:
        columns = [m.columns_used()[0] for n, m in inputs.items() if n == owner or m.shares == owner]
        if any(column not in frame.columns for column in columns):
            continue
        if owner in things:
            codes = np.concatenate([things[n] for n, m in inputs.items() if n == owner or m.shares == owner])
        else:
            cells = pl.concat([frame[column].cast(pl.String).rename("cell") for column in columns])
            codes = np.where(cells.is_null().to_numpy(), -1, cells.rank("dense").fill_null(0).to_numpy().astype(np.int64) - 1)
        if len(np.unique(codes)) < RECURRING * len(codes):
            found += [np.where(part < 0, -1, part + first) for part in np.split(codes, len(columns))]
            first += len(codes)
    return found


def some(count: int) -> NDArray[np.int64]:
    """Positions of at most MOST_CASES of so many cases, in order."""
    return np.sort(np.random.default_rng(DRAW).permutation(count)[:MOST_CASES])


def mixed_folds(patient: NDArray[np.int64], site: Sequence[str | None]) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """(training, test) positions with every site on both sides: a site that is left out whole cannot be told by anyone.

    patient: [M] codes, never on two sides of a fold; site: [M].
    """
    codes = np.unique([name or "" for name in site], return_inverse=True)[1]
    part = deal(patient, codes, [1] * MIXED_FOLDS, np.random.default_rng(0))
    return [(np.flatnonzero(part != k), np.flatnonzero(part == k)) for k in range(MIXED_FOLDS)]


def _at(place: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    at = place[rows]
    kept: NDArray[np.int64] = at[at >= 0]
    return kept

"""The probes of a run: attempts to explain its result away, with classical models on plain features.

In: an examined study. Out: `Probe`s of one target.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from iatros.evaluation.probes import (
    Question,
    best_single,
    metadata_alone,
    missingness_alone,
    one_hot,
    shuffled_outcomes,
    site_from_inputs,
)
from iatros.evidence import Probe
from iatros.predictions import Form
from iatros.training.feed import Material
from iatros.workflow.examine import Examined

MOST_CASES = 3000  # probes of larger studies look at a random part


def probes(examined: Examined, material: Material, target: str, form: Form) -> list[Probe]:
    """Shuffled outcomes, missingness, site, site from inputs, best single column; on the main split's first repeat."""
    summary = material.features
    chosen = np.sort(np.random.default_rng(0).permutation(len(material))[:MOST_CASES])
    truth = material.targets[target].truth_columns(material.truths[target], chosen)
    place = np.full(len(material), -1, np.int64)
    place[chosen] = np.arange(len(chosen))
    main = examined.study.split.main.kind
    folds = [fold for fold in examined.folds if fold.scheme == main and fold.repeat == 0]
    pairs = [(_at(place, np.flatnonzero((f.part >= 0) & (f.part != 3))), _at(place, f.rows("test"))) for f in folds]
    question = Question(target, form, {k: list(v) for k, v in truth.items()}, pairs, examined.cohort.patient[chosen])
    values, names = summary.values[chosen], summary.names
    found = [shuffled_outcomes(question, values, names), missingness_alone(question, values)]
    if examined.cohort.site is not None:
        site = [examined.cohort.site[i] for i in chosen]
        found.append(metadata_alone(question, "site", *one_hot(site)))
        found.append(site_from_inputs(question, values, names, site))
    return [*found, best_single(question, values, names)]


def _at(place: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    at = place[rows]
    kept: NDArray[np.int64] = at[at >= 0]
    return kept

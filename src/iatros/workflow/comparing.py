"""The classical models beside the networks, on the same folds.

In: packed inputs as plain features, truths, folds. Out: baselines per fold, their scores, and the one to beat.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iatros.baselines import Baseline, Examples, choose, fit_baselines
from iatros.contracts import Fold, FoldKey, Summary
from iatros.predictions import Form
from iatros.training.feed import Material
from iatros.workflow.table import Columns, judged_rows


@dataclass(frozen=True)
class Classical:
    """Baselines of one target. fitted: fold -> name -> baseline, fitted on all that is not test; chosen: by inner folds."""

    fitted: Mapping[FoldKey, Mapping[str, Baseline]]
    scores: Mapping[FoldKey, Mapping[str, Columns]]
    chosen: str


def compare(
    material: Material, folds: Sequence[Fold], forms: Mapping[str, Form], patient: NDArray[np.int64]
) -> dict[str, Classical]:
    """Fit and score the baselines of every target.

    Test cases are scored by models fitted on all of the fold's other cases, the most that a classical model may use; validation
    and calibration cases by models fitted on the training cases alone, so that thresholds can be chosen on them.
    """
    summary = material.features
    return {name: _of_target(material, name, folds, forms[name], summary, patient) for name in material.targets}


def _of_target(
    material: Material, name: str, folds: Sequence[Fold], form: Form, summary: Summary, patient: NDArray[np.int64]
) -> Classical:
    truth: dict[str, Any] = material.targets[name].truth_columns(material.truths[name], np.arange(len(material)))
    examples = Examples(summary.values, summary.names, truth, form, material.weight, patient)
    fitted: dict[FoldKey, Mapping[str, Baseline]] = {}
    scored: dict[FoldKey, Mapping[str, Columns]] = {}

    def fit(rows: NDArray[np.int64]) -> dict[str, Baseline]:
        known = rows[material.truths[name].present[rows]]
        return fit_baselines(examples, known)

    for fold in folds:
        key = fold.key
        rows = judged_rows(fold)
        development, train = fold.development(), fold.rows("train")
        whole = fit(development)
        of_train = fit(train) if len(train) < len(development) else whole
        test = np.isin(rows, fold.rows("test"))
        fitted[key] = whole
        scored[key] = {model: _joined(whole[model], of_train[model], summary.values[rows], test) for model in whole}
    return Classical(fitted, scored, choose(fitted.values()))


def _joined(whole: Baseline, of_train: Baseline, values: NDArray[np.float64], test: NDArray[np.bool_]) -> Columns:
    on_test, elsewhere = whole.predict(values), of_train.predict(values)
    return {name: np.where(test, on_test[name], elsewhere[name]) for name in on_test}

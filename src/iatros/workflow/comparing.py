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
from iatros.baselines.positions import fit_windows, score_windows
from iatros.contracts import Fold, FoldKey, Summary
from iatros.predictions import Form
from iatros.training.feed import Material, anchor_of
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
    return {
        name: _of_positions(material, name, folds, forms[name])
        if forms[name].task == "residues"
        else _of_target(material, name, folds, forms[name], summary, patient)
        for name in material.targets
    }


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


def _of_positions(material: Material, name: str, folds: Sequence[Fold], form: Form) -> Classical:
    """A window model, fitted on positions of all of the fold's other cases, or of its training cases, as `compare` says."""
    source = anchor_of(material, name)
    modality, pack = material.inputs[source], material.packs[source]
    lengths = modality.length(pack)
    assert lengths is not None

    def windows(rows: NDArray[np.int64]) -> tuple[NDArray[np.float64], Sequence[str]]:
        found = modality.windows(pack, rows)
        assert found is not None
        return found.values, found.names

    truth = list(material.targets[name].truth_columns(material.truths[name], np.arange(len(material)))["truth"])
    known = material.truths[name].present & pack.present
    fitted: dict[FoldKey, Mapping[str, Baseline]] = {}
    scored: dict[FoldKey, Mapping[str, Columns]] = {}
    for fold in folds:
        rows, development, train = judged_rows(fold), fold.development(), fold.rows("train")
        test = np.isin(rows, fold.rows("test"))
        fitted[fold.key] = whole = fit_windows(windows, truth, lengths, form, development[known[development]])
        of_train = fit_windows(windows, truth, lengths, form, train[known[train]]) if len(train) < len(development) else whole
        on_test = score_windows(whole, windows, lengths, form, rows[test])
        elsewhere = score_windows(of_train, windows, lengths, form, rows[~test])
        scored[fold.key] = {model: _placed(on_test[model], elsewhere[model], test) for model in whole}
    return Classical(fitted, scored, choose(fitted.values()))


def _placed(on_test: Columns, elsewhere: Columns, test: NDArray[np.bool_]) -> Columns:
    """Columns of all judged cases from those of the test cases and of the others."""
    found = {name: np.empty(len(test), values.dtype) for name, values in on_test.items()}
    for name, values in found.items():
        values[test], values[~test] = on_test[name], elsewhere[name]
    return found


def _joined(whole: Baseline, of_train: Baseline, values: NDArray[np.float64], test: NDArray[np.bool_]) -> Columns:
    on_test, elsewhere = whole.predict(values), of_train.predict(values)
    return {name: np.where(test, on_test[name], elsewhere[name]) for name in on_test}

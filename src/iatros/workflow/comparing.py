"""The classical models beside the networks, on the same folds.

In: packed inputs as plain features, truths, folds. Out: baselines per fold, their scores, and the one to beat.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iatros.anchors import anchor_of
from iatros.baselines import Baseline, Examples, choose, fit_baselines, kgram
from iatros.baselines.loss import headline
from iatros.baselines.nearest import NEAREST, Neighbours, guess
from iatros.baselines.outcomes import Outcome, outcomes
from iatros.baselines.positions import fit_windows, score_windows
from iatros.baselines.structure import BY_SEPARATION, TEMPLATE, guessed
from iatros.contracts import Fold, FoldKey, Learned, Modality, Summary, Tokens
from iatros.metrics.geometry import distances
from iatros.metrics.structure import lddt
from iatros.packed import Packed
from iatros.predictions import OF_POSITIONS, PREVALENCE, Form
from iatros.training.feed import Material
from iatros.workflow.relatives import relatives
from iatros.workflow.table import Columns, judged_rows

LOT = 256  # cases read at a time
ON_VALIDATION = "the best on validation cases"


@dataclass(frozen=True)
class Classical:
    """Baselines of one target. fitted: fold -> name -> baseline, fitted on all that is not test; chosen: and why."""

    fitted: Mapping[FoldKey, Mapping[str, Baseline]]
    scores: Mapping[FoldKey, Mapping[str, Columns]]
    chosen: str
    why: str = "the best on folds inside the training parts"


@dataclass(frozen=True)
class Judged:
    """What models of one target are judged on."""

    folds: Sequence[Fold]
    outcomes: Sequence[Outcome]
    weight: NDArray[np.float64]

    def guesses(self, near: Neighbours, train: NDArray[np.int64], rows: NDArray[np.int64]) -> Columns:
        """Score columns of these cases by their nearest training sequences."""
        return {
            name: score for outcome in self.outcomes for name, score in guess(near, outcome, self.weight, train, rows).items()
        }

    def best(self, scored: Mapping[FoldKey, Mapping[str, Columns]]) -> str:
        """The model that ranks the validation cases best, on average over folds; "" where they are too few to tell."""
        names = [name for name in next(iter(scored.values())) if name != PREVALENCE]
        found = {name: np.mean(told) for name in names if (told := [*self._headlines(scored, name)])}
        return max(found, key=lambda name: found[name]) if len(found) == len(names) else ""

    def _headlines(self, scored: Mapping[FoldKey, Mapping[str, Columns]], name: str) -> Iterator[float]:
        for fold in self.folds:
            rows = judged_rows(fold)
            validation = np.isin(rows, fold.rows("validation"))
            for outcome in self.outcomes:
                scores = np.stack([scored[fold.key][name][column][validation] for column in outcome.columns], axis=1)
                y, weight = outcome.y[rows[validation]], self.weight[rows[validation]]
                known = ~np.isnan(y) & (weight > 0) & ~np.isnan(scores).any(axis=1)
                if len(np.unique(y[known])) >= max(outcome.classes, 2):
                    yield headline(y[known], scores[known].astype(np.float64), outcome.classes, weight[known])


def compare(
    material: Material, folds: Sequence[Fold], forms: Mapping[str, Form], patient: NDArray[np.int64]
) -> dict[str, Classical]:
    """Fit and score the baselines of every target.

    Test cases are scored by models fitted on all of the fold's other cases, the most that a classical model may use; validation
    and calibration cases by models fitted on the training cases alone, so that thresholds can be chosen on them.
    """
    summary, found = material.features, dict[str, Classical]()
    one_outcome = any(forms[name].task not in OF_POSITIONS for name in material.targets)
    near, left_out = relatives(material) if one_outcome else (None, "")
    for name in material.targets:
        task = forms[name].task
        if task == "residues":
            found[name] = _of_positions(material, name, folds, forms[name])
        elif task == "next":
            found[name] = _of_letters(material, name, folds)
        elif task == "structure":
            found[name] = _of_shapes(material, name, folds)
        else:
            made = _of_target(material, name, folds, forms[name], summary, patient, near)
            found[name] = replace(made, why=f"{made.why}; {left_out}") if left_out else made
    return found


def _of_target(
    material: Material, name: str, folds: Sequence[Fold], form: Form, summary: Summary, patient: NDArray[np.int64],
    near: Neighbours | None,
) -> Classical:  # fmt: skip
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
    made = Classical(fitted, scored, choose(fitted.values()))
    return made if near is None else _with_nearest(made, near, Judged(folds, outcomes(form, truth), material.weight))


def _with_nearest(classical: Classical, near: Neighbours, judged: Judged) -> Classical:
    """With the guess of the nearest training sequence.

    Folds inside the training part would flatter it where they part relatives. So validation cases, which a split by families
    keeps apart from training, have the say which model is the one to beat.
    """
    scored = {key: dict(models) for key, models in classical.scores.items()}
    for fold in judged.folds:
        rows = judged_rows(fold)
        test = np.isin(rows, fold.rows("test"))
        on_test = judged.guesses(near, fold.development(), rows[test])
        scored[fold.key][NEAREST] = _placed(on_test, judged.guesses(near, fold.rows("train"), rows[~test]), test)
    best = judged.best(scored)
    return Classical(classical.fitted, scored, best or classical.chosen, ON_VALIDATION if best else classical.why)


def _of_positions(material: Material, name: str, folds: Sequence[Fold], form: Form) -> Classical:
    """A window model, fitted on positions of all of the fold's other cases, or of its training cases, as `compare` says."""
    source = anchor_of(material.targets[name], material.inputs)
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


def _of_letters(material: Material, name: str, folds: Sequence[Fold]) -> Classical:
    """Letter frequencies and a k-gram, which looks back as far as serves the fold's validation cases best.

    Pieces of a text are those that the networks of the fold read: learned from its training cases.
    """
    source = anchor_of(material.targets[name], material.inputs)
    modality, pack = material.inputs[source], material.packs[source]
    scored: dict[FoldKey, Mapping[str, Columns]] = {}
    looked: list[int] = []
    for fold in folds:
        train, rows = fold.rows("train"), judged_rows(fold)
        learned = modality.fit(pack, train)
        shape = modality.shape(learned)
        codes, longest = shape.categories[0], shape.space[0]
        told = {part: codes_of(modality, pack, learned, some) for part, some in _lots(fold).items()}
        before = kgram.choose(told["train"], told["validation"] or told["train"], codes, longest)
        test = np.isin(rows, fold.rows("test"))
        on_test = kgram.fit(told["development"], codes, longest, before)
        elsewhere = kgram.fit(told["train"], codes, longest, before)
        cases = codes_of(modality, pack, learned, rows)
        beside = {}
        for model, back in ((kgram.NAME, before), (PREVALENCE, 0)):
            of_test, of_others = (_foretold(m, back, cases, some, longest) for m, some in ((on_test, test), (elsewhere, ~test)))
            beside[model] = _placed(of_test, of_others, test)
        scored[fold.key] = beside
        looked.append(before)
    reach = f"{min(looked)}" if min(looked) == max(looked) else f"{min(looked)} to {max(looked)}"
    return Classical({}, scored, kgram.NAME, f"looks back {reach} letters, chosen on validation cases")


def _of_shapes(material: Material, name: str, folds: Sequence[Fold]) -> Classical:
    """Distances by separation along the chain, and those of the nearest training chain; the nearer on what is not tested."""
    source = anchor_of(material.targets[name], material.inputs)
    modality, pack, truths = material.inputs[source], material.packs[source], material.truths[name]
    learned = modality.fit(pack, np.arange(len(material)))
    texts = ["".join(modality.spelled(pack, row, learned)) for row in range(len(material))]
    cells = material.targets[name].truth_columns(truths, np.arange(len(material)))["truth"]
    points = [None if cell is None else np.asarray(cell, np.float64).reshape(-1, 3, 3)[:, 1] for cell in cells]
    known = truths.present & pack.present

    def guesses(rows: NDArray[np.int64], train: NDArray[np.int64]) -> dict[str, dict[str, NDArray[np.object_]]]:
        some = [row for row in train[known[train]].tolist() if points[row] is not None]
        return guessed([texts[row] for row in rows], [texts[row] for row in some], [distances(points[row]) for row in some])

    scored: dict[FoldKey, Mapping[str, Columns]] = {}
    inner: dict[str, list[float]] = {BY_SEPARATION: [], TEMPLATE: []}
    for fold in folds:
        rows = judged_rows(fold)
        test = np.isin(rows, fold.rows("test"))
        on_test, elsewhere = guesses(rows[test], fold.development()), guesses(rows[~test], fold.rows("train"))
        scored[fold.key] = {model: _placed(on_test[model], elsewhere[model], test) for model in on_test}
        for model, near in inner.items():
            near += [_nearness(points[row], cell) for row, cell in zip(rows[~test], elsewhere[model]["score"], strict=True)]
    chosen = max(inner, key=lambda model: np.nanmean([*inner[model], 0.0]))
    return Classical({}, scored, chosen, "the nearer to the truth (lDDT) on validation cases")


def _nearness(truth: NDArray[np.float64] | None, score: NDArray[np.float32]) -> float:
    found = np.asarray(score, np.float64).reshape(-1, 3, 3)[:, 1]
    return np.nan if truth is None or len(truth) != len(found) else lddt(distances(truth), distances(found))


def _lots(fold: Fold) -> dict[str, NDArray[np.int64]]:
    return {"train": fold.rows("train"), "validation": fold.rows("validation"), "development": fold.development()}


def codes_of(modality: Modality, pack: Packed, learned: Learned, rows: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """The codes of each case as a network reads them."""
    found: list[NDArray[np.int64]] = []
    for begin in range(0, len(rows), LOT):
        layout = modality.batch(pack, rows[begin : begin + LOT], learned)
        assert isinstance(layout, Tokens)
        assert layout.codes is not None
        lengths = layout.mask.sum(1).tolist()
        found += [case[:length] for case, length in zip(layout.codes.numpy(), lengths, strict=True)]
    return found


def _foretold(
    model: kgram.KGram, back: int, cases: Sequence[NDArray[np.int64]], chosen: NDArray[np.bool_], longest: int
) -> Columns:
    """score and right of the chosen cases, by a model that looks back so far."""
    some = [case for case, wanted in zip(cases, chosen.tolist(), strict=True) if wanted]
    found = kgram.foretell(model.shortened(back), some, longest)
    columns = {name: np.empty(len(some), object) for name in found._fields}
    for name, values in found._asdict().items():
        for place, value in enumerate(values):
            columns[name][place] = value.astype(np.float32)
    return columns


def _placed(on_test: Columns, elsewhere: Columns, test: NDArray[np.bool_]) -> Columns:
    """Columns of all judged cases from those of the test cases and of the others."""
    found = {name: np.empty(len(test), values.dtype) for name, values in on_test.items()}
    for name, values in found.items():
        values[test], values[~test] = on_test[name], elsewhere[name]
    return found


def _joined(whole: Baseline, of_train: Baseline, values: NDArray[np.float64], test: NDArray[np.bool_]) -> Columns:
    on_test, elsewhere = whole.predict(values), of_train.predict(values)
    return {name: np.where(test, on_test[name], elsewhere[name]) for name in on_test}

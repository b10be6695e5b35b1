"""Can the result be explained away? Cheap attempts with classical models on plain features.

In: features, truth, and who trains and tests. Out: a `Probe` each: what was tried and found, what it should be, a verdict.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from iatros.baselines import Examples, choose, fit_baselines
from iatros.baselines.outcomes import Column, Outcome, outcomes
from iatros.evidence import Probe
from iatros.metrics.delong import Influence, influence, logit_interval, variance
from iatros.metrics.proportions import Interval, auroc_at_limit
from iatros.predictions import Form

Floats = NDArray[np.float64]
CHANCE_LIMIT = 0.55  # an AUROC whose lower limit is above this is more than chance (a value: R2 above R2_LIMIT)
R2_LIMIT = 0.01
PRIOR = 0.5  # cases with and without the outcome that every thing is given beforehand (Jeffreys)
GIVEAWAY = 0.95  # AUROC of one column alone that no honest measurement reaches
FEWEST = 10  # cases with, and without, an outcome below which nothing is said
RESAMPLES = 500  # of an R2


@dataclass(frozen=True)
class Question:
    """What the study asks, as probes see it.

    truth: columns `form.truths()`, [M]; folds: (training, test) positions, test parts without overlap
    groups: [M] codes of patients, or None; seed: of shuffling and of inner folds
    """

    target: str
    form: Form
    truth: Mapping[str, Column]
    folds: Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]]
    groups: NDArray[np.int64] | None = None
    seed: int = 0


@dataclass(frozen=True)
class Found:
    """A measure of out-of-fold scores. metric: "auroc" (mean over classes or labels) or "r2"."""

    metric: str
    value: float
    low: float
    high: float


def shuffled_outcomes(question: Question, values: Floats, names: Sequence[str]) -> Probe:
    """Train on outcomes dealt to cases at random; whatever can be learned then is a leak of the pipeline itself."""
    order = np.random.default_rng(question.seed).permutation(len(values))
    truth = {name: [column[i] for i in order] for name, column in question.truth.items()}
    probe = _probe(replace(question, truth=truth), values, names)
    return _worded(question, probe, "shuffled outcomes", "the outcomes were dealt to cases at random, then learned", "chance")


def missingness_alone(question: Question, values: Floats) -> Probe:
    """Only whether each feature was measured. Telling means that care, or the outcome, decided what was measured."""
    gaps = np.isnan(values)
    tested = gaps[np.unique(np.concatenate([test for _, test in question.folds]))] if question.folds else gaps
    some = gaps.any(axis=0) & ~gaps.all(axis=0) & (tested.any(axis=0) & ~tested.all(axis=0))
    tried = f"only whether each feature was measured ({int(some.sum())} with gaps)"
    if not some.any():
        why = "nothing is missing in some tested cases alone" if gaps.any() else "nothing is missing"
        return _silent(question, "missingness alone", "only whether each feature was measured", why)
    found = _probe(question, gaps[:, some].astype(np.float64), [f"gap {i}" for i in np.flatnonzero(some)])
    return _worded(question, found, "missingness alone", tried, "chance")


def metadata_alone(question: Question, name: str, values: Floats, names: Sequence[str]) -> Probe:
    """Only what says nothing of the patient: `name` is "site", "time", "image size", ...; values [M, F] as of `one_hot`."""
    tried = f"only the {name}, without any input"
    if not values.shape[1] or not np.nanstd(values, axis=0).any():
        return _silent(question, f"{name} alone", tried, f"the {name} does not vary")
    return _worded(question, _probe(question, values, names), f"{name} alone", tried, "chance")


def site_from_inputs(question: Question, values: Floats, names: Sequence[str], site: Sequence[str | None]) -> Probe:
    """Can the inputs tell where a case comes from? If so, a model can learn hospitals in place of disease."""
    sites = tuple(sorted({name for name in site if name is not None}))
    tried = "the site was predicted from the inputs"
    if len(sites) < 2:
        return _silent(question, "site from inputs", tried, "there is one site")
    truth: dict[str, Column] = {"truth": list(site)}
    if len(sites) == 2:
        truth = {"truth": [None if name is None else name == sites[1] for name in site]}
    about_site = replace(question, form=Form(task="class", classes=sites), truth=truth)
    return _worded(question, _probe(about_site, values, names), "site from inputs", tried, "chance, or sites alike in outcome")


def met_before(question: Question, codes: Sequence[NDArray[np.int64]]) -> Probe:
    """Only how often the very same inputs had the outcome in training, without reading them: proteins of many pairs, say.

    codes: of each input [M] which thing it is, the same code for the same thing in any of them; -1 where there is none. The
    score is the sum over inputs of the log-odds of the outcome among the training cases that hold the thing; 0 if never met.
    """
    name, tried = "inputs met before", "only how often the same inputs had the outcome in training, without reading them"
    if not question.form.binary:
        return _silent(question, name, tried, "there are not two classes")
    outcome = outcomes(question.form, question.truth)[0]
    score = np.full(len(outcome.y), np.nan)
    things = max(int(of_input.max(initial=-1)) for of_input in codes) + 1
    for train, test in question.folds:
        known = train[outcome.known[train]]
        counts = np.zeros((2, things))
        for of_input in codes:
            held = known[of_input[known] >= 0]
            np.add.at(counts, (outcome.y[held].astype(np.int64), of_input[held]), 1)
        odds = np.log(counts[1] + PRIOR) - np.log(counts[0] + PRIOR)
        score[test] = sum(np.where(of_input[test] >= 0, odds[of_input[test]], 0.0) for of_input in codes)
    found = _measure(outcome, {outcome.columns[0]: score}, question)
    return _worded(question, found, name, tried, "chance")


def best_single(question: Question, values: Floats, names: Sequence[str]) -> Probe:
    """The one feature that ranks cases best, without any fitting. Near 1 it gives the answer away."""
    if question.form.task == "value":
        return _silent(question, "best single column", "each feature alone", "the outcome is a value")
    found: list[tuple[float, Interval, str]] = []
    for outcome in outcomes(question.form, question.truth):
        for code, of in _against_rest(outcome):
            known = outcome.known
            found += _each_feature(outcome.y[known] == code, values[known], names, of, question.groups, known)
    if not found:
        return _silent(question, "best single column", "each feature alone", "too few cases have, or lack, an outcome")
    value, interval, name = max(found)
    alarm = interval.low > GIVEAWAY
    why = f"{name} alone ranks the cases as well as an answer would" if alarm else f"{name} is the best feature alone"
    return Probe(
        target=question.target,
        name="best single column",
        tried=f"each feature alone, {len(names)} of them",
        value=value,
        low=interval.low,
        high=interval.high,
        expected=f"below {GIVEAWAY}",
        verdict="warning" if alarm else "passed",
        why=why,
    )


def one_hot(column: Sequence[str | None]) -> tuple[Floats, tuple[str, ...]]:
    """A column of words as features [M, K] and their names, for `metadata_alone`."""
    words = tuple(sorted({word for word in column if word is not None}))
    return np.array([[float(cell == word) for word in words] for cell in column]).reshape(len(column), len(words)), words


def _probe(question: Question, values: Floats, names: Sequence[str]) -> Found | None:
    """Scores of every test case by the classical model that inner folds prefer, then their measure; None: too few cases."""
    form = question.form
    examples = Examples(values, names, question.truth, form, groups=question.groups)
    scores = {name: np.full(len(values), np.nan) for name in form.scores()}
    for train, test in question.folds:
        try:
            fitted = fit_baselines(examples, train, question.seed)
        except ValueError:  # a fold without any truth to learn from
            continue
        for name, column in fitted[choose([fitted])].predict(values[test]).items():
            scores[name][test] = column
    found = [_measure(outcome, scores, question) for outcome in outcomes(form, question.truth)]
    some = [each for each in found if each is not None]
    return max(some, key=lambda each: each.low) if some else None


def _measure(outcome: Outcome, scores: Mapping[str, Floats], question: Question) -> Found | None:
    judged = outcome.known & ~np.isnan(scores[outcome.columns[0]])
    cluster = None if question.groups is None else question.groups[judged]
    y = outcome.y[judged]
    if not outcome.classes:
        return _r2(y, scores[outcome.columns[0]][judged], cluster, question.seed) if len(y) >= FEWEST else None
    found = []
    for code, column in _against_rest(outcome):
        truth = y == code
        if min(truth.sum(), (~truth).sum()) >= FEWEST:
            found.append((truth, influence(truth, scores[column][judged])))
    if not found:
        return None
    value = float(np.mean([each.area for _, each in found]))
    if len(found) == 1:
        interval = _interval(*found[0], cluster)
    else:  # the mean's influence; its variance by cases of any class
        mean = np.mean([each.of for _, each in found], axis=0)
        half = 1.96 * float(np.sqrt((np.bincount(_codes(cluster, len(y)), mean) ** 2).sum()))
        interval = Interval(value - half, value + half)
    return Found("auroc", value, interval.low, interval.high)


def _interval(truth: NDArray[np.bool_], found: Influence, cluster: NDArray[np.int64] | None) -> Interval:
    if found.area in (0.0, 1.0):
        patients = _codes(cluster, len(truth))
        return auroc_at_limit(found.area, *(len(np.unique(patients[side])) for side in (truth, ~truth)))
    return logit_interval(found.area, variance(truth, found.of, cluster))


def _each_feature(
    truth: NDArray[np.bool_],
    values: Floats,
    names: Sequence[str],
    of: str,
    groups: NDArray[np.int64] | None,
    known: NDArray[np.bool_],
) -> list[tuple[float, Interval, str]]:
    """AUROC of each feature where it is measured, the way round that is above one half."""
    found = []
    for column, name in zip(values.T, names, strict=True):
        there = ~np.isnan(column)
        outcome = truth[there]
        if min(outcome.sum(), (~outcome).sum()) < FEWEST:
            continue
        area = influence(outcome, column[there])
        if area.area < 0.5:
            area = influence(outcome, -column[there])
        cluster = None if groups is None else groups[known][there]
        found.append((area.area, _interval(outcome, area, cluster), name if of == "score" else f"{name} for {_class(of)}"))
    return found


def _class(column: str) -> str:
    """`score:b` is b."""
    return column.partition(":")[2] or column


def _against_rest(outcome: Outcome) -> list[tuple[int, str]]:
    """Each class against the rest: its code, and its score column. Two classes are one question."""
    return [(1, outcome.columns[0])] if outcome.binary else list(enumerate(outcome.columns))


def _r2(y: Floats, score: Floats, cluster: NDArray[np.int64] | None, seed: int) -> Found:
    codes = _codes(cluster, len(y))
    draws = np.random.default_rng(seed).multinomial(codes.max() + 1, np.full(codes.max() + 1, 1 / (codes.max() + 1)), RESAMPLES)
    weights = np.vstack([np.ones(len(y)), draws[:, codes]]).astype(np.float64)  # [1 + R, N]
    total = weights.sum(axis=1)
    mean = weights @ y / total
    spread = weights @ y**2 / total - mean**2
    r2 = 1 - (weights @ (y - score) ** 2 / total) / np.where(spread > 0, spread, np.nan)
    low, high = np.nanquantile(r2[1:], (0.025, 0.975))
    return Found("r2", float(r2[0]), float(low), float(high))


def _codes(cluster: NDArray[np.int64] | None, cases: int) -> NDArray[np.int64]:
    return np.arange(cases) if cluster is None else np.unique(cluster, return_inverse=True)[1]


def _worded(question: Question, found: Found | None, name: str, tried: str, expected: str) -> Probe:
    if found is None:
        return _silent(question, name, tried, f"fewer than {FEWEST} test cases have, or lack, the outcome")
    limit, chance = (CHANCE_LIMIT, "0.5") if found.metric == "auroc" else (R2_LIMIT, "0")
    alarm = found.low > limit
    why = f"the lower limit {found.low:.3f} is {'above' if alarm else 'not above'} {limit}"
    return Probe(
        target=question.target,
        name=name,
        tried=tried,
        metric=found.metric,
        value=found.value,
        low=found.low,
        high=found.high,
        expected=f"near {chance} ({expected})" if expected != "chance" else f"near {chance}",
        verdict="warning" if alarm else "passed",
        why=why,
    )


def _silent(question: Question, name: str, tried: str, why: str) -> Probe:
    return Probe(target=question.target, name=name, tried=tried, verdict="not measured", why=why)

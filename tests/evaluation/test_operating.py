"""Thresholds are declared, or chosen on the validation cases of a case's own fold, and never on those they judge."""

from __future__ import annotations

import numpy as np
import pytest

from iatros.evaluation.cohort import Draw, Validation
from iatros.evaluation.operating import TABLE, operating_points
from iatros.evaluation.settings import Settings
from iatros.metrics.thresholds import best_accuracy, reaching_sensitivity, youden
from iatros.predictions import Form

FORM = Form(task="class", classes=("no", "yes"))
RULES = {
    "youden (validation)": lambda v: youden(v.truth, v.score, v.weight),
    "sensitivity 90 % (validation)": lambda v: reaching_sensitivity(v.truth, v.score, 0.9, v.weight),
    "best accuracy (validation)": lambda v: best_accuracy(v.truth, v.score, v.weight, None),
}


def validation(seed, shift=0.0):
    rng = np.random.default_rng(seed)
    truth = rng.random(80) < 0.4
    return Validation(truth, np.clip(rng.random(80) * 0.5 + 0.3 * truth + shift, 0, 1), np.ones(80))


def draw(folds, parts, seed=0):
    """Test cases of these folds, and the validation parts of folds by number."""
    rng = np.random.default_rng(seed)
    size = len(folds)
    fields = {"rows": np.arange(size), "score": rng.random((size, 1)), "fold": np.array(folds), "validation": parts}
    optional = {name: None for name in Draw.__dataclass_fields__ if name not in fields}
    return Draw(**fields, **optional)


@pytest.mark.parametrize("rule", RULES)
def test_each_case_is_judged_at_the_threshold_of_its_own_folds_validation_part(rule):
    parts = {0: validation(0), 1: validation(1, 0.2), 2: validation(2, -0.1)}
    folds = [0, 0, 1, 2, 1, 2]
    point = {p.rule: p for p in operating_points((draw(folds, parts),), FORM, Settings(), table=False)}[rule]
    chosen = {fold: RULES[rule](part) for fold, part in parts.items()}
    assert point.limits[0].tolist() == [chosen[fold] for fold in folds]
    assert point.shown == pytest.approx(np.mean(list(chosen.values())))


def test_a_fold_whose_validation_part_lacks_a_class_takes_the_mean_of_the_others():
    parts = {0: validation(0), 1: validation(1)}
    point = operating_points((draw([0, 1, 7], parts),), FORM, Settings(), table=False)[1]
    assert point.limits[0][2] == pytest.approx(np.mean(point.limits[0][:2]))


def test_without_validation_cases_only_what_was_declared_is_judged():
    points = operating_points((draw([0, 1], {}),), FORM, Settings(), table=False)
    assert [(p.rule, p.shown) for p in points] == [("default", 0.5)]


@pytest.mark.parametrize(("threshold", "rule"), [(0.3, "declared"), (None, "default")])
def test_the_declared_threshold_comes_first_and_is_not_repeated_in_the_table(threshold, rule):
    form = FORM.model_copy(update={"threshold": threshold})
    points = operating_points((draw([0], {}),), form, Settings(), table=True)
    assert points[0].rule == rule
    main = threshold or 0.5
    assert [p.shown for p in points[1:]] == [limit for limit in TABLE if limit != main]


def test_the_scores_that_are_judged_have_no_say():
    parts = {0: validation(0)}
    one, other = (operating_points((draw([0, 0, 0], parts, seed),), FORM, Settings(), table=False) for seed in (1, 2))
    assert [p.shown for p in one] == [p.shown for p in other]


def test_an_expected_prevalence_moves_the_most_accurate_threshold():
    parts = {0: validation(0)}
    shown = []
    for prevalence in (0.05, 0.95):
        points = operating_points((draw([0], parts),), FORM, Settings(prevalence=prevalence), table=False)
        shown.append(next(p.shown for p in points if p.rule.startswith("best accuracy")))
    assert shown[0] > shown[1]

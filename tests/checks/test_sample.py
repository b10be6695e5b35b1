"""Is the sample large enough?"""

import numpy as np
import pytest

from iatros.checks.sample import auroc_error, riley_minimum, sample
from iatros.checks.truth import Truth
from iatros.contracts import SplitCases


def judged(events, size, **models):
    codes = (np.arange(size) < events).astype(np.int64)
    cases = SplitCases(np.arange(size), codes, np.arange(size) + 2)
    return sample(Truth("t", codes, codes.astype(float), ("no", "yes")), cases, **models)


def test_the_minimum_for_shrinkage_is_rileys_formula():
    phi, predictors = 0.174, 24
    largest = 1 - (phi**phi * (1 - phi) ** (1 - phi)) ** 2
    r2 = 0.15 * largest
    assert riley_minimum(predictors, phi) == int(np.ceil(predictors / (-0.1 * np.log(1 - r2 / 0.9))))


def test_few_predictors_need_enough_cases_for_the_overall_risk():
    assert riley_minimum(1, 0.5) == 385


def test_a_prevalence_of_one_is_a_callers_mistake():
    with pytest.raises(ValueError, match="prevalence"):
        riley_minimum(3, 1.0)


def test_the_error_of_an_auroc_agrees_with_simulation():
    rng = np.random.default_rng(0)
    shift = 1.19  # AUROC .8 of two normal distributions
    aurocs = [(rng.normal(shift, 1, 50)[:, None] > rng.normal(0, 1, 100)).mean() for _ in range(2000)]
    assert auroc_error(0.8, 50, 100) == pytest.approx(np.std(aurocs), rel=0.15)  # the formula is for exponential scores


def test_nine_cases_with_the_outcome_are_too_few_to_judge():
    (finding,) = judged(9, 500)
    assert "only 9 cases" in finding.what


def test_a_large_sample_gives_no_finding():
    assert judged(2000, 5000, predictors=20) == []


def test_events_for_each_predictor_and_parameter_are_told():
    (finding,) = judged(212, 569, predictors=30, parameters=424)
    assert "7.1 events for each of 30 predictors" in finding.what
    assert "424 parameters, 0.5 events for each" in finding.what


def test_patients_who_have_cases_of_every_class_are_counted_in_each():
    codes = np.tile(np.array([0, 1], np.int64), 100)  # a hundred patients, each with a case of either class
    cases = SplitCases(np.repeat(np.arange(100), 2), codes, np.arange(200) + 2)
    (finding,) = sample(Truth("t", codes, codes.astype(float), ("no", "yes")), cases, predictors=2)
    assert "100 patients, 100 in the rarest class" in finding.what

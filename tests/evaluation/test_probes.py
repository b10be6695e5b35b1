from dataclasses import replace

import numpy as np
import pytest

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
from iatros.predictions import Form

N = 300
FORM = Form(task="class", classes=("well", "ill"))


def folds(n=N, parts=3):
    part = np.arange(n) % parts
    return [(np.flatnonzero(part != p), np.flatnonzero(part == p)) for p in range(parts)]


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def truth(rng):
    return rng.random(N) < 0.4


def question(truth, **more):
    return Question("ill", FORM, {"truth": truth}, folds(), **more)


def test_shuffled_outcomes_cannot_be_learned(rng, truth):
    values = np.column_stack([truth + 0.1 * rng.normal(size=N), rng.normal(size=N)])
    probe = shuffled_outcomes(question(truth), values, ["give-away", "noise"])
    assert probe.verdict == "passed"
    assert probe.low < 0.5 < probe.high


def test_telling_gaps_are_a_warning(rng, truth):
    values = rng.normal(size=(N, 3))
    values[truth & (rng.random(N) < 0.6), 1] = np.nan
    probe = missingness_alone(question(truth), values)
    assert probe.verdict == "warning"
    assert probe.low > 0.55


def test_gaps_by_chance_pass_and_no_gaps_are_not_measured(rng, truth):
    values = rng.normal(size=(N, 3))
    assert missingness_alone(question(truth), values).verdict == "not measured"
    values[rng.random(values.shape) < 0.2] = np.nan
    assert missingness_alone(question(truth), values).verdict == "passed"


def test_a_site_that_tells_the_outcome_is_a_warning(rng, truth):
    site = [("VA" if rng.random() < 0.8 else "Basel") if ill else ("Basel" if rng.random() < 0.8 else "VA") for ill in truth]
    probe = metadata_alone(question(truth), "site", *one_hot(site))
    assert probe.name == "site alone"
    assert probe.verdict == "warning"
    assert metadata_alone(question(truth), "site", *one_hot(["VA"] * N)).verdict == "not measured"


@pytest.mark.parametrize("sites", [2, 3])
def test_inputs_that_carry_the_site_are_found_out(rng, truth, sites):
    code = rng.integers(0, sites, N)
    values = np.column_stack([code * 2.0 + rng.normal(size=N), rng.normal(size=N)])
    probe = site_from_inputs(question(truth), values, ["scanner", "noise"], [f"site {c}" for c in code])
    assert probe.verdict == "warning"
    assert site_from_inputs(question(truth), values, ["scanner", "noise"], ["VA"] * N).verdict == "not measured"


def test_the_column_that_gives_the_answer_away_is_named_whichever_way_it_points(rng, truth):
    values = np.column_stack([rng.normal(size=N), -1.0 * truth + 0.01 * rng.normal(size=N)])
    probe = best_single(question(truth), values, ["age", "hospdead"])
    assert probe.verdict == "warning"
    assert "hospdead" in probe.why
    assert probe.value == pytest.approx(1)


def test_the_best_honest_column_passes(rng, truth):
    probe = best_single(question(truth), truth[:, None] + rng.normal(size=(N, 1)), ["crp"])
    assert probe.verdict == "passed"
    assert 0.6 < probe.low < probe.value < probe.high < 0.95
    assert probe.why == "crp is the best feature alone"


def test_patients_with_many_cases_widen_the_interval(rng):
    patient = np.arange(N) // 6
    truth = (rng.random(50) < 0.5)[patient]
    gaps = rng.random((50, 1))[patient] + truth[:, None] * 0.5
    values = np.where(gaps > 0.75, np.nan, 1.0)
    alone = missingness_alone(question(truth), values)
    grouped = missingness_alone(question(truth, groups=patient), values)
    assert grouped.high - grouped.low > alone.high - alone.low


def test_a_value_is_probed_by_r2(rng):
    y = rng.normal(size=N)
    values = rng.normal(size=(N, 2))
    values[y > 0.5, 0] = np.nan
    asked = Question("los", Form(task="value"), {"truth": y}, folds())
    probe = missingness_alone(asked, values)
    assert (probe.metric, probe.verdict) == ("r2", "warning")
    assert shuffled_outcomes(asked, values, ["a", "b"]).verdict == "passed"


def test_labels_answer_for_the_worst_of_them(rng, truth):
    values = rng.normal(size=(N, 2))
    values[truth, 1] = np.nan
    form = Form(task="labels", classes=("told", "chance"))
    columns = {"truth:told": truth, "truth:chance": rng.random(N) < 0.5}
    assert missingness_alone(Question("x", form, columns, folds()), values).verdict == "warning"


def test_too_few_events_are_not_measured(rng):
    truth = np.arange(N) < 5
    values = rng.normal(size=(N, 1))
    values[::2] = np.nan
    assert missingness_alone(question(truth), values).verdict == "not measured"


def test_inputs_met_before_give_away_what_is_a_property_of_the_thing_and_nothing_of_things_never_met():
    rng = np.random.default_rng(0)
    things, pairs = 60, 900
    first, second = rng.integers(0, things, (2, pairs))
    sticky = rng.random(things) < 0.5
    truth = (sticky[first].astype(int) + sticky[second] + rng.random(pairs)) > 1.2
    order = rng.permutation(pairs)
    asked = Question("y", FORM, {"truth": list(truth)}, [(order[:600], order[600:])])
    known = met_before(asked, [first, second])
    assert known.verdict == "warning"
    assert known.value > 0.8
    new = (first < 20) & (second < 20)
    old = (first >= 20) & (second >= 20)
    unseen = met_before(replace(asked, folds=[(np.flatnonzero(old), np.flatnonzero(new))]), [first, second])
    assert unseen.value == pytest.approx(0.5)
    assert unseen.verdict == "passed"


def test_gaps_that_no_tested_case_has_tell_nothing(truth):
    values = np.random.default_rng(1).normal(size=(N, 3))
    values[5, 0] = np.nan
    tested = [(train[train != 5], test[test != 5]) for train, test in folds()]
    trained = [(np.append(train, 5), test) for train, test in tested]
    asked = Question("ill", FORM, {"truth": truth}, trained)
    probe = missingness_alone(asked, values)
    assert (probe.verdict, "tested cases alone" in probe.why) == ("not measured", True)

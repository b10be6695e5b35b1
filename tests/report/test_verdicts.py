"""The rules of the report, as REPORT.md states them."""

import pytest

from iatros.evidence import Probe
from iatros.report import verdicts
from iatros.results import MetricRow


def row(metric="auroc", value=0.8, low=0.75, high=0.85, cases=200, events=100, **more):
    return MetricRow(target="t", metric=metric, value=value, low=low, high=high, cases=cases, events=events, **more)


@pytest.mark.parametrize(
    ("low", "word"),
    [
        (0.95, "well"),
        (0.8, "well"),
        (0.7999, "fairly"),
        (0.7, "fairly"),
        (0.6999, "weakly"),
        (0.6, "weakly"),
        (0.5999, "not shown"),
        (0.3, "not shown"),
    ],
)
def test_words_for_ranking_go_by_the_lower_limit(low, word):
    assert verdicts.ranking(row(value=0.99, low=low, high=1.0)) == word


def test_a_ranking_that_was_not_measured_is_withheld():
    assert verdicts.ranking(None) == "withheld"


@pytest.mark.parametrize(
    ("cases", "events", "held"), [(200, 9, True), (200, 10, False), (19, 10, True), (20, 10, False), (109, 100, True)]
)
@pytest.mark.parametrize("metric", ["auroc", "auprc", "sensitivity", "specificity"])
def test_ranking_is_withheld_below_ten_events_or_ten_non_events(metric, cases, events, held):
    assert bool(verdicts.held(row(metric, cases=cases, events=events))) is held


@pytest.mark.parametrize(("cases", "held"), [(29, True), (30, False)])
def test_calibration_is_withheld_below_thirty(cases, held):
    assert bool(verdicts.held(row("observed_expected", cases=cases, events=15))) is held


def test_a_withheld_row_stays_with_its_reason_and_without_its_value():
    found = verdicts.judged(row(cases=100, events=4))
    assert found is not None
    assert found.value is None
    assert found.withheld == "4 events; 10 are needed"


UP, DOWN, NONE = (0.01, 0.03), (-0.03, -0.01), (-0.01, 0.02)


@pytest.mark.parametrize(
    ("seen", "unseen", "word"),
    [
        (UP, UP, "yes"), (UP, NONE, "no evidence"), (NONE, UP, "no evidence"), (NONE, NONE, "no evidence"),
        (UP, DOWN, "no"), (DOWN, UP, "no"), (DOWN, DOWN, "no"), (NONE, DOWN, "no"), (DOWN, NONE, "no"),
        (UP, None, "yes"), (DOWN, None, "no"), (NONE, None, "no evidence"),
    ],
)  # fmt: skip
def test_better_needs_every_interval_and_worse_needs_one(seen, unseen, word):
    rows = [row(value=sum(limits) / 2, low=limits[0], high=limits[1], against="b") for limits in (seen, unseen) if limits]
    assert verdicts.better(rows) == word


def test_better_is_not_said_where_one_scheme_was_not_measured():
    assert verdicts.better([row(low=0.01, high=0.03, value=0.02, against="b"), None]) == "no evidence"
    assert verdicts.better([None]) == "not measured"
    assert verdicts.better([]) == "not measured"


def test_a_lower_error_is_better():
    assert verdicts.better([row("mae", value=-2, low=-3, high=-1, against="b")]) == "yes"
    assert verdicts.better([row("brier", value=0.02, low=0.01, high=0.03, against="b")]) == "no"


@pytest.mark.parametrize(("low", "high", "side"), [(1.01, 1.2, 1), (0.7, 0.99, -1), (0.9, 1.1, 0), (1.0, 1.2, 0)])
def test_observed_over_expected_is_off_when_its_interval_excludes_one(low, high, side):
    assert verdicts.off(row("observed_expected", value=1, low=low, high=high)) == side


@pytest.mark.parametrize(("low", "high", "word"), [(0.7, 0.9, "too extreme"), (1.1, 1.3, "too timid"), (0.9, 1.2, "right")])
def test_the_slope_says_whether_risks_are_too_extreme(low, high, word):
    assert verdicts.extreme(row("calibration_slope", value=1, low=low, high=high)) == word


def test_the_worst_hospital_is_the_worst_judged_one():
    rows = [row(value=0.9, group="site=A"), row(value=0.7, group="site=B"), row(value=0.5, events=3, group="site=C")]
    assert verdicts.worst(rows).group == "site=B"
    assert verdicts.best(rows).group == "site=A"
    assert verdicts.worst([row("mae", value=2.0), row("mae", value=3.0)]).value == 3.0


def sensitivity(group, low, high, **more):
    return row("sensitivity", value=(low + high) / 2, low=low, high=high, group=group, **more)


def test_a_gap_is_two_groups_of_one_column_whose_intervals_do_not_overlap():
    women, men = sensitivity("sex=F", 0.71, 0.91), sensitivity("sex=M", 0.955, 0.985)
    (gap,) = verdicts.gaps([men, women])
    assert (gap.worse, gap.better) == (women, men)


def test_overlap_other_columns_and_small_groups_make_no_gap():
    assert not verdicts.gaps([sensitivity("sex=F", 0.7, 0.9), sensitivity("sex=M", 0.9, 0.98)])
    assert not verdicts.gaps([sensitivity("sex=F", 0.7, 0.8), sensitivity("age=old", 0.9, 0.98)])
    assert not verdicts.gaps([sensitivity("sex=F", 0.1, 0.2, events=5), sensitivity("sex=M", 0.9, 0.98)])


@pytest.mark.parametrize(
    ("name", "low", "warns"),
    [
        ("missingness alone", 0.551, True),
        ("site alone", 0.55, False),
        ("metadata alone", 0.6, True),
        ("best single input", 0.9, False),
    ],
)
def test_a_probe_warns_above_its_limit(name, low, warns):
    assert verdicts.probe_warns(Probe(target="t", name=name, tried="", value=0.7, low=low, high=0.8)) is warns

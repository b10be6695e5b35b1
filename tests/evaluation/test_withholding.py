"""Groups too small to judge keep their row and say why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatros.evaluation.withholding import CALIBRATION, COUNTED, ERRORS, RANKING, small, withheld
from iatros.results import MetricRow

NUMBER = st.integers(0, 60)


@given(st.sampled_from(sorted(RANKING)), NUMBER, NUMBER)
def test_ranking_needs_ten_of_either_kind(metric, events, others):
    reason = withheld(metric, events + others, events, 1000)
    assert bool(reason) == (min(events, others) < 10)
    named = reason.partition(";")[0].split(" and ") if reason else []
    assert named == [f"{n} {name}" for n, name in ((events, "events"), (others, "non-events")) if n < 10]


@given(st.sampled_from(sorted(CALIBRATION)), NUMBER)
def test_calibration_needs_thirty_patients_however_many_cases_they_have(metric, patients):
    assert bool(withheld(metric, 10_000, 5000, patients)) == (patients < 30)


@given(st.sampled_from(sorted(ERRORS)), NUMBER)
def test_errors_of_a_value_need_ten_cases(metric, cases):
    assert bool(withheld(metric, cases, None, 1000)) == (cases < 10)


@pytest.mark.parametrize("metric", ["brier", "log_loss", "net_benefit", "prevalence"])
def test_other_figures_are_always_given(metric):
    assert withheld(metric, 1, 0, 1) == ""


def row(metric, value, cases, events):
    return MetricRow(target="ill", metric=metric, value=value, low=0.1, high=0.9, cases=cases, events=events)


def test_a_figure_withheld_leaves_no_number_behind_only_the_reason():
    found = small(row("auroc", 0.8, 30, 4), 30, "withhold")
    assert (found.value, found.low, found.high) == (None, None, None)
    assert found.withheld == "4 events; 10 are needed"
    assert (found.cases, found.events) == (30, 4)


def test_both_kinds_that_are_scarce_are_named():
    assert small(row("auroc", 0.8, 12, 4), 30, "withhold").withheld == "4 events and 8 non-events; 10 are needed"


def test_to_show_is_to_show_all():
    assert small(row("auroc", 0.8, 12, 4), 3, "show").value == 0.8


@pytest.mark.parametrize("metric", sorted(COUNTED))
@pytest.mark.parametrize(("value", "masked"), [(0, True), (9, True), (10, False), (500, False)])
def test_small_counts_are_masked_only_where_that_is_asked_for(metric, value, masked):
    given_row = row(metric, float(value), 1000, 500)
    assert small(given_row, 1000, "withhold").value == value
    assert (small(given_row, 1000, "mask").value is None) == masked
    if masked:
        assert small(given_row, 1000, "mask").withheld == "fewer than 10"

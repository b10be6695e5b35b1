"""How numbers look."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatros.report import numbers
from iatros.results import MetricRow


def row(metric, value, low, high, **more):
    return MetricRow(target="t", metric=metric, value=value, low=low, high=high, **more)


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (row("auroc", 0.8981, 0.8759, 0.9194), "0.898 [0.876 to 0.919]"),
        (row("auroc", -0.0021, -0.0071, 0.0018, against="b"), "−0.002 [−0.007 to +0.002]"),
        (row("observed_expected", 0.7649, 0.67, 0.854), "0.76 [0.67 to 0.85]"),
        (row("sensitivity", 0.9606, 0.94, 0.974), "96.1% [94.0 to 97.4]"),
        (row("mae", 43.21, 39.0, 47.77), "43.2 [39.0 to 47.8]"),
        (row("mae", 1.172, -0.5, 2.0, against="b"), "+1.17 [−0.500 to +2.00]"),
        (row("auroc", 0.9, None, None), "0.900 [interval not measured]"),
        (MetricRow(target="t", metric="auroc", withheld="8 events; 10 are needed"), "withheld: 8 events; 10 are needed"),
        (None, "not measured"),
    ],
)
def test_a_figure_is_written_as_the_rules_say(found, text):
    assert numbers.plain(found) == text


def test_what_rounds_to_zero_has_no_sign():
    assert (numbers.signed(-0.0004), numbers.signed(0.0004), numbers.three(-0.0)) == ("0.000", "0.000", "0.000")


def test_percentages_have_at_most_three_digits():
    assert [numbers.percent(v) for v in (0.0052, 0.961, 0.9996, 1.0)] == ["0.5%", "96.1%", "100%", "100%"]


@given(st.floats(-1e6, 1e6))
def test_no_number_holds_a_hyphen(value):
    assert "-" not in numbers.three(value) + numbers.signed(value) + numbers.in_units(value)


@given(st.floats(1e-6, 1e6))
def test_values_keep_three_significant_digits(value):
    assert float(numbers.in_units(value).replace(",", "")) == pytest.approx(value, rel=0.006)

"""How a number looks on the page. In: numbers and metric rows. Out: text, as HTML where an interval stands in a lighter type.

Three decimals for measures, two for observed/expected, at most three digits for percentages; a true minus; never blank.
"""

from __future__ import annotations

from collections.abc import Callable
from math import floor, isfinite, log10

from markupsafe import Markup

from iatros.results import MetricRow

MINUS = "−"
NOT_MEASURED = "not measured"
PERCENTAGES = frozenset(
    {
        "sensitivity",
        "specificity",
        "ppv",
        "npv",
        "accuracy",
        "coverage",
        "prevalence",
        "top2_accuracy",
        "balanced_accuracy",
        "case_accuracy",
    }
)
RATIOS = frozenset({"observed_expected", "set_size"})
IN_UNITS = frozenset({"mae", "rmse", "interval_width", "bias", "perplexity", "bits", "bits_a_sign", "drmsd"})
COUNTS = frozenset({"true_positives", "false_positives", "true_negatives", "false_negatives"})
SLOPES = frozenset({"calibration_slope", "calibration_intercept"})
NO_SLOPE = "[no interval: undefined in many resamples]"  # the rule of evaluation.limits
DIGITS_IN_UNITS = 3


def fixed(value: float, decimals: int) -> str:
    """`-0.0104` with three decimals is `−0.010`; what rounds to zero has no sign."""
    text = f"{abs(value):,.{decimals}f}"
    return MINUS + text if value < 0 and float(text.replace(",", "")) else text


def three(value: float) -> str:
    """A measure: `0.898`."""
    return fixed(value, 3)


def two(value: float) -> str:
    """A ratio: `1.38`."""
    return fixed(value, 2)


def signed(value: float) -> str:
    """A difference: `+0.002`, `−0.010`, `0.000`."""
    text = three(value)
    return text if value < 0 or not float(text.replace(",", "")) else f"+{text}"


def percent(share: float) -> str:
    """At most three digits: `96.1%`, `0.5%`, `100%`."""
    return share_number(share) + "%"


def share_number(share: float) -> str:
    """A percentage without its sign: `96.1`; `100` for what rounds to it."""
    return fixed(100 * share, 1) if abs(share) < 0.9995 else fixed(100 * share, 0)


def whole_percent(share: float) -> str:
    """Beside a count: `79%`; `under 1%` for what is there but rounds to nothing."""
    return "under 1%" if 0 < share < 0.005 else f"{fixed(100 * share, 0)}%"


def in_units(value: float) -> str:
    """Three significant digits, written out: `43.2`, `0.0123`, `1,230`."""
    if not value or not isfinite(value):
        return "0"
    return fixed(value, max(0, DIGITS_IN_UNITS - 1 - floor(log10(abs(value)))))


def signed_in_units(value: float) -> str:
    """A difference of values: `+1.17`."""
    text = in_units(value)
    return f"+{text}" if value > 0 else text


def bare(text: str) -> str:
    """A code as a reader writes it: `4` for `4.0`; other words stay."""
    return text.removesuffix(".0") if text.removesuffix(".0").lstrip("-").isdigit() else text


def risk(share: float) -> str:
    """A predicted risk in percent: never 0% or 100%, which no model can promise."""
    return "over 99.9%" if share > 0.9995 else "under 0.1%" if share < 0.0005 else percent(share)


def count(number: float) -> str:
    """A count with thousands marked; weighted counts keep one decimal."""
    return f"{number:,.0f}" if abs(number - round(number)) < 1e-6 else f"{number:,.1f}"


def style(metric: str, difference: bool = False) -> Callable[[float], str]:
    """How values of this metric are written."""
    if metric in IN_UNITS:
        return signed_in_units if difference else in_units
    if metric in COUNTS:
        return count
    if difference:
        return signed
    if metric in PERCENTAGES:
        return share_number
    return two if metric in RATIOS else three


def mark_of(metric: str) -> str:
    """What follows the value: `%` for shares."""
    return "%" if metric in PERCENTAGES else ""


def point(row: MetricRow | None) -> str:
    """The value alone: `0.898`, `96.1%`, `not measured`, `withheld`."""
    if row is None:
        return NOT_MEASURED
    if row.value is None:
        return "withheld" if row.withheld else NOT_MEASURED
    difference = bool(row.against)
    sign = "" if difference and row.metric in PERCENTAGES else mark_of(row.metric)
    return style(row.metric, difference)(row.value) + sign


def limits(row: MetricRow) -> str:
    """`[0.876 to 0.919]`, or why there is no interval."""
    if row.low is None or row.high is None:
        return NO_SLOPE if row.metric in SLOPES else "[interval not measured]"
    write = style(row.metric, bool(row.against))
    return f"[{write(row.low)} to {write(row.high)}]"


def plain(row: MetricRow | None) -> str:
    """`0.898 [0.876 to 0.919]`, for descriptions and tables in other programs."""
    if row is None or row.value is None:
        return f"withheld: {row.withheld}" if row is not None and row.withheld else NOT_MEASURED
    return f"{point(row)} {limits(row)}"


def full(row: MetricRow | None) -> Markup:
    """The same as HTML: the interval in lighter type, not parted from its value; the reason where it is withheld."""
    if row is None:
        return Markup('<span class="held">{}</span>').format(NOT_MEASURED)
    if row.value is None:
        return Markup('<span class="held">{}</span>').format(f"Withheld: {row.withheld}" if row.withheld else NOT_MEASURED)
    if row.metric in COUNTS:
        return Markup("{}").format(point(row))
    return Markup('{}&nbsp;<span class="cit">{}</span>').format(point(row), limits(row))


def joined(words: list[str]) -> str:
    """`age, sex and crp`."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def counted(number: int, one: str, many: str = "") -> str:
    """`1 patient`, `918 patients`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"

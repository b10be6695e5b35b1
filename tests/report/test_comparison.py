"""The page of a comparison: its verdicts by rule, its numbers, and what it needs from outside: nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest

from iatros.evaluation.paired import Pair
from iatros.findings import Finding
from iatros.predictions import Form
from iatros.report.comparison import Contest, comparison, counted, metric_name, sentence, verdict
from iatros.results import MetricRow

FORM = Form(task="class", name="ill", classes=("no", "yes"), threshold=0.3)


def figure(metric, value, low, high, **more):
    return MetricRow(target="ill", metric=metric, value=value, low=low, high=high, cases=100, events=40, **more)


def pair(low, high, metric="auroc", second="b"):
    rows = [
        figure(metric, 0.8, 0.7, 0.9, model="a"),
        figure(metric, 0.85, 0.75, 0.95, model=second),
        figure(metric, (low + high) / 2, low, high, model=second, against="a"),
        figure("calibration_slope", 1.1, 0.9, 1.3, model="a"),
        figure("calibration_slope", 0.9, 0.8, 1.2, model=second),
    ]
    return Pair("a", second, "ill", "folds", FORM, 100, 50, 40, tuple(rows))


def contest(*pairs, differing=(("training.epochs", "10", "20"),), cautions=()):
    return Contest(("a", "b"), ("run of May", "run of June"), pairs, tuple(differing), ("a", "b"), cautions, 2000, "0.1")


@pytest.mark.parametrize(
    ("limits", "metric", "words"),
    [
        ((0.01, 0.09), "auroc", "Yes, by more than chance"),
        ((-0.09, -0.01), "auroc", "No: a is better"),
        ((-0.01, 0.09), "auroc", "No difference shown"),
        ((-0.09, -0.01), "brier", "Yes, by more than chance"),  # a smaller error is better
    ],
)
def test_the_verdict_goes_by_the_paired_interval(limits, metric, words):
    assert verdict(pair(*limits, metric=metric)) == ("Is b better than a?", words)


def test_one_sentence_says_the_number_and_who_is_better():
    assert sentence(pair(0.01, 0.09)) == (
        "AUROC of b less that of a: +0.050 [+0.010 to +0.090]; b is better by more than chance"
    )
    held = Pair("a", "b", "ill", "folds", FORM, 9, 9, 4, (figure("auroc", None, None, None, model="b", against="a",
                                                                   withheld="4 events; 10 are needed"),))  # fmt: skip
    assert sentence(held).endswith("is withheld: 4 events; 10 are needed")
    assert verdict(held)[1] == "Not measured"
    assert "withheld" in comparison(contest(held))


def test_counts_and_thresholds_are_said():
    assert counted(pair(0, 0.1)) == "100 cases of 50 patients, 40 with the outcome"
    assert metric_name(figure("sensitivity", 0.9, 0.8, 1, threshold=0.3)) == "Sensitivity at 30%"


def test_the_page_holds_every_part_and_nothing_from_outside():
    caution = Finding("warning", "a and b were split differently", "give both the same [split]")
    html = comparison(contest(pair(0.01, 0.09), cautions=(caution,)))
    assert not re.findall(r"(?:src|href)=\"(?!#|data:)", html)
    assert "default-src 'none'" in unescape(html)
    for said in (
        "+0.050",
        "[+0.010 to +0.090]",
        "training.epochs",
        "split differently",
        "Calibration slope",
        "2,000 resamples",
    ):
        assert said in unescape(html), said
    assert html.count("<h1>") == 1
    assert "Model report" not in html


def test_nothing_is_claimed_of_programs_that_have_no_study():
    one = replace(pair(0.01, 0.09), scheme="external")
    html = unescape(comparison(replace(contest(one, differing=()), studied=())))
    assert "not seen in training" not in html
    assert "100 cases of 50 patients, 40 with the outcome, as the tables give them" in html
    assert "No side has a study" in html


def test_names_of_users_are_escaped():
    html = comparison(contest(pair(0, 0.1, second="<script>x</script>")))
    assert "<script>x" not in html

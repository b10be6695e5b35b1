"""Sequences unlike any in training stand where a new hospital stands for patients."""

from __future__ import annotations

from dataclasses import replace

import pytest

from iatros.report import reading as reading_of
from iatros.report import tasks
from iatros.report.parts import strangers
from iatros.report.section import NEW_HOSPITAL
from iatros.results import MetricRow

NEAR = "identity to training"
STUDY = {"inputs": {"p": {"kind": "sequence", "alphabet": "protein"}}}


def row(value, group="", cases=200, withheld=""):
    named = {"target": "disease", "metric": "auroc", "scheme": "homology", "model": "iatros", "group": group}
    limits = {"low": value and value - 0.05, "high": value and value + 0.05}
    return MetricRow(**named, **limits, value=value, cases=cases, events=cases // 2, withheld=withheld)


def view_of(run, *rows, near=("no homolog", "0 to 25 %"), study=STUDY):
    told = {"nearness": {"homology": {"name": NEAR, "what": "", "cases": dict.fromkeys(near, 9)}}} if near else {}
    found = reading_of.read(run)
    return replace(found, study=study, rows=rows, record={**found.record, **told}).views[0]


@pytest.mark.parametrize(
    ("value", "verdict", "bad"),
    [(0.9, "Well", False), (0.77, "Fairly", False), (0.68, "Weakly", True), (0.5, "Not shown", True)],
)
def test_the_verdict_is_that_of_those_without_a_homolog(binary_run, value, verdict, bad):
    view = view_of(binary_run, row(0.99), row(value, f"{NEAR}=no homolog", 80))
    card = strangers.card(view)
    assert (card.verdict, card.number, card.bad) == (verdict, f"{value:.3f}", bad)
    assert "80 of 200 proteins tested have no homolog in training" in card.meaning
    assert card.question == "And on proteins unlike any it has seen?"
    assert "0.990" in strangers.answer(view)


def test_too_few_strangers_are_not_judged(binary_run):
    view = view_of(binary_run, row(0.9), row(None, f"{NEAR}=no homolog", 8, "4 events; 10 are needed"))
    card = strangers.card(view)
    assert (card.verdict, card.number, card.interval, card.bad) == ("Cannot be judged", "withheld", "", True)
    assert "(4 events; 10 are needed)" in card.meaning


@pytest.mark.parametrize(
    ("near", "words"),
    [
        ((), "keep families together"),
        (("0 to 25 %", "25 to 40 %"), "ach of the proteins tested has a homolog"),
        (("no homolog", "0 to 25 %"), "have no figure of their own"),
    ],
)
def test_where_there_is_no_such_figure_the_reason_is_told(binary_run, near, words):
    view = view_of(binary_run, row(0.9), near=near)
    assert strangers.card(view).verdict == "Not examined"
    assert words in strangers.card(view).meaning
    assert words in strangers.answer(view)


def test_where_none_has_a_homolog_the_figure_of_all_is_theirs(binary_run):
    card = strangers.card(view_of(binary_run, row(0.9), near=("no homolog",)))
    assert (card.verdict, card.number) == ("Well", "0.900")


@pytest.mark.parametrize(("found", "asked"), [("protein", True), ("text", False), ("smiles", False)])
def test_what_auto_found_decides(binary_run, monkeypatch, found, asked):
    study = {"inputs": {"p": {"kind": "sequence", "alphabet": "auto"}}}
    monkeypatch.setattr(reading_of.Reading, "plans", {"p": {"alphabet": found}})
    assert strangers.concern(view_of(binary_run, row(0.9), study=study).reading) is asked


def test_hospitals_patients_and_molecules_are_asked_what_they_were(binary_run):
    site, smiles = {"cases": {"site": "s"}}, {"inputs": {"p": {"kind": "sequence", "alphabet": "smiles"}}}
    for study, asked in ((STUDY, False), (STUDY | site, True), (smiles, True), ({}, True)):
        view = view_of(binary_run, row(0.9), study=study)
        assert (NEW_HOSPITAL in [card.question for card in tasks.cards(view)]) is asked
        assert strangers.concern(view.reading) is not asked

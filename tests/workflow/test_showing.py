"""What a terminal and a notebook show of studies, checks, runs and predictions: words, and nobody's identifier."""

from __future__ import annotations

import re
import sys
from types import SimpleNamespace

import polars as pl
import pytest

import iatros
from iatros.checks import Findings
from iatros.findings import Finding
from iatros.workflow import in_notebook
from iatros.workflow.in_notebook import NotebookWatch, fitting_watch
from iatros.workflow.watch import Silence

IDENTIFIER = re.compile(r"CANARY")  # in every patient's id of the tests' tables


def shown(noun: object) -> tuple[str, str]:
    """What a terminal and a notebook show of it, both without a patient's identifier."""
    words, html = repr(noun), noun._repr_html_()
    assert not IDENTIFIER.search(words + html)
    assert len(html) < 60_000
    return words, html


def test_a_study_of_a_frame_shows_what_it_declares_and_none_of_its_cells(cases, declare):
    study = declare(cases(40, seed=0))
    words, html = shown(study)
    assert str(study) == words
    assert "a frame of 40 rows and 12 columns, patient `patient`" in words
    assert "table of `age`, `sex`, `crp`" in html
    assert "[inputs.labs]" in html


def test_a_fault_in_a_study_of_a_frame_shows_no_cell(cases):
    with pytest.raises(ValueError, match="inputs") as told:
        iatros.Study(name="x", cases={"table": cases(40, seed=0)}, inputs={}, targets={})
    assert not IDENTIFIER.search(str(told.value))


def test_a_check_shows_its_findings_and_folds(cases, declare):
    frame = cases(200, seed=0)
    frame = frame.with_columns(crp=pl.when(pl.int_range(200) == 7).then(pl.lit("<b>4o</b>")).otherwise(pl.col("crp").cast(str)))
    examined = iatros.check(declare(frame))
    words, html = shown(examined)
    assert words.startswith("Check of planted, 200 cases:")
    assert re.search(r"0 errors · .* warnings?", words)
    assert "folds: 2 folds" in html
    assert "&lt;b&gt;4o" in html
    assert "<b>4o" not in html


def test_findings_show_themselves_one_by_one_and_together():
    finding = Finding("warning", '"<i>" is not a number', "write a number", file="cases.csv", rows=(64,), column="age")
    words, html = shown(finding)
    assert words == 'warning: cases.csv, row 64, column `age`: "<i>" is not a number; write a number'
    assert "&lt;i&gt;" in html
    words, html = shown(Findings([finding] * 2 + [Finding("note", f"thing {i}", "see") for i in range(60)]))
    assert "1 warning" in words
    assert "and 11 more" in html


def test_a_run_shows_its_figures_the_verdict_and_where_the_report_is(run):
    words, html = shown(run)
    assert words.startswith("<Run two in")
    assert "logistic regression" in html
    assert re.search(r"\.\d{3} \[\.\d{3}, \.?\d", html)
    assert "difference to" in html
    assert "report.html" in html


def test_predictions_show_how_many_were_flagged(run, cases):
    words, html = shown(iatros.predicted(run, cases(40, seed=3)))
    assert words.startswith("Predicted 40 of 40 cases")
    assert "<table" in html


def test_an_external_validation_shows_its_figures_in_a_terminal(run, cases):
    words = repr(iatros.evaluate(run, cases(120, seed=4)))
    assert "AUROC" in words
    assert not IDENTIFIER.search(words)


class Display:
    """IPython.display as far as it is used: a handle that notes its updates."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def display(self, data, *, raw, display_id):
        assert raw
        assert display_id
        self.texts.append(data["text/plain"])
        return SimpleNamespace(update=lambda data, raw: self.texts.append(data["text/plain"]))


def test_in_a_notebook_one_text_tells_how_a_run_goes(monkeypatch):
    display = Display()
    watch = NotebookWatch(display)
    watch.began("check", "reading the cases")
    watch.ended("check", "2 cases set aside", 1.25)
    watch.found([Finding("warning", "strange", "look")], 10)
    watch.moved("train", "fold 1 of 2", 0.5)
    watch.moved("train", "fold 1 of 2", 0.51)  # too soon to be worth a message
    assert display.texts[1] == "check     reading the cases"
    assert display.texts[2].split() == ["check", "2", "cases", "set", "aside", "1.2", "s"]
    assert "strange" in display.texts[3]
    monkeypatch.setattr(in_notebook, "SECONDS_BETWEEN_UPDATES", 0)
    watch.moved("train", "fold 1 of 2", 0.5)
    assert "━━━━━━━━━━━━────────────  fold 1 of 2" in display.texts[-1]
    assert display.texts[-1].startswith("check")
    assert "\x1b" not in "".join(display.texts)


def test_only_a_notebook_is_told_unasked(monkeypatch):
    display = Display()
    ipython = SimpleNamespace(get_ipython=lambda: None)
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert isinstance(fitting_watch(), Silence)
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    assert isinstance(fitting_watch(), Silence)
    ipython.get_ipython = lambda: SimpleNamespace(kernel=None)  # a terminal
    assert isinstance(fitting_watch(), Silence)
    ipython.get_ipython = lambda: SimpleNamespace(kernel=object())
    assert isinstance(fitting_watch(), NotebookWatch)


def test_a_check_in_a_notebook_tells_how_it_goes(monkeypatch, cases, declare):
    display = Display()
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: SimpleNamespace(kernel=object())))
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    iatros.check(declare(cases(60, seed=0)))
    assert any("packing 60 cases" in text for text in display.texts)

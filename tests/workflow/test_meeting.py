"""Cases that two sides share, by the row of the user's file."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from iatros.evaluation.paired import FIRST
from iatros.findings import InputError
from iatros.predictions import ENSEMBLE, Form
from iatros.workflow.meeting import alike, meetings, shared_targets
from iatros.workflow.sides import POSITION, SPREADSHEET, Side

BINARY = Form(task="class", name="ill", classes=("no", "yes"))


def made(name, keys, truth, score, *, by=SPREADSHEET, form=BINARY, study=True, **columns) -> Side:
    table = pl.DataFrame({"key": [str(key) for key in keys], "truth": truth, "score": score, **columns})
    table = table.with_columns(pl.lit("folds").alias("scheme")) if "scheme" not in table.columns else table
    return Side(name, Path(name), {"ill": form}, {"ill": table}, by, study={"name": name} if study else {})


def test_only_cases_that_both_judged_meet_whatever_their_order():
    first = made("a", [2, 3, 4, 5], [True, False, True, False], [0.9, 0.1, 0.8, 0.2], patient=["p0", "p0", "p1", "p2"])
    second = made("b", [5, 4, 9], [False, True, True], [0.3, 0.7, 0.5])
    (met,) = meetings(first, second)
    ours, theirs = (met.table.filter(pl.col("model") == name).sort("key") for name in (FIRST, ENSEMBLE))
    assert ours["key"].to_list() == theirs["key"].to_list() == ["4", "5"]
    assert ours["score"].to_list() == [0.8, 0.2]
    assert theirs["score"].to_list() == [0.7, 0.3]
    assert theirs["patient"].to_list() == ["p1", "p2"]  # as the first side says
    assert met.table["case"].n_unique() == 2


def test_a_few_cases_of_another_truth_are_left_out_and_named_and_many_stop():
    keys, truth = list(range(2, 102)), [i % 2 == 0 for i in range(100)]
    first, score = made("a", keys, truth, [0.5] * 100), [0.4] * 100
    (met,) = meetings(first, made("b", keys, [not truth[0], *truth[1:]], score))
    assert met.findings[0].rows == (2,)
    assert met.table["key"].n_unique() == 99
    with pytest.raises(InputError, match="the truth of 100 of 100 shared cases differs"):
        meetings(first, made("b", keys, [not one for one in truth], score))


def test_nothing_in_common_is_said():
    first = made("a", [2, 3], [True, False], [0.9, 0.1])
    with pytest.raises(InputError, match="judged no case in common"):
        meetings(first, made("b", [8, 9], [True, False], [0.9, 0.1]))
    value = made("b", [2, 3], [1.0, 2.0], [1.0, 2.0], form=Form(task="value", name="ill"))
    with pytest.raises(InputError, match="no target in common"):
        meetings(first, value)


def test_a_table_without_rows_is_not_matched_by_guessing():
    first = made("a", [2, 3], [True, False], [0.9, 0.1])
    with pytest.raises(InputError, match="add a column `row`"):
        meetings(first, made("b.csv", [0, 1], [True, False], [0.9, 0.1], by=POSITION, study=False))


def test_schemes_that_both_have_meet_and_else_the_first_of_each():
    keys, truth, score = [2, 3], [True, False], [0.9, 0.1]
    folds, holdout = (made(n, keys, truth, score, scheme=[s, s]) for n, s in (("a", "folds"), ("b", "holdout")))
    assert meetings(folds, holdout)[0].scheme == "folds / holdout"
    both = made("c", keys * 2, truth * 2, score * 2, scheme=["folds", "folds", "sites", "sites"])
    assert [met.scheme for met in meetings(both, both)] == ["folds", "sites"]
    assert [met.scheme for met in meetings(folds, both)] == ["folds"]


def test_another_programs_one_target_is_the_one_of_its_task():
    run = Side("a", Path("a"), {"ill": BINARY, "stay": Form(task="value", name="stay")}, {}, SPREADSHEET, study={"name": "a"})
    table = Side("t", Path("t"), {"label": Form(task="class", classes=("0", "1"))}, {}, SPREADSHEET)
    assert list(shared_targets(run, table)) == [("ill", "label")]
    assert not alike(Form(task="class", classes=("a", "b", "c")), Form(task="class", classes=("a", "b", "d")))

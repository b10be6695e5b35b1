"""Pairs whose things training has not met."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatros.contracts import PARTS, PROOF, SplitCases
from iatros.splits.leaks import LEAK
from iatros.splits.partners import Partners

TEST = PARTS.index("test")


def pairs(count: int = 600, things: int = 60, seed: int = 0, group=None) -> SplitCases:
    rng = np.random.default_rng(seed)
    a, b = ([f"thing {i}" for i in rng.integers(0, things, count)] for _ in range(2))
    columns = {"a": a, "b": b}
    patients = np.arange(count) if group is None else group
    return SplitCases(patients, rng.integers(0, 2, count), np.arange(count) + 2, columns=columns)


def met(cases: SplitCases, fold) -> np.ndarray:
    """Of each tested pair, how many of its things training, validation or calibration hold."""
    a, b = (np.array(cases.columns[name]) for name in "ab")
    rest = (fold.part >= 0) & (fold.part != TEST)
    seen = set(a[rest]) | set(b[rest])
    return np.array([(x in seen) + (y in seen) for x, y in zip(a[fold.part == TEST], b[fold.part == TEST], strict=True)])


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(["both", "one"]), st.integers(2, 5), st.integers(0, 50))
def test_tested_pairs_hold_as_many_new_things_as_promised(new, k, seed):
    cases = pairs(seed=seed)
    split = Partners(columns=("a", "b"), new=new, k=k)
    folds = split.folds(cases, seed)
    assert len(folds) == k
    for fold in folds:
        assert (met(cases, fold) <= (0 if new == "both" else 1)).all()
    (note,) = split.proof(cases, folds)
    assert (note.severity, note.check) == ("note", PROOF)


def test_both_things_of_a_case_are_resampled_and_one_that_is_missing_has_no_code():
    cases = pairs(40, 8)
    cases.columns["a"][3] = None
    found = Partners(columns=("a", "b")).relatives(cases)
    names = sorted({name for column in cases.columns.values() for name in column if name})
    assert [[names[code] if code >= 0 else None for code in both] for both in found.T.tolist()] == list(cases.columns.values())


def test_things_are_what_inputs_read_and_not_how_they_are_written():
    cases = pairs()
    things = {name: [one.replace("thing ", "").zfill(3) for one in column] for name, column in cases.columns.items()}
    written = ("{} ", "{}*", "{}")
    odd = {name: [written[i % 3].format(one) for i, one in enumerate(column)] for name, column in cases.columns.items()}
    split = Partners(columns=("a", "b"))
    told = split.folds(replace(cases, columns=odd, things=things), 0)
    assert all((met(replace(cases, columns=things), fold) == 0).all() for fold in told)
    assert not split.check(replace(cases, columns=odd, things=things))


def test_letters_that_training_has_met_under_another_name_are_a_leak():
    cases = pairs()
    letters = [[one[:7] for one in cases.columns[name]] for name in "ab"]  # ten names for each
    known = replace(cases, things={"x": letters[0], "y": letters[1]})
    split = Partners(columns=("a", "b"))
    (finding,) = split.proof(known, split.folds(known, 0))
    assert (finding.severity, finding.check) == ("error", LEAK)
    assert "under other names" in finding.what


def test_one_column_is_no_pair_and_an_empty_cell_no_thing():
    (finding,) = Partners(columns=("a", "a")).check(pairs())
    assert (finding.severity, "twice" in finding.what) == ("error", True)
    few = pairs(2000, 39)
    few.columns["a"][3] = None
    (finding,) = Partners(columns=("a", "b"), k=4).check(few)
    assert "39 different things" in finding.what


def test_over_all_folds_about_one_pair_in_k_is_tested_once():
    folds = Partners(columns=("a", "b"), k=4).folds(pairs(4000, 200), 0)
    tested = sum((fold.part == TEST).astype(int) for fold in folds)
    assert set(tested.tolist()) == {0, 1}
    assert tested.mean() == pytest.approx(1 / 4, abs=0.03)


def test_a_patient_with_a_tested_pair_trains_nothing():
    cases = pairs(group=np.arange(600) // 6)
    (note,) = Partners(columns=("a", "b"), k=2).check(cases)
    assert (note.severity, note.what.split()[0]) == ("note", "100")
    for fold in Partners(columns=("a", "b"), k=2).folds(cases, 0):
        learned = cases.group[(fold.part >= 0) & (fold.part != TEST)]
        assert not np.isin(learned, cases.group[fold.part == TEST]).any()


def test_a_pair_without_its_partner_is_left_out_and_named():
    cases = pairs()
    cases.columns["b"][7] = None
    (finding,) = Partners(columns=("a", "b")).check(cases)
    assert finding.rows == (9,)
    assert all(fold.part[7] == -1 for fold in Partners(columns=("a", "b")).folds(cases, 0))


def test_too_few_things_and_columns_that_are_not_there_are_errors():
    (few,) = Partners(columns=("a", "b")).check(pairs(things=20))
    assert few.severity == "error"
    assert "20 different things" in few.what
    (absent,) = Partners(columns=("a", "bb")).check(pairs())
    assert "did you mean `b`" in absent.what

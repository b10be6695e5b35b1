"""What every way of splitting promises, on any cases: nobody straddles, nothing is lost, the seed decides, order does not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iatros.contracts import PARTS, Split, SplitCases
from iatros.registry import load
from iatros.splits.fingerprint import fingerprint, from_frame, to_frame
from iatros.splits.leaks import straddling

TEST = PARTS.index("test")
SCHEMES = {
    "folds": {"k": 3, "repeats": 2},
    "holdout": {"test": 0.3, "repeats": 2},
    "sites": {"smallest": 1},
    "time": {},
    "column": {"column": "part"},
    "homology": {"column": "sequence", "k": 3},
}
QUICK = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def split_of(kind: str) -> Split:
    found = load("splits", kind)(**SCHEMES[kind])
    assert isinstance(found, Split)
    return found


@st.composite
def cohorts(draw):
    """Patients with one to four cases each, at sites, at times, of up to three classes, with a part of their own."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=12, max_size=50))
    seed = draw(st.integers(0, 10_000))
    rng = np.random.default_rng(seed)
    group = np.repeat(rng.permutation(len(sizes)), sizes)
    group = group[rng.permutation(len(group))]
    strata = rng.integers(-1, draw(st.integers(1, 3)), len(group))
    of_patient = rng.choice(["north", "south", "west"], len(sizes))
    part_of_patient = rng.choice(["train", "train", "train", "test", "val"], len(sizes))
    return SplitCases(
        group,
        strata,
        np.arange(len(group)) + 2,
        "cases.csv",
        site=tuple(of_patient[group].tolist()),
        time=rng.integers(0, 1000, len(group)).astype(float),
        columns={"part": tuple(part_of_patient[group].tolist()), "sequence": families(rng, group)},
    )


def families(rng: np.random.Generator, group: np.ndarray) -> tuple[str, ...]:
    """A protein a case: a quarter are close relatives of the protein of another case."""
    drawn = ["".join(rng.choice(list("ACDEFGHIKLMNPQRSTVWY"), 40)) for _ in group]
    return tuple(text if rng.random() > 0.25 else drawn[0][:20] + text[20:] for text in drawn)


def reordered(cases: SplitCases, order: np.ndarray) -> SplitCases:
    return SplitCases(
        cases.group[order],
        cases.strata[order],
        cases.rows[order],
        cases.file,
        tuple(np.array(cases.site)[order].tolist()),
        cases.time[order],
        {name: tuple(np.array(words)[order].tolist()) for name, words in cases.columns.items()},
    )


@pytest.mark.parametrize("kind", SCHEMES)
@QUICK
@given(cases=cohorts(), seed=st.integers(0, 99))
def test_no_patient_is_tested_and_trained_on(kind, cases, seed):
    for fold in split_of(kind).folds(cases, seed):
        tested = set(cases.group[fold.part == TEST])
        assert not tested & set(cases.group[(fold.part >= 0) & (fold.part != TEST)])
        assert straddling(cases, fold) == []


@pytest.mark.parametrize("kind", ["folds", "holdout", "sites", "time", "homology"])
@QUICK
@given(cases=cohorts(), seed=st.integers(0, 99))
def test_no_patient_is_in_two_of_train_validation_and_calibration(kind, cases, seed):
    for fold in split_of(kind).folds(cases, seed):
        for code in range(TEST):
            others = (fold.part >= 0) & (fold.part != code)
            assert not set(cases.group[fold.part == code]) & set(cases.group[others])


@pytest.mark.parametrize("kind", SCHEMES)
@QUICK
@given(cases=cohorts(), seed=st.integers(0, 99))
def test_the_same_seed_gives_the_same_folds_and_their_fingerprint_says_so(kind, cases, seed):
    one, other = (split_of(kind).folds(cases, seed) for _ in range(2))
    assert fingerprint(one) == fingerprint(other)
    assert all(np.array_equal(a.part, b.part) and a.key == b.key for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("kind", SCHEMES)
@QUICK
@given(cases=cohorts(), seed=st.integers(0, 99), shuffle=st.integers(0, 99))
def test_the_order_of_the_rows_plays_no_part(kind, cases, seed, shuffle):
    order = np.random.default_rng(shuffle).permutation(len(cases))
    one, other = split_of(kind).folds(cases, seed), split_of(kind).folds(reordered(cases, order), seed)
    assert [fold.key for fold in one] == [fold.key for fold in other]
    assert all(np.array_equal(a.part[order], b.part) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("kind", SCHEMES)
@QUICK
@given(cases=cohorts(), seed=st.integers(0, 99))
def test_folds_come_back_from_their_table_as_they_were(kind, cases, seed):
    folds = split_of(kind).folds(cases, seed)
    frame = to_frame(folds, cases)
    assert len(frame) == len(folds) * len(cases)
    assert fingerprint(from_frame(frame)) == fingerprint(folds)


@pytest.mark.parametrize("kind", ["folds", "holdout", "homology"])
@QUICK
@given(cases=cohorts(), seed=st.integers(0, 99))
def test_every_case_has_a_part_and_every_part_has_cases(kind, cases, seed):
    for fold in split_of(kind).folds(cases, seed):
        assert (fold.part >= 0).all()
        assert set(np.unique(fold.part)) >= {PARTS.index("train"), TEST}


@QUICK
@given(cases=cohorts(), seed=st.integers(0, 99))
def test_nobody_is_tested_before_somebody_who_trains(cases, seed):
    (fold,) = split_of("time").folds(cases, seed)
    tested, trained = cases.time[fold.part == TEST], cases.time[(fold.part >= 0) & (fold.part != TEST)]
    if len(tested) and len(trained):
        assert trained.max() < tested.min()


@QUICK
@given(cases=cohorts(), seed=st.integers(0, 99))
def test_a_hospital_is_tested_whole_and_never_trains_for_itself(cases, seed):
    site = np.array(cases.site)
    for fold in split_of("sites").folds(cases, seed):
        assert (fold.part[site == fold.name] == TEST).all()
        assert (fold.part[site != fold.name] != TEST).all()


@pytest.mark.parametrize("kind", ["folds", "holdout"])
def test_another_seed_gives_another_division(kind):
    rng = np.random.default_rng(0)
    cases = SplitCases(np.arange(200), rng.integers(0, 2, 200), np.arange(200) + 2)
    made = {fingerprint(split_of(kind).folds(cases, seed)) for seed in range(8)}
    assert len(made) == 8


@pytest.mark.parametrize("kind", ["folds", "holdout"])
@pytest.mark.parametrize("classes", [2, 3, 5])
def test_classes_are_shared_out_to_within_one_case_a_part(kind, classes):
    strata = np.repeat(np.arange(classes), 60)
    cases = SplitCases(np.arange(len(strata)), strata, np.arange(len(strata)) + 2)
    for fold in split_of(kind).folds(cases, 0):
        share = (fold.part == TEST).mean()
        for code in range(classes):
            tested = (fold.part[strata == code] == TEST).sum()
            assert abs(tested - 60 * share) <= 1

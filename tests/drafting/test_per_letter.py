"""A column with a label for each letter becomes the outcome where nothing is named like one, or where it is asked for."""

from __future__ import annotations

import tomllib

import numpy as np
import polars as pl
import pytest

from iatros.drafting import new
from iatros.study import Study
from iatros.workflow.examine import check

N = 60
RNG = np.random.default_rng(5)
PROTEINS = ["".join(RNG.choice(list("ACDEFGHIKLMNPQRSTVWY"), length)) for length in RNG.integers(30, 60, N)]
RUNS = [("HHHHH??CCEEEE" * 5)[: len(text)] for text in PROTEINS]
SINGLE = ["".join("H" if letter in "ALM" else "C" for letter in text) for text in PROTEINS]
MASKS = ["0" + "1" * (len(text) - 1) for text in PROTEINS]
BASE = {"protein": PROTEINS}


@pytest.fixture(autouse=True)
def desk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IATROS_CACHE", str(tmp_path / "cache"))


def drafted(target=None, **columns):
    pl.DataFrame(BASE | columns).write_csv("cases.csv")
    written = new("s", "cases.csv", target=target)
    return tomllib.loads(written.text), written


@pytest.mark.parametrize(
    ("columns", "wanted"),
    [
        ({"states": RUNS}, {"column": "states", "segments": True}),
        ({"states": SINGLE}, {"column": "states"}),
        ({"states": SINGLE, "seen": MASKS}, {"column": "states", "mask": "seen"}),
        ({"seen": MASKS, "states": SINGLE}, {"column": "states", "mask": "seen"}),
        ({"disordered": MASKS}, {"column": "disordered"}),
    ],
)
def test_labels_of_each_letter_are_the_outcome_where_nothing_else_is_named_like_one(columns, wanted):
    study, written = drafted(**columns)
    assert study["targets"] == {wanted["column"]: {"kind": "residues", **wanted}}
    assert list(study["inputs"]) == ["sequence"]
    assert study["split"]["kind"] == "homology"
    assert "a label for each letter of `protein`" in "\n".join(written.lines())
    assert written.as_json()["target"]["kind"] == "residues"
    found = check("s.toml").findings
    assert not [one for one in found if one.severity == "error"]


def test_a_column_named_like_an_outcome_goes_before_and_another_can_be_asked_for():
    outcome = np.where(np.arange(N) % 3 == 0, "yes", "no")
    study, _ = drafted(states=RUNS, outcome=outcome)
    assert {one["kind"] for one in study["targets"].values()} == {"class"}
    (asked,) = drafted_again("states", states=RUNS, outcome=outcome)["targets"].values()
    assert (asked["kind"], asked["column"]) == ("residues", "states")


def drafted_again(target, **columns):
    pl.DataFrame(BASE | columns).write_csv("cases.csv")
    return tomllib.loads(new("again", "cases.csv", target=target).text)


@pytest.mark.parametrize("states", [[one[:-1] for one in RUNS], ["H" * len(text) for text in PROTEINS], PROTEINS[::-1]])
def test_other_columns_label_no_letters(states):
    outcome = np.where(np.arange(N) % 3 == 0, "yes", "no")
    study, _ = drafted(states=states, group=outcome)
    assert "residues" not in {one["kind"] for one in study["targets"].values()}
    assert Study(**study)

"""Which network speaks for a case, and how several are joined."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from iatros.contracts import Fold, Learned
from iatros.metrics.conformal import conformal_threshold
from iatros.packed import Packed
from iatros.predictions import Form
from iatros.safeguards.calibration import Calibration
from iatros.safeguards.conformal import Conformal
from iatros.training.feed import Material
from iatros.workflow.table import judged_rows, mean_scores, member_key, merged, safeguarded, where_alone

ROWS = np.arange(4)


def material():
    has = {"labs": [True, True, False, True], "blood": [True, False, True, False]}
    packs = {name: Packed({}, np.array(present), Learned()) for name, present in has.items()}
    return Material({}, {}, packs, {}, np.ones(4))


def test_cases_with_a_single_input_are_scored_by_its_network():
    alone = {"labs": {"score": np.full(4, 0.1)}, "blood": {"score": np.full(4, 0.9)}}
    assert merged({"score": np.full(4, 0.5)}, alone, material(), ROWS)["score"].tolist() == [0.5, 0.1, 0.9, 0.1]
    assert {name: mask.tolist() for name, mask in where_alone(material(), ROWS)}["blood"] == [False, False, True, False]


def test_an_ensemble_is_the_mean():
    assert mean_scores([{"score": np.array([0.2])}, {"score": np.array([0.6])}])["score"].tolist() == [0.4]


def test_training_cases_are_not_judged():
    assert judged_rows(Fold("folds", 0, 0, np.array([0, 1, 2, 3, -1], np.int8))).tolist() == [1, 2, 3]


def test_members_have_keys():
    assert [member_key("iatros", None), member_key("iatros", 2)] == ["iatros", "iatros seed 2"]


def test_the_calibration_part_of_a_value_is_not_shared_with_what_learns_nothing_from_values():
    rng = np.random.default_rng(0)
    truth, score = rng.normal(size=80), rng.normal(size=80)
    who = {
        "patient": [f"p{i}" for i in range(80)],
        "part": ["calibration"] * 60 + ["test"] * 20,
        "model": "iatros",
        "weight": 1.0,
    }
    table = pl.DataFrame({**who, "truth": truth, "score": score}).with_columns(seed=pl.lit(None, pl.Int64))
    _, learned = safeguarded(table, Form(task="value"), (Calibration(), Conformal(coverage=0.8)))
    threshold = conformal_threshold(np.abs(truth - score)[:60], 0.2)
    assert [one.thresholds for one in learned["iatros"] if hasattr(one, "thresholds")] == [(threshold,)]


@pytest.mark.parametrize(("families", "parted"), [(30, False), (12, True)])
def test_relatives_teach_one_safeguard_alone_where_there_are_families_enough(monkeypatch, families, parted):
    taught = []
    for kind in (Calibration, Conformal):
        learn = kind.calibrate
        monkeypatch.setattr(
            kind,
            "calibrate",
            lambda self, form, part, learn=learn: taught.append(set(part["family"])) or learn(self, form, part),
        )
    rng = np.random.default_rng(0)
    who = {
        "patient": [f"p{i}" for i in range(240)],
        "family": [f"f{i % families}" for i in range(240)],
        "part": ["calibration"] * 200 + ["test"] * 40,
        "model": "iatros",
        "weight": 1.0,
    }
    table = pl.DataFrame({**who, "truth": rng.random(240) < 0.5, "score": rng.random(240)}).with_columns(
        seed=pl.lit(None, pl.Int64)
    )
    safeguarded(table, Form(task="class", classes=("no", "yes")), (Calibration(), Conformal()))
    assert len(taught) == 2
    assert bool(taught[0] & taught[1]) is parted
    assert len(taught[0] | taught[1]) == families

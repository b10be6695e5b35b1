"""Curves with their bands, against scikit-learn and by hand."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from sklearn import metrics as peer

from iatros.evaluation.cohort import cohorts
from iatros.evaluation.curves import GROUPS_OF_VALUES, curve_points, frame
from iatros.metrics.bootstrap import draw
from iatros.predictions import Form

TWO = Form(task="class", classes=("no", "yes"), threshold=0.4)


def told(form, counts=60, **columns):
    (cohort,) = cohorts(pl.DataFrame(columns), form)
    return frame(curve_points(cohort, form, draw(np.random.default_rng(0), counts, len(cohort)), "t"))


@pytest.fixture(scope="module")
def scored():
    rng = np.random.default_rng(1)
    truth = rng.random(300) < 0.3
    return {"truth": truth, "score": 1 / (1 + np.exp(-rng.normal(size=300) - 1.5 * truth + 1.0))}


@pytest.fixture(scope="module")
def curves(scored):
    return told(TWO, **scored)


def of(found, curve, model="iatros"):
    return found.filter(pl.col("curve") == curve, pl.col("model") == model)


def test_the_roc_curve_holds_scikit_learns_points_and_lies_in_its_band(scored, curves):
    found = of(curves, "roc")
    false, true, _ = peer.roc_curve(scored["truth"], scored["score"])
    reached = np.array([true[false <= x + 1e-9].max() for x in found["x"]])
    below = np.array([true[false < x - 1e-9].max(initial=0.0) for x in found["x"]])
    assert ((found["y"] <= reached + 1e-9) & (found["y"] >= below - 1e-9)).all()
    banded = found.drop_nulls(["low", "high"])
    assert (banded["low"] <= banded["y"] + 1e-9).all()
    assert (banded["y"] <= banded["high"] + 1e-9).all()


def test_net_benefit_is_what_the_formula_says(scored, curves):
    found = of(curves, "decision").filter(pl.col("x").is_close(0.3)).row(0, named=True)
    flagged = scored["score"] >= 0.3
    true, false = (flagged & scored["truth"]).sum(), (flagged & ~scored["truth"]).sum()
    assert found["y"] == pytest.approx((true - false * 0.3 / 0.7) / 300)
    assert set(of(curves, "decision", "no one")["y"]) == {0.0}


def test_predictive_values_at_the_studys_own_prevalence_are_those_measured(scored):
    scored = scored | {"truth": np.arange(300) < 90}
    found = of(told(TWO, **scored), "ppv_by_prevalence").filter(pl.col("x").is_close(0.3))["y"].item()
    assert found == pytest.approx(peer.precision_score(scored["truth"], scored["score"] >= 0.4))


def test_groups_of_calibration_hold_every_case_once(scored, curves):
    found = of(curves, "calibration_groups")
    assert found["n"].sum() == 300
    assert (found["n"] * found["y"]).sum() == pytest.approx(scored["truth"].sum())
    both = [of(curves, name)["n"].sum() for name in ("risk_with", "risk_without")]
    assert both == [scored["truth"].sum(), (~scored["truth"]).sum()]


def test_what_is_no_risk_has_no_calibration(scored):
    found = told(TWO, truth=scored["truth"], score=5 * scored["score"])
    names = set(found.filter(pl.col("model") == "iatros")["curve"])
    assert "roc" in names
    assert not names & {"calibration", "decision", "risk_with"}


def test_of_several_classes_each_is_drawn_against_the_rest(scored):
    three = Form(task="class", classes=("a", "b", "c"))
    rng = np.random.default_rng(2)
    shares = rng.dirichlet([1, 1, 1], 200)
    truth = [three.classes[k] for k in rng.integers(0, 3, 200)]
    found = told(three, truth=truth, **{f"score:{name}": shares[:, k] for k, name in enumerate("abc")})
    assert set(found["class_"]) == {"a", "b", "c"}
    assert set(found.filter(pl.col("class_") == "b")["curve"]) >= {"roc", "pr", "calibration"}


def test_values_are_drawn_in_groups_of_equal_size():
    rng = np.random.default_rng(3)
    score = rng.normal(size=400)
    found = told(Form(task="value"), truth=score + 2, score=score)
    moved = of(found, "predicted_measured")
    assert len(moved) == GROUPS_OF_VALUES
    assert (moved["n"] == 400 // GROUPS_OF_VALUES).all()
    assert (moved["y"] - moved["x"]).to_list() == pytest.approx([2.0] * GROUPS_OF_VALUES)
    assert of(found, "residuals")["y"].to_list() == pytest.approx([2.0] * GROUPS_OF_VALUES)

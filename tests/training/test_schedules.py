"""Learning rates along the way."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from iatros.contracts import Grid
from iatros.study import TrainingSection
from iatros.training.recipe import resolve
from iatros.training.schedules import Plateau, factor

RECIPE = resolve(TrainingSection(), cases=1000, layouts=[Grid])


def test_one_cycle_is_that_of_pytorch():
    steps = 100
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=1.0)
    peer = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=1.0, total_steps=steps + 1, cycle_momentum=False, final_div_factor=400
    )
    for step in range(steps):
        ours = factor(replace(RECIPE, schedule="one_cycle"), step / steps, Plateau())
        assert ours == pytest.approx(optimizer.param_groups[0]["lr"], abs=0.03)
        optimizer.step()
        peer.step()


@given(st.floats(0, 1), st.sampled_from(["one_cycle", "cosine", "plateau", "constant", "steps"]))
def test_a_rate_is_never_negative_nor_above_the_highest(progress, schedule):
    assert 0 <= factor(replace(RECIPE, schedule=schedule, milestones=(0.5, 0.75)), progress, Plateau()) <= 1


def test_steps_divide_by_ten_at_the_milestones():
    recipe = replace(RECIPE, schedule="steps", milestones=(0.5, 0.75), warmup=0.0)
    assert [round(factor(recipe, p, Plateau()), 6) for p in (0.4, 0.5, 0.8)] == [1.0, 0.1, 0.01]


def test_cosine_rises_and_falls_to_zero():
    recipe = replace(RECIPE, schedule="cosine", warmup=0.1)
    assert factor(recipe, 0.05, Plateau()) == pytest.approx(0.5, abs=0.02)
    assert factor(recipe, 1.0, Plateau()) == pytest.approx(0.0, abs=1e-9)


def test_a_plateau_halves_the_rate_after_three_epochs_without_gain():
    memory = Plateau()
    for loss in (1.0, 0.5, 0.6, 0.6, 0.6):
        memory = memory.after(loss)
    assert memory.factor == 0.5
    assert memory.after(0.4).best == 0.4

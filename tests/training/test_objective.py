"""The loss of each case, against sums written out by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from iatros.contracts import Batch
from iatros.model import Outputs
from iatros.registry import load
from iatros.training.objective import Objective

TARGET = load("targets", "class")(column="y")


@pytest.fixture
def case(toy):
    """Five cases of two classes, of which the last has no truth."""
    material = toy.material(count=60)
    truth = TARGET.fit(material.truths["y"], np.arange(60))
    rows = torch.arange(5)
    raw = torch.tensor([[0.5], [-1.0], [2.0], [0.0], [3.0]])
    known = torch.tensor([True, True, True, True, False])
    tensors = TARGET.truth(material.truths["y"], rows.numpy(), truth)
    batch = Batch({}, {"a": torch.ones(5, dtype=torch.bool)}, {"y": tensors}, {"y": known}, rows)
    strata = torch.from_numpy(material.strata["y"])
    return batch, raw, truth, strata


def objective(case, weight=None, guards=(), alone=0.0, share=1.0):
    _, _, fitted, strata = case
    target = TARGET.model_copy(update={"weight": share})
    return Objective({"y": target}, {"y": fitted}, {"y": strata}, torch.ones(60) if weight is None else weight, guards, alone)


def by_hand(case):
    batch, raw, fitted, _ = case
    return TARGET.loss(raw, batch.truth["y"], fitted)


def test_a_case_without_truth_adds_nothing_and_the_others_their_own_loss(case):
    batch, raw, _, _ = case
    for found in (
        objective(case).losses(Outputs({"y": raw}, {}), batch),
        objective(case).plain(Outputs({"y": raw}, {}), batch),
    ):
        assert found[:4] == pytest.approx(by_hand(case)[:4])
        assert found[4] == 0


def test_sampling_weights_and_the_targets_share_multiply(case):
    batch, raw, _, _ = case
    weight = torch.linspace(0.5, 2, 60)
    found = objective(case, weight=weight, share=0.25).losses(Outputs({"y": raw}, {}), batch)
    assert found[:4] == pytest.approx(0.25 * weight[:4] * by_hand(case)[:4])


def test_class_weights_act_in_training_and_not_in_validation(case):
    batch, raw, _, strata = case
    guard = load("safeguards", "weights")()
    guards = ((guard, guard.fit({"y": strata.numpy()[:7]})),)
    counts = np.bincount(strata.numpy()[:7])
    share = len(strata[:7]) / (len(counts) * counts)
    found = objective(case, guards=guards).losses(Outputs({"y": raw}, {}), batch)
    assert found[:4] == pytest.approx(torch.tensor(share[strata[:4]], dtype=torch.float32) * by_hand(case)[:4])
    plain = objective(case, guards=guards).plain(Outputs({"y": raw}, {}), batch)
    assert plain[:4] == pytest.approx(by_hand(case)[:4])


def test_inputs_alone_add_their_share_where_they_are_present(case):
    batch, raw, _, _ = case
    batch = batch.with_(present={"a": torch.tensor([True, False, True, True, True]), "b": torch.ones(5, dtype=torch.bool)})
    outputs = Outputs({"y": raw}, {"a": {"y": raw}, "b": {"y": raw}})
    found = objective(case, alone=1.0).losses(outputs, batch)
    present_share = torch.tensor([1.0, 0.5, 1.0, 1.0])  # each of two inputs has half of the share
    assert found[:4] == pytest.approx(by_hand(case)[:4] * (1 + present_share))


def test_a_mixed_case_answers_to_both_truths_by_its_share(case):
    batch, raw, fitted, _ = case
    partner, share = torch.tensor([1, 0, 2, 4, 3]), torch.tensor([0.7, 0.2, 1.0, 0.5, 0.5])
    found = objective(case).losses(Outputs({"y": raw}, {}), batch.with_(partner=partner, share=share))
    others = TARGET.loss(raw, {key: value[partner] for key, value in batch.truth["y"].items()}, fitted)
    expected = share * by_hand(case) + (1 - share) * others
    assert found[:3] == pytest.approx(expected[:3])
    assert found[3] == pytest.approx(by_hand(case)[3])  # its partner has no truth: it answers to its own alone


def test_no_case_pulls_at_another(case):
    batch, raw, _, _ = case
    raw = raw.clone().requires_grad_()
    found = objective(case).losses(Outputs({"y": raw}, {}), batch)
    for at in range(5):
        (pull,) = torch.autograd.grad(found[at], raw, retain_graph=True, allow_unused=True)
        assert (pull[torch.arange(5) != at] == 0).all()

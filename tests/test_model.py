"""The network of a study: what reads what, which gradients flow, what a missing input does."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from iatros.anchors import encoder_of
from iatros.contracts import Batch, Rows, Shape, Tokens
from iatros.findings import InputError
from iatros.model import Blueprint, build, check_fit, parameters
from iatros.registry import load
from iatros.study import Study

B = 6
SHAPE = Shape(Rows, numbers=2, quantiles=((-1.0, 0.0, 1.0),) * 2)


def modality(**said):
    return load("modalities", "table").model_validate({"kind": "table", "columns": ["a", "b"], **said})


def blueprint(*names, joint=False):
    target = load("targets", "value").model_validate({"kind": "value", "column": "y"})
    inputs = {name: encoder_of(modality()) for name in names}
    return Blueprint(inputs, dict.fromkeys(names, SHAPE), {"y": target}, {"y": target.Fitted(mean=0.0, sd=1.0)}, joint=joint)


def batch(present):
    generator = torch.Generator().manual_seed(0)
    inputs = {
        name: Rows(torch.randn(B, 2, generator=generator), torch.ones(B, 2, dtype=torch.bool), torch.zeros(B, 0).long())
        for name in present
    }
    return Batch(inputs, present, {}, {}, torch.arange(B))


ALL = torch.ones(B, dtype=torch.bool)


def test_one_input_has_no_fusion():
    network = build(blueprint("labs"), seed=0)
    outputs = network(batch({"labs": ALL}))
    assert network.fusion is None
    assert not outputs.alone
    assert outputs.fused["y"].shape[0] == B


def test_the_fused_loss_sends_no_gradient_to_the_encoders_unless_joint():
    for joint in (False, True):
        network = build(blueprint("labs", "blood", joint=joint), seed=0)
        network(batch({"labs": ALL, "blood": ALL})).fused["y"].sum().backward()
        moved = any(p.grad is not None and p.grad.abs().sum() > 0 for p in network.encoders.parameters())
        assert moved is joint
        assert any(p.grad is not None for p in network.fusion.parameters())


def test_what_an_absent_input_holds_is_not_read():
    network = build(blueprint("labs", "blood"), seed=0).eval()
    some = ALL.clone()
    some[::2] = False
    given = batch({"labs": ALL, "blood": some})
    other = Rows(given.inputs["blood"].numbers.clone(), given.inputs["blood"].observed, given.inputs["blood"].categories)
    other.numbers[::2] = 1e6
    changed = given.with_(inputs={**given.inputs, "blood": other})
    assert torch.equal(network(given).fused["y"], network(changed).fused["y"])


def test_a_batch_without_an_input_altogether_still_gives_scores():
    network = build(blueprint("labs", "blood"), seed=0).eval()
    assert torch.isfinite(network(batch({"labs": ALL, "blood": ~ALL})).fused["y"]).all()


def test_the_seed_decides_the_weights():
    one, same, other = (build(blueprint("labs"), seed=seed).state_dict() for seed in (0, 0, 1))
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert not all(torch.equal(one[name], other[name]) for name in one)


def test_parameters_are_counted():
    network = build(blueprint("labs"), seed=0)
    assert parameters(network) == sum(p.numel() for p in network.parameters())


def test_an_encoder_that_cannot_read_its_input_is_refused():
    targets = {"y": {"kind": "class", "column": "y"}}
    inputs = {"labs": {"kind": "table", "columns": ["a"], "encoder": "cnn"}}
    study = Study.model_validate({"name": "s", "cases": {"table": "t.csv"}, "inputs": inputs, "targets": targets})
    with pytest.raises(InputError, match="reads grid"):
        check_fit(study.inputs, study.targets)


def test_an_encoder_that_is_shared_reads_the_same_in_both_inputs():
    plan = blueprint("labs", "blood")
    shapes = {"labs": SHAPE, "blood": Shape(Rows, numbers=3, quantiles=((-1.0, 0.0, 1.0),) * 3)}
    with pytest.raises(InputError, match=r"inputs\.blood shares the encoder of `labs`, and holds something else"):
        build(replace(plan, shapes=shapes, shares={"blood": "labs"}), seed=0)


@pytest.mark.parametrize(("length", "even", "kept"), [(8, True, 4 * 8), (6, True, 0), (8, False, 0), (12, True, 0)])
def test_a_shared_encoder_knows_places_if_all_that_it_reads_have_one_length(length, even, kept):
    read = {"kind": "sequence", "column": "a", "encoder": {"kind": "gated_cnn", "width": 4, "dilations": [1]}}
    encoder = encoder_of(load("modalities", "sequence").model_validate(read))
    shapes = {
        "a": Shape(Tokens, categories=(5,), space=(8,), even=True),
        "b": Shape(Tokens, categories=(5,), space=(length,), even=even),
    }
    plan = replace(blueprint("a", "b"), encoders={"a": encoder, "b": encoder}, shapes=shapes, shares={"b": "a"})
    assert build(plan, seed=0).encoders["a"].pool.width == 2 * 4 + kept

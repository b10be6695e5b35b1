"""Joining inputs, some of them absent."""

from __future__ import annotations

import pytest
import torch

from iatros.fusions.concatenation import Concatenation
from iatros.fusions.gated import Gated

WIDTHS = {"xray": 5, "history": 3}
BOTH = {name: torch.tensor([True, True]) for name in WIDTHS}


def whole() -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return {name: torch.randn(2, width, generator=generator) for name, width in WIDTHS.items()}


def test_one_input_passes_unchanged_through_a_concatenation():
    fusion = Concatenation().build({"xray": 5})
    values = whole()["xray"]
    assert torch.equal(fusion({"xray": values}, {"xray": torch.ones(2, dtype=torch.bool)}), values)


def test_several_inputs_stand_side_by_side_with_flags():
    values = whole()
    joined = Concatenation().build(WIDTHS)(values, BOTH)
    assert torch.equal(joined, torch.cat([values["xray"], values["history"], torch.ones(2, 2)], 1))


def test_an_absent_input_is_replaced_by_what_was_learned_for_it():
    fusion = Concatenation(absent="learned").build(WIDTHS)
    with torch.no_grad():
        fusion.absent["xray"].fill_(7.0)
    joined = fusion(whole(), BOTH | {"xray": torch.tensor([True, False])})
    assert joined[1, :5].tolist() == [7.0] * 5
    assert joined[1, -2:].tolist() == [0.0, 1.0]


def test_weights_of_a_gated_sum_are_shares_of_what_is_there():
    fusion = Gated(width=8).build(WIDTHS)
    values = whole()
    with torch.no_grad():
        alone = fusion(values, BOTH | {"history": torch.tensor([False, False])})
        assert torch.allclose(alone, fusion.bring["xray"](values["xray"]))


def test_a_case_without_any_input_gives_zeros_when_gated():
    nothing = {name: torch.tensor([False, False]) for name in WIDTHS}
    assert Gated(width=8).build(WIDTHS)(whole(), nothing).abs().max() == 0


@pytest.mark.parametrize("fusion", [Concatenation(absent="learned"), Gated()])
def test_all_that_a_fusion_learns_gets_a_gradient(fusion):
    module = fusion.build(WIDTHS)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.add_(0.1)
    present = {"xray": torch.tensor([True, False]), "history": torch.tensor([False, True])}
    values = whole()
    loss = module(values, BOTH).square().sum() + module(values, present).square().sum()
    loss.backward()
    missing = [name for name, p in module.named_parameters() if p.grad is None or not p.grad.any()]
    assert missing in ([], ["score.bias"])  # the softmax over inputs does not see a shift of all scores

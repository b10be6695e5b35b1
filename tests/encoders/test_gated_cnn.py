"""Dilated convolutions with gates."""

from __future__ import annotations

import pytest
import torch

from iatros.contracts import Shape, Tokens
from iatros.encoders.gated_cnn import NORMED_START, START, GatedCNN

SHAPE = Shape(Tokens, categories=(5,), space=(64,))


def built(**said):
    torch.manual_seed(0)
    return GatedCNN(**{"width": 6, "size": 3, "dilations": (1, 2), **said}).build(SHAPE).eval()


def tokens(length=40):
    codes = torch.randint(1, 5, (1, length), generator=torch.Generator().manual_seed(0))
    return Tokens(torch.ones(1, length, dtype=torch.bool), codes)


@pytest.mark.parametrize(
    ("size", "dilations", "repeats", "reach"),
    [(3, (1, 2), 1, 3), (5, (1, 2, 4), 1, 14), (3, (1, 2), 2, 6), (1, (1,), 1, 0), (4, (1,), 1, 2)],
)
def test_a_position_sees_as_far_as_the_dilations_reach(size, dilations, repeats, reach):
    network, given = built(size=size, dilations=dilations, repeats=repeats), tokens()
    shares = torch.nn.functional.one_hot(given.codes, 5).float().requires_grad_()
    network(Tokens(given.mask, shares)).positions[0, 20, 0].backward()
    seen = shares.grad[0].abs().sum(1).nonzero().squeeze(1).tolist()
    assert (min(seen), max(seen)) == (20 - reach, 20 + reach)


def test_a_layer_adds_the_gated_half_of_its_convolution():
    network, given = built(dilations=(1,)), tokens()
    values = network.input(given).transpose(1, 2)
    plain, gate = network.layers[0](values).chunk(2, 1)
    wanted = network.norm((values + START * plain * gate.sigmoid()).transpose(1, 2))
    torch.testing.assert_close(network(given).positions, wanted)


def test_a_shifted_sequence_gives_shifted_positions_away_from_its_ends():
    network, given = built(), tokens()
    shifted = network(Tokens(given.mask, given.codes.roll(5, 1))).positions
    torch.testing.assert_close(shifted[:, 10:34], network(given).positions[:, 5:29])


def test_normed_layers_read_positions_of_root_mean_square_one():
    network, given = built(dilations=(1,), norm=True), tokens()
    values = network.input(given).transpose(1, 2)
    unit = torch.nn.functional.rms_norm(values.transpose(1, 2), (6,), eps=0.0).transpose(1, 2)
    plain, gate = network.layers[0](unit).chunk(2, 1)
    wanted = network.norm((values + NORMED_START * plain * gate.sigmoid()).transpose(1, 2))
    torch.testing.assert_close(network(given).positions, wanted)


def test_with_context_every_position_hears_of_every_other():
    plain, network, given = built(), built(context=True), tokens()
    torch.testing.assert_close(network(given).positions, plain(given).positions)
    for context in network.contexts:
        torch.nn.init.normal_(context.weight)
    shares = torch.nn.functional.one_hot(given.codes, 5).float().requires_grad_()
    network(Tokens(given.mask, shares)).positions[0, 20, 0].backward()
    assert (shares.grad[0].abs().sum(1) > 0).all()


@pytest.mark.parametrize("said", [{"norm": True}, {"context": True}, {"norm": True, "context": True}])
def test_padding_is_seen_by_no_position(said):
    network, given = built(**said), tokens()
    for context in network.contexts:
        torch.nn.init.normal_(context.weight)
    padded = Tokens(
        torch.cat([given.mask, torch.zeros(1, 9, dtype=torch.bool)], 1), torch.nn.functional.pad(given.codes, (0, 9))
    )
    found, wanted = network(padded), network(given)
    torch.testing.assert_close(found.positions[:, :40], wanted.positions)
    torch.testing.assert_close(found.whole, wanted.whole)
    network.train()
    network(padded).positions.sum().backward()
    assert all(torch.isfinite(one.grad).all() for one in network.parameters() if one.grad is not None)


@pytest.mark.parametrize(("even", "least", "most"), [(True, 0.95, 1.0), (False, 0.3, 0.7)])
def test_where_a_letter_stands_is_learned_where_all_cases_have_one_length(even, least, most):
    """A stretch of A stands at one of two places, of the same letters otherwise: its place alone tells the classes."""
    generator = torch.Generator().manual_seed(0)
    codes = torch.randint(2, 5, (400, 40), generator=generator)
    truth = torch.arange(400) % 2
    for case, place in enumerate((12 + 8 * truth).tolist()):
        codes[case, place : place + 3] = 1
    network = GatedCNN(width=8, size=3, dilations=(1,), dropout=0).build(Shape(Tokens, categories=(5,), space=(40,), even=even))
    head = torch.nn.Linear(network.sizes.whole, 2)
    steps = torch.optim.Adam([*network.parameters(), *head.parameters()], 0.01)
    mask = torch.ones(200, 40, dtype=torch.bool)
    for _ in range(60):
        loss = torch.nn.functional.cross_entropy(head(network(Tokens(mask, codes[:200])).whole), truth[:200])
        steps.zero_grad()
        loss.backward()
        steps.step()
    right = (head(network.eval()(Tokens(mask, codes[200:])).whole).argmax(1) == truth[200:]).float().mean().item()
    assert least <= right <= most

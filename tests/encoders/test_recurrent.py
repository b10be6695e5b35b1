"""Recurrent networks against those of PyTorch on packed sequences."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from iatros.contracts import Shape, Tokens
from iatros.encoders.recurrent import CELLS, Recurrent, backwards, gathered

SHAPE = Shape(Tokens, categories=(5,), space=(16,))
LENGTHS = [3, 9, 1, 6]
MASK = torch.arange(9) < torch.tensor(LENGTHS)[:, None]


def built(**said):
    torch.manual_seed(0)
    return Recurrent(**{"width": 4, **said}).build(SHAPE).eval()


def tokens(seed=0):
    return Tokens(MASK, torch.randint(1, 5, MASK.shape, generator=torch.Generator().manual_seed(seed)) * MASK)


def torchs_own(network, cell, layers, both):
    """PyTorch's network of the same weights."""
    peer = CELLS[cell](4, 4, num_layers=layers, batch_first=True, bidirectional=both)
    with torch.no_grad():
        for number in range(layers):
            for own, ending in ((network.forth, ""), (network.back, "_reverse"))[: 1 + both]:
                for name, weight in own[number].named_parameters():
                    getattr(peer, name.replace("_l0", f"_l{number}{ending}")).copy_(weight)
    return peer


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(("layers", "both"), [(1, True), (2, True), (3, False)])
def test_positions_are_those_of_packed_sequences(cell, layers, both):
    network, given = built(cell=cell, layers=layers, both=both), tokens()
    packed = pack_padded_sequence(network.input(given), torch.tensor(LENGTHS), batch_first=True, enforce_sorted=False)
    wanted, _ = pad_packed_sequence(torchs_own(network, cell, layers, both)(packed)[0], batch_first=True)
    torch.testing.assert_close(network(given).positions, wanted)


def test_one_direction_knows_only_what_stands_before():
    network, given = built(both=False), tokens()
    changed = Tokens(MASK, torch.where(torch.arange(9) >= 4, 5 - given.codes, given.codes) * MASK)
    before, after = network(given).positions, network(changed).positions
    assert torch.equal(before[:, :4], after[:, :4])
    assert not torch.equal(before[:, 4:], after[:, 4:])


@given(st.lists(st.integers(0, 6), min_size=1, max_size=5))
def test_reading_backwards_twice_is_reading_forwards(lengths):
    mask = torch.arange(6) < torch.tensor(lengths)[:, None]
    values = torch.arange(len(lengths) * 6.0).reshape(-1, 6, 1)
    turned = gathered(values, backwards(mask))
    assert torch.equal(gathered(turned, backwards(mask)), values)
    for own, length, other in zip(values, lengths, turned, strict=True):
        assert torch.equal(other[:length], own[:length].flip(0))
        assert torch.equal(other[length:], own[length:])

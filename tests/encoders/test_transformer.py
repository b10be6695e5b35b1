"""Self-attention with rotary positions."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from iatros.contracts import Shape, Tokens
from iatros.encoders.transformer import AttentionLayer, Transformer, rotated

SHAPE = Shape(Tokens, categories=(5,), space=(64,))


def vectors(length, seed=0, width=8):
    return torch.randn(length, width, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def layer():
    torch.manual_seed(0)
    return AttentionLayer(8, 2, 0.0).double().eval()


@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 40))
def test_a_rotated_product_depends_on_the_distance_alone(first, second, shift):
    length = max(first, second) + shift + 1
    query, key = (vectors(1, seed).expand(length, -1) for seed in (0, 1))
    product = rotated(query) @ rotated(key).T
    assert product[first, second].item() == pytest.approx(product[first + shift, second + shift].item(), abs=1e-6)


def test_a_rotation_keeps_lengths_and_leaves_the_first_position():
    given = vectors(9)
    torch.testing.assert_close(rotated(given).norm(dim=1), given.norm(dim=1))
    assert torch.equal(rotated(given)[0], given[0])
    turned = rotated(torch.tensor([[1.0, 0.0]] * 3, dtype=torch.float64))  # one pair: an angle of one radian a position
    torch.testing.assert_close(turned, torch.stack([torch.arange(3.0).cos(), torch.arange(3.0).sin()], 1).double())


def test_attention_sees_relative_positions_only():
    given = vectors(5)
    behind = torch.cat([vectors(3, 1), given])[None]
    unseen = torch.tensor([[False] * 3 + [True] * 5])
    torch.testing.assert_close(
        layer()(behind, unseen)[:, 3:], layer()(given[None], torch.ones(1, 5, dtype=torch.bool)), atol=1e-6, rtol=1e-6
    )


def test_order_matters_though_attention_alone_would_not_see_it():
    given, seen = vectors(6)[None], torch.ones(1, 6, dtype=torch.bool)
    assert not torch.allclose(layer()(given.flip(1), seen).flip(1), layer()(given, seen))


def test_a_layer_is_the_textbooks():
    given, one = vectors(5)[None], layer()
    normed = one.before(given)
    query, key, value = one.three(normed).chunk(3, 2)
    heads = []
    for k in range(2):
        own = [part[0, :, 4 * k : 4 * k + 4] for part in (query, key, value)]
        weights = (rotated(own[0]) @ rotated(own[1]).T / 4**0.5).softmax(1)
        heads.append(weights @ own[2])
    after = given + one.joined(torch.cat(heads, 1)[None])
    wanted = after + one.dense(one.between(after))
    torch.testing.assert_close(one(given, torch.ones(1, 5, dtype=torch.bool)), wanted)


@given(st.integers(0, 9))
def test_padding_never_matters(spare):
    torch.manual_seed(0)
    network = Transformer(width=8, heads=2, layers=2).build(SHAPE).eval()
    codes = torch.randint(1, 5, (2, 7), generator=torch.Generator().manual_seed(0))
    mask = torch.arange(7) < torch.tensor([[7], [4]])
    wider = torch.nn.functional.pad(codes, (0, spare), value=3), torch.nn.functional.pad(mask, (0, spare))
    found, wanted = network(Tokens(wider[1], wider[0])), network(Tokens(mask, codes))
    torch.testing.assert_close(found.whole, wanted.whole)
    torch.testing.assert_close(found.positions[:, :7], wanted.positions)


def test_heads_that_do_not_divide_the_width_are_refused():
    with pytest.raises(ValidationError, match="width must be a multiple of twice the heads: 8, 16"):
        Transformer(width=20, heads=4)

"""What networks of positions begin and end with."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from iatros.contracts import Shape, Tokens
from iatros.encoders.tokens import TIME_WAVES, TokenInput, TokenPool, emptied, waves

MASK = torch.tensor([[True, True, True, False], [True, False, False, False], [False, False, False, False]])
POOLINGS = ["mean", "mean+max", "mean+max+places", "attention", "flat"]


def values(length=4, width=3, seed=0):
    return torch.randn(3, length, width, generator=torch.Generator().manual_seed(seed))


def pooled(pooling, given, mask=MASK, longest=6):
    torch.manual_seed(0)
    return TokenPool(pooling, given.shape[2], Shape(Tokens, space=(longest,)))(given, mask)


def test_codes_values_and_times_are_added_up():
    torch.manual_seed(0)
    network = TokenInput(Shape(Tokens, numbers=2, categories=(5,)), 3)
    codes, numbers, times = torch.tensor([[1, 4]]), torch.randn(1, 2, 2), torch.tensor([[0.0, 2.5]])
    mask = torch.ones(1, 2, dtype=torch.bool)
    wanted = network.codes.weight[codes] + network.values(numbers) + network.times(waves(times))
    torch.testing.assert_close(network(Tokens(mask, codes, numbers, times)), wanted)
    torch.testing.assert_close(network(Tokens(mask, codes)), network.codes.weight[codes])


def test_positions_that_are_none_are_zero_whatever_stands_there():
    torch.manual_seed(0)
    network = TokenInput(Shape(Tokens, numbers=2, categories=(5,)), 3)
    numbers = values(width=2).masked_fill(~MASK[:, :, None], float("inf"))
    found = network(Tokens(MASK, torch.full((3, 4), 4), numbers))
    assert torch.isfinite(found).all()
    assert torch.equal((found != 0).any(2), MASK)
    found.sum().backward()
    assert all(torch.isfinite(p.grad).all() for p in network.parameters() if p.grad is not None)


def test_emptied_tokens_keep_what_is_inside_and_the_types():
    given = Tokens(MASK, torch.full((3, 4), 4), values())
    found = emptied(given)
    assert torch.equal(found.mask, MASK)
    assert torch.equal(found.codes, 4 * MASK)
    assert torch.equal(found.values[MASK], given.values[MASK])
    assert found.times is None


def test_waves_are_sines_and_cosines_of_eight_periods():
    found = waves(torch.tensor([[0.0, 2.0]]))
    rates = 10.0 ** np.linspace(0, -4, TIME_WAVES)
    assert found[0, 1].tolist() == pytest.approx([*np.sin(2 * rates), *np.cos(2 * rates)], abs=1e-6)
    assert found[0, 0].tolist() == [0] * TIME_WAVES + [1] * TIME_WAVES


def test_mean_and_maximum_are_those_of_each_case_alone():
    given = values()
    found = pooled("mean+max", given)
    for i, length in enumerate([3, 1]):
        own = given[i, :length]
        torch.testing.assert_close(found[i], torch.cat([own.mean(0), own.amax(0)]))
    torch.testing.assert_close(pooled("mean", given), found[:, :3])


def test_attention_weighs_positions_by_a_softmax_over_the_case():
    given = values()
    torch.manual_seed(0)
    pool = TokenPool("attention", 3, Shape(Tokens, space=(6,)))
    found = pool(given, MASK)
    share = pool.score(given[0, :3]).squeeze(1).softmax(0)
    torch.testing.assert_close(found[0], torch.cat([share @ given[0, :3], given[0, :3].amax(0)]))


def test_flat_lays_positions_end_to_end_up_to_the_longest():
    given = values()
    found = pooled("flat", given, longest=5)
    assert torch.equal(found[0], torch.cat([given[0, :3].flatten(), torch.zeros(6)]))


@pytest.mark.parametrize("pooling", POOLINGS)
def test_a_case_without_positions_is_zeros_with_a_finite_gradient(pooling):
    given = values().requires_grad_()
    found = pooled(pooling, given)
    assert not found[2].any()
    (found**2).sum().backward()
    assert torch.isfinite(given.grad).all()
    assert not given.grad[~MASK].any()


@pytest.mark.parametrize("pooling", POOLINGS)
def test_a_pool_is_as_wide_as_it_says(pooling):
    assert pooled(pooling, values()).shape[1] == TokenPool(pooling, 3, Shape(Tokens, space=(6,))).width


@given(st.sampled_from(POOLINGS), st.integers(4, 6))
def test_padding_never_matters(pooling, length):
    given = torch.cat([values(), torch.full((3, length - 4, 3), 7.0)], 1)
    mask = torch.cat([MASK, torch.zeros(3, length - 4, dtype=torch.bool)], 1)
    torch.testing.assert_close(pooled(pooling, given, mask), pooled(pooling, values()))


def test_places_are_kept_where_all_cases_have_one_length_and_nowhere_else():
    made = {even: TokenPool("auto", 3, Shape(Tokens, space=(6,), even=even)) for even in (True, False)}
    assert [made[even].width for even in (True, False)] == [2 * 3 + 4 * 6, 2 * 3]
    assert TokenPool("auto", 3, Shape(Tokens, space=(4096,), even=True)).width == 2 * 3
    assert TokenPool("mean+max+places", 3, Shape(Tokens, space=(6,))).width == 2 * 3 + 16 * 6
    given, mask = values()[:1], MASK[:1]
    turned = given[:, [2, 1, 0, 3]]
    torch.testing.assert_close(made[False](given, mask), made[False](turned, mask))
    assert not torch.allclose(made[True](given, mask), made[True](turned, mask))

"""Numbers, widened; cells that are not there."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from iatros.contracts import Rows, Shape
from iatros.encoders.numerical_embedding import FARTHEST, HideCells, PiecewiseLinear, PlainRows, RowEmbedding, bins

QUANTILES = ((-1.0, 0.0, 0.5, 2.0), (0.0, 0.0, 0.0, 0.0), (-2.0, 1.0))
SHAPE = Shape(Rows, numbers=3, categories=(3, 5), quantiles=QUANTILES)


def rows(cases: int = 6) -> Rows:
    generator = torch.Generator().manual_seed(0)
    observed = torch.rand(cases, 3, generator=generator) < 0.7
    numbers = torch.randn(cases, 3, generator=generator).where(observed, torch.zeros(()))
    return Rows(numbers, observed, torch.randint(0, 3, (cases, 2), generator=generator))


def filled(module: PiecewiseLinear, numbers: list[float]) -> list[list[float]]:
    """What the linear layers get to see: bins, of one case."""
    with torch.no_grad():
        most = module.edges.shape[1]
        module.linear.weight.copy_(torch.eye(most).expand(3, most, most))
        module.linear.bias.zero_()
        return module(torch.tensor([numbers]))[0].tolist()  # type: ignore[no-any-return]


def test_bins_are_filled_as_in_the_paper():
    module = PiecewiseLinear(QUANTILES, each=3)
    first, constant, two = filled(module, [0.25, 0.5, 4.0])
    assert first == pytest.approx([1.0, 0.5, 0.0])
    assert constant == pytest.approx([0.5, 0.0, 0.0])
    assert two == pytest.approx([2.0, 0.0, 0.0])  # beyond the last edge it goes on, in a straight line


def test_a_value_far_outside_is_followed_only_so_far():
    assert filled(PiecewiseLinear(QUANTILES, each=3), [1e9, 1e9, 1e9])[0] == [1.0, 1.0, FARTHEST]


@given(st.lists(st.floats(-1e3, 1e3), max_size=20))
def test_bins_always_rise(quantiles):
    edges = bins(tuple(quantiles))
    assert len(edges) >= 2
    assert (np.diff(edges) > 0).all()


@pytest.mark.parametrize("numbers", ["plain", "piecewise", "periodic"])
@pytest.mark.parametrize("indicators", [True, False])
def test_the_width_is_what_comes_out(numbers, indicators):
    embedding = RowEmbedding(SHAPE, numbers, each=4, indicators=indicators)
    assert embedding(rows()).shape == (6, embedding.width)
    plain = PlainRows(SHAPE, indicators)
    assert plain(rows()).shape == (6, plain.width)


@pytest.mark.parametrize("numbers", ["plain", "piecewise", "periodic"])
def test_what_stands_in_a_cell_that_is_not_observed_is_not_read(numbers):
    given_rows = rows()
    trap = Rows(
        given_rows.numbers.where(given_rows.observed, torch.full((), float("nan"))), given_rows.observed, given_rows.categories
    )
    embedding, plain = RowEmbedding(SHAPE, numbers), PlainRows(SHAPE)
    assert torch.equal(embedding(given_rows), embedding(trap))
    assert torch.equal(plain(given_rows), plain(trap))


def test_without_indicators_a_missing_category_is_zeros():
    embedding = RowEmbedding(SHAPE, "plain", indicators=False)
    missing = Rows(torch.zeros(1, 3), torch.zeros(1, 3, dtype=torch.bool), torch.zeros(1, 2, dtype=torch.long))
    assert embedding(missing).abs().max() == 0


def test_a_table_without_numbers_or_without_categories_works():
    only = Shape(Rows, categories=(3,))
    empty = Rows(torch.zeros(2, 0), torch.zeros(2, 0, dtype=torch.bool), torch.ones(2, 1, dtype=torch.long))
    assert RowEmbedding(only)(empty).shape == (2, RowEmbedding(only).width)
    numbers = Shape(Rows, numbers=2)
    full = Rows(torch.zeros(2, 2), torch.ones(2, 2, dtype=torch.bool), torch.zeros(2, 0, dtype=torch.long))
    assert RowEmbedding(numbers)(full).shape == (2, RowEmbedding(numbers).width)


@settings(deadline=None, max_examples=20)
@given(st.floats(0.05, 0.95))
def test_cells_are_hidden_in_training_at_the_rate_and_never_made_up(rate):
    torch.manual_seed(0)
    cases = 4000
    full = Rows(torch.ones(cases, 3), torch.arange(3).expand(cases, 3) < 2, torch.ones(cases, 2, dtype=torch.long))
    hidden = HideCells(rate)(full)
    assert hidden.observed[:, :2].float().mean().item() == pytest.approx(1 - rate, abs=0.03)
    assert (hidden.categories > 0).float().mean().item() == pytest.approx(1 - rate, abs=0.03)
    assert not hidden.observed[:, 2].any()
    assert (hidden.numbers[~hidden.observed] == 0).all()


def test_nothing_is_hidden_in_evaluation():
    given_rows = rows()
    assert HideCells(0.9).eval()(given_rows) is given_rows

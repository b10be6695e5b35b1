import numpy as np
import pytest
import torch

from iatros.contracts import Rows
from iatros.explain.columns import Column
from iatros.explain.shapley import shape_of_categories, shape_of_numbers, shapley

COLUMNS = (Column("age", numbers=(0,)), Column("date", numbers=(1, 2)), Column("sex", categories=(0,)))
WEIGHT = torch.tensor([2.0, -1.0, 0.5])


def rows(n: int, seed: int) -> Rows:
    draw = torch.Generator().manual_seed(seed)
    numbers = torch.randn(n, 3, generator=draw)
    return Rows(numbers, torch.ones(n, 3, dtype=torch.bool), torch.randint(1, 3, (n, 1), generator=draw))


def linear(layout: Rows) -> torch.Tensor:
    return layout.numbers @ WEIGHT + 3.0 * (layout.categories[:, 0] == 2)


def test_effects_of_a_linear_score_have_a_closed_form():
    cases, background = rows(5, 1), rows(1, 2)
    effects = shapley(linear, cases, background, COLUMNS, torch.Generator().manual_seed(0), orders=2)
    way = (cases.numbers - background.numbers) * WEIGHT
    sex = 3.0 * ((cases.categories == 2).float() - (background.categories == 2).float())
    expected = torch.cat([way[:, :1], way[:, 1:].sum(1, keepdim=True), sex], dim=1)
    torch.testing.assert_close(effects, expected)


def test_effects_add_up_to_the_score_less_the_background_whatever_the_score():
    cases, background = rows(7, 3), rows(1, 4)

    def curved(layout: Rows) -> torch.Tensor:
        return linear(layout) * layout.numbers[:, 0].sin() + layout.categories[:, 0] * layout.numbers[:, 2]

    effects = shapley(curved, cases, background, COLUMNS, torch.Generator().manual_seed(0), orders=3)
    torch.testing.assert_close(effects.sum(1), curved(cases) - curved(background).expand(7), rtol=1e-4, atol=1e-4)


def test_effects_agree_with_captum_on_an_interaction():
    captum = pytest.importorskip("captum.attr")
    cases, background = rows(4, 5), rows(1, 6)

    def product(layout: Rows) -> torch.Tensor:
        return layout.numbers.prod(1)

    columns = tuple(Column(str(i), numbers=(i,)) for i in range(3))
    ours = shapley(product, cases, background, columns, torch.Generator().manual_seed(0), orders=600)
    exact = captum.ShapleyValues(lambda numbers: numbers.prod(1))
    theirs = exact.attribute(cases.numbers, baselines=background.numbers.expand(4, 3))
    torch.testing.assert_close(ours, theirs, atol=0.12, rtol=0)


def test_the_shape_of_an_effect_follows_the_column():
    values = np.array([np.nan, *np.linspace(0, 1, 200)])
    shape = shape_of_numbers(values, np.where(np.isnan(values), 99, values**2), points=10)
    assert len(shape.x) == 10
    assert np.allclose(shape.y, np.square(shape.x), atol=0.01)
    assert shape_of_numbers(np.full(3, np.nan), np.zeros(3)).x == ()


def test_categories_stand_with_their_mean_effect_the_most_frequent_first():
    shape = shape_of_categories(["b", "a", "b", "b"], np.array([1.0, 5.0, 2.0, 3.0]))
    assert (shape.x, shape.y) == (("b", "a"), (2.0, 5.0))

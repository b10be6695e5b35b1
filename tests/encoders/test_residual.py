"""Residual networks on one, two and three axes."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from iatros.contracts import Grid
from iatros.encoders.residual import GridPool, ResidualBlock, ResidualNetwork, shrink_mask

GENERATOR = torch.Generator().manual_seed(0)


def test_a_new_block_of_one_width_is_the_identity_on_what_is_positive():
    values = torch.rand(2, 8, 5, 5, generator=GENERATOR)
    assert torch.allclose(ResidualBlock(2, 8, 8)(values), values)


@pytest.mark.parametrize("space", [(40,), (28, 30), (12, 16, 20)])
def test_each_stage_halves_the_resolution(space):
    network = ResidualNetwork(len(space), 2, (8, 16, 24), (1, 2, 1), stem="small").eval()
    features = network(Grid(torch.randn(3, 2, *space, generator=GENERATOR)))
    assert [tuple(m.shape[1:]) for m in features.maps] == [
        (width, *(-(-n // 2**i) for n in space)) for i, width in enumerate((8, 16, 24))
    ]
    assert tuple(features.whole.shape) == (3, 24)
    assert network.sizes.maps == (8, 16, 24)


@pytest.mark.parametrize(("stem", "side"), [("small", 32), ("strided", 16), ("large", 8)])
def test_a_stem_says_how_far_it_brings_an_image_down(stem, side):
    network = ResidualNetwork(2, 1, (8,), (1,), stem=stem)
    assert network(Grid(torch.randn(2, 1, 32, 32, generator=GENERATOR))).maps[0].shape[-1] == side


def test_the_mean_is_taken_inside_the_mask_only():
    values = torch.tensor([[[1.0, 2.0, 50.0, 50.0]]])
    mask = torch.tensor([[True, True, False, False]])
    assert GridPool("mean")(values, mask).tolist() == [[1.5]]
    assert GridPool("mean+max")(values, mask).tolist() == [[1.5, 2.0]]


def test_a_full_mask_changes_nothing():
    values = torch.randn(2, 3, 5, 7, generator=GENERATOR)
    pool = GridPool("mean+max")
    assert torch.allclose(pool(values, torch.ones(2, 10, 14, dtype=torch.bool)), pool(values, None), atol=1e-6)


def test_a_case_that_is_all_padding_gives_zeros():
    assert GridPool("mean+max")(torch.ones(1, 2, 4), torch.zeros(1, 4, dtype=torch.bool)).tolist() == [[0.0] * 4]


def test_a_coarse_cell_is_inside_where_any_fine_one_is():
    mask = torch.tensor([[True, False, False, False, False, True, False, False]])
    assert shrink_mask(mask, torch.Size([4])).tolist() == [[True, False, True, False]]


def test_group_norm_leaves_no_batch_norm():
    network = ResidualNetwork(2, 1, (16, 32), (1, 1), norm="group")
    assert not any(isinstance(module, nn.BatchNorm2d) for module in network.modules())

"""The textbook network."""

from __future__ import annotations

import pytest
import torch

from iatros.contracts import Grid, Shape
from iatros.encoders.cnn import CNN


@pytest.mark.parametrize("space", [(30,), (28, 30), (9, 10, 11)])
def test_sizes_that_do_not_halve_evenly_fit_the_dense_layer(space):
    network = CNN(widths=(4, 6), dense=10).build(Shape(Grid, channels=2, space=space))
    features = network(Grid(torch.randn(3, 2, *space, generator=torch.Generator().manual_seed(0))))
    assert tuple(features.whole.shape) == (3, 10)
    assert [m.shape[1] for m in features.maps] == [4, 6]

"""The family `resnet`."""

from __future__ import annotations

import pytest
import torch
from pydantic import ValidationError

from iatros.contracts import Grid, Shape
from iatros.encoders.resnet import ResNet

SMALL = Shape(Grid, channels=1, space=(28, 28))


def parameters(encoder: ResNet, shape: Shape = SMALL) -> int:
    return sum(p.numel() for p in encoder.build(shape).parameters())


@pytest.mark.parametrize(("size", "millions"), [("tiny", 0.3), ("small", 0.49), ("base", 0.89), ("resnet18", 11.17)])
def test_sizes_are_as_large_as_they_say(size, millions):
    assert parameters(ResNet(size=size)) / 1e6 == pytest.approx(millions, rel=0.02)


def test_resnet18_has_the_parameters_of_the_paper_less_its_classifier():
    assert parameters(ResNet(size="resnet18"), Shape(Grid, channels=3, space=(224, 224))) == 11_689_512 - 513_000


def test_widths_and_blocks_replace_the_sizes_own():
    network = ResNet(widths=(8, 12), blocks=2).build(SMALL)
    assert network.sizes.maps == (8, 12)
    assert [len(stage) for stage in network.stages] == [2, 2]


def test_large_images_are_brought_down_faster_than_small_ones():
    def maps(side: int) -> int:
        network = ResNet(size="tiny").build(Shape(Grid, channels=1, space=(side, side))).eval()
        return int(network(Grid(torch.zeros(1, 1, side, side))).maps[0].shape[-1])

    assert (maps(28), maps(128), maps(224)) == (14, 64, 56)


def test_a_width_of_zero_is_refused():
    with pytest.raises(ValidationError):
        ResNet(widths=(8, 0))

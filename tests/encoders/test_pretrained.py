"""Starting from weights on disk."""

from __future__ import annotations

import pytest
import torch
from safetensors.torch import save_file

from iatros.contracts import Grid, Shape
from iatros.encoders.pretrained import start_from
from iatros.encoders.resnet import ResNet
from iatros.findings import InputError

SHAPE = Shape(Grid, channels=1, space=(28, 28))


def test_saved_weights_come_back_from_a_file_and_from_a_folder(tmp_path):
    weights = ResNet(size="tiny").build(SHAPE).state_dict()
    save_file(weights, tmp_path / "weights.safetensors")
    for place in (tmp_path, tmp_path / "weights.safetensors"):
        again = ResNet(size="tiny", pretrained=place).build(SHAPE).state_dict()
        assert all(torch.equal(weights[name], again[name]) for name in weights)


def test_a_prefix_that_all_names_share_is_taken_off(tmp_path):
    module = torch.nn.Linear(2, 3)
    save_file({f"model.{name}": t + 1 for name, t in module.state_dict().items()}, tmp_path / "w.safetensors")
    start = start_from(module, tmp_path)
    assert start is not None
    assert start.loaded == ("bias", "weight")


def test_layers_of_another_shape_start_afresh_and_are_named(tmp_path, caplog):
    save_file(ResNet(size="tiny").build(SHAPE).state_dict(), tmp_path / "w.safetensors")
    network = ResNet(size="tiny").build(Shape(Grid, channels=3, space=(28, 28)))
    before = network.stem[0].weight.clone()
    with caplog.at_level("INFO"):
        start = start_from(network, tmp_path)
    assert start is not None
    assert start.reshaped == ("stem.0.weight",)
    assert torch.equal(network.stem[0].weight, before)
    assert "stem.0.weight" in caplog.text


@pytest.mark.parametrize("content", [None, b"no tensors here", "other"])
def test_weights_that_cannot_be_used_stop_the_run(tmp_path, content):
    place = tmp_path / "w.safetensors"
    if content == "other":
        save_file({"something.else": torch.zeros(2)}, place)
    elif content is not None:
        place.write_bytes(content)
    with pytest.raises(InputError):
        start_from(torch.nn.Linear(2, 3), place)

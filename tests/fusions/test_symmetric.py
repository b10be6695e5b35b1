"""A symmetric fusion, and two inputs that share an encoder."""

from __future__ import annotations

import pytest
import torch

from iatros.contracts import Rows, Shape
from iatros.findings import InputError
from iatros.fusions.symmetric import Symmetric
from iatros.model import Blueprint, Network, check_fit
from iatros.registry import load

B = 5


def made(*names: str, width: int = 6):
    torch.manual_seed(0)
    module = Symmetric().build(dict.fromkeys(names, width)).eval()
    whole = {name: torch.randn(B, width) for name in names}
    return module, whole, {name: torch.ones(B, dtype=torch.bool) for name in names}


@pytest.mark.parametrize("names", ["ab", "abc"])
def test_the_order_of_inputs_means_nothing(names):
    module, whole, present = made(*names)
    turned = dict(zip(names, [whole[name] for name in reversed(names)], strict=True))
    assert torch.allclose(module(whole, present), module(turned, present), atol=1e-6)


def table(**said):
    return load("modalities", "table").model_validate({"kind": "table", "columns": ["x"], **said})


def network(shares: dict[str, str]) -> Network:
    shape, encoder = Shape(Rows, numbers=2), load("encoders", "mlp")(kind="mlp", widths=(4,), dropout=0.0)
    target = load("targets", "value")(column="y")
    fitted = load("targets", "value").Fitted(mean=0.0, sd=1.0)
    torch.manual_seed(0)
    encoders, shapes = dict.fromkeys("ab", encoder), dict.fromkeys("ab", shape)
    return Network(Blueprint(encoders, shapes, {"y": target}, {"y": fitted}, Symmetric(), False, shares)).eval()


def test_a_shared_encoder_is_built_once_and_reads_both():
    shared, apart = network({"b": "a"}), network({})
    assert set(shared.encoders) == {"a"}
    assert set(apart.encoders) == {"a", "b"}
    here = torch.ones(B, dtype=torch.bool)
    rows = Rows(torch.randn(B, 2), torch.ones(B, 2, dtype=torch.bool), torch.zeros(B, 0, dtype=torch.long))
    assert torch.equal(shared.encode("a", rows, here).whole, shared.encode("b", rows, here).whole)
    assert not torch.equal(apart.encode("a", rows, here).whole, apart.encode("b", rows, here).whole)


def test_a_symmetric_fusion_trains_its_encoders_from_the_fused_loss():
    assert network({"b": "a"}).joint


@pytest.mark.parametrize(
    ("inputs", "what"),
    [
        ({"a": {}, "b": {"shares": "c"}}, "no other input"),
        ({"a": {}, "b": {"shares": "b"}}, "no other input"),
        ({"a": {"shares": "b"}, "b": {"shares": "a"}}, "none of its own"),
        ({"a": {}, "b": {"shares": "a", "encoder": "tabular_resnet"}}, "names another encoder"),
    ],
)
def test_what_cannot_be_shared_is_refused_in_words(inputs, what):
    with pytest.raises(InputError, match=what):
        check_fit({name: table(**said) for name, said in inputs.items()}, {})

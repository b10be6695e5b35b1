"""What is saved is read back equal, whole or not at all."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors import SafetensorError

from iatros.training.checkpoints import Saved, prefixed, read, save

KINDS = (torch.float32, torch.bfloat16, torch.int64, torch.bool)


SHAPES = st.lists(st.tuples(st.sampled_from(KINDS), st.lists(st.integers(0, 4), max_size=3)), max_size=4)
PLAIN = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text())


@settings(deadline=None, max_examples=30)
@given(SHAPES, st.dictionaries(st.text(max_size=5), PLAIN, max_size=4))
def test_tensors_of_any_kind_and_facts_come_back(tmp_path_factory, shapes, facts):
    tensors = {f"t{i}": torch.randint(0, 2, shape).to(kind) for i, (kind, shape) in enumerate(shapes)}
    path = tmp_path_factory.mktemp("saved") / "a.safetensors"
    save(path, Saved(tensors, facts))
    back = read(path)
    assert back.facts == facts
    assert back.tensors.keys() == tensors.keys()
    assert all(torch.equal(back.tensors[name], t) and back.tensors[name].dtype == t.dtype for name, t in tensors.items())


def test_groups_are_told_apart_by_their_prefix():
    saved = Saved(prefixed("model", {"w": torch.ones(1)}) | prefixed("modelled", {"w": torch.zeros(1)}), {})
    assert saved.group("model").keys() == {"w"}
    assert saved.group("model")["w"] == 1
    assert saved.group("nothing") == {}


def test_two_names_of_one_memory_and_views_can_be_saved(tmp_path):
    whole = torch.arange(12.0).reshape(3, 4)
    save(tmp_path / "a", Saved({"one": whole, "same": whole, "turned": whole.T, "grad": whole.clone().requires_grad_()}, {}))
    assert torch.equal(read(tmp_path / "a").tensors["turned"], whole.T)


@pytest.mark.parametrize("keep", [0, 7, 0.5, 0.99])
def test_a_file_that_breaks_off_is_an_error_and_no_half_of_a_model(tmp_path, keep):
    save(tmp_path / "a", Saved({"w": torch.randn(100)}, {"epoch": 3}))
    raw = (tmp_path / "a").read_bytes()
    (tmp_path / "a").write_bytes(raw[: int(keep * len(raw)) if isinstance(keep, float) else keep])
    with pytest.raises((SafetensorError, OSError)):
        read(tmp_path / "a")


def test_a_failed_write_leaves_the_old_file(tmp_path):
    save(tmp_path / "a", Saved({"w": torch.ones(2)}, {"epoch": 1}))
    with pytest.raises(TypeError):
        save(tmp_path / "a", Saved({"w": torch.zeros(2)}, {"epoch": object()}))
    assert read(tmp_path / "a").facts == {"epoch": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["a"]

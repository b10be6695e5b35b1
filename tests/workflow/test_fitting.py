"""How large the network is, told before it is trained."""

from __future__ import annotations

import pytest

import iatros
from iatros.findings import InputError
from iatros.training.checkpoints import read
from iatros.workflow.examine import examine
from iatros.workflow.fitting import network_size
from iatros.workflow.watch import Silence


def test_the_size_foretold_is_the_size_trained(run):
    examined = examine(run.study, run.folder.path, allow_leak=False, watch=Silence())
    tensors = read(next(run.folder.models.glob("*.safetensors"))).tensors
    assert network_size(examined) == run.record["parameters"] <= sum(t.numel() for t in tensors.values())


def test_a_small_sample_is_held_against_the_networks_size(declare, cases, tmp_path):
    study = declare(cases(60, seed=5))
    told = [f for f in iatros.check(study).findings if f.check == "small_sample"]
    assert told
    assert "the network has" not in told[0].what
    examined = examine(study, tmp_path, allow_leak=False, watch=Silence(), size=network_size)
    (told,) = [f for f in examined.findings if f.check == "small_sample"]
    assert f"the network has {network_size(examined):,} parameters" in told.what


def test_parts_that_do_not_fit_are_told_before_anything_is_trained(declare, cases, tmp_path):
    study = declare(cases(60, seed=5), inputs={"labs": {"kind": "table", "columns": ["age"], "encoder": {"kind": "cnn"}}})
    with pytest.raises(InputError, match="reads"):
        iatros.run(study, tmp_path / "out")
    assert not (tmp_path / "out" / "models").exists()

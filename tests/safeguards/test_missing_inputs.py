"""Hiding inputs."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from iatros.safeguards.missing_inputs import hide


@settings(deadline=None)
@given(st.integers(0, 2**31), st.floats(0, 0.99), st.integers(1, 5))
def test_a_case_never_loses_all_it_has_nor_gains_any(seed, rate, inputs):
    generator = torch.Generator().manual_seed(seed)
    present = torch.rand(20, inputs, generator=generator) < 0.6
    kept = hide(present, rate, generator)
    assert not (kept & ~present).any()
    assert (kept.any(1) == present.any(1)).all()


def test_inputs_are_hidden_at_the_rate():
    kept = hide(torch.ones(20_000, 2, dtype=torch.bool), 0.2, torch.Generator().manual_seed(0))
    assert kept.float().mean().item() == pytest.approx(1 - 0.2 + 0.2**2 / 2, abs=0.005)  # both hidden: one is given back

"""Probes of a run: shuffled outcomes teach nothing, and a planted column is named."""

from __future__ import annotations

from iatros.evidence import Evidence
from iatros.runs import read_json


def test_probes_are_told_with_intervals(run):
    probes = Evidence(**read_json(run.folder.evidence)).probes
    assert len(probes) >= 3
    assert all(probe.target == "ill" for probe in probes)

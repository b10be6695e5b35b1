"""Probes of a run: shuffled outcomes teach nothing, and a planted column is named."""

from __future__ import annotations

import numpy as np

from iatros.evidence import Evidence
from iatros.runs import read_json
from iatros.workflow.probing import mixed_folds


def test_probes_are_told_with_intervals(run):
    probes = Evidence(**read_json(run.folder.evidence)).probes
    assert len(probes) >= 3
    assert all(probe.target == "ill" for probe in probes)


def test_every_site_is_on_both_sides_and_no_patient_is():
    patient = np.arange(120) // 2
    site = [None if code == 7 else "abc"[code % 3] for code in patient]
    for train, test in mixed_folds(patient, site):
        assert {site[i] for i in train} >= {"a", "b", "c"}
        assert {site[i] for i in test} >= {"a", "b", "c"}
        assert not set(patient[train]) & set(patient[test])
        assert len(train) + len(test) == 120

"""Probes of a run: shuffled outcomes teach nothing, and a planted column is named."""

from __future__ import annotations

import numpy as np

from iatros.contracts import SplitCases
from iatros.evidence import Evidence
from iatros.runs import read_json
from iatros.splits.holdout import Holdout
from iatros.workflow.probing import mixed_folds, some


def test_probes_are_told_with_intervals(run):
    probes = Evidence(**read_json(run.folder.evidence)).probes
    assert len(probes) >= 3
    assert all(probe.target == "ill" for probe in probes)


def test_the_cases_probed_of_a_large_study_are_drawn_from_all_parts_alike():
    count = 5000
    cases = SplitCases(np.arange(count), np.zeros(count, np.int64), np.arange(count) + 1, "")
    fold = Holdout().folds(cases, 0)[0]
    for part in ("train", "test"):
        share = np.isin(fold.rows(part), some(count)).mean()
        assert 0.55 < share < 0.65  # 3,000 of 5,000


def test_every_site_is_on_both_sides_and_no_patient_is():
    patient = np.arange(120) // 2
    site = [None if code == 7 else "abc"[code % 3] for code in patient]
    for train, test in mixed_folds(patient, site):
        assert {site[i] for i in train} >= {"a", "b", "c"}
        assert {site[i] for i in test} >= {"a", "b", "c"}
        assert not set(patient[train]) & set(patient[test])
        assert len(train) + len(test) == 120

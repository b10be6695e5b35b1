"""One case explained: by the network that did not train on it, in words that name the planted columns."""

from __future__ import annotations

import pytest

from iatros.findings import InputError
from iatros.workflow.explain import explain_case


def test_a_case_is_explained_by_its_columns(run):
    told = explain_case(run, 2)
    assert {name for name, _ in told.effects} == {"labs: age", "labs: sex", "blood: crp"}
    assert 0 <= told.score <= 1
    assert told.as_json()["row"] == 2
    assert told.lines()


def test_a_row_or_target_that_is_not_there_is_refused(run):
    with pytest.raises(InputError, match="is no case of this run"):
        explain_case(run, 100_000)
    with pytest.raises(InputError, match="there is no target"):
        explain_case(run, 2, "nothing")

"""Where the network looks: what the table of checks prints."""

from __future__ import annotations

from iatros.evidence import MethodCheck
from iatros.report.sections import looks


def check(**said) -> MethodCheck:
    known = {"target": "ill", "input": "film", "method": "grad_cam", "draws": 10, "passed": True, "why": "Passed its check."}
    return MethodCheck(**(known | said))


def test_the_area_over_the_deletion_curve_comes_with_its_interval():
    told = looks._area(
        check(deletion=0.31, deletion_low=0.25, deletion_high=0.37, deletion_randomised=0.1, deletion_random=0.2)
    )
    assert told.startswith("this method 0.310 [0.250 to 0.370]")
    assert told.endswith("untrained 0.100, random order 0.200")


def test_without_limits_the_area_stands_alone():
    assert looks._area(check(deletion=0.31)) == "this method 0.310"


def test_what_was_not_measured_is_said_to_be_so():
    assert "not measured" in looks._area(check()).lower()

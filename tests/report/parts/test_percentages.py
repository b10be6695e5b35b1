"""The table of ranking and calibration by hospital and group holds the figures that were measured, and no others."""

import re

import pytest

from iatros.report.numbers import limits, point
from iatros.report.parts.percentages import COLUMNS, by_group, by_hospital
from iatros.report.reading import read


@pytest.fixture(scope="module")
def view(binary_run):
    return read(binary_run).views[0]


def cells(html, name):
    row = next(row for row in re.findall(r"<tr>.*?</tr>", html, re.DOTALL) if f'<th scope="row">{name}</th>' in row)
    return [re.sub("<[^>]*>", " ", cell).split(None, 1) for cell in re.findall(r"<td.*?</td>", row)]


@pytest.mark.parametrize(("name", "group"), [("Everyone", ""), ("Northam", "site=Northam"), ("Southam", "site=Southam")])
def test_each_hospital_shows_its_own_figures_where_it_was_not_seen(view, name, group):
    shown = cells(str(by_hospital(view)), name)
    wanted = [view.one(metric, scheme="sites", group=group) for metric in COLUMNS]
    assert [(cell[0], cell[1].strip()) for cell in shown[1:]] == [(point(row), limits(row).strip("[]")) for row in wanted]
    assert shown[0][0] == str(wanted[0].cases)


def test_what_cannot_be_judged_is_withheld_with_its_reason(view):
    shown = cells(str(by_hospital(view)), "Tiny")
    reasons = {cell[1].strip() for cell in shown[1:] if cell[0] == "withheld"}
    assert "15 cases; 30 are needed" in reasons or "15 patients; 30 are needed" in reasons


def test_groups_are_folded_and_stand_under_their_column(view):
    html = str(by_group(view))
    assert html.startswith("<details><summary>")
    assert 'scope="rowgroup" colspan="8">Sex</th>' in html
    wanted = view.one("calibration_slope", group="sex=F")
    assert point(wanted) in [cell[0] for cell in cells(html, "F")]

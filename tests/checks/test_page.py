"""Findings as a page."""

import re

from iatros.checks import page
from iatros.findings import Finding

EVIL = "<script>alert(1)</script>"


def test_nothing_from_the_data_becomes_markup():
    finding = Finding("error", EVIL, EVIL, EVIL, (2,), EVIL, EVIL, example=EVIL, check=EVIL)
    made = page([finding], EVIL)
    assert "<script" not in made
    assert made.count("&lt;script&gt;") >= 8


def test_the_style_is_not_escaped():
    style = re.search(r"<style>(.*?)</style>", page([], "x"), re.DOTALL)
    assert style is not None
    assert '"Inter"' in style[1]
    assert "&#" not in style[1]


def test_the_page_asks_for_nothing_from_outside():
    made = page([Finding("note", "a", "b", rows=(2,), source="ct")], "x", 5, {("ct", 2): b"png"})
    assert not re.search(r"(src|href)=\"(?!data:|#)", made)
    assert "url(" not in made
    assert "5 cases: 0 errors" in made


def test_pictures_of_the_rows_are_shown_unless_too_large():
    finding = Finding("warning", "near-duplicates", "look", rows=tuple(range(2, 30)), source="ct")
    pictures = {("ct", row): b"x" * (20_000 if row == 2 else 10) for row in range(2, 30)} | {("mr", 3): b"x"}
    made = page([finding], "x", pictures=pictures)
    assert made.count("<img") == 12
    assert 'alt="row 2"' not in made


def test_many_rows_are_folded_and_cut():
    made = page([Finding("note", "a", "b", rows=tuple(range(2, 10_002)))], "x")
    assert "and 9,990 more" in made
    assert "findings.json has all" in made
    assert len(made) < 20_000


def test_nothing_found_is_said():
    assert "Nothing was found" in page([], "x")

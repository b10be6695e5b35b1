"""The policy stands in two places, the package's docstring and the page; both say the same."""

from __future__ import annotations

from pathlib import Path

from iatros.cases import sequences


def test_the_page_has_the_table_of_the_package():
    page = (Path(__file__).parents[3] / "docs/how-to/sequences.md").read_text("utf-8")
    table = [line for line in (sequences.__doc__ or "").splitlines() if line.startswith("|")]
    assert len(table) > 25
    assert "\n".join(table) in page

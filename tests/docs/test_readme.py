"""The figures of README.md and of docs/concepts.md are those of benchmarks/results, to the digits shown."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"[(`]benchmarks/results/(\w+)\.json[)`]")
NUMBER = re.compile(r"(?<![\w.])[+-]?(?:\d[\d,]*)?\.?\d+(?!\w)")
ELSEWHERE = re.compile(r"published[^;|]*")  # figures of a named source, not ours


def lines() -> list[str]:
    """Lines of README.md that show figures and link to where they were measured."""
    return [line for line in (ROOT / "README.md").read_text("utf-8").splitlines() if LINK.search(line)]


def paragraphs() -> list[str]:
    """Paragraphs of docs/concepts.md that show figures and name where they were measured."""
    page = (ROOT / "docs" / "concepts.md").read_text("utf-8")
    return [" ".join(text.split()) for text in page.split("\n\n") if LINK.search(text)]


def shown(line: str) -> list[tuple[float, int]]:
    """The figures of a line, each with its decimals; in a table, not those of the first cell, which says what is claimed."""
    text = LINK.sub("", ELSEWHERE.sub("", line))
    text = "|".join(text.split("|")[2:]) if line.startswith("|") else text
    found = [number.replace(",", "") for number in NUMBER.findall(text)]
    return [(float(number), len(number.partition(".")[2])) for number in found]


def measured(name: str) -> list[float]:
    """All numbers of a benchmark's rows, those within its words included."""
    rows = json.loads((ROOT / "benchmarks" / "results" / f"{name}.json").read_text("utf-8"))["rows"]
    values = [str(value) for row in rows for value in row.values() if value is not None and not isinstance(value, bool)]
    pattern = r"[+-]?(?:\d[\d,]*\.?\d*|\.\d+)(?:e-?\d+)?"
    return [float(number.replace(",", "")) for value in values for number in re.findall(pattern, value)]


def test_every_line_of_figures_is_found():
    assert len(lines()) >= 10
    assert len(paragraphs()) >= 8


@pytest.mark.parametrize("line", [*lines(), *paragraphs()], ids=lambda line: line[2:40])
def test_a_figure_in_the_readme_or_the_concepts_is_the_one_that_was_measured(line):
    known = [value for name in LINK.findall(line) for value in measured(name)]
    for figure, decimals in shown(line):
        near = 0.5 * 10**-decimals + 1e-9
        assert any(abs(abs(value) - abs(figure)) <= near for value in known), f"{figure} is not in the results: {line}"


def test_a_figure_that_drifted_would_be_seen():
    assert shown("| a claim of 5 x 5 | .994 [.985, .998] | 1,442 images/s; published .944 to .962 |") == [
        (0.994, 3),
        (0.985, 3),
        (0.998, 3),
        (1442.0, 0),
    ]

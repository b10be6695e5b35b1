"""Pictures of aligned pairs as files. In: hits with their alignments. Out: two SVG files a pair, alignment and dot plot."""

from __future__ import annotations

from pathlib import Path

from iatros.align import Matrix
from iatros.align.dots import dots
from iatros.cli.pairs import Pairs
from iatros.report.draw import key
from iatros.report.figures.alignment import EQUAL, SIMILAR, Side, alignment
from iatros.report.figures.alignment import told as aligned_told
from iatros.report.figures.dots import dot_plot
from iatros.report.figures.dots import told as dots_told
from iatros.report.paper import slug
from iatros.report.standing import standing_alone
from iatros.runs import write_atomically

MOST = 20  # pairs that are drawn, the first ones
WINDOW = 11  # letters of the dot plot's windows
STRANDS = key(("same", "same strand"), ("turned", "other strand"))


def draw_pairs(pairs: Pairs, folder: Path) -> list[Path]:
    """Draw the first MOST pairs into a folder, which is made where it is missing. Returns the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = []
    for i in range(min(len(pairs), MOST)):
        stem = f"{i + 1:02d}-{slug('-'.join(pairs.names(i)))}"
        drawn += [_alignment(pairs, i, folder / f"{stem}-alignment.svg"), _dots(pairs, i, folder / f"{stem}-dots.svg")]
    return drawn


def similar(matrix: Matrix, query: str, target: str) -> str:
    """| for equal letters, + for others that score above 0, a blank for the rest and for gaps."""
    if "-" in (query, target):
        return " "
    if query == target:
        return EQUAL
    known = [letter if letter in matrix.letters else matrix.unknown for letter in (query, target)]
    return SIMILAR if all(known) and matrix.score(*known) > 0 else " "


def _alignment(pairs: Pairs, i: int, path: Path) -> Path:
    shown = pairs.alignments.aligned(i, pairs.query(i), pairs.targets[int(pairs.hits.target[i])])
    names, (first, _, begin, _) = pairs.names(i), pairs.spans(i)
    query = Side(names[0], shown.query.upper(), first, int(pairs.hits.strand[i]))
    target = Side(names[1], shown.target.upper(), begin)
    middle = "".join(similar(pairs.scoring.matrix, *pair) for pair in zip(query.letters, target.letters, strict=True))
    return _written(path, str(alignment(query, middle, target, aligned_told(query, middle, target))))


def _dots(pairs: Pairs, i: int, path: Path) -> Path:
    query, target = pairs.queries[int(pairs.hits.query[i])], pairs.targets[int(pairs.hits.target[i])]
    matrix = pairs.scoring.matrix
    found = dots(query, target, matrix, min(WINDOW, len(query), len(target)), both_strands=matrix.nucleotides)
    legend = str(STRANDS) if found.reverse else ""
    return _written(path, legend + str(dot_plot(found, pairs.names(i), dots_told(found))))


def _written(path: Path, drawing: str) -> Path:
    write_atomically(path, lambda draft: draft.write_text(standing_alone(drawing), "utf-8"))
    return path

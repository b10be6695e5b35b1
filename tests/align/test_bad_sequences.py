"""No bad pair gives a silent wrong score: each row of the table is either refused in words, or has its right score.

`bad_sequences.json` holds the pairs; [letter, n] stands for a letter n times. Scores there are the plain recurrence's on the
pair as `sequences` reads it, or reckoned by hand where a text is long; `benchmarks/bad_sequences.py` adds the longest.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from iatros.align.matrices import match, named
from iatros.align.pairs import align_all
from iatros.align.scored import scores
from iatros.align.scoring import Free, Gaps, Scoring
from iatros.align.sequences import encode
from iatros.findings import InputError

ROWS = json.loads(Path(__file__).with_name("bad_sequences.json").read_text("utf-8"))


def scoring(row) -> Scoring:
    matrix = row.get("matrix", "BLOSUM62")
    ends = Free(**dict.fromkeys(row.get("free", []), True))
    chosen = named(matrix) if isinstance(matrix, str) else match(*matrix)
    return Scoring(chosen, Gaps(*row.get("gaps", [12, 1])), row.get("mode", "global"), ends)


def text(cell):
    return cell[0] * cell[1] if isinstance(cell, list) else cell


def test_the_table_has_at_least_forty_rows_of_different_names():
    assert len({row["name"] for row in ROWS}) == len(ROWS) >= 40


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_a_bad_pair_is_refused_or_right(row):
    if "words" in row:
        with pytest.raises(InputError, match=row["words"]):
            scores([text(row["query"])], [text(row["target"])], scoring(row))
        return
    pair = [text(row["query"])], [text(row["target"])]
    assert scores(*pair, scoring(row)).item() == row["score"]
    assert align_all(*pair, scoring(row)).score.item() == row["score"]
    notes = {note.check for texts in pair for note in encode(texts, scoring(row).matrix).findings}
    assert notes == ({row["note"]} if "note" in row else set())

"""Claim: none of more than 70 bad pairs of sequences gets a silent wrong score: each is refused in words, or scored right.

The table is tests/align/bad_sequences.json (lower case, U, O, J, blanks, line ends, signs beyond ASCII, empty texts, gap costs
reversed, scores that fill 8 and 16 bits, ...); right is what the plain recurrence scores on the pair as the stated policy reads
it. The longest are added here, where the right score is reckoned by hand: 100,000 letters against as many, and one against all.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from table import Row, report

from iatros.align import Free, Gaps, Scoring, align_all, match, named, scores
from iatros.findings import InputError

TABLE = Path(__file__).resolve().parents[1] / "tests" / "align" / "bad_sequences.json"
LONG = 100_000  # letters
LONGEST = 300  # seconds that a pair may take


def longest() -> Iterator[dict[str, Any]]:
    """Rows whose texts are too long for a file."""
    half = LONG // 2
    yield {"name": "100 kb against itself", "query": ["A", LONG], "target": ["A", LONG], "score": 4 * LONG}
    alike = {"query": ["A", LONG], "target": ["W", LONG], "mode": "local"}
    yield {"name": "100 kb against 100 kb of nothing alike, local", **alike, "score": 0}
    shorter = {"query": ["A", LONG], "target": ["A", half]}
    yield {"name": "100 kb against half of it", **shorter, "score": 4 * half - 12 - (half - 1)}
    yield {"name": "100 kb against one letter", "query": ["A", LONG], "target": "A", "score": 4 - 12 - (LONG - 2)}
    yield {"name": "one letter inside 100 kb", "query": "A", "target": ["A", LONG], "mode": "semiglobal",
           "free": ["target_begin", "target_end"], "score": 4}  # fmt: skip


def scoring(row: dict[str, Any]) -> Scoring:
    """The row's costs."""
    matrix = row.get("matrix", "BLOSUM62")
    chosen = named(matrix) if isinstance(matrix, str) else match(*matrix)
    ends = Free(**dict.fromkeys(row.get("free", []), True))
    return Scoring(chosen, Gaps(*row.get("gaps", [12, 1])), row.get("mode", "global"), ends)


def text(cell: Any) -> Any:
    """[letter, n] is a letter n times; anything else, however wrong, is itself."""
    return cell[0] * cell[1] if isinstance(cell, list) else cell


def outcome(row: dict[str, Any]) -> str:
    """ "" if the row is refused with its words or gets its score, alone and with its alignment; else what happened."""
    pair = [text(row["query"])], [text(row["target"])]
    try:
        found = scores(*pair, scoring(row)).item(), align_all(*pair, scoring(row)).score.item()
    except InputError as refused:
        expected = row.get("words")
        return "" if expected and re.search(expected, str(refused)) else f"refused: {refused}"
    except Exception as fault:  # a stack trace is what this script looks for
        return f"{type(fault).__name__}: {fault}"
    return "" if found == (row.get("score"), row.get("score")) else f"scored {found}, right is {row.get('score', 'a refusal')}"


def main() -> bool:
    """All rows, each timed."""
    rows = [*json.loads(TABLE.read_text("utf-8")), *longest()]
    faults, slowest = [], (0.0, "")
    for row in rows:
        begun = time.perf_counter()
        fault = outcome(row)
        slowest = max(slowest, (time.perf_counter() - begun, row["name"]))
        if fault:
            faults.append(f"{row['name']}: {fault}")
    note = "; ".join(faults) or f"the slowest, {slowest[1]}, took {slowest[0]:.0f} s for its score and its alignment"
    refused = sum("words" in row for row in rows)
    enough = len(rows) >= 40 and not faults and slowest[0] < LONGEST
    claim = f"{len(rows)} bad pairs, {refused} to be refused in words"
    told = Row(claim, f"{len(rows) - len(faults)} of {len(rows)} right", goal="all of at least 40", met=enough, note=note)
    return report("bad_sequences", [told])


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)

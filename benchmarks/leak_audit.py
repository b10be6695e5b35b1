"""Claim: of CB513, 164 proteins have homologs and 2 have copies among the published training proteins; of NEW364, none.

Exact local alignment (BLOSUM62, a gap of n letters costs 11 + (n - 1)) of every test protein with all 10,792 training proteins;
E-values with lambda .267, K .041, and the query's letters times all training letters as search space; homologs at E < 1e-10.
Copies, homologs at two further thresholds and the largest identity (identical pairs by the shorter's letters) stand beside.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import csv
import gzip
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from flip import records
from places import DATA
from table import Row, report

from iatros.align import Gaps, Scoring, Statistics
from iatros.align.hits import Hits
from iatros.align.kin import Likeness, Rule, candidates_between, likeness

RULE = Rule(1e-10, scoring=Scoring(gaps=Gaps(11, 1)), statistics=Statistics(0.267, 0.041, "BLAST, BLOSUM62, 11/1"))
FURTHER = (1e-3, 1e-5)
KNOWN = {"CB513": (2, 164), "TS115": (None, None), "NEW364": (0, 0)}  # copies, homologs


@dataclass(frozen=True, slots=True)
class Audit:
    """Of one test set: texts, pairs that were aligned, how alike they are, seconds of the processor for scores and for all."""

    texts: list[str]
    hits: Hits
    alike: Likeness
    scoring: float
    seconds: float

    def homologs(self, e_value: float) -> int:
        """Test proteins with a training protein at less than this E-value."""
        return len(np.unique(self.hits.query[self.hits.e_value < e_value]))


def published() -> tuple[list[str], list[str]]:
    """The training proteins (validation included), and NEW364."""
    letters, parts = records("sequences"), records("sampled")
    train = [letters[name][1] for name, (rest, _) in parts.items() if "SET=train" in rest]
    return train, [letters[name][1] for name, (rest, _) in parts.items() if "SET=test" in rest]


def chains(name: str) -> list[str]:
    """CB513 or TS115."""
    with gzip.open(DATA / "sequences" / "cb513_ts115" / f"{name}_HHblits.csv.gz", "rt", encoding="ascii") as lines:
        return [row["input"].replace(" ", "") for row in csv.DictReader(lines)]


def audited(texts: list[str], train: Sequence[str]) -> Audit:
    """All pairs scored, those that could be kin aligned."""
    begun = time.process_time()
    hits = candidates_between(texts, train, RULE)
    scored = time.process_time()
    return Audit(texts, hits, likeness(hits, texts, train, RULE), scored - begun, time.process_time() - begun)


def rows(name: str, audit: Audit, train: Sequence[str]) -> list[Row]:
    """The figures of one test set."""
    copies, homologs = KNOWN[name]
    kept = set(train)
    found = sum(text in kept for text in audit.texts)
    count = audit.homologs(RULE.e_value)
    beside = ", ".join(f"{audit.homologs(e)} at E < {e:g}" for e in FURTHER)
    cells = sum(map(len, audit.texts)) * sum(map(len, train)) / 1e9
    best = int(audit.alike.identity.argmax())
    told = f"{len(audit.hits):,} pairs of E <= 10 aligned; that pair has E = {audit.hits.e_value[best]:.2g}"
    of = f"of {len(audit.texts)} proteins"
    return [
        Row(f"{name}: exact copies in training", found, copies, goal="" if copies is None else f"{copies}",
            met=None if copies is None else found == copies, note=of),
        Row(f"{name}: homologs at E < 1e-10", count, homologs, goal="" if homologs is None else f"{homologs}",
            met=None if homologs is None else count == homologs, note=f"{of}; {beside}"),
        Row(f"{name}: largest identity to training", float(audit.alike.identity.max()), note=told),
        Row(f"{name}: processor time", audit.seconds, unit="s", note=f"scores {cells / audit.scoring:.1f} billion cells/s"),
    ]  # fmt: skip


def main() -> bool:
    """All three test sets."""
    train, new = published()
    sets = {"NEW364": new, "CB513": chains("CB513"), "TS115": chains("TS115")}
    found = [row for name, texts in sets.items() for row in rows(name, audited(texts, train), train)]
    return report("leak_audit", [Row("training proteins", len(train), 10_792, met=len(train) == 10_792), *found], ["numba"])


if __name__ == "__main__":
    raise SystemExit(not main())

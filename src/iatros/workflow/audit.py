"""Has a model seen the test sequences in training? Copies and homologs between two files, by exact alignment.

In: two files of sequences and what counts as a homolog. Out: `Audit`, for each test sequence its nearest training sequence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from math import isqrt
from pathlib import Path
from textwrap import wrap
from typing import Any, Literal

import numpy as np

from iatros.align import reverse_complement
from iatros.align.alignments import Identity
from iatros.align.hits import Hits
from iatros.align.kin import Likeness, Prefilter, Rule, candidates_between, filters, likeness, nucleotides, proven_run
from iatros.align.missed import joined, missed_between
from iatros.cases.sequences import Reading, read
from iatros.findings import Finding, InputError
from iatros.splits.filtered import Filtered

BANDS = (0.0, 0.3, 0.5, 0.7, 0.9, 1.0)  # of the identity to the nearest training sequence; 1 is a band of its own
SHOWN = 10  # test sequences that the screen lists
WIDTH = 120  # letters of a line
Alphabet = Literal["auto", "protein", "dna", "rna"]


@dataclass(frozen=True, slots=True)
class Nearest:
    """A test sequence and the training sequence most like it: a copy, else a homolog, of these the most identical one.

    train is empty, and e_value None, where no training sequence was as good as chance gives (E <= 10).
    """

    test: str
    train: str
    copy: bool
    homolog: bool
    identity: float
    coverage: float
    e_value: float | None


@dataclass(frozen=True, slots=True)
class Audit:
    """nearest: one a test sequence, in the file's order; trained: how many training sequences; rule, by: in words.

    filtered: what is known of homologs that share no short words; None where all pairs were scored
    """

    nearest: tuple[Nearest, ...]
    trained: int
    protein: bool
    rule: str
    by: str
    findings: tuple[Finding, ...]
    filtered: Filtered | None = None

    @property
    def copies(self) -> int:
        """Test sequences that are training sequences, letter by letter."""
        return sum(one.copy for one in self.nearest)

    @property
    def homologs(self) -> int:
        """Test sequences with a homolog in training, copies among them."""
        return sum(one.homolog for one in self.nearest)

    @property
    def worst(self) -> Nearest:
        """Of the largest identity."""
        return max(self.nearest, key=lambda one: one.identity)

    def bands(self) -> dict[str, int]:
        """Test sequences by identity to the nearest training sequence."""
        identity = np.array([one.identity for one in self.nearest])
        counts = {
            f"{100 * low:.0f} to {100 * high:.0f} %": int(((identity >= low) & (identity < high)).sum())
            for low, high in pairwise(BANDS)
        }
        return {**counts, "100 %": int((identity >= 1).sum())}

    def as_json(self) -> dict[str, Any]:
        """All of it; `nearest` holds every test sequence."""
        counts = {"test": len(self.nearest), "train": self.trained, "copies": self.copies, "homologs": self.homologs}
        told = {"rule": self.rule, "identity_by": self.by, "largest_identity": self.worst.identity, "bands": self.bands()}
        filtered = None if self.filtered is None else {**asdict(self.filtered), "limit": self.filtered.limit}
        return {**counts, **told, "filtered": filtered, "nearest": [asdict(one) for one in self.nearest]}

    def lines(self) -> list[str]:
        """The counts, and the worst of the test sequences."""
        count, worst = len(self.nearest), self.worst
        called = "proteins" if self.protein else "nucleotide sequences"
        bands = " · ".join(f"{name}: {number:,}" for name, number in self.bands().items() if number)
        scored = f"all {count * self.trained:,} pairs scored exactly"
        if self.filtered is not None:
            scored = self.filtered.told("told apart from training")
        rule = f"{self.rule}, or a copy" if self.copies else self.rule
        return [
            *wrap(f"{count:,} test and {self.trained:,} training {called}; {scored}", WIDTH),
            f"  {'exact copies':18}{self.copies:,} of {count:,} test sequences",
            f"  {'homologs':18}{self.homologs:,} of {count:,} test sequences   {rule}",
            f"  {'largest identity':18}{100 * worst.identity:.1f} %   identical pairs by {self.by}",
            f"  {'nearest':18}{bands}",
            *_table([one for one in self.nearest if one.copy or one.homolog]),
        ]


def audit(
    train: str | Path, test: str | Path, rule: Rule | None = None, alphabet: Alphabet = "auto", threads: int = 1,
    prefilter: Prefilter = "auto",
) -> Audit:  # fmt: skip
    """Align every test sequence with every training sequence; the space: its letters times all training letters.

    rule: what counts as a homolog; scoring and strands follow from the letters.
    prefilter: align only pairs that share short words; "auto" where there are as many pairs as 20,000 sequences have

    Raises InputError for files without sequences, and for proteins in one and nucleotides in the other.
    """
    trained, tested = read(train, alphabet), read(test, alphabet)
    protein = _one_kind(trained, tested)
    asked = rule or Rule()
    asked = asked if protein else nucleotides(asked)
    texts, others = tested.records.texts(), trained.records.texts()
    filtered = filters(prefilter, isqrt(2 * len(texts) * len(others)))
    hits = candidates_between(texts, others, asked, threads, filtered)
    alike, lost = likeness(hits, texts, others, asked, threads), None
    if filtered:
        hits, alike, lost = _put_right(hits, alike, (texts, others), asked, threads)
    findings = (*trained.findings, *tested.findings)
    found = _nearest(tested, trained, hits, alike, _copies(texts, others, protein))
    return Audit(found, len(others), protein, in_words(asked), BY[asked.by], findings, lost)


BY: dict[Identity, str] = {
    "columns": "columns of the alignment",
    "pairs": "columns without a gap",
    "shorter": "letters of the shorter",
    "longer": "letters of the longer",
    "mean": "the mean of both lengths",
    "query": "letters of the test sequence",
    "target": "letters of the training sequence",
}


def in_words(rule: Rule) -> str:
    """ "E <= 0.001, identity >= 30 %"."""
    parts = [f"E <= {rule.e_value:g}"]
    parts += [f"identity >= {100 * rule.identity:g} %"] if rule.identity else []
    parts += [f"coverage >= {100 * rule.coverage:g} % of the shorter"] if rule.coverage else []
    return ", ".join(parts)


def _one_kind(trained: Reading, tested: Reading) -> bool:
    """Whether both are proteins. A file that breaks off is refused: what it lacks could be a copy."""
    errors = [finding for reading in (trained, tested) for finding in reading.findings if finding.severity == "error"]
    if errors:
        raise InputError(errors[0])
    kinds = [reading.alphabet == "protein" for reading in (trained, tested)]
    if kinds[0] != kinds[1]:
        first, second = ("proteins" if kind else "nucleotides" for kind in kinds)
        what = f"the training file holds {first}, the test file {second}"
        raise InputError(Finding("error", what, "give files of one kind, or say what they are with --alphabet"))
    return kinds[0]


def _put_right(
    hits: Hits, alike: Likeness, texts: tuple[Sequence[str], Sequence[str]], rule: Rule, threads: int
) -> tuple[Hits, Likeness, Filtered]:
    """With what the filter missed of test sequences drawn at random; it mattered to those that had no other homolog."""
    missed = missed_between(*texts, hits, rule, threads)
    hurt = len(set(missed.hits.query.tolist()) - set(hits.query[alike.kin].tolist()))
    lost = Filtered(len(missed.sequences), len(texts[0]), missed.kin, len(missed.hits), hurt, proven_run(rule))
    more = likeness(missed.hits, *texts, rule, threads)
    both = (np.concatenate([getattr(one, name) for one in (alike, more)]) for name in ("identity", "coverage", "kin"))
    return joined(hits, missed.hits), Likeness(*both), lost


def _copies(texts: Sequence[str], others: Sequence[str], protein: bool) -> list[int]:
    """[Q] the first training sequence of the same letters, or of the other strand's; -1 where there is none.

    Sequences of unknown letters alone are nobody's copies.
    """
    unknown, place = {"X"} if protein else {"N"}, dict[str, int]()

    def plain(text: str) -> str:
        return text if protein else text.replace("U", "T")

    for i, text in enumerate(others):
        for written in (text,) if protein else (text, reverse_complement(text)):
            place.setdefault(plain(written), i)
    return [place.get(plain(text), -1) if set(text) - unknown else -1 for text in texts]


def _nearest(tested: Reading, trained: Reading, hits: Hits, alike: Likeness, copies: Sequence[int]) -> tuple[Nearest, ...]:
    best: dict[int, int] = {}
    for at in np.lexsort((hits.target, hits.e_value, -alike.identity, ~alike.kin)).tolist():
        best.setdefault(int(hits.query[at]), at)
    names, others, found = tested.records.names, trained.records.names, []
    for q, name in enumerate(names):
        at, copy = best.get(q, -1), copies[q]
        e_value = float(hits.e_value[at]) if at >= 0 else None
        if copy >= 0:
            found.append(Nearest(name, others[copy], True, True, 1.0, 1.0, e_value))
        elif at < 0:
            found.append(Nearest(name, "", False, False, 0.0, 0.0, None))
        else:
            told = bool(alike.kin[at]), float(alike.identity[at]), float(alike.coverage[at])
            found.append(Nearest(name, others[int(hits.target[at])], False, *told, e_value))
    return tuple(found)


def _table(listed: Sequence[Nearest]) -> list[str]:
    """The most identical ones; none where there is nothing to list."""
    if not listed:
        return []
    worst = sorted(listed, key=lambda one: (-one.identity, one.e_value or 0))[:SHOWN]
    more = [f"  and {len(listed) - SHOWN:,} more: --json gives all"] if len(listed) > SHOWN else []
    head = f"  {'test':24}{'nearest in training':24}identity  coverage  E-value"
    return ["", head, *(_line(one) for one in worst), *more]


def _line(one: Nearest) -> str:
    e_value = "" if one.e_value is None else f"{one.e_value:.2g}"
    copy = "   a copy" if one.copy else ""
    return f"  {one.test[:22]:24}{one.train[:22]:24}{100 * one.identity:6.1f} %{100 * one.coverage:8.1f} %  {e_value}{copy}"

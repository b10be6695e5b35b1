"""`iatros align` and `iatros search`: two files of sequences, what is wanted of their pairs, and a table of those.

In: paths and options. Out: results on stdout in the format asked for; what was found in the files on stderr.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from iatros.align import Free, Gaps, Matrix, Scoring, Wanted, align_hits, encode, match, named, search
from iatros.align import read as read_matrix
from iatros.align.hits import known_statistics
from iatros.align.matrices import NAMED
from iatros.align.sequences import Sequences
from iatros.cases.sequences import Alphabet, Reading, read
from iatros.cli.failing import say
from iatros.cli.pairs import Pairs, printed
from iatros.findings import Finding, InputError, printable, quote

Mode = Literal["global", "local", "semi-global"]
Format = Literal["table", "blast", "sam", "pretty", "json"]
MOST_PAIRS = 5_000_000  # whose alignments are shown unless fewer are asked for
E_VALUE = 10.0  # of a search, where there are E-values: BLAST's default
ENDS = ("query-begin", "query-end", "target-begin", "target-end")
SETS = {"query": ENDS[:2], "target": ENDS[2:], "all": ENDS}


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of both verbs; None is what fits the letters."""

    mode: Mode
    format: Format = "table"
    free: str = "target"
    top: int | None = None
    min_score: int | None = None
    max_evalue: float | None = None
    matrix: str | None = None
    gap_open: int | None = None
    gap_extend: int | None = None
    both_strands: bool = False
    identity: str = "columns"
    alphabet: Literal["auto", "dna", "rna", "protein"] = "auto"
    threads: int = 0


def align_files(queries: Path, targets: Path, asked: Asked, *, limited: bool, pictures: Path | None = None) -> None:
    """Align every query with every target and print what is wanted of the pairs; limited: the best targets of each query.

    pictures: a folder for drawings of the first pairs
    """
    matrix = None if asked.matrix is None else matrix_of(asked.matrix)
    given, against = both(queries, targets, asked, matrix)
    scoring = scoring_of(asked, matrix, given.alphabet)
    wanted = wanted_of(asked, scoring, limited=limited)
    _refuse_all(given, against, wanted)
    texts, others = _encoded(given, scoring, queries), _encoded(against, scoring, targets)
    threads = asked.threads or len(os.sched_getaffinity(0))
    hits = search(texts, others, scoring, wanted, "both" if asked.both_strands else "given", threads)
    found = Pairs(given.records, against.records, hits, align_hits(hits, texts, others, scoring, threads), scoring)
    printed(found, asked.format, asked.identity)
    if pictures is not None:
        from iatros.cli.drawing import draw_pairs

        say([f"{len(draw_pairs(found, pictures))} pictures in {pictures}"])
    if not len(hits):
        say(["no pair is as good as asked for"])


def both(queries: Path, targets: Path, asked: Asked, matrix: Matrix | None) -> tuple[Reading, Reading]:
    """Both files in one alphabet: that of the matrix, that which was asked for, or that which their letters tell."""
    alphabet: Alphabet | Literal["auto"] = asked.alphabet if asked.alphabet != "rna" else "dna"
    if matrix is not None:
        alphabet = "dna" if matrix.nucleotides else "protein"
    given, against = read(queries, alphabet), read(targets, alphabet)
    kinds = [one.alphabet == "protein" for one in (given, against)]
    if kinds[0] != kinds[1]:
        first, second = ("proteins" if kind else "nucleotides" for kind in kinds)
        what = f"{queries.name} holds {first}, {targets.name} {second}"
        raise InputError(Finding("error", what, "give files of one kind, or say what they are with --alphabet"))
    if "rna" in (given.alphabet, against.alphabet):  # U and T are one letter to a matrix
        given, against = read(queries, "dna"), read(targets, "dna")
    for reading in (given, against):
        errors = [finding for finding in reading.findings if finding.severity == "error"]
        if errors:
            raise InputError(errors[0])
        if reading.findings:
            say([printable(f"  {finding.severity:9} {finding}") for finding in reading.findings])
    return given, against


def matrix_of(text: str) -> Matrix:
    """A matrix by its name, by a match and a mismatch as in `2/-3`, or from a file. Raises InputError for other words."""
    reward, slash, penalty = text.partition("/")
    if slash and reward.isdigit() and penalty.removeprefix("-").isdigit():
        return match(int(reward), -int(penalty.removeprefix("-")))
    if text.upper() in NAMED:
        return named(text)
    if Path(text).is_file():
        return read_matrix(text)
    todo = f"take one of {', '.join(NAMED)}, a match and a mismatch such as 2/-3, or a file"
    raise InputError(Finding("error", f"there is no matrix {quote(text)}", todo, column="--matrix"))


def scoring_of(asked: Asked, matrix: Matrix | None, alphabet: Alphabet) -> Scoring:
    """BLAST's defaults for what was not asked for: BLOSUM62 and 12/1 for proteins, 2/-3 and 7/2 for nucleotides."""
    protein = alphabet == "protein"
    chosen = matrix or (named("BLOSUM62") if protein else match(2, -3))
    extend = asked.gap_extend if asked.gap_extend is not None else 1 if protein else 2
    gaps = Gaps(asked.gap_open if asked.gap_open is not None else max(extend, 12 if protein else 7), extend)
    if asked.mode == "semi-global":
        return Scoring(chosen, gaps, "semiglobal", free_ends(asked.free))
    return Scoring(chosen, gaps, asked.mode)


def free_ends(text: str) -> Free:
    """`target`, `query`, `all`, or single ends with commas between them. Raises InputError for other words."""
    ends: list[str] = []
    for word in text.split(","):
        if word not in ENDS and word not in SETS:
            todo = f"take {', '.join(SETS)}, or some of {', '.join(ENDS)} with commas between them"
            raise InputError(Finding("error", f"there is no end {quote(word)}", todo, column="--free"))
        ends += SETS.get(word, (word,))
    return Free(**{end.replace("-", "_"): True for end in ends})


def wanted_of(asked: Asked, scoring: Scoring, *, limited: bool) -> Wanted:
    """A search keeps ten a query and, where there are E-values, those to 10; an empty local alignment is never kept."""
    wanted = Wanted(asked.top, asked.min_score, asked.max_evalue)
    if scoring.mode == "local" and wanted.least_score is None:
        wanted = replace(wanted, least_score=1)
    if not limited:
        return wanted
    known = known_statistics(scoring, Wanted())
    e_value = E_VALUE if known is not None and asked.max_evalue is None and asked.min_score is None else asked.max_evalue
    return replace(wanted, top=10 if asked.top is None else asked.top, e_value=e_value)


def _refuse_all(given: Reading, against: Reading, wanted: Wanted) -> None:
    pairs = len(given.records) * len(against.records)
    asks_all = wanted.top is None and wanted.e_value is None and (wanted.least_score or 1) <= 1
    if pairs > MOST_PAIRS and asks_all:
        what = f"{pairs:,} pairs are too many to show each"
        raise InputError(Finding("error", what, "ask for fewer with --top, --min-score or --max-evalue", column="--top"))


def _encoded(reading: Reading, scoring: Scoring, path: Path) -> Sequences:
    """The letters of a matrix; what it does not score is told."""
    found: Sequences = encode(reading.records.texts(), scoring.matrix, path.name)
    told = [finding for finding in found.findings if finding.check != "lower_case"]
    if told:
        say([printable(f"  {finding.severity:9} {path.name}: {finding.what}") for finding in told])
    return found

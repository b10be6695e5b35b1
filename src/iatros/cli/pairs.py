"""Aligned pairs on stdout: a table, BLAST's twelve columns, SAM, alignments to look at, or JSON.

In: hits with their alignments. Out: lines. Positions count from 1, ends included, as all of these formats have them.
Sources: BLAST+ manual, -outfmt 6; SAM format specification 1.6.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, get_args

from iatros.align import Alignments, Hits, Scoring, reverse_complement
from iatros.align.alignments import DIFFERENT, Identity
from iatros.cases.sequences import Records
from iatros.cli.document import print_json
from iatros.findings import Finding, InputError, printable, quote

COLUMNS = 60  # of an alignment to look at
REVERSE, UNMAPPED, SECONDARY = 16, 4, 256  # SAM's flags
NO_QUALITY = 255  # SAM: the mapping quality is not known
LOWEST_E = 1e-180  # below it BLAST writes 0.0


@dataclass(frozen=True)
class Pairs:
    """H hits and their alignments, in one order, and the records that they are of."""

    queries: Records
    targets: Records
    hits: Hits
    alignments: Alignments
    scoring: Scoring

    def __len__(self) -> int:
        return len(self.hits)

    def names(self, i: int) -> tuple[str, str]:
        """Of query and target, safe for a screen and for columns."""
        query, target = self.queries.names[int(self.hits.query[i])], self.targets.names[int(self.hits.target[i])]
        return printable(query), printable(target)

    def query(self, i: int) -> str:
        """The query's letters, on the strand of the hit."""
        text = self.queries[int(self.hits.query[i])]
        return text if self.hits.strand[i] > 0 else reverse_complement(text)

    def spans(self, i: int) -> tuple[int, int, int, int]:
        """First and last letter of query and target. On the other strand the query's count down along the query as given."""
        found = self.alignments
        first, last = int(found.query_begin[i]) + 1, int(found.query_end[i])
        if self.hits.strand[i] < 0:
            length = int(found.query_length[i])
            first, last = length - first + 1, length - last + 1
        return first, last, int(found.target_begin[i]) + 1, int(found.target_end[i])


def printed(pairs: Pairs, form: str, identity: str) -> None:
    """Print pairs in a format. identity: what identical letters are divided by. Raises InputError for other words."""
    if identity not in get_args(Identity):
        choices = ", ".join(get_args(Identity))
        raise InputError(Finding("error", f"there is no identity by {quote(identity)}", f"take {choices}", column="--identity"))
    if form == "json":
        print_json(document(pairs, identity))
        return
    writers: dict[str, Callable[[Pairs, Any], Iterator[str]]] = {"table": table, "blast": blast, "sam": sam, "pretty": pretty}
    for line in writers[form](pairs, identity):
        print(line)


def table(pairs: Pairs, identity: Any) -> Iterator[str]:  # Any: an Identity, checked at the door
    """Columns for a person; the header says what the identity is divided by."""
    heads = ("query", "target", "score", f"identity ({identity})", "query cov.", "target cov.", "E-value", "strand", "CIGAR")
    found = pairs.alignments
    shares = [found.identity(identity), found.coverage("query"), found.coverage("target")]
    cigars = found.cigars()
    rows = [
        (*pairs.names(i), f"{int(found.score[i]):,}", *(_share(share[i]) for share in shares),
         _e_value(pairs.hits.e_value[i]), "+" if pairs.hits.strand[i] > 0 else "-", cigars[i])
        for i in range(len(pairs))
    ]  # fmt: skip
    widths = [max(len(row[k]) for row in [heads, *rows]) for k in range(len(heads) - 1)]
    for row in [heads, *rows]:
        cells = [
            cell.ljust(width) if k < 2 else cell.rjust(width) for k, (cell, width) in enumerate(zip(row, widths, strict=False))
        ]
        yield "  ".join([*cells, row[-1]]).rstrip()


def document(pairs: Pairs, identity: Any) -> list[dict[str, Any]]:  # Any: what JSON holds
    """A dictionary a pair."""
    found, hits = pairs.alignments, pairs.hits
    shares, cigars = found.identity(identity), found.cigars()
    query, target = found.coverage("query"), found.coverage("target")
    rows = []
    for i in range(len(pairs)):
        names, spans = pairs.names(i), pairs.spans(i)
        rows.append({
            "query": names[0], "target": names[1], "score": int(found.score[i]), "strand": int(hits.strand[i]),
            "identity": float(shares[i]), "identity_by": identity, "identical": int(found.identical[i]),
            "columns": int(found.columns[i]), "query_coverage": float(query[i]), "target_coverage": float(target[i]),
            "query_from": spans[0], "query_to": spans[1], "target_from": spans[2], "target_to": spans[3],
            "bits": float(hits.bits[i]), "e_value": float(hits.e_value[i]), "search_space": int(hits.space[i]),
            "cigar": cigars[i],
        })  # fmt: skip
    return rows


def blast(pairs: Pairs, identity: Any) -> Iterator[str]:  # Any: not asked for; BLAST divides by columns
    """BLAST's -outfmt 6. On the other strand the target's positions count down, as BLAST has it."""
    found = pairs.alignments
    identical, columns, mismatches, gaps = found.identical, found.columns, found.count(DIFFERENT), found.gaps
    for i in range(len(pairs)):
        first, last, begin, end = pairs.spans(i)
        if pairs.hits.strand[i] < 0:
            first, last, begin, end = last, first, end, begin
        percent = 100 * int(identical[i]) / max(1, int(columns[i]))
        counts = (int(columns[i]), int(mismatches[i]), int(gaps[i]), first, last, begin, end)
        e_value, bits = pairs.hits.e_value[i], pairs.hits.bits[i]
        ends = (_e_value(e_value), "-" if math.isnan(bits) else f"{bits:.1f}")
        yield "\t".join([*pairs.names(i), f"{percent:.3f}", *map(str, counts), *ends])


def sam(pairs: Pairs, identity: Any) -> Iterator[str]:  # Any: not asked for
    """SAM with AS (score) and NM (differences); the second and later hits of a query are secondary, one without is unmapped."""
    twice = next((name for name, count in Counter(map(printable, pairs.targets.names)).items() if count > 1), None)
    if twice is not None:
        what = f"several sequences are called {quote(twice)}, and SAM tells them apart by their names"
        raise InputError(Finding("error", what, "give each a name of its own, or ask for another format", check="names"))
    yield "@HD\tVN:1.6\tSO:unsorted"
    for name, length in zip(pairs.targets.names, pairs.targets.lengths.tolist(), strict=True):
        yield f"@SQ\tSN:{printable(name)}\tLN:{length}"
    yield "@PG\tID:iatros\tPN:iatros"
    of_query: dict[int, list[int]] = {}
    for i, query in enumerate(pairs.hits.query.tolist()):
        of_query.setdefault(query, []).append(i)
    for query, name in enumerate(pairs.queries.names):
        for place, i in enumerate(of_query.get(query, [])):
            yield _mapped(pairs, i, SECONDARY if place else 0)
        if query not in of_query:
            yield "\t".join([printable(name), str(UNMAPPED), "*", "0", "0", "*", "*", "0", "0", pairs.queries[query], "*"])


def _mapped(pairs: Pairs, i: int, flag: int) -> str:
    """One line of SAM."""
    found, text = pairs.alignments, pairs.query(i)
    flag += REVERSE if pairs.hits.strand[i] < 0 else 0
    before, after = int(found.query_begin[i]), len(text) - int(found.query_end[i])
    cigar = (f"{before}S" if before else "") + found.cigar(i) + (f"{after}S" if after else "")
    name, target = pairs.names(i)
    differences = int(found.columns[i] - found.identical[i])
    tags = [f"AS:i:{int(found.score[i])}", f"NM:i:{differences}"]
    begin = int(found.target_begin[i]) + 1
    return "\t".join([name, str(flag), target, str(begin), str(NO_QUALITY), cigar, "*", "0", "0", text, "*", *tags])


def pretty(pairs: Pairs, identity: Any) -> Iterator[str]:  # Any: an Identity
    """Alignments to look at, with positions."""
    shares = pairs.alignments.identity(identity)
    for i in range(len(pairs)):
        query, target = pairs.names(i)
        found = pairs.alignments
        strand = "" if pairs.hits.strand[i] > 0 else " · other strand of the query"
        e_value = "" if math.isnan(pairs.hits.e_value[i]) else f" · E-value {_e_value(pairs.hits.e_value[i])}"
        named = f"identity {_share(shares[i])} ({identity})"
        yield f"{query} and {target} · score {int(found.score[i]):,} · {named}{e_value}{strand}"
        yield from _blocks(pairs, i)


def _blocks(pairs: Pairs, i: int) -> Iterator[str]:
    """Three lines for each COLUMNS of an alignment, and a blank one."""
    shown = pairs.alignments.aligned(i, pairs.query(i), pairs.targets[int(pairs.hits.target[i])])
    first, last, begin, _ = pairs.spans(i)
    step = 1 if pairs.hits.strand[i] > 0 else -1
    width = max(len(str(number)) for number in (first, last, pairs.spans(i)[3]))
    for at in range(0, len(shown.query), COLUMNS):
        above, middle, below = (line[at : at + COLUMNS] for line in (shown.query, shown.middle, shown.target))
        letters, others = len(above) - above.count("-"), len(below) - below.count("-")
        yield f"  query  {first:{width}} {above} {first + step * max(0, letters - 1)}"
        yield f"         {'':{width}} {middle}".rstrip()
        yield f"  target {begin:{width}} {below} {begin + max(0, others - 1)}"
        yield ""
        first, begin = first + step * letters, begin + others


def _share(value: float) -> str:
    return "-" if math.isnan(value) else f"{100 * value:.1f} %"


def _e_value(value: float) -> str:
    """As BLAST writes it, or - where there is none."""
    if math.isnan(value):
        return "-"
    return "0.0" if value < LOWEST_E else f"{value:.2g}"

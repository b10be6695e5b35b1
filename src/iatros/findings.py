"""What is wrong with an input, in words for the person who can mend it.

In: nothing; only words for notebooks lie lower. Out: `Finding`, which bulk work returns, and `InputError`, which stops a run.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from iatros import notebook

Severity = Literal["error", "aside", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "aside", "warning", "note")  # gravest first
ROWS_SHOWN = 3  # a message names this many rows; the finding keeps them all
LONGEST_QUOTE = 60  # characters of a user's cell that a message repeats


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check saw.

    severity: `error` stops the run; `aside` sets the cases in `rows` aside; `warning` and `note` go on into the report.
    what:     the fault, with the value found: '"4o" is not a number'.
    todo:     the remedy: 'write a number, or leave the cell empty'.
    source:   the input or target concerned ("xray"), "" for the study as a whole.
    rows:     all rows concerned, counted as a spreadsheet counts (the header of a CSV is row 1).
    count:    how many things were found; by default the number of rows.
    example:  one offending value, quoted and shortened; never a patient's identifier.
    check:    short name of the check that saw it ("near_duplicates"), for programs that read findings.json.
    """

    severity: Severity
    what: str
    todo: str
    file: str = ""
    rows: tuple[int, ...] = ()
    column: str = ""
    source: str = ""
    count: int = 0
    example: str = ""
    check: str = ""

    def __post_init__(self) -> None:
        if not self.count:
            object.__setattr__(self, "count", max(1, len(self.rows)))

    def __str__(self) -> str:
        where = place(self.file, self.rows, self.column)
        return f"{where}: {self.what}; {self.todo}" if where else f"{self.what}; {self.todo}"

    def __repr__(self) -> str:
        return f"{self.severity}: {printable(str(self))}"

    def _repr_html_(self) -> str:
        return notebook.card(
            f"{self.severity}: {self.what}", *map(notebook.line, (place(self.file, self.rows, self.column), self.todo))
        )


class InputError(Exception):
    """A finding that stops the run. The user sees its text and no stack trace.

    finding: what is wrong. detail: further lines for the screen (the line of the study, the keys that exist).
    """

    def __init__(self, finding: Finding, detail: Sequence[str] = ()) -> None:
        super().__init__(str(finding))
        self.finding = finding
        self.detail = tuple(detail)


def place(file: str, rows: Sequence[int] = (), column: str = "") -> str:
    """Where: `cases.csv: rows 3, 9 and 2 more, column "age"`."""
    parts = [file] if file else []
    if rows:
        parts.append(some_rows(rows))
    if column:
        parts.append(f"column `{column}`")
    return ", ".join(parts)


def some_rows(rows: Sequence[int], shown: int = ROWS_SHOWN) -> str:
    """A short list of rows: "row 3", "rows 3, 9, 12 and 40 more"."""
    listed = ", ".join(f"{row:,}" for row in rows[:shown])
    more = f" and {len(rows) - shown:,} more" if len(rows) > shown else ""
    return f"{'row' if len(rows) == 1 else 'rows'} {listed}{more}"


def printable(text: str) -> str:
    """Text whose control characters, which could steer a terminal, are shown as escapes."""
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def quote(value: object, longest: int = LONGEST_QUOTE) -> str:
    """A user's value, safe for a screen: control characters shown as escapes, cut after `longest` characters, in quotes."""
    text = printable(str(value)[: longest + 1])
    return f'"{text[:longest]}…"' if len(text) > longest else f'"{text}"'


def worst(findings: Iterable[Finding]) -> Severity | None:
    """The gravest severity among the findings, or None if there are none."""
    found = {finding.severity for finding in findings}
    return next((severity for severity in SEVERITIES if severity in found), None)


def rows_aside(findings: Iterable[Finding]) -> set[int]:
    """Rows of the file that findings set aside."""
    return {row for finding in findings if finding.severity == "aside" for row in finding.rows}


def from_source(findings: Iterable[Finding], source: str, file: str = "") -> list[Finding]:
    """The same findings, saying which input or target (and file) they came from where they do not say so themselves."""
    return [replace(f, source=f.source or source, file=f.file or file) for f in findings]

"""Findings as lines for a terminal, and as the list of findings.json.

In: findings. Out: plain text, or JSON. Repeated findings are said once, the gravest first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from iatros import notebook
from iatros.findings import SEVERITIES, Finding, place, printable, some_rows
from iatros.packed import vars_of

WHAT, PLACE, ROWS = 44, 16, 20  # widths of the list's columns, in characters; longer texts run over
LONGEST = 600  # characters of one line
SHOWN = 50  # findings in a notebook


class Findings(tuple[Finding, ...]):
    """Findings that show themselves, as lines in a terminal and as a table in a notebook."""

    def __repr__(self) -> str:
        return "\n".join(lines(self))

    def _repr_html_(self) -> str:
        return notebook.card(counted(unique(self)), listed(self))


def listed(findings: Iterable[Finding]) -> str:
    """The findings as a table of HTML for a notebook, the gravest first."""
    told = unique(findings)
    rows = [(f.severity, f.what, f.source, place(f.file, f.rows, f.column), f.todo) for f in told[:SHOWN]]
    more = notebook.line(f"and {len(told) - SHOWN:,} more") if len(told) > SHOWN else ""
    return notebook.table("What was found", ("severity", "what", "input or target", "where", "what to do"), rows) + more


def unique(findings: Iterable[Finding]) -> list[Finding]:
    """Each finding once, the gravest first, otherwise in the order in which they came."""
    return sorted(dict.fromkeys(findings), key=lambda finding: SEVERITIES.index(finding.severity))


def lines(findings: Iterable[Finding]) -> list[str]:
    """The list as in TERMINAL.md: severity, what, source and column, rows; below it what to do. The last line counts."""
    told = unique(findings)
    listed = [line for finding in told for line in _lines(finding)]
    return [*listed, *([""] if listed else []), counted(told)]


def counted(findings: Sequence[Finding]) -> str:
    """`0 errors · 2 cases set aside · 2 warnings · 1 note`."""
    number = {severity: sum(finding.severity == severity for finding in findings) for severity in SEVERITIES}
    aside = [finding for finding in findings if finding.severity == "aside"]
    rows = {(finding.file, row) for finding in aside for row in finding.rows}
    cases = len(rows) + sum(finding.count for finding in aside if not finding.rows)
    set_aside = f"{cases:,} {'case' if cases == 1 else 'cases'} set aside"
    told = [_many(number["error"], "error"), set_aside, _many(number["warning"], "warning"), _many(number["note"], "note")]
    return " · ".join(told)


def to_json(findings: Iterable[Finding]) -> list[dict[str, Any]]:  # Any: JSON
    """One object a finding, with all its rows and its text in full."""
    return [{**vars_of(finding), "rows": list(finding.rows), "message": str(finding)} for finding in unique(findings)]


def as_json(findings: Iterable[Finding], cases: int) -> dict[str, Any]:  # Any: JSON
    """The content of findings.json: how many cases were looked at, counts by severity, and the findings."""
    told = unique(findings)
    counts = {severity: sum(finding.severity == severity for finding in told) for severity in SEVERITIES}
    return {"cases": cases, "summary": counted(told), "counts": counts, "findings": to_json(told)}


def from_json(content: Iterable[dict[str, Any]]) -> list[Finding]:  # Any: JSON
    """The findings that `to_json` wrote."""
    names = set(Finding.__dataclass_fields__) - {"rows"}
    return [Finding(**{name: told[name] for name in names & told.keys()}, rows=tuple(told["rows"])) for told in content]


def _lines(finding: Finding) -> list[str]:
    """What and where in columns, what to do at the end; a long text takes a second line for the rest."""
    file = finding.file if finding.severity == "error" or not finding.source else ""  # no source: the fault is the file's
    rows = some_rows(finding.rows) if finding.rows else ""
    where = [f"{_place(finding):<{PLACE}}", f"{' '.join(part for part in (file, rows) if part):<{ROWS}}"]
    rest = "  ".join([part for part in where if part.strip()] + [finding.todo])
    if len(finding.what) <= WHAT:
        return [_cut(f"  {finding.severity:<8}  {finding.what:<{WHAT}}  {rest}")]
    return [_cut(f"  {finding.severity:<8}  {finding.what}"), _cut(f"  {'':<8}    {rest}")]


def _place(finding: Finding) -> str:
    """`xray`, `history age`: the source and the column where the text does not name them already."""
    return " ".join(part for part in (finding.source, f"`{finding.column}`" if finding.column else "") if part)


def _many(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _cut(line: str) -> str:
    line = printable(line)  # names of columns and files are the user's too
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"

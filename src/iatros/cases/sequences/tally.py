"""What reading a long file found: each kind of fault once, with its lines and a count, in bounded memory.

In: faults as they are met. Out: a `Finding` for each kind.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from iatros.findings import Finding, InputError, Severity, worst

Told = tuple[Severity, str, str]  # severity, what, todo
LINES_KEPT = 1_000  # of each kind of fault; beyond them it is only counted


@dataclass(slots=True)
class Entry:
    """One kind of fault: where it was met first, and how often."""

    severity: Severity
    what: str
    todo: str
    lines: list[int] = field(default_factory=list)
    count: int = 0
    record: int | None = None
    example: str = ""


class Tally:
    """Faults of one file, gathered while it is read. Lines and records count from 1."""

    def __init__(self, file: str = "") -> None:
        self.file = file
        self.entries: dict[tuple[str, str], Entry] = {}

    def note(
        self,
        check: str,
        told: Told,
        lines: Iterable[int] = (),
        count: int | None = None,
        record: int | None = None,
        example: str = "",
    ) -> None:
        """One more fault, or several: told is severity, what and todo; record is the number of the first record at fault."""
        severity, what, todo = told
        entry = self.entries.setdefault((check, what), Entry(severity, what, todo, record=record, example=example))
        given = list(lines)
        entry.lines += given[: max(0, LINES_KEPT - len(entry.lines))]
        entry.count += max(1, len(given)) if count is None else count

    @property
    def cut_off(self) -> bool:
        """Whether the file ended before its text did."""
        return any(check in ("truncated", "bomb") for check, _ in self.entries)

    def findings(self) -> tuple[Finding, ...]:
        """A finding for each kind, in the order in which they were met. `rows` are lines of the file."""
        return tuple(_finding(check, entry, self.file) for (check, _), entry in self.entries.items())

    def nothing_left(self, what: str, todo: str) -> InputError:
        """What to raise where all of the file was set aside: `what`, and the first of the gravest faults as the reason."""
        findings = self.findings()
        grave = worst(findings)
        first = next((finding for finding in findings if finding.severity == grave), None)
        if first is None:
            return InputError(Finding("error", what, todo, file=self.file, check="empty"))
        return InputError(Finding("error", f"{what}; first, {first.what}", first.todo, self.file, first.rows, check="empty"))


def _finding(check: str, entry: Entry, file: str) -> Finding:
    """`what` names the first record at fault and its line, which is counted after unpacking."""
    places = [f"record {entry.record:,}"] if entry.record else []
    places += [f"line {entry.lines[0]:,}"] if entry.lines else []
    where = f"{', '.join(places)}: " if places else ""
    more = f" ({entry.count:,} in all)" if entry.count > 1 else ""
    rows = tuple(entry.lines)
    what = f"{where}{entry.what}{more}"
    return Finding(entry.severity, what, entry.todo, file, rows, count=entry.count, example=entry.example, check=check)

"""CSV and its relatives: text separated by commas, semicolons, tabs or bars.

In: the bytes of a file. Out: its records as columns of text, the row of each, and what was found on the way. Rows are counted
as a spreadsheet counts: the header is row 1, a blank row counts, a line break inside quotes does not.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from iatros.cases.columns import decimal_comma
from iatros.cases.encodings import decode
from iatros.findings import Finding, InputError, quote

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
RECORDS_SNIFFED = 200
MOST_RAGGED = 0.5  # of the rows; more than this, and the separator or the header is wrong, not the rows


@dataclass(frozen=True)
class Delimited:
    """The records of a text file.

    frame:    [M] rows of text under the header's names, "" where a cell is empty
    rows:     [M] int64, as a spreadsheet counts; blank and ragged rows are left out
    records:  how many records stand below the header, ragged ones included, blank ones not
    """

    frame: pl.DataFrame
    rows: NDArray[np.int64]
    records: int
    findings: tuple[Finding, ...]


def parse(raw: bytes, file: str, separator: str | None = None) -> Delimited:
    """The records of a CSV file. separator: None to find out.

    Raises InputError for a file that is empty, is no text, has no row below its header, two columns of one name, or more
    ragged rows than whole ones.
    """
    if not raw.strip():
        raise _stop(file, "the table is empty (no text in it)", "export it again")
    text, encoding = _text(raw, file)
    said, skipped = _told_separator(text)
    separator = said or separator or sniff(text)
    records = _records(text[skipped:], separator, file)
    return tabled(records, file, 1 + bool(said), _note(encoding, separator))  # the line `sep=;` is a row as well


def tabled(records: list[list[str]], file: str, start: int = 1, notes: Sequence[Finding] = ()) -> Delimited:
    """Records of text, the header first, as a table. start: the row of the first record. Raises as `parse` does."""
    at = next((i for i, record in enumerate(records) if any(cell.strip() for cell in record)), None)
    if at is None:
        raise _stop(file, "the table is empty (blank rows only)", "export it again")
    header = _header(records[at], file)
    numbered = [(start + i, record) for i, record in enumerate(records) if i > at]
    return _table(header, numbered, file, list(notes))


def sniff(text: str) -> str:
    """The separator by which most of the first records have equally many, and most, cells."""
    sample = text[: RECORDS_SNIFFED * 2_000]
    return max(SEPARATORS, key=lambda separator: _regularity(sample, separator))


def _regularity(sample: str, separator: str) -> tuple[float, int]:
    try:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=separator)
        widths = [len(record) for record, _ in zip(reader, range(RECORDS_SNIFFED), strict=False) if record]
    except csv.Error:
        return 0.0, 0
    counted = Counter(width for width in widths if width > 1)
    if not counted:
        return 0.0, 0
    width, times = counted.most_common(1)[0]
    return times / len(widths), width


def _text(raw: bytes, file: str) -> tuple[str, str]:
    for magic, program in ((b"PK\x03\x04", "an Excel workbook or a zip"), (b"PAR1", "Parquet"), (b"\xd0\xcf\x11\xe0", "Excel")):
        if raw.startswith(magic):
            raise _stop(
                file, f"this is {program} under the name of a text table", "export it as CSV, or give it its right suffix"
            )
    try:
        text = decode(raw)
    except UnicodeDecodeError as wrong:
        raise _stop(file, f"the text is broken at byte {wrong.start:,}", "save it as UTF-8") from wrong
    return text.content, text.encoding


def _told_separator(text: str) -> tuple[str | None, int]:
    """Excel may write the separator itself as a first line, `sep=;`."""
    line = text[:7].splitlines()[0] if text else ""
    if line.lower().startswith("sep=") and line[4:5] in SEPARATORS:
        return line[4], len(text) - len(text[5:].lstrip("\r\n"))
    return None, 0


def _records(text: str, separator: str, file: str) -> list[list[str]]:
    records: list[list[str]] = []
    try:
        records.extend(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
        return records
    except csv.Error as wrong:
        row = len(records) + 1
        if "unexpected end" in str(wrong):
            what = f"a quote is opened in or after row {row:,} and never closed"
            raise _stop(file, what, "close it, or double it where it belongs to the text", row) from wrong
        if "field larger" in str(wrong):
            what = f"row {row:,} has a cell of over {csv.field_size_limit():,} characters: a quote is probably not closed"
            raise _stop(file, what, "close it, or shorten the cell", row) from wrong
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def _header(cells: Sequence[str], file: str) -> list[str]:
    """Names of the columns: stripped; one without a name is called by its place."""
    names = [cell.strip() or f"column_{i + 1}" for i, cell in enumerate(cells)]
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        listed = ", ".join(f"`{name}`" for name in twice)
        places = [i + 1 for i, name in enumerate(names) if name == twice[0]]
        what = f"two columns have one name: {listed} (columns {' and '.join(map(str, places))})"
        raise InputError(Finding("error", what, "rename one of them", file=file, rows=(1,), column=twice[0], check="header"))
    return names


def _table(header: list[str], numbered: list[tuple[int, list[str]]], file: str, notes: list[Finding]) -> Delimited:
    width = len(header)
    filled = [(row, _trimmed(record, width)) for row, record in numbered if any(cell.strip() for cell in record)]
    whole = [(row, record) for row, record in filled if len(record) == width]
    if not filled:
        raise _stop(file, "the table has a header and no row below it", "export it again, with its rows")
    if len(filled) - len(whole) > MOST_RAGGED * len(filled):
        usual = Counter(len(record) for _, record in filled).most_common(1)[0][0]
        what = f"the header has {width} cells, but most rows have {usual}"
        raise _stop(file, what, "give every column a name, and use one separator throughout", 1)
    columns = zip(*(record for _, record in whole), strict=True)
    frame = pl.DataFrame([pl.Series(name, cells, dtype=pl.String) for name, cells in zip(header, columns, strict=True)])
    findings = [*notes, *_decimal_note(frame), *_blank(numbered, filled), *_ragged(filled, width)]
    rows = np.array([row for row, _ in whole], np.int64)
    return Delimited(frame, rows, len(filled), tuple(_in_file(finding, file) for finding in findings))


def _trimmed(record: list[str], width: int) -> list[str]:
    """Without empty cells beyond the last column, which spreadsheets leave behind."""
    extra = record[width:]
    return record[:width] if extra and not any(cell.strip() for cell in extra) else record


def _note(encoding: str, separator: str) -> list[Finding]:
    if encoding == "UTF-8" and separator == ",":
        return []
    what = f"read as text in {encoding}, separated by {SEPARATORS.get(separator, quote(separator))}"
    return [Finding("note", what, "if letters or columns look wrong, save it as CSV in UTF-8", check="sniffed")]


def _decimal_note(frame: pl.DataFrame) -> list[Finding]:
    names = [column.name for column in frame.get_columns() if decimal_comma(column.str.strip_chars())]
    if not names:
        return []
    listed = ", ".join(f"`{name}`" for name in names)
    return [Finding("note", f"commas in {listed} are read as decimal points", "nothing, if that is right", check="sniffed")]


def _blank(numbered: list[tuple[int, list[str]]], filled: list[tuple[int, list[str]]]) -> list[Finding]:
    rows = tuple(sorted({row for row, _ in numbered} - {row for row, _ in filled}))
    if not rows:
        return []
    what = f"{len(rows):,} blank {'row is' if len(rows) == 1 else 'rows are'} skipped"
    return [Finding("note", what, "nothing", rows=rows, check="blank_rows")]


def _ragged(filled: list[tuple[int, list[str]]], width: int) -> list[Finding]:
    findings = []
    for many, word in ((True, "more"), (False, "fewer")):
        rows = tuple(row for row, record in filled if len(record) != width and (len(record) > width) is many)
        if rows:
            what = f"{len(rows):,} {'row has' if len(rows) == 1 else 'rows have'} {word} cells than the header's {width}"
            todo = "put cells with a separator in quotes, and leave no cell out"
            findings.append(Finding("aside", what, todo, rows=rows, check="ragged_rows"))
    return findings


def _in_file(finding: Finding, file: str) -> Finding:
    return Finding(finding.severity, finding.what, finding.todo, file, finding.rows, check=finding.check)


def _stop(file: str, what: str, todo: str, row: int | None = None) -> InputError:
    return InputError(Finding("error", what, todo, file=file, rows=() if row is None else (row,), check="table"))

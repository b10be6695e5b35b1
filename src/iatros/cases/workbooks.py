"""Workbooks: Excel's .xlsx, .xlsm, .xlsb and .xls, and OpenDocument's .ods.

In: a file. Out: the records of its first sheet that holds any, as columns of text under the header's names, as from a CSV.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from iatros.cases.delimited import Delimited, tabled
from iatros.findings import Finding, InputError, quote

SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
MOST_BYTES = 256 * 2**20  # of the file, which is packed; beyond it Parquet is the right format
MIDNIGHT = " 00:00:00"  # what the reader adds to a date


def parse(path: Path, file: str) -> Delimited:
    """The records of the first sheet that is not empty; rows are counted as the program shows them.

    Raises InputError where the extra `excel` is missing, the file is no workbook or too large, or as for a CSV.
    """
    if path.stat().st_size > MOST_BYTES:
        raise _stop(file, f"the workbook holds over {MOST_BYTES // 2**20:,} MB", "write it as Parquet")
    book = _opened(path, file)
    names = list(book.sheet_names)
    for name in names:
        records = _records(book, name, file)
        if any(cell for record in records for cell in record):
            return tabled(records, file, notes=_others(name, names))
    raise _stop(file, "the workbook is empty", "export it again")


def _opened(path: Path, file: str) -> Any:  # Any: fastexcel may not be installed
    try:
        import fastexcel
    except ImportError:
        what = "reading Excel and OpenDocument needs one more package"
        raise _stop(file, what, 'pip install "iatros[excel]", or save it as CSV in UTF-8') from None
    try:
        return fastexcel.read_excel(path.read_bytes())
    except fastexcel.FastExcelError as wrong:
        raise _broken(file, wrong) from wrong


def _records(book: Any, name: str, file: str) -> list[list[str]]:
    """All cells of a sheet as text, "" where one is empty; blank rows stay, so that rows can be counted."""
    import fastexcel
    import polars as pl

    try:
        frame = pl.DataFrame(book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string").to_polars())
    except (fastexcel.FastExcelError, pl.exceptions.PolarsError) as wrong:
        raise _broken(file, wrong) from wrong
    text = frame.with_columns(pl.all().fill_null("").str.strip_suffix(MIDNIGHT))
    return [list(record) for record in text.iter_rows()]


def _others(name: str, names: list[str]) -> list[Finding]:
    others = [other for other in names if other != name]
    if not others:
        return []
    what = f"the sheet {quote(name)} is read; the workbook has {len(others)} more: {', '.join(map(quote, others[:5]))}"
    return [Finding("note", what, "put the cases into the first sheet, or save theirs as CSV", check="sheet")]


def _broken(file: str, wrong: Exception) -> InputError:
    said = str(wrong).partition("\n")[0]
    return _stop(file, f"it cannot be read as a workbook ({quote(said)})", "save it again, or as CSV in UTF-8")


def _stop(file: str, what: str, todo: str) -> InputError:
    return InputError(Finding("error", what, todo, file, check="workbook"))

"""The cases of a study: one row a case, every column as the file has it.

In: nothing; this is the noun of the package. Out: `Cases`, the steps by which they entered, and codes in place of identifiers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from iatros.contracts import Cells
from iatros.findings import Finding, InputError
from iatros.registry import did_you_mean

COLUMNS_NAMED = 12  # an error lists this many columns of the file


@dataclass(frozen=True, slots=True)
class FlowStep:
    """One box of the flow diagram: `excluded` of `entered` cases went out.

    unknown: as many of the excluded lacked what the rule asks for
    """

    what: str
    entered: int
    excluded: int = 0
    unknown: int = 0

    @property
    def remaining(self) -> int:
        """Cases that went on."""
        return self.entered - self.excluded


@dataclass(frozen=True)
class Cases:
    """One row a case.

    frame:    [M] rows, all columns of the file under the file's names. A column of a text file is typed where every cell that
              is not empty reads as a number, a boolean or an ISO date, and is text otherwise: nothing is lost to typing
    rows:     [M] int64, where each case stands in the user's file: as a spreadsheet counts for text (the header is row 1),
              the line on which a record of FASTA, FASTQ or GenBank begins, from 1 for all else (Parquet, frames, arrays,
              the sorted files of a folder)
    file:     the file as the user wrote it; folder: where relative paths in cells start
    arrays:   columns whose cells are arrays (an .npz): the frame holds the index into the array's first axis
    findings: what reading found; flow: how the cases entered, first box first
    """

    frame: pl.DataFrame
    rows: NDArray[np.int64]
    file: str = ""
    folder: Path = Path()
    arrays: Mapping[str, NDArray[Any]] = field(default_factory=dict)  # Any: images are uint8 or uint16, signals float
    findings: tuple[Finding, ...] = ()
    flow: tuple[FlowStep, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:  # the frame's own would show the first patients
        return f"<{len(self):,} cases of {self.file or 'a frame'}, {self.frame.width:,} columns>"

    def cells(self, columns: Sequence[str]) -> Cells:
        """What one source reads. Raises InputError naming the column that is not there and the nearest that is."""
        for column in columns:
            if column not in self.frame.columns:
                raise InputError(no_such_column(column, self.frame.columns, self.file))
        wanted = list(dict.fromkeys(columns))
        arrays = {name: self.arrays[name] for name in wanted if name in self.arrays}
        return Cells(self.frame.select(wanted), self.rows, self.file, self.folder, arrays)

    def take(self, positions: NDArray[np.integer] | NDArray[np.bool_]) -> Cases:
        """Some of the cases, by position or by a mask [M]. Arrays are shared, not copied."""
        at = np.flatnonzero(positions) if positions.dtype == np.bool_ else positions
        return replace(self, frame=self.frame[at.astype(np.int64)], rows=self.rows[at])


@dataclass(frozen=True)
class Codes:
    """Identifiers replaced by numbers.

    values: [M] int64, counted from 0 in order of first appearance; equal identifiers have equal codes
    count:  how many there are; findings: rows without an identifier, each of which has a code of its own
    """

    values: NDArray[np.int64]
    count: int
    findings: tuple[Finding, ...] = ()


def codes(cases: Cases, column: str | None) -> Codes:
    """Codes in place of a column's identifiers (patients, say), which never leave the user's file.

    Spaces around an identifier do not count. Without a column, and where the cell is empty, a row is its own patient.
    """
    if column is None:
        return Codes(np.arange(len(cases)), len(cases))
    series = cases.cells([column]).frame[column]
    text = series.cast(pl.String).str.strip_chars()
    absent = (text.is_null() | (text == "")).fill_null(True)
    alone = pl.Series([f"\0{row}" for row in cases.rows.tolist()], dtype=pl.String)
    told = alone.zip_with(absent, text).alias("id")
    ranks = told.to_frame().with_row_index("at").with_columns(pl.col("at").min().over("id").rank("dense").alias("code"))
    values = ranks["code"].to_numpy().astype(np.int64) - 1
    findings = (_without_identifier(cases, column, absent.to_numpy()),) if absent.any() else ()
    return Codes(values, int(values.max(initial=-1)) + 1, findings)


def no_such_column(column: str, columns: Sequence[str], file: str) -> Finding:
    """The finding for a column that is not in the file."""
    more = f" and {len(columns) - COLUMNS_NAMED:,} more" if len(columns) > COLUMNS_NAMED else ""
    listed = ", ".join(f"`{name}`" for name in columns[:COLUMNS_NAMED]) + more
    return Finding(
        "error",
        f"the table has no such column{did_you_mean(column, columns)}",
        f"name one of {listed}",
        file=file,
        column=column,
        check="column_exists",
    )


def _without_identifier(cases: Cases, column: str, absent: NDArray[np.bool_]) -> Finding:
    rows = tuple(cases.rows[absent].tolist())
    return Finding(
        "warning",
        f"{len(rows):,} of {len(cases):,} rows have no identifier; each is taken as a patient of its own",
        "fill the column: cases of one patient could land on both sides of a split",
        file=cases.file,
        rows=rows,
        column=column,
        check="identifier_missing",
    )

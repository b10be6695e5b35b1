"""Did a run learn from these cases? In: a run, and cases on which it is to be judged. Out: warnings that name their rows.

Cases are recognised by what they hold: equal cells in every input, equal files, equal arrays; so the run's own table must still
be where its study says. Nothing of a case is kept in the run for this: who took part could be read from it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from os import SEEK_END
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from iatros.cases import Cases, read
from iatros.contracts import PARTS, Cells, Modality
from iatros.findings import Finding, InputError
from iatros.modalities.table_plan import ColumnPlan, written
from iatros.splits.inner import TEST
from iatros.workflow.open_ import Run

LEARNING = tuple(part for code, part in enumerate(PARTS) if code != TEST)
MORE_THAN_CHANCE = 3  # times as often equal to a case of training as those of training are to one another
ENDS = 1 << 16  # bytes of the beginning and the end of a file by which it is known
CELL = ColumnPlan(name="cell", kind="category")


def learned_from(run: Run, given: Cases) -> list[Finding]:
    """Warnings about cases that the run trained, stopped or calibrated on, and about others of the same patients.

    Silent where the run's own table is gone, or where equal cells are the rule (age and sex alone name nobody).
    """
    known = _learned(run)
    if known is None:
        return []
    same = _same_file(given, known) & np.isin(given.rows, known.rows)
    same |= _equal(run.study.inputs, given, known)
    return [*_told_cases(same, given), *_told_patients(run.study.cases.patient, same, given, known)]


def _learned(run: Run) -> Cases | None:
    """The cases of the run's first scheme that were in any part but a test part; None where they cannot be read again."""
    found = cases_by_use(run)
    return found.learned if found is not None and len(found.learned) else None


class ByUse(NamedTuple):
    """The cases of a run's first scheme: those it learned from in any fold, and those it never did."""

    learned: Cases
    held: Cases


def cases_by_use(run: Run) -> ByUse | None:
    """The run's own cases, read again; None where they are gone."""
    try:
        cases = read(run.study.cases.table, run.folder.path)
    except InputError:
        return None
    folds = pl.read_parquet(run.folder.folds)
    if "row" not in folds.columns:  # a run made before rows were kept
        return None
    learning = folds.filter(pl.col("scheme") == run.study.split.main.kind, pl.col("part").is_in(LEARNING))
    main = folds.filter(pl.col("scheme") == run.study.split.main.kind)
    learned = np.isin(cases.rows, learning["row"].to_numpy())
    return ByUse(cases.take(learned), cases.take(np.isin(cases.rows, main["row"].to_numpy()) & ~learned))


def _same_file(one: Cases, other: Cases) -> NDArray[np.bool_]:
    """[M] of `one`: are both read from the same file? Then rows of the same number are the same case."""
    places = [(cases.folder / Path(cases.file).name).resolve() for cases in (one, other)]
    return np.full(len(one), bool(one.file) and bool(other.file) and places[0] == places[1])


def _equal(inputs: Mapping[str, Modality], given: Cases, known: Cases) -> NDArray[np.bool_]:
    """[M] of the given: is there a known case with the same cells in every input that both have?"""
    there_too = {*given.frame.columns} & {*known.frame.columns}
    both = {name: m for name, m in inputs.items() if set(m.columns_used()) <= there_too}
    if not both:
        return np.zeros(len(given), bool)
    here, there = (_contents(both, cases) for cases in (given, known))
    equal = here.is_in(there.drop_nulls().implode()).fill_null(False).to_numpy()
    by_chance = there.is_duplicated().to_numpy().mean()
    return equal if equal.mean() > MORE_THAN_CHANCE * by_chance else np.zeros(len(given), bool)


def _contents(inputs: Mapping[str, Modality], cases: Cases) -> pl.Series:
    """[M] what each case holds in these inputs, as a digest; null where all is empty. Pairs of one encoder have no order."""
    columns: dict[str, list[pl.Series]] = {}
    for name, modality in inputs.items():
        cells = modality.located(cases.cells(modality.columns_used()))
        found = [_texts(column, cells, modality.files) for column in cells.frame.get_columns()]
        columns.setdefault(modality.shares or name, []).extend(found)
    frame = pl.DataFrame([one.alias(f"{i} {k}") for i, some in enumerate(columns.values()) for k, one in enumerate(some)])
    empty = frame.select(pl.all_horizontal(pl.all().is_null())).to_series()
    shared = [i for i, name in enumerate(columns) if any(m.shares == name for m in inputs.values())]
    in_order = {i: pl.concat_list(pl.col(f"^{i} .*$")).list.sort() for i in shared}
    frame = frame.with_columns(told.alias(f"{i} pair") for i, told in in_order.items())
    return frame.select(pl.exclude([f"^{i} [0-9]+$" for i in shared])).hash_rows().set(empty, None)


def _texts(column: pl.Series, cells: Cells, files: bool) -> pl.Series:
    """[M] a text for each cell that is the same for the same contents; null where there are none."""
    if column.name in cells.arrays:
        array = cells.arrays[column.name]
        told = [None if at is None else _digest(np.ascontiguousarray(array[at]).tobytes()) for at in column.to_list()]
        return pl.Series(told, dtype=pl.String)
    if files and column.dtype == pl.String:
        return pl.Series([_of_file(cells.folder, path) for path in column.to_list()], dtype=pl.String)
    return written(column, CELL)


def _of_file(folder: Path, path: str | None) -> str | None:
    """The size of a file, and a digest of how it begins and ends: volumes are too large to be read for this."""
    if path is None:
        return None
    try:
        with (folder / path).open("rb") as file:
            size = file.seek(0, SEEK_END)
            file.seek(0)
            begin = file.read(ENDS)
            file.seek(max(0, size - ENDS))
            return f"{size} {_digest(begin + file.read(ENDS))}"
    except (OSError, ValueError):  # ValueError: a NUL in the name
        return None


def _digest(contents: bytes) -> str:
    return hashlib.sha256(contents).hexdigest()


def _told_cases(same: NDArray[np.bool_], given: Cases) -> list[Finding]:
    if not same.any():
        return []
    rows, count = tuple(int(row) for row in given.rows[same]), int(same.sum())
    are = "1 case is one" if count == 1 else f"{count:,} of {len(given):,} cases are ones"
    what = f"{are} that this run learned from: figures on them are too good to be true"
    todo = "leave them out; the run's own report judges its cases by networks that had not seen them"
    return [Finding("warning", what, todo, given.file, rows, check="learned_from")]


def _told_patients(column: str | None, same: NDArray[np.bool_], given: Cases, known: Cases) -> list[Finding]:
    """Other cases that bear the identifier of a patient of training; another hospital may give the same numbers to others."""
    if column is None or not {column} <= {*given.frame.columns} & {*known.frame.columns}:
        return []
    here, there = (written(cases.frame[column], CELL) for cases in (given, known))
    again = here.is_in(there.drop_nulls().implode()).fill_null(False).to_numpy() & ~same
    if not again.any():
        return []
    rows, count = tuple(int(row) for row in given.rows[again]), int(again.sum())
    bear = "1 further case bears" if count == 1 else f"{count:,} further cases bear"
    what = f"{bear} the identifier of a patient that this run learned from"
    todo = "leave them out if they are the same people; nothing, if two hospitals count alike"
    return [Finding("warning", what, todo, given.file, rows, column, check="learned_from")]

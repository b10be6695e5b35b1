"""Read cases from wherever they lie. In: a file, a folder, a frame or the name of a data set. Out: `Cases`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from polars.exceptions import PolarsError

from iatros.cases import arrays, bounded, delimited, folders, frames, sequence_files, workbooks
from iatros.cases.cohort import Cases, FlowStep
from iatros.cases.columns import typed
from iatros.findings import Finding, InputError, quote
from iatros.registry import nearest

if TYPE_CHECKING:
    import pandas as pd

TEXT = (".csv", ".tsv", ".txt", ".tab", ".csv.gz", ".tsv.gz", ".txt.gz", ".tab.gz")
PARQUET = (".parquet", ".pq")
FEATHER = (".feather", ".arrow", ".ipc")
READABLE = (
    "a CSV or TSV (also .gz), Excel, Parquet, Feather, FASTA, FASTQ, GenBank, an .npz, a folder with one subfolder a class, or "
    "the name of a data set"
)


def read(place: str | Path | pl.DataFrame | pl.LazyFrame | pd.DataFrame | NDArray[Any], folder: Path = Path()) -> Cases:
    """The cases of a file, a folder with one subfolder a class, an .npz, FASTA, a frame, an array, or a named data set.

    folder: where a relative `place` starts. A file of that name goes before a data set of that name.
    Raises InputError where nothing can be read at all; what is wrong with single rows is in `.findings`.
    """
    if not isinstance(place, (str, Path)):
        return _from_frame(place, folder)
    path, file = folder / place, str(place)
    try:
        if path.is_dir():
            return folders.read(path, file)
        if path.is_file():
            return _from_file(path, file)
    except PermissionError as wrong:
        what = "there is no permission to read it"
        raise InputError(
            Finding("error", what, "ask its owner, or copy it to a place of yours", file, check="place")
        ) from wrong
    return _by_name(path, file)


def _from_file(path: Path, file: str) -> Cases:
    name = path.name.lower()
    if name.endswith(TEXT):
        return _from_text(path, file)
    if name.endswith(workbooks.SUFFIXES):
        return _of_text(workbooks.parse(path, file), path, file)
    if name.endswith((*PARQUET, *FEATHER)):
        return _from_columns(path, file, feather=name.endswith(FEATHER))
    if name.endswith(".npz"):
        return arrays.read(path, file)
    if name.endswith(sequence_files.SUFFIXES):
        return sequence_files.read(path, file)
    what = f"tables of the kind `{path.suffix or path.name}` are not read"
    raise InputError(Finding("error", what, f"write it as {READABLE}", file, check="place"))


def _from_text(path: Path, file: str) -> Cases:
    separator = "\t" if path.name.lower().removesuffix(".gz").endswith((".tsv", ".tab")) else None
    return _of_text(delimited.parse(bounded.contents(path, file), file, separator), path, file)


def _of_text(table: delimited.Delimited, path: Path, file: str) -> Cases:
    frame = table.frame.with_columns([typed(column) for column in table.frame.get_columns()])
    step = FlowStep(f"rows of {file}", table.records, table.records - len(table.rows))
    return Cases(frame, table.rows, file, path.parent, findings=table.findings, flow=(step,))


def _from_columns(path: Path, file: str, *, feather: bool) -> Cases:
    import pyarrow as pa  # Polars' own reader panics on damaged files; slow to import, so not before it is needed

    try:
        frame = pl.DataFrame(pl.from_arrow(_arrow(path, feather)))
    except (pa.ArrowException, PolarsError, OSError, ValueError, TypeError) as wrong:
        if isinstance(wrong, PermissionError):
            raise
        kind = "Feather" if feather else "Parquet"
        what = f"it cannot be read as {kind} ({quote(str(wrong).partition(chr(10))[0])})"
        raise InputError(Finding("error", what, "write or copy it again", file, check="table")) from wrong
    return _whole(frames.plain(frame), file, path.parent)


def _arrow(path: Path, feather: bool) -> Any:  # Any: an Arrow table; pyarrow has no types
    if feather:
        from pyarrow import feather as reader

        return reader.read_table(path, memory_map=False)
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as parquet:
        return parquet.read()


def _from_frame(frame: Any, folder: Path) -> Cases:  # Any: a Polars or pandas frame; pandas may not be installed
    return _whole(frames.plain(frames.polars(frame)), "", folder)


def _whole(frame: pl.DataFrame, file: str, folder: Path) -> Cases:
    if not frame.height or not frame.width:
        raise InputError(Finding("error", "the table has no rows", "write it again, with its rows", file, check="table"))
    step = FlowStep(f"rows of {file or 'the table'}", frame.height)
    return Cases(frame, np.arange(1, frame.height + 1), file, folder, flow=(step,))


def _by_name(path: Path, file: str) -> Cases:
    from iatros.cases import datasets  # not before a name is asked for: the reader itself must start fast

    if file in datasets.names():
        return datasets.read(file)
    near = _neighbour(path, datasets.names())
    hint = f"did you mean `{near}`?" if near else f"name {READABLE}"
    raise InputError(Finding("error", "there is no such file, folder or data set", hint, file, check="place"))


def _neighbour(path: Path, named: tuple[str, ...]) -> str | None:
    """The file beside, or the data set, whose name is nearest; what all files end with makes none like another."""
    try:
        beside = [other.name for other in path.parent.iterdir() if not other.name.startswith(".")]
    except OSError:
        beside = []
    return nearest(path.name, [name for name in (*beside, *named) if nearest(path.stem, [Path(name).stem])])

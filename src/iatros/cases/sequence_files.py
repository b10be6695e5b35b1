"""A file of sequences as cases: FASTA, FASTQ or GenBank, plain, gzip or bgzip. In: the file. Out: one case a record.

Columns: `id` (the header's first word), `description`, `sequence` (clean capitals), and one for each KEY=value that headers
hold: `>p1 SET=train VALIDATION=False`, UniProt's `OS=Homo sapiens GN=CD6`, NCBI's `[organism=Homo sapiens]`, as which the
organism of a GenBank entry comes too. Of `SET` and `VALIDATION`, as FLIP writes them, a column `part` is made for [split].
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from iatros.cases.cohort import Cases, FlowStep
from iatros.cases.columns import typed
from iatros.findings import InputError

SUFFIXES = tuple(
    f".{name}{packed}"
    for name in ("fasta", "fa", "fas", "faa", "fna", "ffn", "frn", "fastq", "fq", "gb", "gbk", "gbff", "genbank", "gp", "gpff")
    for packed in ("", ".gz", ".bgz")
)
OWN = ("id", "description", "sequence", "part")  # names that no field of a header takes
PARTED = ("SET", "VALIDATION")  # FLIP, splits/*/README.md: validation cases are marked among those of SET=train
FEWEST = 0.05  # of the headers; a KEY=value that fewer hold stays in the description
KEY = r"(?:^|(?<=[\s|;,\[]))([A-Za-z][\w.-]*)="


def read(path: Path, file: str) -> Cases:
    """One case a record; rows are the lines on which records begin. Records set aside are in findings, and are counted.

    Raises InputError where the file holds no sequences.
    """
    from iatros.cases.sequences import read as read_records  # not before there is such a file: tables must start fast

    try:
        reading = read_records(path)
    except InputError as wrong:
        raise InputError(replace(wrong.finding, file=file)) from wrong
    records = reading.records
    descriptions, fields = fields_of(records.descriptions)
    names = [f"header_{name}" if name.casefold() in OWN else name for name in fields]
    columns = [typed(pl.Series(name, cells, pl.String)) for name, cells in zip(names, fields.values(), strict=True)]
    own = [pl.Series("id", records.names), pl.Series("description", descriptions, pl.String)]
    frame = pl.DataFrame([*own, pl.Series("sequence", records.texts()), *columns])
    findings = tuple(replace(finding, file=file) for finding in reading.findings)
    step = FlowStep(f"records of {file}", reading.count, reading.count - len(records))
    return Cases(_parted(frame), records.lines, file, path.parent, findings=findings, flow=(step,))


def fields_of(descriptions: Sequence[str]) -> tuple[list[str | None], dict[str, list[str | None]]]:
    """What headers say in words, and in each KEY=value; a value ends where the next key begins.

    A key that a header repeats has its values joined by `;`.

    >>> fields_of(["a kinase OS=Homo sapiens GN=CD6", "GN=X"])
    (['a kinase', None], {'OS': ['Homo sapiens', None], 'GN': ['CD6', 'X']})
    """
    counted = Counter(key for text in descriptions if "=" in text for key in dict.fromkeys(re.findall(KEY, text)))
    keys = [key for key, times in counted.items() if times >= FEWEST * len(descriptions)]
    if not keys:
        return [text or None for text in descriptions], {}
    known = re.compile(KEY.replace(r"[A-Za-z][\w.-]*", "|".join(map(re.escape, keys))))
    words: list[str | None] = []
    fields: dict[str, list[str | None]] = {key: [] for key in keys}
    for text in descriptions:
        first, *parts = known.split(text)
        words.append(first.strip(" \t|;,[") or None)
        told: dict[str, list[str]] = {}
        for key, value in zip(parts[::2], parts[1::2], strict=True):
            told.setdefault(key, []).append(value.strip(" \t|;,[]\"'"))
        for key, cells in fields.items():
            cells.append(";".join(filter(None, told.get(key, ()))) or None)
    return words, fields


def _parted(frame: pl.DataFrame) -> pl.DataFrame:
    if not set(PARTED) <= set(frame.columns):
        return frame
    part, validates = (pl.col(name).cast(pl.String).str.to_lowercase() for name in PARTED)
    held = (part == "train") & (validates == "true").fill_null(False)
    return frame.with_columns(part=pl.when(held).then(pl.lit("validation")).otherwise(part))

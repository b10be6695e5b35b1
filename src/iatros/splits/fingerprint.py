"""Folds as a table, and as one number that tells whether they are the same.

In: folds. Out: `folds.parquet`'s frame and back, a SHA-256.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import polars as pl

from iatros.contracts import PARTS, Fold, SplitCases

COLUMNS = ("case", "row", "patient", "site", "scheme", "repeat", "fold", "name", "part")


def fingerprint(folds: Sequence[Fold]) -> str:
    """SHA-256, in hexadecimal digits, over who is in which part of which fold."""
    digest = hashlib.sha256()
    for fold in folds:
        digest.update(repr((fold.scheme, fold.repeat, fold.fold, fold.name, len(fold.part))).encode())
        digest.update(fold.part.astype(np.int8).tobytes())
    return digest.hexdigest()


def to_frame(folds: Sequence[Fold], cases: SplitCases) -> pl.DataFrame:
    """One row a case and fold. row: of the user's file; patient: the group's code as text; part: null where not used."""
    names = pl.Series([*PARTS, None], dtype=pl.String)
    site = None if cases.site is None else list(cases.site)
    who = pl.DataFrame(
        {
            "case": np.arange(len(cases)),
            "row": np.asarray(cases.rows, np.int64),
            "patient": cases.group.astype(str),
            "site": pl.Series(site or [None] * len(cases), dtype=pl.String),
        }
    )
    frames = [
        who.with_columns(
            scheme=pl.lit(fold.scheme),
            repeat=pl.lit(fold.repeat, pl.Int64),
            fold=pl.lit(fold.fold, pl.Int64),
            name=pl.lit(fold.name),
            part=names.gather(np.where(fold.part < 0, len(PARTS), fold.part).astype(np.uint32)),
        )
        for fold in folds
    ]
    return pl.concat(frames) if frames else who.head(0)


def from_frame(frame: pl.DataFrame) -> list[Fold]:
    """The folds that `to_frame` wrote, in their order."""
    parts = {word: code for code, word in enumerate(PARTS)}
    folds = []
    for key, rows in frame.group_by("scheme", "repeat", "fold", "name", maintain_order=True):
        scheme, repeat, fold, name = key
        part = rows.sort("case")["part"].replace_strict(parts, default=-1, return_dtype=pl.Int8).to_numpy()
        folds.append(Fold(str(scheme), int(str(repeat)), int(str(fold)), part.astype(np.int8), str(name)))
    return folds

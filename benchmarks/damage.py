"""How sound studies and tables are damaged: bytes, lines, cells, columns. Every damage is made again by its dice.

In: a seed. Out: a study and its table, one of them broken.
"""

from __future__ import annotations

import io
import random
import re
from pathlib import Path

import numpy as np
import polars as pl

STUDY = """name = "sepsis"
[cases]
table = "cases.csv"
where = "age >= 18"
patient = "patient"
site = "hospital"
time = "admitted"
weight = "weight"
[inputs.labs]
kind = "table"
columns = ["age", "sex", "crp", "admitted"]
missing = [-1, "?"]
[inputs.labs.encoder]
kind = "mlp"
widths = [16, 16]
[targets.ill]
kind = "class"
column = "ill"
positive = "yes"
threshold = 0.2
range = [0.1, 0.5]
[targets.stay]
kind = "value"
column = "stay"
[split]
kind = "folds"
k = 3
also = ["sites"]
[training]
epochs = 3
rate = 0.001
[evaluation]
groups = ["sex"]
"""
ATOMS = ["", "1", "-1", "0", "999", "1.5", "2,5", "NaN", "inf", "-inf", "?", "yes", "no", "True", "2019-01-02", "31/02/2019",
         "x" * 300, "é", '"', ";", "\t", "'", "1e308", "1e400", "None", "<5", "01", "1,234", "\0", "\ufeff", "年", "12:30",
         "9" * 30, "\x1b[31m", "{}", "[]", "../..", "[split]", "kind", "[[inputs]]", "=", "\n", "1 = 1", "select", "true",
         "inputs.labs", "sites"]  # fmt: skip
BARE = ["1", "-1", "0", "1e999", "nan", "-0.0", "[]", "{}", "true", "[[1]]", '["age", "age"]', "1979-05-27", "9" * 20,
        '["ill"]', '{kind = "class"}', "''"]  # fmt: skip


def cases(rng: np.random.Generator, count: int = 80) -> pl.DataFrame:
    """A sound table."""
    ill = rng.random(count) < 0.4
    days = rng.integers(0, 2000, count)
    return pl.DataFrame(
        {
            "patient": [f"p{i // 2}" for i in range(count)],
            "hospital": rng.choice(["north", "south", "west"], count),
            "admitted": [f"20{10 + d // 365:02}-0{1 + d % 9}-1{d % 10}" for d in days],
            "age": rng.integers(15, 95, count),
            "sex": rng.choice(["F", "M"], count),
            "crp": np.round(rng.lognormal(2, 1, count) + 20 * ill, 1),
            "weight": np.round(rng.random(count) + 0.5, 2),
            "stay": np.round(rng.gamma(2, 3, count), 1),
            "ill": np.where(ill, "yes", "no"),
        }
    )


def damaged(raw: bytes, dice: random.Random) -> bytes:
    """Bytes replaced, cut out, doubled and put in."""
    changed = bytearray(raw)
    for _ in range(dice.choice((1, 1, 2, 4, 30))):
        at = dice.randrange(len(changed) + 1)
        match dice.randrange(5):
            case 0:
                changed[at : at + 1] = bytes([dice.randrange(256)])
            case 1:
                del changed[at : at + dice.choice((1, 3, 30, 900))]
            case 2:
                changed[at:at] = changed[at : at + dice.choice((3, 40, 400))]
            case _:
                changed[at : at + dice.choice((0, 0, 4))] = dice.choice(ATOMS).encode()
    return bytes(changed)


def reworded(text: str, dice: random.Random) -> str:
    """A study whose lines are lost, doubled or moved, and whose values are something else."""
    lines = text.splitlines()
    for _ in range(dice.choice((1, 1, 2, 3))):
        at = dice.randrange(len(lines))
        name, equals, value = lines[at].partition(" = ")
        match dice.randrange(6):
            case 0:
                del lines[at]
            case 1:
                lines.insert(dice.randrange(len(lines)), lines[at])
            case 2 if equals:
                lines[at] = f"{dice.choice(re.findall(r'[a-z]+', text))} = {value}"
            case _ if equals:
                word = dice.choice([*ATOMS, *re.findall(r"[\w.]+", text)])
                bare = dice.choice(BARE)
                lines[at] = f"{name} = {bare if dice.random() < 0.5 else repr(word)}"
            case _:
                lines[at] = dice.choice(
                    ("[split]", "[cases]", "[inputs]", "[targets.labs]", "[safeguards.mixing]", "[nothing]")
                )
    return "\n".join(lines)


def shaken(frame: pl.DataFrame, dice: random.Random) -> pl.DataFrame:
    """A table whose columns are something else: of another type, constant, empty, shuffled, or gone."""
    for _ in range(dice.choice((1, 2, 4))):
        name = dice.choice(frame.columns)
        match dice.randrange(9):
            case 0:
                frame = frame.drop(name) if frame.width > 1 else frame
            case 1:
                frame = frame.head(dice.randrange(frame.height + 1))
            case 2:
                frame = frame.with_columns(pl.lit(dice.choice(ATOMS)).alias(name))
            case 3:
                frame = frame.with_columns(pl.lit(None, dice.choice((pl.Null, pl.Int64, pl.String, pl.Date))).alias(name))
            case 4:
                pool = dice.sample(ATOMS, dice.randint(1, 6))
                frame = frame.with_columns(pl.Series(name, [dice.choice(pool) for _ in range(frame.height)], pl.String))
            case 5:
                pool = dice.sample([0, -1, 1e308, float("nan"), float("inf"), -1e-300, 2**53, None], 3)
                frame = frame.with_columns(
                    pl.Series(name, [dice.choice(pool) for _ in range(frame.height)], pl.Float64, strict=False)
                )
            case 6:
                frame = frame.with_columns(pl.concat_list(name).alias(name))
            case 7:
                frame = frame.with_columns(pl.col(name).cast(pl.String).cast(pl.Binary))
            case _:
                frame = frame.with_columns(pl.struct(name).alias(name))
    return frame


def one_input(seed: int, folder: Path) -> str:
    """Write a study and its table, one of them damaged. Returns which."""
    dice = random.Random(seed)
    frame, study, kind = (
        cases(np.random.default_rng(seed)),
        STUDY,
        dice.choice(("study", "study bytes", "csv", "parquet", "npz", "cells")),
    )
    if kind == "study":
        study = reworded(study, dice)
    raw = frame.write_csv().encode()
    if kind == "csv":
        raw = damaged(raw, dice)
    elif kind == "cells":
        frame = frame.cast(pl.String)
        names = dice.sample(frame.columns, dice.randint(1, 4))
        pool = dice.sample(ATOMS, 4)
        for name in names:
            frame = frame.with_columns(pl.Series(name, [dice.choice(pool) if dice.random() < 0.3 else v for v in frame[name]]))
        raw = frame.write_csv().encode()
    elif kind in ("parquet", "npz"):
        study = study.replace("cases.csv", f"cases.{kind}")
        raw = packed(frame, kind, dice)
    (folder / f"cases.{kind if kind in ('parquet', 'npz') else 'csv'}").write_bytes(raw)
    (folder / "study.toml").write_bytes(damaged(study.encode(), dice) if kind == "study bytes" else study.encode())
    return kind


def packed(frame: pl.DataFrame, kind: str, dice: random.Random) -> bytes:
    """The table as Parquet or .npz, its columns shaken or its bytes damaged."""
    whole = dice.random() < 0.6
    file = io.BytesIO()
    if kind == "parquet":
        (shaken(frame, dice) if whole else frame).write_parquet(file)
    else:
        columns = {name: frame[name].to_numpy() for name in frame.columns}
        columns = {name: values.astype(str) if values.dtype == object else values for name, values in columns.items()}
        if whole:
            name = dice.choice(list(columns))
            values = columns[name]
            dates, many = np.zeros(len(values), "M8[D]"), np.zeros((len(values), 3, 3))
            others = (
                values[:5],
                values.astype("S9"),
                many,
                np.array(1),
                values.astype(object),
                dates,
                values.astype("U1") == "1",
            )
            columns[name] = dice.choice(others)
        np.savez(file, **columns)
    return file.getvalue() if whole else damaged(file.getvalue(), dice)

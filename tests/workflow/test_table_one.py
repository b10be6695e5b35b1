"""Table 1: counted by hand, without identifiers."""

from __future__ import annotations

import polars as pl

import iatros
from iatros.workflow import table_one


def test_shares_and_quartiles_are_those_of_the_cells(declare, cases):
    table = cases(80, seed=0)
    told = {entry["name"]: entry["rows"] for entry in table_one.rows(iatros.check(declare(table)))}
    assert set(told) == {"age", "sex", "crp"}
    women = next(row for row in told["sex"] if row["label"] == "f")
    assert women["all"].startswith(str((table["sex"] == "f").sum()))
    assert told["age"][0]["all"].startswith(f"{table['age'].median():.3g}"[:2])
    assert len(told["age"][0]["by_outcome"]) == 2


def test_missing_cells_are_told_by_column(declare, cases):
    table = cases(80, seed=0)
    table = table.with_columns(crp=table["crp"].scatter(list(range(20)), None))
    told = table_one.missing(iatros.check(declare(table)), 10)
    assert told["share"][told["columns"].index("crp")] == [0.25]


def test_of_texts_and_sequences_only_the_length_is_told(declare, cases):
    table = cases(80, seed=0)
    notes = [f"Mr Canary number {i} coughs and coughs" for i in range(80)]
    table = table.with_columns(note=pl.Series(notes))
    study = declare(table, inputs={"note": {"kind": "sequence", "column": "note", "alphabet": "text"}})
    (told,) = table_one.rows(iatros.check(study))
    assert told["name"] == "note (letters)"
    assert told["rows"][0]["all"].startswith(str(len(notes[40])))
    assert "anary" not in str(told)

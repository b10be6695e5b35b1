"""How near is each tested case to the training cases? In: an examined study. Out: subgroups of each scheme, or none.

A split by families tells it of its own column; for any other split, `identity` of [evaluation] names the column.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from iatros.contracts import Nearness, Split
from iatros.findings import Finding, InputError
from iatros.workflow.examine import Examined


def nearness(examined: Examined) -> dict[str, Nearness]:
    """Scheme -> the subgroups of its tested cases; {} where nobody asked, and no split can tell.

    Raises InputError where the column that is asked for holds no sequences.
    """
    cases = examined.split_cases
    assert cases is not None
    column, found = examined.study.evaluation.identity, dict[str, Nearness]()
    for scheme in dict.fromkeys(fold.scheme for fold in examined.folds):
        folds = [fold for fold in examined.folds if fold.scheme == scheme]
        told = next((near for judge in _judges(examined) if (near := judge.nearness(cases, folds)) is not None), None)
        if told is not None:
            found[scheme] = told
        elif column is not None:
            what, todo = "no case has a sequence", "name the column with the sequences as `identity` in [evaluation]"
            raise InputError(Finding("error", what, todo, cases.file, column=column, check="identity_column"))
    return found


def marked(table: pl.DataFrame, near: Nearness | None) -> pl.DataFrame:
    """A fold's predictions with the subgroup of each tested case."""
    if near is None:
        return table
    groups = pl.Series(f"group:{near.name}", near.groups, dtype=pl.String).gather(table["case"])
    return table.with_columns(groups).with_columns(pl.when(pl.col("part") == "test").then(groups.name).alias(groups.name))


def facts(found: Mapping[str, Nearness]) -> dict[str, Any]:  # Any: JSON
    """For the record: by scheme the name, the definition, and how many tested cases each band has."""
    return {
        scheme: {"name": near.name, "what": near.what, "cases": dict(sorted(Counter(filter(None, near.groups)).items()))}
        for scheme, near in found.items()
    }


def _judges(examined: Examined) -> Iterable[Split]:
    column = examined.study.evaluation.identity
    if column is None:
        return examined.study.split.schemes()
    from iatros.splits.homology import Homology

    return (Homology(column=column),)

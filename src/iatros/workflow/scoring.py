"""Every model's scores of every judged case: the predictions tables.

In: trained networks, baselines, folds. Out: a table a target, and what the safeguards learned from the calibration parts.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from iatros.checks import paired
from iatros.contracts import Fold, FoldKey, Learned, Nearness, Split
from iatros.predictions import Form
from iatros.workflow.cohort import subgroups
from iatros.workflow.comparing import Classical
from iatros.workflow.examine import Examined
from iatros.workflow.fitting import Fleet, scored_fold
from iatros.workflow.nearness import marked
from iatros.workflow.table import Who, block, judged_rows, safeguarded

Learnings = dict[str, dict[FoldKey, dict[str, tuple[Learned, ...]]]]


def score(
    examined: Examined, fleet: Fleet, classical: Mapping[str, Classical], near: Mapping[str, Nearness]
) -> tuple[dict[str, pl.DataFrame], Learnings]:
    """Predict validation, calibration and test cases of every fold with every model. near: by scheme, how near to training."""
    study, forms = examined.study, examined.forms()
    assert examined.split_cases is not None
    kin = {split.kind: _relatives(split, examined) for split in study.split.schemes()}
    groups = subgroups(examined.cohort, study.evaluation.groups)
    who = Who.of(examined.cohort, fleet.programme.material, groups, study.evaluation.existing)
    tables: dict[str, list[pl.DataFrame]] = {name: [] for name in study.targets}
    learned: Learnings = {name: {} for name in study.targets}
    for fold in examined.folds:
        by_target = scored_fold(fleet, fold)
        for name, form in forms.items():
            table = _of_fold(who, name, fold, by_target[name], classical[name], form)
            table = marked(with_relatives(table, kin.get(fold.scheme)), near.get(fold.scheme))
            table, learned[name][fold.key] = safeguarded(table, form, fleet.programme.guards)
            tables[name].append(table)
    return {name: pl.concat(parts, how="diagonal") for name, parts in tables.items()}, learned


def _relatives(split: Split, examined: Examined) -> NDArray[np.int64] | None:
    """What the split says is alike; else both things of pairs, where a case is no part of a patient."""
    assert examined.split_cases is not None
    found = split.relatives(examined.split_cases)
    if found is not None or len(np.unique(examined.cohort.patient)) < len(examined.cohort):
        return found
    return paired(examined.study.inputs, examined.packs)


def with_relatives(table: pl.DataFrame, codes: NDArray[np.int64] | None) -> pl.DataFrame:
    """With what is resampled whole where that is more than a patient. codes: [M, 1 or 2]."""
    if codes is None:
        return table
    names = ["family"] if codes.shape[1] == 1 else ["thing", "partner"]
    of_case = pl.DataFrame(codes[table["case"].to_numpy()], schema=names)
    return table.with_columns((pl.lit(names[0][0]) + of_case[name].cast(pl.String)).alias(name) for name in names)


def _of_fold(
    who: Who,
    name: str,
    fold: Fold,
    networks: Mapping[str, Mapping[int | None, Mapping[str, np.ndarray]]],
    classical: Classical,
    form: Form,
) -> pl.DataFrame:
    rows = judged_rows(fold)
    several = len(next(iter(networks.values()))) > 2
    blocks = [
        block(who, name, fold, rows, columns, model, seed)
        for model, by_seed in networks.items()
        for seed, columns in by_seed.items()
        if seed is None or several
    ]
    blocks += [block(who, name, fold, rows, columns, model, None) for model, columns in classical.scores[fold.key].items()]
    return pl.concat(blocks, how="diagonal")

"""The predictions table of each target: who was predicted, the truth, and every model's score.

In: fitted networks and baselines, folds, cases. Out: one Polars frame a target, as `iatros.predictions` describes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from iatros.contracts import PARTS, Fold, Learned, Safeguard
from iatros.predictions import ENSEMBLE, Form
from iatros.training.feed import Material
from iatros.workflow.cohort import Cohort

FAMILIES_EACH = 10  # of which a safeguard learns at least, or relatives are parted
JUDGED = ("validation", "calibration", "test")
Columns = Mapping[str, NDArray[Any]]  # Any: float64, or arrays of float32, one a case


@dataclass(frozen=True)
class Who:
    """What the table says of each of M cases, whatever the model: one frame a target, with truth."""

    frames: Mapping[str, pl.DataFrame]

    @classmethod
    def of(cls, cohort: Cohort, material: Material, groups: Mapping[str, Sequence[str | None]], existing: str | None) -> Who:
        """From the cohort and its truths."""
        base: dict[str, Any] = {
            "case": np.arange(len(cohort)),
            "patient": [f"p{code}" for code in cohort.patient],
            "weight": cohort.weight,
            "inputs": _inputs(material),
        }
        if cohort.site is not None:
            base["site"] = pl.Series(cohort.site, dtype=pl.String)
        base |= {f"group:{name}": pl.Series(values, dtype=pl.String) for name, values in groups.items()}
        if existing:
            base["existing"] = cohort.cases.frame[existing].cast(pl.Float64, strict=False)
        rows = np.arange(len(cohort))
        frames = {}
        for name, target in material.targets.items():
            truth = target.truth_columns(material.truths[name], rows)
            frames[name] = pl.DataFrame(base | dict(truth)).with_columns(known=pl.Series(material.truths[name].present))
        return cls(frames)


def block(
    who: Who, target: str, fold: Fold, rows: NDArray[np.int64], scores: Columns, model: str, seed: int | None
) -> pl.DataFrame:
    """One model's scores of some cases of one fold. Cases without truth are left out: nothing can be judged on them."""
    frame = who.frames[target][rows].with_columns(
        scheme=pl.lit(fold.scheme),
        repeat=pl.lit(fold.repeat, pl.Int64),
        fold=pl.lit(fold.fold, pl.Int64),
        seed=pl.lit(seed, pl.Int64),
        part=pl.Series([PARTS[code] for code in fold.part[rows]], dtype=pl.String),
        model=pl.lit(model),
        **{name: series(values) for name, values in scores.items()},
    )
    return frame.filter("known").drop("known")


def series(values: NDArray[Any]) -> pl.Series:
    """Scores of cases as a column; of positions, a list a case."""
    if values.dtype == object:
        return pl.Series(list(values), dtype=pl.List(pl.Float32))
    return pl.Series(np.asarray(values, np.float64))


def judged_rows(fold: Fold) -> NDArray[np.int64]:
    """Cases of the fold that are predicted: validation, calibration and test."""
    rows = np.flatnonzero(np.isin(fold.part, [PARTS.index(part) for part in JUDGED]))
    return rows.astype(np.int64)


def mean_scores(several: Sequence[Columns]) -> Columns:
    """The mean of several networks' scores: the ensemble. Structures have no mean: of each case the surest network's."""
    if "confidence" in several[0]:
        return _surest(several)
    return {name: np.mean([columns[name] for columns in several], axis=0) for name in several[0]}


def _surest(several: Sequence[Columns]) -> Columns:
    """Of each case the columns of the network with the highest mean confidence."""
    trust = np.array([[np.mean(case) if len(case) else 0.0 for case in columns["confidence"]] for columns in several])
    best = trust.argmax(axis=0)
    chosen = {name: np.empty(len(best), object) for name in several[0]}
    for name, values in chosen.items():
        for case, network in enumerate(best.tolist()):
            values[case] = several[network][name][case]
    return chosen


def where_alone(material: Material, rows: NDArray[np.int64]) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """(input, mask over rows): cases that have this input and no other. They are scored by the network of this input."""
    names = list(material.packs)
    present = np.stack([material.packs[name].present[rows] for name in names])
    single = present.sum(axis=0) == 1
    for name, has in zip(names, present, strict=True):
        if len(names) > 1 and (has & single).any():
            yield name, has & single


def merged(fused: Columns, alone: Mapping[str, Columns], material: Material, rows: NDArray[np.int64]) -> Columns:
    """Fused scores, but of cases with a single input those of the network trained on that input alone."""
    result = {name: np.array(values) for name, values in fused.items()}
    for source, mask in where_alone(material, rows):
        for name, values in result.items():
            values[mask] = alone[source][name][mask]
    return result


def safeguarded(
    table: pl.DataFrame, form: Form, guards: Sequence[Safeguard]
) -> tuple[pl.DataFrame, dict[str, tuple[Learned, ...]]]:
    """The table after each guard learned from the calibration part of a fold; what they learned, by model and seed.

    table: one fold's. A fold without a calibration part is left as it is. Several learning guards share it by patient.
    """
    learned: dict[str, tuple[Learned, ...]] = {}
    done = []
    ordered = sorted(guards, key=lambda g: g.order)
    learning = [guard.kind for guard in ordered if guard.learns(form.task)]
    for (model, seed), some in table.group_by("model", "seed", maintain_order=True):
        after, fitted = some, []
        for guard in ordered if _networks(str(model)) else ():
            calibration = _share_of(after.filter(pl.col("part") == "calibration"), guard.kind, learning)
            if len(calibration) == 0:
                continue
            fitted.append(guard.calibrate(form, calibration))
            after = guard.after(form, after, fitted[-1])
        learned[member_key(str(model), seed)] = tuple(fitted)
        done.append(after)
    return pl.concat(done, how="diagonal"), learned


def applied(columns: Columns, form: Form, guards: Sequence[Safeguard], learned: Sequence[Learned]) -> Columns:
    """The ensemble's score columns after each guard did what it learned; learned: in the order of the guards, or nothing."""
    if any(values.dtype == object for values in columns.values()):
        return columns  # positions: no guard learns from them
    table = pl.DataFrame({key: np.asarray(values) for key, values in columns.items()}).with_columns(
        model=pl.lit(ENSEMBLE), part=pl.lit("test"), seed=pl.lit(None, pl.Int64)
    )
    for guard, fitted in zip(sorted(guards, key=lambda g: g.order), learned, strict=False):
        table = guard.after(form, table, fitted)
    beside = ("model", "part", "seed")
    return {key: table[key].to_numpy() for key in table.columns if key not in beside}


def _share_of(calibration: pl.DataFrame, kind: str, learning: Sequence[str]) -> pl.DataFrame:
    """The calibration patients that one of several learning guards may see: what is conformal must not see what it corrects.

    Families of relatives are not parted either where there are enough of them.
    """
    if kind not in learning or len(learning) < 2:
        return calibration
    kin = calibration["family"] if "family" in calibration.columns else calibration["patient"]
    who = kin if kin.n_unique() >= FAMILIES_EACH * len(learning) else calibration["patient"]
    turn = (who.rank("dense").cast(pl.Int64) - 1) % len(learning)
    return calibration.filter(turn == learning.index(kind))


def member_key(model: str, seed: Any) -> str:
    """Key of what was calibrated: "iatros", "iatros seed 2", "input:xray"."""
    return model if seed is None else f"{model} seed {seed}"


def _networks(model: str) -> bool:
    return model == ENSEMBLE or model.startswith("input:")


def _inputs(material: Material) -> list[str]:
    names = list(material.packs)
    masks = np.stack([material.packs[name].present for name in names], axis=1)
    return ["+".join(name for name, has in zip(names, row, strict=True) if has) for row in masks]

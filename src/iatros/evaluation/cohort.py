"""The predictions table as arrays: who was judged, by which models, how often.

In: a predictions table and its form. Out: one `Cohort` a scheme, with test cases only, and the validation cases of each model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from iatros.metrics import perplexity, structure
from iatros.metrics.positions import statistics
from iatros.metrics.ranking import Floats
from iatros.predictions import ENSEMBLE, OF_POSITIONS, Form

EXISTING = "existing"  # `model` of a score in use today
SEEDS = " (mean of seeds)"  # added to a model's name: its networks one by one, not their ensemble
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Draw:
    """One model's scores of the test cases: one repeat of cross-validation, one seed.

    rows: [n] which cases of the cohort; fold: [n]
    score: [n, S], of positions and letters their sums (`metrics.positions`, `metrics.perplexity`)
    low, high: [n] or None; sets: [n, K] bool or None
    validation: fold -> truth, score and weight of its validation cases (two classes only)
    """

    rows: Rows
    score: Floats
    fold: NDArray[np.int64]
    low: Floats | None = None
    high: Floats | None = None
    sets: NDArray[np.bool_] | None = None
    validation: Mapping[int, Validation] = field(default_factory=dict)

    def only(self, keep: NDArray[np.bool_], rows: Rows) -> Draw:
        """Some of its cases [n] bool, which stand at `rows` of another cohort."""
        cut = {name: part[keep] for name in ("low", "high", "sets") if (part := getattr(self, name)) is not None}
        return replace(self, rows=rows, score=self.score[keep], fold=self.fold[keep], **cut)


@dataclass(frozen=True)
class Validation:
    """Validation cases of one fold: truth [n] bool, score [n], weight [n]."""

    truth: NDArray[np.bool_]
    score: Floats
    weight: Floats


@dataclass(frozen=True)
class Cohort:
    """Test cases of one scheme.

    patient: [N] codes; unit: [N] codes of what is resampled whole: the patient, its family, or one of the two things it pairs
    partner: [N] codes of the other of two things, the same as those of `unit`; None where a case is no pair
    truth:   [N] (bool, class codes, values, how many positions), [N, L] for labels with NaN where not known
    weight:  [N] or None where all are alike; groups: column -> [N] names, "" where not known ("site" among them)
    models:  name -> its draws
    """

    scheme: str
    patient: NDArray[np.int64]
    unit: NDArray[np.int64]
    truth: NDArray[np.generic]
    weight: Floats | None
    groups: Mapping[str, NDArray[np.str_]]
    models: Mapping[str, tuple[Draw, ...]]
    partner: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.patient)

    @property
    def several(self) -> bool:
        """Has some patient several cases?"""
        return different(self.patient) < len(self.patient)

    @property
    def units(self) -> int:
        """How many cases at most are independent of one another, as cases of a patient or a family may not be."""
        return independent(self.unit, self.partner)

    def take(self, rows: Rows) -> Cohort:
        """Some of the cases; patients keep their codes."""
        place = np.full(len(self), -1)
        place[rows] = np.arange(len(rows))
        models = {name: tuple(_cut(draw, place) for draw in draws) for name, draws in self.models.items()}
        return replace(
            self,
            patient=self.patient[rows],
            unit=self.unit[rows],
            partner=None if self.partner is None else self.partner[rows],
            truth=self.truth[rows],
            weight=None if self.weight is None else self.weight[rows],
            groups={name: values[rows] for name, values in self.groups.items()},
            models={name: draws for name, draws in models.items() if any(len(draw.rows) for draw in draws)},
        )

    def covered(self, model: str) -> Rows:
        """Cases that a model scored, in any of its draws."""
        return np.unique(np.concatenate([draw.rows for draw in self.models[model]]))


def different(codes: NDArray[np.int64]) -> int:
    """How many codes there are among these; quicker than sorting them."""
    return int(np.count_nonzero(np.bincount(codes)))


def independent(unit: NDArray[np.int64], partner: NDArray[np.int64] | None = None) -> int:
    """How many units there are; of pairs of things, how many at most have no thing in common."""
    if partner is None:
        return different(unit)
    return min(len(unit), (different(np.concatenate([unit, partner])) + 1) // 2)


def cohorts(table: pl.DataFrame, form: Form) -> list[Cohort]:
    """One cohort a scheme. Cases without truth, and scores that are missing, are left out."""
    whole = _completed(table, form)
    return [_cohort(some, form) for some in whole.partition_by("scheme", maintain_order=True) if "test" in some["part"]]


def by_patient(cohort: Cohort, form: Form) -> Cohort:
    """Cases of one patient joined: mean of scores; truth: any, the most frequent class, or the mean value."""
    codes, first, place = np.unique(cohort.patient, return_index=True, return_inverse=True)
    size = np.bincount(place)
    weight = None if cohort.weight is None else np.bincount(place, cohort.weight) / size
    models = {name: tuple(_joined(draw, place) for draw in draws) for name, draws in cohort.models.items()}
    truth = _joined_truth(cohort.truth, place, form)
    partner = None if cohort.partner is None else cohort.partner[first]
    joined = replace(cohort, patient=codes, unit=cohort.unit[first], partner=partner, groups={})
    return replace(joined, truth=truth, weight=weight, models=models)


def _completed(table: pl.DataFrame, form: Form) -> pl.DataFrame:
    """The table with the columns that another program may have left out."""
    table = table.with_row_index("case") if "case" not in table.columns else table
    filled = {"scheme": "external", "repeat": 0, "fold": 0, "part": "test", "model": ENSEMBLE, "weight": 1.0}
    table = table.with_columns(pl.lit(value).alias(name) for name, value in filled.items() if name not in table.columns)
    if "patient" not in table.columns:
        table = table.with_columns(patient=pl.col("case").cast(pl.String))
    if "seed" not in table.columns:
        table = table.with_columns(seed=pl.lit(None, pl.Int64))
    table = table.with_columns(pl.col("repeat", "fold").fill_null(0), pl.col("weight").cast(pl.Float64).fill_null(1.0))
    known = [pl.col(name).is_not_null() for name in form.truths()]
    if form.task in OF_POSITIONS:
        return table.filter(pl.all_horizontal(*known, *(pl.col(name).is_not_null() for name in form.scores())))
    scored = [pl.col(name).is_not_null() & pl.col(name).cast(pl.Float64).is_finite() for name in form.scores()]
    every, some = pl.all_horizontal, pl.any_horizontal
    return table.filter(some(known) & (some(scored) if form.task == "labels" else every(scored)))


def _cohort(table: pl.DataFrame, form: Form) -> Cohort:
    test = _named(table.filter(pl.col("part") == "test"))
    cases = test.unique("case", keep="first", maintain_order=True)
    index = {case: row for row, case in enumerate(cases["case"].to_list())}
    weight = cases["weight"].to_numpy().astype(np.float64)
    names = [name for name in cases.columns if name.startswith("group:")]
    groups = {name: cases[name] for name in ([*names, "site"] if "site" in cases.columns else names)}
    validation = _validations(_named(table.filter(pl.col("part") == "validation")), form) if form.binary else {}
    unit, partner = _units(cases)
    models: dict[str, list[Draw]] = {}
    for (model, repeat, seed), some in test.group_by("model", "repeat", "seed", maintain_order=True):
        held = validation.get((model, repeat, seed), {})
        models.setdefault(str(model), []).append(replace(_draw(some, form, index), validation=held))
    return Cohort(
        scheme=str(cases["scheme"][0]),
        patient=_codes(cases["patient"]),
        unit=unit,
        partner=partner,
        truth=_truth(cases, form),
        weight=None if np.ptp(weight) < 1e-12 else weight,
        groups={
            name.removeprefix("group:"): some.cast(pl.String).fill_null("").to_numpy().astype(str)
            for name, some in groups.items()
        },
        models={name: tuple(draws) for name, draws in models.items()},
    )


_FAMILY, _PATIENT = (pl.lit(f"{name} ") + pl.col(name).cast(pl.String) for name in ("family", "patient"))


def _units(cases: pl.DataFrame) -> tuple[NDArray[np.int64], NDArray[np.int64] | None]:
    """What is resampled whole, and the other thing where every case pairs two: their codes are one another's."""
    if {"thing", "partner"} <= set(cases.columns) and not any(cases[name].null_count() for name in ("thing", "partner")):
        codes = _codes(pl.concat([cases[name].cast(pl.String) for name in ("thing", "partner")]))
        return codes[: len(cases)], codes[len(cases) :]
    named = cases.select(unit=pl.coalesce(_FAMILY, _PATIENT))["unit"] if "family" in cases.columns else cases["patient"]
    return _codes(named), None


def _codes(names: pl.Series) -> NDArray[np.int64]:
    return np.unique(names.cast(pl.String).fill_null("").to_numpy().astype(str), return_inverse=True)[1].astype(np.int64)


def _named(table: pl.DataFrame) -> pl.DataFrame:
    """Rows of single seeds under a name of their own, or left out where there is only one beside an ensemble."""
    if len(table) == 0:
        return table
    seeds = pl.col("seed").n_unique().over("model") - pl.col("seed").is_null().any().over("model")
    ensemble = pl.col("seed").is_null().any().over("model")
    single = pl.col("seed").is_not_null()
    kept = table.with_columns(_several=seeds > 1, _ensemble=ensemble).filter(
        ~single | pl.col("_several") | ~pl.col("_ensemble")
    )
    joined = pl.when(single & pl.col("_several")).then(pl.col("model") + SEEDS).otherwise(pl.col("model"))
    return pl.concat([kept.with_columns(model=joined).drop("_several", "_ensemble"), *_existing(table)], how="diagonal_relaxed")


def _existing(table: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Rows of the score in use today, as if it were a model."""
    if EXISTING not in table.columns or "score" not in table.columns:
        return
    some = table.filter(pl.col(EXISTING).is_not_null() & pl.col(EXISTING).cast(pl.Float64).is_finite())
    some = some.unique(["case", "part", "repeat", "fold"], keep="first", maintain_order=True)
    drop = [name for name in ("low", "high", "set", "score_raw") if name in some.columns]
    yield some.drop(drop).with_columns(
        score=pl.col(EXISTING).cast(pl.Float64), model=pl.lit(EXISTING), seed=pl.lit(None, table["seed"].dtype)
    )


def _draw(table: pl.DataFrame, form: Form, index: Mapping[int, int]) -> Draw:
    table = table.unique("case", keep="first", maintain_order=True)
    ends = {
        name: table[name].cast(pl.Float64).to_numpy() if name in table.columns and table[name].null_count() == 0 else None
        for name in ("low", "high")
    }
    sets = None
    if form.task == "class" and "set" in table.columns and table["set"].null_count() == 0:
        sets = np.array([[name in said.split("|") for name in form.classes] for said in table["set"].to_list()])
    return Draw(
        rows=np.array([index[case] for case in table["case"].to_list()], dtype=np.int64),
        score=SUMS.get(form.task, _numbers)(table, form),
        fold=table["fold"].to_numpy().astype(np.int64),
        low=ends["low"],
        high=ends["high"],
        sets=sets,
    )


def _numbers(table: pl.DataFrame, form: Form) -> Floats:
    return table.select(pl.col(form.scores()).cast(pl.Float64)).to_numpy().astype(np.float64)


def _positions(table: pl.DataFrame, form: Form) -> Floats:
    """Each case's sums over its positions."""
    codes = {sign: code for code, sign in enumerate(form.classes)}
    truth = [np.array([codes.get(sign, -1) for sign in signs], np.int64) for signs in table["truth"].to_list()]
    several = [table[name].to_list() for name in form.scores()]
    return statistics(truth, [np.stack(of_case, axis=1) for of_case in zip(*several, strict=True)], len(form.classes))


def _letters(table: pl.DataFrame, form: Form) -> Floats:
    """Each case's sums over its letters."""
    scores, right = ([np.array(one, np.float64) for one in table[name].to_list()] for name in ("score", "right"))
    return perplexity.statistics(scores, right, table["truth"].cast(pl.Float64).to_numpy())


def _shapes(table: pl.DataFrame, form: Form) -> Floats:
    """Each chain's figures."""
    places = [[_alpha_carbons(cell) for cell in table[name].to_list()] for name in ("truth", "score")]
    contacts = [np.array(pairs, np.float64).astype(np.int64) for pairs in table["contacts"].to_list()]
    return np.stack([structure.figures(*chain) for chain in zip(*places, contacts, strict=True)])


def _alpha_carbons(cell: Sequence[float]) -> Floats:
    return np.array(cell, np.float64).reshape(-1, 3, 3)[:, 1]


SUMS = {"residues": _positions, "next": _letters, "structure": _shapes}  # tasks of whose cases only sums are kept


def _validations(table: pl.DataFrame, form: Form) -> dict[tuple[object, ...], dict[int, Validation]]:
    found: dict[tuple[object, ...], dict[int, Validation]] = {}
    for (model, repeat, seed, fold), some in table.group_by("model", "repeat", "seed", "fold", maintain_order=True):
        truth = some["truth"].cast(pl.Boolean).to_numpy().astype(bool)
        if truth.any() and not truth.all():
            score, weight = (some[name].cast(pl.Float64).to_numpy() for name in ("score", "weight"))
            found.setdefault((model, repeat, seed), {})[int(str(fold))] = Validation(truth, score, weight)
    return found


def _truth(cases: pl.DataFrame, form: Form) -> NDArray[np.generic]:
    if form.task == "labels":
        labels: Floats = cases.select(pl.col(form.truths()).cast(pl.Float64).fill_null(np.nan)).to_numpy()
        return labels
    if form.binary:
        return cases["truth"].cast(pl.Boolean).to_numpy().astype(bool)
    if form.task in ("value", "next"):
        return cases["truth"].cast(pl.Float64).to_numpy()
    if form.task == "structure":
        return cases["truth"].list.len().cast(pl.Float64).to_numpy() / 9  # residues
    if form.task == "residues":
        return cases["truth"].str.len_chars().cast(pl.Float64).to_numpy()
    codes = {name: code for code, name in enumerate(form.classes)}
    return np.array([codes[name] for name in cases["truth"].cast(pl.String).to_list()], dtype=np.int64)


def _cut(draw: Draw, place: Rows) -> Draw:
    rows = place[draw.rows]
    return draw.only(rows >= 0, rows[rows >= 0])


def _joined(draw: Draw, place: Rows) -> Draw:
    """Mean score of each patient; validation cases, intervals and sets are of single cases, and are left out."""
    owners, own = np.unique(place[draw.rows], return_inverse=True)
    score = np.column_stack([np.bincount(own, column) / np.bincount(own) for column in draw.score.T])
    return Draw(owners, score, np.zeros(len(owners), np.int64))


def _joined_truth(truth: NDArray[np.generic], place: Rows, form: Form) -> NDArray[np.generic]:
    size = np.bincount(place)
    if form.binary:
        some: NDArray[np.bool_] = np.bincount(place, truth.astype(float)) > 0
        return some
    if form.task == "value" or form.task in OF_POSITIONS:
        mean: Floats = np.bincount(place, truth.astype(float)) / size
        return mean
    counts = np.stack([np.bincount(place, truth == code, minlength=len(size)) for code in range(len(form.classes))], axis=1)
    most: NDArray[np.int64] = counts.argmax(axis=1)
    return most

"""The threshold explorer: one hundred patients at a threshold and a local prevalence.

In: a view. Out: HTML that shows the operating point without script, and every whole per cent with it.
Counts come from the predictions table; they are used only if they agree with metrics.json.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import floor

import polars as pl
from markupsafe import Markup

from iatros.predictions import ENSEMBLE
from iatros.report import numbers
from iatros.report.parts import wording
from iatros.report.reading import View
from iatros.report.render import nope, render

TOLERANCE = 0.0006  # of a sensitivity: what rounding may do
STEPS = 99
POINT = ("sensitivity", "specificity", "ppv", "npv", "accuracy", "f1", "net_benefit")  # the script keeps this order
HEADS = {"net_benefit": "Net benefit"}


@dataclass(frozen=True)
class Hundred:
    """Of one hundred patients: found, missed, flagged needlessly, spared."""

    found: int
    missed: int
    needless: int
    spared: int

    @property
    def flagged(self) -> int:
        """All who are flagged."""
        return self.found + self.needless

    @property
    def ill(self) -> int:
        """All with the outcome."""
        return self.found + self.missed


@dataclass(frozen=True)
class Counts:
    """At thresholds 1% to 99%: (true positives, false positives); positives and negatives in all. Weighted where cases are."""

    pairs: tuple[tuple[float, float], ...]
    positives: float
    negatives: float


def hundred(prevalence: float, sensitivity: float, specificity: float) -> Hundred:
    """Natural frequencies of whole patients, as the page's script counts them: shares of the rounded number who are ill."""
    ill = half_up(100 * prevalence)
    found, needless = half_up(ill * sensitivity), half_up((100 - ill) * (1 - specificity))
    return Hundred(found, ill - found, needless, 100 - ill - needless)


def half_up(number: float) -> int:
    """The nearest whole number, halves upwards, as `Math.round` of the page's script has it."""
    return floor(number + 0.5)


def at_threshold(view: View) -> Hundred | None:
    """Natural frequencies at the operating point; None if one of the three shares was not measured."""
    share = prevalence(view)
    sensitivity, specificity = view.at("sensitivity"), view.at("specificity")
    if share is None or sensitivity is None or specificity is None or sensitivity.value is None or specificity.value is None:
        return None
    return hundred(share, sensitivity.value, specificity.value)


def prevalence(view: View) -> float | None:
    """Share with the outcome: as measured, or events of cases."""
    told = view.one("prevalence")
    if told is not None and told.value is not None:
        return told.value
    sized = view.one("auroc") or view.one("brier")
    return None if sized is None or not sized.cases or sized.events is None else sized.events / sized.cases


def explorer(view: View) -> Markup:
    """The box with sliders."""
    shown, share = at_threshold(view), prevalence(view)
    if shown is None or share is None:
        return nope("The threshold explorer needs a threshold: declare one in the study (`threshold = 0.2`).")
    told = counts(view)
    at = round(100 * (view.threshold or 0.5))
    whole = abs(100 * (view.threshold or 0.5) - at) < 1e-6
    packed = (
        json.dumps({"c": told.pairs, "p": told.positives, "n": told.negatives}, separators=(",", ":")) if told and whole else ""
    )
    marks = ["tp"] * shown.found + ["fn"] * shown.missed + ["fp"] * shown.needless + ["tn"] * shown.spared
    four = [view.at(m) for m in ("true_positives", "false_negatives", "false_positives", "true_negatives")]
    return render(
        "explorer.html",
        shown=shown,
        marks=marks,
        packed=packed,
        at=at,
        threshold=wording.threshold(view),
        name=view.name,
        share=shown.ill,
        words=view.words,
        four=[None if cell is None else cell.value for cell in four],
        points=[(HEADS.get(m) or wording.METRICS[m], numbers.point(view.at(m))) for m in POINT],
        ppv=view.at("ppv"),
        npv=view.at("npv"),
        people=wording.people(view.reading),
        scheme=wording.setting(view.reading, view.main),
    )


def counts(view: View) -> Counts | None:
    """Counts at every whole per cent, or None where predictions are missing or do not agree with metrics.json."""
    told = _tested(view)
    if told is None:
        return None
    weight, truth, score = (told[name].to_numpy() for name in ("weight", "truth", "score"))
    positive, negative = float(weight[truth].sum()), float(weight[~truth].sum())
    pairs = []
    for step in range(1, STEPS + 1):
        flagged = score >= step / 100
        pairs.append((round(float(weight[flagged & truth].sum()), 1), round(float(weight[flagged & ~truth].sum()), 1)))
    found = Counts(tuple((_slim(a), _slim(b)) for a, b in pairs), _slim(round(positive, 1)), _slim(round(negative, 1)))
    return found if _agree(view, found) else None


def _tested(view: View) -> pl.DataFrame | None:
    try:
        table = pl.read_parquet(view.reading.folder.predictions(view.name))
    except (OSError, pl.exceptions.PolarsError):
        return None
    if not {"truth", "score"} <= set(table.columns):
        return None
    asked = {"model": ENSEMBLE, "part": "test", "scheme": view.main}
    kept = table.filter([pl.col(name) == value for name, value in asked.items() if name in table.columns])
    if "seed" in kept.columns:
        kept = kept.filter(pl.col("seed").is_null())
    weight = pl.col("weight").fill_null(1.0) if "weight" in kept.columns else pl.lit(1.0)
    weight = weight / (kept["repeat"].n_unique() if "repeat" in kept.columns else 1)  # a case counts once, however often judged
    return kept.select(
        pl.col("truth").cast(pl.Boolean), pl.col("score").cast(pl.Float64), weight.cast(pl.Float64).alias("weight")
    ).drop_nulls()


def _slim(value: float) -> float:
    return int(value) if value == int(value) else value


def _agree(view: View, found: Counts) -> bool:
    sensitivity, specificity = view.at("sensitivity"), view.at("specificity")
    at = round(100 * (view.threshold or 0))
    if (
        sensitivity is None
        or specificity is None
        or sensitivity.value is None
        or specificity.value is None
        or not 1 <= at <= STEPS
    ):
        return False
    true, false = found.pairs[at - 1]
    if not found.positives or not found.negatives:
        return False
    near = abs(true / found.positives - sensitivity.value), abs(1 - false / found.negatives - specificity.value)
    return max(near) < TOLERANCE

"""A run folder as the report reads it.

In: a folder. Out: a `Reading` of all that was found, and a `View` of each target. What is missing is named, with the reason.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import TypeAdapter, ValidationError

from iatros.evidence import Evidence
from iatros.findings import Finding
from iatros.predictions import ENSEMBLE, LOCAL_INTERCEPT, LOCAL_SLOPE, PREVALENCE, UNSEEN, Form
from iatros.results import CURVE_COLUMNS, MetricRow
from iatros.runs import RunFolder

WHAT_IFS = (LOCAL_INTERCEPT, LOCAL_SLOPE)
EXACT = ("scheme", "group", "model", "against", "class_")  # fields of a row by which the page asks, as a rule
NUMBER_COLUMNS = ("x", "y", "low", "high", "n")
PLAIN_WORDS = {"true", "yes", "positive", "pos", "present", "false", "no", "negative", "neg", "absent", "other"}  # say nothing
SAYS_NOTHING = re.compile(r"[<>=!&|]|^[\d.\s]*$|^.{1,2}$")  # a condition, a code or a letter is no name
ADJECTIVE = re.compile(r"(ant|ent|ive|ed|ous|ic|al|ill|sick|dead|died|alive)$", re.IGNORECASE)  # "with malignant" is no English
Record = Mapping[str, Any]  # Any: whatever the run's JSON holds


@dataclass(frozen=True)
class Curve:
    """Points of one curve, each list of one length; what a point lacks is None."""

    x: list[float]
    y: list[float]
    low: list[float | None]
    high: list[float | None]
    n: list[int | None]

    def __bool__(self) -> bool:
        return bool(self.x)

    @property
    def banded(self) -> bool:
        """Has any point an interval?"""
        return any(low is not None and high is not None for low, high in zip(self.low, self.high, strict=True))


@dataclass(frozen=True)
class Reading:
    """What a run folder says.

    missing: part of the folder -> why it could not be read
    """

    folder: RunFolder
    record: Record
    study: Record
    findings: tuple[Finding, ...]
    rows: tuple[MetricRow, ...]
    curves: pl.DataFrame
    evidence: Evidence
    missing: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The study's title or name."""
        return str(
            self.record.get("title")
            or self.study.get("title")
            or self.study.get("name")
            or self.record.get("name")
            or self.folder.path.name
        )

    @cached_property
    def views(self) -> tuple[View, ...]:
        """One view a target, in the study's order."""
        return tuple(View(self, name, form) for name, form in forms(self).items())

    @cached_property
    def plans(self) -> Record:
        """What the run found of its inputs and targets; {} where that cannot be read."""
        try:
            return _table(self.folder.plans)
        except (OSError, ValueError):
            return {}

    @cached_property
    def sited(self) -> bool:
        """Does the study name hospitals?"""
        return bool(self.part("study", "cases").get("site")) or any(row.group.startswith("site=") for row in self.rows)

    @cached_property
    def one_patient_a_row(self) -> bool:
        """Were there no patient numbers?"""
        return not self.part("study", "cases").get("patient")

    def part(self, *keys: str) -> dict[str, Any]:
        """A table inside `record` or `study`: `part("record", "data")`; empty where it is missing or no table."""
        found: Any = {"record": self.record, "study": self.study}[keys[0]]
        for key in keys[1:]:
            found = found.get(key) if isinstance(found, Mapping) else None
        return dict(found) if isinstance(found, Mapping) else {}

    def listed(self, *keys: str) -> list[Any]:
        """The same for a list."""
        found: Any = self.part(*keys[:-1]).get(keys[-1])
        return list(found) if isinstance(found, list | tuple) else []


@dataclass(frozen=True)
class View:
    """The results of one target."""

    reading: Reading
    name: str
    form: Form

    @cached_property
    def rows(self) -> tuple[MetricRow, ...]:
        """This target's figures on test parts."""
        return tuple(row for row in self.reading.rows if row.target == self.name and row.part == "test")

    @cached_property
    def schemes(self) -> tuple[str, ...]:
        """Schemes judged, in order: what was seen first."""
        found = dict.fromkeys(row.scheme for row in self.rows)
        return tuple(sorted(found, key=lambda scheme: scheme == UNSEEN))

    @property
    def main(self) -> str:
        """The scheme of the headline: the first in which hospitals were seen, or the only one."""
        return self.schemes[0] if self.schemes else "folds"

    @property
    def unseen(self) -> str:
        """The scheme with hospitals not seen, "" if there is none."""
        return UNSEEN if UNSEEN in self.schemes else ""

    @property
    def words(self) -> str:
        """What "with" is followed by: `disease`, or `the outcome (malignant)` where the name is no noun."""
        return f"the outcome ({self.label})" if ADJECTIVE.search(self.label) else self.label

    @property
    def label(self) -> str:
        """What the positive class is called: its own name, or the target's where that says nothing."""
        named = self.form.positive if self.form.binary else ""
        return named if telling(named) else self.title

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes as headings: `benign` and `malignant`, or `without` and `with disease` where their names say nothing."""
        names = self.form.classes
        if not self.form.binary or all(telling(name) for name in names):
            return names
        return f"without {self.words}", f"with {self.words}"

    @property
    def title(self) -> str:
        """The target's name, to be read."""
        return self.name.replace("_", " ")

    @property
    def headings(self) -> tuple[str, ...]:
        """The same, short, where both stand side by side: `without` and `with disease`."""
        return tuple(name.removesuffix(f" {self.words}") if name.startswith("without ") else name for name in self.classes)

    @cached_property
    def baseline(self) -> str:
        """*The* baseline: the one that inner folds chose, or the first that is no prevalence; "" if there is none."""
        chosen = self.reading.part("record", "baselines", self.name).get("chosen")
        against = [row.against for row in self.rows if row.against and row.model == ENSEMBLE and is_baseline(row.against)]
        return str(chosen) if chosen else (against or self.baselines or ("",))[0]

    @cached_property
    def baselines(self) -> tuple[str, ...]:
        """All classical models that stand beside."""
        return tuple(dict.fromkeys(row.model for row in self.rows if is_baseline(row.model) and not row.against))

    @cached_property
    def beside(self) -> tuple[str, ...]:
        """All models but ours, probes and those of the learning curve: baselines, prevalence, single inputs, a score in use."""
        others = dict.fromkeys(row.model for row in self.rows if row.model != ENSEMBLE and not row.against)
        return tuple(model for model in others if not model.startswith(("probe:", "learning:")) and model not in WHAT_IFS)

    @cached_property
    def threshold(self) -> float | None:
        """The operating point declared in the study, or else the one chosen without the test part; None: neither."""
        if self.form.threshold is not None:
            return self.form.threshold
        return next((row.threshold for row in self.some("sensitivity", threshold=None) if row.threshold is not None), None)

    def one(self, metric: str, **wanted: Any) -> MetricRow | None:  # Any: values of MetricRow's fields
        """The figure of the fitted ensemble for everyone under the main scheme, or as `wanted` says; None: not measured."""
        return next(iter(self.some(metric, **wanted)), None)

    def some(self, metric: str, **wanted: Any) -> list[MetricRow]:  # Any: as above
        """All figures that fit; a field given as None may hold anything."""
        asked = {"scheme": self.main, "group": "", "model": ENSEMBLE, "against": "", "class_": "", "threshold": None} | wanted
        exact = tuple(asked.pop(name) for name in EXACT) if None not in (asked[name] for name in EXACT) else None
        rows = self._by_metric.get(metric, ()) if exact is None else self._exactly.get((metric, *exact), ())
        return [row for row in rows if all(_fits(row, key, value) for key, value in asked.items())]

    def at(self, metric: str, **wanted: Any) -> MetricRow | None:  # Any: as above
        """The figure at the operating point."""
        return None if self.threshold is None else self.one(metric, **({"threshold": self.threshold} | wanted))

    def difference(self, metric: str, scheme: str = "", against: str = "", **wanted: Any) -> MetricRow | None:  # Any: as above
        """The paired difference to the baseline."""
        return self.one(metric, **({"scheme": scheme or self.main, "against": against or self.baseline} | wanted))

    def groups(self, column: str = "", scheme: str = "") -> list[str]:
        """Groups judged: of one column ("site"), or of all columns but the site."""
        names = dict.fromkeys(row.group for row in self.rows if "=" in row.group and row.scheme == (scheme or self.main))
        return [name for name in names if (name.startswith(f"{column}=") if column else not name.startswith("site="))]

    def curve(self, curve: str, **wanted: str) -> Curve:
        """A curve of the ensemble under the main scheme, or as `wanted` says."""
        asked = {"curve": curve, "scheme": self.main, "group": "", "model": ENSEMBLE, "class_": ""} | wanted
        frame = self._curves.get(tuple(asked[key] for key in ("curve", "scheme", "group", "model", "class_")))
        if frame is None:
            return Curve([], [], [], [], [])
        return Curve(*(frame[column].to_list() for column in NUMBER_COLUMNS))

    @cached_property
    def _by_metric(self) -> dict[str, list[MetricRow]]:
        found: dict[str, list[MetricRow]] = {}
        for row in self.rows:
            found.setdefault(row.metric, []).append(row)
        return found

    @cached_property
    def _exactly(self) -> dict[tuple[str, ...], list[MetricRow]]:
        """By metric and all of EXACT: a run with many groups has thousands of rows, and the page asks hundreds of times."""
        found: dict[tuple[str, ...], list[MetricRow]] = {}
        for row in self.rows:
            found.setdefault((row.metric, *(getattr(row, name) for name in EXACT)), []).append(row)
        return found

    @cached_property
    def _curves(self) -> dict[tuple[Any, ...], pl.DataFrame]:
        own = self.reading.curves.filter(pl.col("target") == self.name).drop_nulls(["x", "y"])
        return own.partition_by("curve", "scheme", "group", "model", "class_", as_dict=True, maintain_order=True)


def telling(name: str) -> bool:
    """Does the name of a class say what it is?"""
    return bool(name) and name.casefold() not in PLAIN_WORDS and not SAYS_NOTHING.search(name)


def is_baseline(model: str) -> bool:
    """A classical model: not ours, not a what-if, a probe, a single input, the prevalence or a score in use."""
    others = (ENSEMBLE, PREVALENCE, "existing", "everyone", "no one", *WHAT_IFS)
    return bool(model) and model not in others and ":" not in model


def read(folder: RunFolder) -> Reading:
    """All that the report needs of a run folder. What cannot be read is empty and named in `missing`."""
    missing: dict[str, str] = {}
    found: dict[str, Any] = {}
    for name, load in LOADERS.items():
        try:
            found[name] = load(folder)
        except (OSError, ValueError, ValidationError, pl.exceptions.PolarsError) as reason:
            missing[name] = _why(reason)
            found[name] = EMPTY[name]
    return Reading(folder, missing=missing, **found)


def forms(reading: Reading) -> dict[str, Form]:
    """Target -> how it is judged, from the record; a target that it does not describe is left out and warned about."""
    targets = reading.part("record", "targets")
    described = {name: told["form"] for name, told in targets.items() if isinstance(told, Mapping) and told.get("form")}
    return {name: form if isinstance(form, Form) else Form.model_validate(form) for name, form in described.items()}


def columns(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns of curves.parquet, those that are missing filled: "" for words, null for numbers."""
    kinds: dict[str, type[pl.DataType]] = {name: pl.Float64 if name in NUMBER_COLUMNS else pl.String for name in CURVE_COLUMNS}
    kinds["n"] = pl.Int64
    filled = [(pl.col(name) if name in frame.columns else pl.lit(None)).cast(kind).alias(name) for name, kind in kinds.items()]
    return frame.select(filled).with_columns(pl.col(pl.String).fill_null(""))


def _fits(row: MetricRow, key: str, value: Any) -> bool:  # Any: as above
    if value is None:
        return True
    found = getattr(row, key)
    return bool(found is not None and abs(found - value) < 1e-9 if key == "threshold" else found == value)


def _why(reason: Exception) -> str:
    return "the run has no such file" if isinstance(reason, FileNotFoundError) else f"cannot be read ({type(reason).__name__})"


def _json(path: Path) -> Any:  # Any: whatever JSON holds
    return json.loads(path.read_text("utf-8"))


def _table(path: Path) -> Record:
    found = _json(path)
    if not isinstance(found, Mapping):
        raise ValueError("no table")
    return found


def _findings(found: Iterable[Mapping[str, Any]] | Mapping[str, Any]) -> tuple[Finding, ...]:
    listed = found.get("findings", []) if isinstance(found, Mapping) else found
    return TypeAdapter(tuple[Finding, ...]).validate_python(listed)


LOADERS: dict[str, Callable[[RunFolder], Any]] = {  # Any: each gives its own field of a Reading
    "record": lambda folder: _table(folder.record),
    "study": lambda folder: tomllib.loads(folder.study.read_text("utf-8")),
    "findings": lambda folder: _findings(_json(folder.findings)),
    "rows": lambda folder: tuple(MetricRow.model_validate(row) for row in _json(folder.metrics)),
    "curves": lambda folder: columns(pl.read_parquet(folder.curves)),
    "evidence": lambda folder: Evidence.model_validate_json(folder.evidence.read_text("utf-8")),
}
EMPTY: dict[str, Any] = {
    "record": {},
    "study": {},
    "findings": (),
    "rows": (),
    "curves": columns(pl.DataFrame()),
    "evidence": Evidence(),
}

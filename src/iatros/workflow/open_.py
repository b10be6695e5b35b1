"""A finished run, read from its folder: all that predicting and explaining need. Nothing in it is unpickled.

In: a run's folder. Out: `Run`. A folder whose files were changed since is noticed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from iatros import notebook
from iatros.contracts import Fold, Learned
from iatros.predictions import Form
from iatros.results import MetricRow
from iatros.runs import RunFolder, changed, finished_run, read_json
from iatros.splits.fingerprint import from_frame
from iatros.study import Study
from iatros.study import load as load_study
from iatros.training.engine import Engine
from iatros.training.feed import Fits
from iatros.workflow.headlines import headlines, verdict
from iatros.workflow.saving import fold_name

CHANGES_SHOWN = 3


@dataclass(frozen=True)
class Run:
    """A finished run. changes: files that are not as they were written, by name."""

    folder: RunFolder
    study: Study
    record: Mapping[str, Any]
    plans: Mapping[str, Learned]
    changes: Mapping[str, str]

    @cached_property
    def metrics(self) -> list[MetricRow]:
        """All figures."""
        return [MetricRow(**row) for row in read_json(self.folder.metrics)]

    @cached_property
    def fitted(self) -> Mapping[str, Any]:
        """What was learned per fold, as saved."""
        return read_json(self.folder.fitted)  # type: ignore[no-any-return]

    @cached_property
    def folds(self) -> Sequence[Fold]:
        """The folds, in their order."""
        return from_frame(pl.read_parquet(self.folder.folds))

    @property
    def engine(self) -> Engine:
        """How to compute: as in training, but on what this machine has."""
        import torch

        told = Engine(**self.fitted["engine"])
        return told if told.device == "cpu" or torch.cuda.is_available() else Engine(threads=1)

    def forms(self) -> dict[str, Form]:
        """target -> how its predictions are read."""
        return {name: target.form(self.plans[name]) for name, target in self.study.targets.items()}

    def predictions(self, target: str | None = None) -> pl.DataFrame:
        """The predictions table of a target, by default the first."""
        return pl.read_parquet(self.folder.predictions(target or next(iter(self.study.targets))))

    def fits(self, fold: Fold) -> Fits:
        """What was learned from a fold's training rows."""
        told = self.fitted["folds"][fold_name(fold.key)]
        inputs = {name: m.Fitted.model_validate(told["inputs"][name]) for name, m in self.study.inputs.items()}
        return Fits(inputs, {name: t.Fitted.model_validate(told["targets"][name]) for name, t in self.study.targets.items()})

    def calibrated(self, fold: Fold, target: str, model: str) -> tuple[Learned, ...]:
        """What the safeguards learned from the calibration part, in the order of the safeguards."""
        told = self.fitted["folds"][fold_name(fold.key)]["calibrated"].get(target, {}).get(model, [])
        guards = sorted(self.study.safeguards.values(), key=lambda g: g.order)
        return tuple(guard.Fitted.model_validate(f) for guard, f in zip(guards, told, strict=False))

    def main_folds(self) -> list[Fold]:
        """The folds whose networks make up the model: those of the study's first scheme."""
        scheme = self.study.split.main.kind
        return [fold for fold in self.folds if fold.scheme == scheme]

    def __repr__(self) -> str:
        return f"<Run {self.study.name} in {self.folder.path}>"

    def _repr_html_(self) -> str:
        changed = ", ".join(f"{name} {what}" for name, what in list(self.changes.items())[:CHANGES_SHOWN])
        warned = notebook.line(f"Warning: files of this run are not as they were written: {changed}" if changed else "")
        report = os.path.relpath(self.folder.report)
        return notebook.card(f"Run {self.study.name}", warned, *self._figures(), notebook.link(report, report))

    def _figures(self) -> Iterator[str]:
        """Of each target: models by metrics, and whether the network is better."""
        for name, form in self.forms().items():
            chosen = self.record.get("baselines", {}).get(name, {}).get("chosen", "")
            for block in headlines(self.metrics, name, form):
                cases = f"{self.record.get('targets', {}).get(name, {}).get('cases', 0):,} cases"
                caption = " · ".join(part for part in (name, cases, block.where) if part)
                yield notebook.table(caption, ("model", *block.titles), [(model, *cells) for model, cells in block.models])
                yield notebook.line(f"{name}: {verdict(self.metrics, name, form, chosen, block.scheme)}")


def open_run(path: str | Path) -> Run:
    """Read a run. Raises InputError if there is none, it is unfinished, or its study can no longer be read."""
    folder = finished_run(path)
    study = load_study(folder.study)
    told = read_json(folder.plans)
    sources = {**study.inputs, **study.targets}
    plans = {name: source.Plan.model_validate(told[name]) for name, source in sources.items()}
    return Run(folder, study, read_json(folder.record), plans, changed(folder))


open = open_run  # the public verb `iatros.open`

__all__ = ["Run", "open", "open_run"]

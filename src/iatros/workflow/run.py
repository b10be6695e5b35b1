"""Run: the whole way of the data, written out. Each line is one arrow of the design's picture.

In: a study. Out: a finished run folder.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import polars as pl

from iatros.runs import RunFolder, write_atomically, write_manifest
from iatros.splits.fingerprint import to_frame
from iatros.study import Study
from iatros.workflow import facts
from iatros.workflow.begin import begin, end, facts_of, folder_for, refuse_finished
from iatros.workflow.comparing import compare
from iatros.workflow.examine import Examined, examine, opened
from iatros.workflow.explaining import explain_run
from iatros.workflow.fitting import network_size, train_all
from iatros.workflow.in_notebook import fitting_watch
from iatros.workflow.judging import judge
from iatros.workflow.nearness import facts as of_nearness
from iatros.workflow.nearness import nearness
from iatros.workflow.noting import save_findings
from iatros.workflow.open_ import Run, open_run
from iatros.workflow.record import Record
from iatros.workflow.saving import save_baselines, save_learned
from iatros.workflow.scoring import score
from iatros.workflow.watch import Watch

T = TypeVar("T")


def run(
    study: Study | str | Path,
    out: Path | str | None = None,
    *,
    force: bool = False,
    allow_leak: bool = False,
    command: str = "",
    watch: Watch | None = None,
) -> Run:
    """Check, split, train, evaluate, explain, report. Called again after an interruption, it goes on where it stopped.

    out: the run's folder; by default runs/NAME. force: start over. allow_leak: go on with a split that leaks.
    Raises InputError where the study or the data are at fault, the run is finished, or what it was begun with has changed.
    """
    study, folder = opened(study)
    run = folder_for(study, Path(out) if out else None)
    refuse_finished(run, force)
    stage = Stages(Record.of(run.record), watch or fitting_watch())

    examined = stage(
        "check",
        lambda: examine(study, folder, allow_leak=allow_leak, watch=stage.watch, size=network_size),
        facts.of_check,
    )
    save_findings(run, examined)
    stage.watch.found(examined.findings, len(examined.cohort))
    examined.raise_errors()
    begun_with = facts_of(examined)
    resumed = begin(run, examined, begun_with, folder)
    stage.record.put(**facts.at_the_start(examined, begun_with, command, resumed=resumed))
    stage("split", lambda: save_folds(run, examined), lambda _: facts.of_split(examined))
    near = nearness(examined)
    stage.record.put(nearness=of_nearness(near))
    fleet = stage("train", lambda: train_all(examined, run, stage.record, stage.watch), facts.of_training)
    stage.record.put(**facts.after_training(examined, fleet))
    material, forms = fleet.programme.material, examined.forms()
    classical = stage("compare", lambda: compare(material, examined.folds, forms, examined.cohort.patient), facts.of_comparing)
    stage.record.put(baselines=facts.of_baselines(classical))
    tables, calibrated = stage("predict", lambda: score(examined, fleet, classical, near), facts.of_tables)
    for name, table in tables.items():
        write_atomically(run.predictions(name), lambda draft, table=table: table.write_parquet(draft))  # type: ignore[misc]
    save_learned(run, examined, fleet, calibrated)
    save_baselines(run, classical)
    stage.record.looked_at_test("the run's own evaluation")
    results = stage("evaluate", lambda: judge(run, examined, tables, material), facts.of_results)
    stage("explain", lambda: explain_run(run, examined, fleet, classical, tables, results), facts.of_evidence)
    stage.record.put(finished=True)
    stage("report", lambda: write_report(run), str)
    end(run)
    write_manifest(run)
    return open_run(run.path)


class Stages:
    """Runs a stage, notes its time and memory, and tells the watch."""

    def __init__(self, record: Record, watch: Watch) -> None:
        self.record = record
        self.watch = watch

    def __call__(self, name: str, work: Callable[[], T], words: Callable[[T], str]) -> T:
        start = time.perf_counter()
        self.watch.began(name)
        with self.record.stage(name):
            result = work()
        self.watch.ended(name, words(result), time.perf_counter() - start)
        return result


def save_folds(run: RunFolder, examined: Examined) -> None:
    """Write who is in which part."""
    assert examined.split_cases is not None
    frame: pl.DataFrame = to_frame(examined.folds, examined.split_cases)
    write_atomically(run.folds, frame.write_parquet)


def write_report(run: RunFolder) -> Path:
    """Write the page."""
    from iatros.report import write

    return write(run)

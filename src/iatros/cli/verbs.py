"""The verbs as the command line speaks them: call the workflow, print its result on stdout."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iatros.cli.document import print_json
from iatros.cli.failing import lines_of, say
from iatros.cli.screen import Screen
from iatros.cli.table import metric_table
from iatros.findings import Finding, printable

if TYPE_CHECKING:
    import polars as pl

STUDIES = Path("studies")


def check_study(study: Path, *, as_json: bool, allow_leak: bool, quiet: bool) -> int:
    """`iatros check`: the findings on the screen and in the run's folder; 1 where one is an error."""
    from iatros import checks
    from iatros.workflow.begin import check_folder, folder_for
    from iatros.workflow.examine import check, opened
    from iatros.workflow.noting import save_findings

    declared, _ = opened(study)
    screen = Screen(quiet)
    with screen.at_work():
        examined = check(study, allow_leak=allow_leak, watch=screen)
        folder = check_folder(folder_for(declared, None))
        save_findings(folder, examined)
    if as_json:
        print_json(checks.to_json(examined.findings))
    else:
        print("\n".join([*heading(examined), "", *checks.lines(examined.findings)]))
        if not quiet:
            print(f"all of them: {folder.findings}, .html")
    errors = [finding for finding in examined.findings if finding.severity == "error"]
    if errors:
        say(["", *lines_of(errors[:3])])
    return 1 if errors else 0


def heading(examined: Any) -> list[str]:
    """What was looked at: "pneumonia · 5,858 cases · 5,232 patients · input xray (image) · target pneumonia (class)"."""
    import numpy as np

    study, cohort = examined.study, examined.cohort
    parts = [study.name, f"{len(cohort.cases.rows):,} cases"]
    if study.cases.patient:
        parts.append(f"{len(np.unique(cohort.patient)):,} patients")
    parts += [f"input {name} ({modality.kind})" for name, modality in study.inputs.items()]
    for name, target in study.targets.items():
        classes = examined.forms()[name].classes if examined.plans else ()
        parts.append(f"target {name} ({target.kind}{': ' + ', '.join(classes[:6]) if classes else ''})")
    return [printable(" · ".join(parts))]


def run_study(study: Path, out: Path | None, *, force: bool, allow_leak: bool, as_json: bool, quiet: bool) -> None:
    """`iatros run`."""
    from iatros.workflow.run import run

    command = f"iatros run {study.name}" + (" --allow-leak" if allow_leak else "")
    screen = Screen(quiet)
    with screen.at_work():
        made = run(study, out, force=force, allow_leak=allow_leak, command=command, watch=screen)
    if as_json:
        print_json(document(made))
        return
    print("\n".join(["", *result_lines(made), "", f"report: {made.folder.report}"]))


def document(made: Any) -> dict[str, Any]:
    """A run as `--json` gives it: its folder and all figures."""
    return {"run": str(made.folder.path), "metrics": [row.model_dump(mode="json") for row in made.metrics]}


def result_lines(made: Any) -> list[str]:
    """The figures that a person wants first, and the plain sentence about the simple model."""
    lines: list[str] = []
    for name, form in made.forms().items():
        lines += [*metric_table(made.metrics, name, form, made.record), ""]
    return lines[:-1]


def run_demo(*, as_json: bool, quiet: bool) -> None:
    """`iatros demo`: copy the study that ships, run it, say what to do next."""
    source = files("iatros").joinpath("studies/cytology.toml").read_text("utf-8")
    path = STUDIES / "cytology.toml"
    path.parent.mkdir(exist_ok=True)
    if not path.exists():
        path.write_text(source, "utf-8")
    written = len([line for line in source.splitlines() if line.strip()])
    say(["Breast-cancer cytology, 569 patients, 30 measurements each (ships with scikit-learn; nothing is downloaded).",
         f"The study is {path}, {written} lines; this is what `iatros run {path}` does:", ""])  # fmt: skip
    report = Path("runs/cytology/report.html")
    if (report.parent / "manifest.json").is_file():
        from iatros.workflow.open_ import open_run

        made = open_run(report.parent)
        if as_json:
            print_json(document(made))
            return
        print("\n".join([f"already done; `iatros run {path} --force` starts over", "", *result_lines(made)]))
    else:
        run_study(path, None, force=False, allow_leak=False, as_json=as_json, quiet=quiet)
    if as_json:
        return
    print(f"\nopen the report:  {report}          your own data:  iatros new mystudy --from cases.csv")


def predict_cases(run: Path, cases: str, out: Path, *, as_json: bool) -> None:
    """`iatros predict`: a CSV with a row a case, in the order of the file; structures in a folder beside it."""
    from iatros.runs import write_atomically
    from iatros.workflow.open_ import open_run
    from iatros.workflow.predict import predicted
    from iatros.workflow.structure_files import write_predicted

    opened = open_run(run)
    _say_changes(opened.changes)
    made = predicted(opened, cases)
    write_atomically(out, lambda draft: _flat(made.frame).write_csv(draft))
    folder = out.with_name(f"{out.stem}-structures")
    files = write_predicted(opened, made, folder)
    say(_shown(made.findings))
    flagged = int(made.familiar.unusual.sum())
    told = f"predicted {made.scored:,} of {len(made.frame):,} cases, {flagged:,} of them flagged -> {out}"
    if as_json:
        written = {"out": str(out), "cases": len(made.frame), "scored": made.scored, "flagged": flagged}
        print_json(written | ({"structures": [str(file) for file in files]} if files else {}))
        return
    print(told)
    if files:
        print(f"structures: {len(files):,} files in {folder}, PDB and mmCIF; the B-factor is the confidence, 0 to 100")


def _flat(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame as a CSV can hold it: of positions, the numbers of a case with blanks between them."""
    import polars as pl

    shown = pl.selectors.list().list.eval(pl.element().cast(pl.Float64).round(4).cast(pl.String)).list.join(" ")
    return frame.with_columns(shown)


def evaluate_cases(run: Path, cases: str, *, recalibrate: bool, as_json: bool) -> None:
    """`iatros evaluate RUN CASES`: external validation."""
    from iatros.workflow.evaluate import evaluate_run
    from iatros.workflow.open_ import open_run

    opened = open_run(run)
    _say_changes(opened.changes)
    judged = evaluate_run(opened, cases, recalibrate=recalibrate)
    _print_judged(judged, as_json=as_json)


def evaluate_table(
    path: Path, truth: str | None, score: str | None, positive: str | None, threshold: float | None, *, as_json: bool
) -> None:
    """`iatros evaluate predictions.csv`: anybody's predictions."""
    from iatros.workflow.evaluate import evaluate_predictions

    judged = evaluate_predictions(path, truth=truth, score=score, positive=positive, threshold=threshold)
    _print_judged(judged, as_json=as_json)


def explain_case(run: Path, row: int, target: str | None, *, as_json: bool) -> None:
    """`iatros explain RUN --case ROW`."""
    from iatros.workflow.explain import explain_case as explained
    from iatros.workflow.open_ import open_run

    opened = open_run(run)
    _say_changes(opened.changes)
    told = explained(opened, row, target)
    if as_json:
        print_json(told.as_json())
        return
    print("\n".join(told.lines()))


def report_again(run: Path, export: Path | None = None, *, as_json: bool) -> None:
    """`iatros report`: write the page anew from the run's folder, and to `export` what a paper takes."""
    from iatros.report import write
    from iatros.runs import RunFolder, write_manifest
    from iatros.workflow.open_ import open_run

    opened = open_run(run)
    path = write(RunFolder(run), export)
    if not opened.changes:
        write_manifest(opened.folder)
    if as_json:
        print_json({"run": str(run), "report": str(path), "export": None if export is None else str(export)})
        return
    print(path if export is None else f"{path}\ntables, figures and methods for a paper: {export}")


def sweep_study(study: Path, trials: int | None, *, as_json: bool, quiet: bool) -> None:
    """`iatros sweep`: settings tried, best first."""
    from iatros.workflow.sweep import sweep

    screen = Screen(quiet)
    with screen.at_work():
        found = sweep(study, trials=trials, watch=screen)
    if as_json:
        print_json(found.as_json())
        return
    print("\n".join(found.lines()))


def _print_judged(judged: Any, *, as_json: bool) -> None:
    say(_shown(judged.findings))
    if as_json:
        print_json(judged.as_json())
        return
    print("\n".join(judged.lines()))


def _shown(findings: Sequence[Finding]) -> list[str]:
    from iatros import checks

    return checks.lines(findings) if findings else []


def _say_changes(changes: Any) -> None:
    if changes:
        width = shutil.get_terminal_size().columns
        listed = ", ".join(f"{name} {what}" for name, what in list(changes.items())[:3])
        print(f"warning: files of this run are not as they were written: {listed}"[:width], file=sys.stderr)

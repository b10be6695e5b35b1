"""What the record and the terminal say of each stage.

In: what a stage made. Out: one line of words for the screen, and facts for `record.json`. No identifiers, no host, no user.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from iatros.checks import paired
from iatros.contracts import PROOF, Learned, Modality
from iatros.evidence import Evidence
from iatros.predictions import Form
from iatros.workflow.begin import data_fingerprint
from iatros.workflow.comparing import ON_VALIDATION, Classical
from iatros.workflow.examine import SPLIT_SEED, Examined
from iatros.workflow.fitting import Fleet
from iatros.workflow.record import machine, now, versions

MOST_MISSING_COLUMNS = 40


def of_check(examined: Examined) -> str:
    """ "569 cases · no errors · 2 notes"."""
    counts = {s: sum(f.severity == s for f in examined.findings) for s in ("error", "aside", "warning", "note")}
    parts = [f"{len(examined.cohort):,} cases", f"{counts['error']} errors" if counts["error"] else "no errors"]
    parts += [
        f"{n} {word}{'' if n == 1 else 's'}" for word, n in (("warning", counts["warning"]), ("note", counts["note"])) if n
    ]
    return " · ".join(parts)


def of_split(examined: Examined) -> str:
    """How the cases were divided."""
    schemes = {fold.scheme: sum(f.scheme == fold.scheme for f in examined.folds) for fold in examined.folds}
    told = ", ".join(f"{name}: {count} fold{'' if count == 1 else 's'}" for name, count in schemes.items())
    return f"{told} (fingerprint {str(split_facts(examined)['fingerprint'])[:8]})"


def of_training(fleet: Fleet) -> str:
    """How many networks, of what size."""
    some = fleet.trained[0]
    engine = fleet.engine
    networks, threads = _several(len(fleet.trained), "network"), _several(engine.threads, "thread")
    return f"{networks} of {some.parameters:,} parameters · {engine.precision}, {threads}"


def _several(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def of_comparing(classical: Mapping[str, Classical]) -> str:
    """Which baselines."""
    some = next(iter(classical.values()))
    names = next(iter(some.scores.values()))
    judge = "validation cases" if some.why == ON_VALIDATION else "inner folds"
    by = f"{judge} chose {some.chosen}" if some.fitted else f"{some.chosen} {some.why}"
    return f"{', '.join(names)}; {by}"


def of_tables(result: tuple[Mapping[str, pl.DataFrame], Any]) -> str:
    """How many predictions."""
    return f"{sum(len(table) for table in result[0].values()):,} predictions"


def of_results(results: Mapping[str, Any]) -> str:
    """How many figures."""
    return f"{sum(len(result.rows) for result in results.values()):,} figures with intervals"


def of_evidence(evidence: Evidence) -> str:
    """What was explained and tried."""
    checked = [check for check in evidence.checks if check.passed]
    parts = [f"{len(evidence.importances)} importances"] if evidence.importances else []
    parts += [f"{len(checked)} of {len(evidence.checks)} methods passed their check"] if evidence.checks else []
    return " · ".join([*parts, f"{len(evidence.probes)} probes"])


def at_the_start(examined: Examined, begun_with: Mapping[str, Any], command: str, *, resumed: bool) -> dict[str, Any]:
    """What is known before training."""
    study, cohort = examined.study, examined.cohort
    return {
        "name": study.name,
        "title": study.title or study.name,
        "started": now(),
        "resumed": resumed,
        "command": command or f"iatros run {study.name}.toml",
        "versions": versions(),
        "machine": machine(),
        "seeds": list(study.training.seed_list()),
        "data": {
            "file": cohort.cases.file,
            "cases": len(cohort),
            "patients": (patients := len(np.unique(cohort.patient))),
            "pairs": patients == len(cohort) and paired(study.inputs, examined.packs) is not None,
            "patient_column": bool(study.cases.patient),
            "fingerprint": data_fingerprint(begun_with),
            "sources": dict(begun_with["data"]),
            "licence": study.cases.licence,
            "title": study.title,
        },
        "flow": [
            {"label": what, "left": step.entered - step.excluded, "out": step.excluded, "why": what}
            for step in cohort.cases.flow
            for what in [without_folders(step.what, cohort.cases.file)]
        ],
        "split": split_facts(examined),
        "targets": {name: target_facts(examined, name, form) for name, form in examined.forms().items()},
        "table_one": table_one(examined),
        "missing_by_site": missing_by_site(examined),
        "purpose": study.evaluation.purpose,
        "existing": study.evaluation.existing or "",
        "leak": [str(finding) for finding in examined.leaks],
        "sites": sorted({site for site in cohort.site if site is not None}) if cohort.site else [],
        "tuned": [],
    }


def without_folders(what: str, file: str) -> str:
    """A step of the flow with the file's name alone: where somebody keeps it is nobody's business."""
    return what.replace(file, file.replace("\\", "/").rpartition("/")[2]) if file else what


def split_facts(examined: Examined) -> dict[str, Any]:
    """The split as the report names it."""
    from iatros.splits.fingerprint import fingerprint

    schemes = {}
    for split in examined.study.split.schemes():
        folds = [fold for fold in examined.folds if fold.scheme == split.kind]
        schemes[split.kind] = {
            "folds": len(folds),
            "repeats": len({fold.repeat for fold in folds}),
            **split.model_dump(mode="json"),
        }
    first = examined.study.split.main.kind
    told = schemes.get(first, {})
    return {
        "fingerprint": fingerprint(examined.folds),
        "seed": SPLIT_SEED,
        "schemes": schemes,
        "proof": [finding.what for finding in examined.findings if finding.check == PROOF],
        "folds": told.get("folds", 0) // max(1, told.get("repeats", 1)),
        "repeats": told.get("repeats", 1),
    }


def target_facts(examined: Examined, name: str, form: Form) -> dict[str, Any]:
    """A target's task, size and events."""
    truth = examined.truths[name]
    frame = pl.DataFrame(dict(examined.study.targets[name].truth_columns(truth, np.flatnonzero(truth.present))))
    events = int(frame["truth"].sum()) if form.binary else None
    return {
        "kind": examined.study.targets[name].kind,
        "task": form.task,
        "classes": list(form.classes),
        "threshold": form.threshold,
        "range": form.range,
        "unit": form.unit,
        "events": events,
        "cases": int(truth.present.sum()),
        "form": form.model_dump(mode="json"),
    }


def after_training(examined: Examined, fleet: Fleet) -> dict[str, Any]:
    """What training was like: recipes, sizes, histories."""
    recipe = fleet.trained[0].recipe
    study = examined.study
    return {
        "recipe": recipe.as_record(),
        "training": [
            {"member": t.member.name, "parameters": t.parameters, "seconds": round(t.seconds, 2), "epochs": len(t.history)}
            for t in fleet.trained
        ],
        "inputs": {name: _of_input(m, examined.plans[name]) for name, m in study.inputs.items()},
        "parameters": fleet.trained[0].parameters,
        "history": [list(point) for point in fleet.trained[0].history],
    }


def _of_input(modality: Modality, plan: Learned) -> dict[str, Any]:
    frozen = modality.pretrained(plan)
    encoder = modality.encoder.kind if modality.encoder else modality.default
    told = {"kind": modality.kind, "encoder": encoder, "columns": list(modality.columns_used())}
    return told | ({"pretrained": frozen} if frozen else {})


def of_baselines(classical: Mapping[str, Classical]) -> dict[str, Any]:
    """Which baseline each verdict compares with, and why."""
    return {name: {"chosen": beside.chosen, "why": beside.why} for name, beside in classical.items()}


def table_one(examined: Examined) -> list[dict[str, Any]]:
    """Table 1: each column of the table inputs by outcome of the first target: medians and quartiles, or counts."""
    from iatros.workflow.table_one import rows

    return rows(examined)


def missing_by_site(examined: Examined) -> dict[str, Any]:
    """Share of missing cells by column and site."""
    from iatros.workflow.table_one import missing

    return missing(examined, MOST_MISSING_COLUMNS)

"""What a run keeps beside its predictions: plans, everything fitted, baselines.

In: what the stages made. Out: JSON and ONNX files in the run's folder, and their way back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from iatros import baselines
from iatros.contracts import FoldKey, Learned
from iatros.runs import RunFolder, write_json
from iatros.workflow.comparing import Classical
from iatros.workflow.examine import Examined
from iatros.workflow.fitting import Fleet

Calibrated = Mapping[str, Mapping[FoldKey, Mapping[str, tuple[Learned, ...]]]]


def fold_name(key: FoldKey) -> str:
    """A fold's key in JSON: "folds-0-3"."""
    return "-".join(map(str, key))


def save_learned(folder: RunFolder, examined: Examined, fleet: Fleet, calibrated: Calibrated) -> None:
    """Write plans.json and fitted.json."""
    write_json(folder.plans, {name: plan.model_dump(mode="json") for name, plan in examined.plans.items()})
    fitted: dict[str, Any] = {}
    for key, learned in fleet.fits.items():
        fitted[fold_name(key)] = {
            "inputs": {name: f.model_dump(mode="json") for name, f in learned.fits.inputs.items()},
            "targets": {name: f.model_dump(mode="json") for name, f in learned.fits.targets.items()},
            "safeguards": {guard.kind: f.model_dump(mode="json") for guard, f in learned.guards},
            "calibrated": {
                target: {model: [f.model_dump(mode="json") for f in several] for model, several in by_fold.get(key, {}).items()}
                for target, by_fold in calibrated.items()
            },
        }
    write_json(folder.fitted, {"engine": fleet.engine.as_record(), "folds": fitted})


def save_baselines(folder: RunFolder, classical: Mapping[str, Classical]) -> None:
    """Write the baselines of the first fold of each scheme as ONNX: what `predict` shows beside the network."""
    for target, beside in classical.items():
        for key, fitted in beside.fitted.items():
            if key[1:] == (0, 0):
                baselines.save(fitted, folder.path / "baselines" / f"{target}-{fold_name(key)}")

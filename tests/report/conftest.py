"""Run folders with known figures for all kinds of target, judged by the real evaluation. Patients are canaries."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image

from iatros.evaluation.evaluate import evaluate
from iatros.evaluation.settings import Settings
from iatros.evidence import CaseEvidence, Evidence, Importance, MethodCheck, Probe
from iatros.predictions import Form
from iatros.runs import RunFolder, write_json

CANARY = "CANARYPATIENT"
HOSTILE = "<script>alert(1)</script>"
SITES = ("Northam", "Southam", "Tiny")
FORMS = {
    "disease": Form(task="class", name="disease", classes=("no", "yes"), threshold=0.2, range=(0.1, 0.5)),
    "lesion": Form(task="class", name="lesion", classes=("mole", "melanoma", HOSTILE)),
    "signs": Form(task="labels", name="signs", classes=("effusion", "nodule", "rare")),
    "glucose": Form(task="value", name="glucose", unit="mg/dl"),
}


def predictions(task: str, n: int = 400, seed: int = 0) -> pl.DataFrame:
    """Predictions of our model and a baseline for `n` cases, under two schemes."""
    generator = np.random.default_rng(seed)
    base = {
        "case": np.arange(n),
        "patient": [f"{CANARY}{i}" for i in range(n)],
        "site": [SITES[0] if i % 2 else SITES[1] if i >= 30 else SITES[2] for i in range(n)],
        "group:sex": ["F" if i % 3 else "M" for i in range(n)],
    }
    latent = generator.normal(size=n)
    parts = []
    for scheme, noise in (("folds", 0.8), ("sites", 1.4)):
        for model, extra in (("iatros", 0.0), ("logistic regression", 0.5), ("prevalence", None)):
            scored = _scores(task, latent, generator, 30.0 if extra is None else noise + extra)
            for part in ("test", "validation"):
                placed = {"scheme": scheme, "fold": 0, "part": part, "model": model}
                parts.append(
                    pl.DataFrame(base | scored).with_columns(
                        *(pl.lit(v).alias(k) for k, v in placed.items()), pl.lit(None, pl.Int64).alias("seed")
                    )
                )
    return pl.concat(parts)


def _scores(task: str, latent: np.ndarray, generator: np.random.Generator, noise: float) -> dict[str, object]:
    n = len(latent)
    seen = (latent + noise * generator.normal(size=n)) / (1 + noise**2)
    if task == "disease":
        return {"truth": latent > 0.3, "score": 1 / (1 + np.exp(-3 * (seen - 0.3)))}
    if task == "lesion":
        raw = np.exp(np.stack([-seen, np.zeros(n), seen], axis=1))
        share = raw / raw.sum(axis=1, keepdims=True)
        names = np.array(FORMS["lesion"].classes)
        return {"truth": names[np.digitize(latent, [-0.5, 0.5])], **{f"score:{c}": share[:, k] for k, c in enumerate(names)}}
    if task == "signs":
        limits = {"effusion": 0.0, "nodule": 0.8, "rare": 2.6}
        truth = {f"truth:{name}": latent > limit for name, limit in limits.items()}
        truth["truth:rare"] = np.arange(n) % 70 == 0  # six cases, at random: too few to judge
        return truth | {f"score:{name}": 1 / (1 + np.exp(-2 * (seen - limit))) for name, limit in limits.items()}
    return {"truth": 100 + 20 * latent, "score": 100 + 20 * seen, "low": 100 + 20 * seen - 25, "high": 100 + 20 * seen + 25}


def evidence(target: str) -> Evidence:
    """Importances, a failed check, a picture, probes of which one warns."""
    curve = {
        name: tuple((i / 10, 0.9 - slope * i / 10) for i in range(11))
        for name, slope in (("method", 0.7), ("randomised", 0.5), ("random", 0.2))
    }
    return Evidence(
        importances=(
            Importance(
                target=target,
                input="t",
                column=HOSTILE,
                value=0.05,
                low=0.04,
                high=0.06,
                null_low=-0.002,
                null_high=0.003,
                shape_x=(30, 70),
                shape_y=(-0.1, 0.1),
            ),
            Importance(
                target=target,
                input="t",
                column="sex",
                value=0.001,
                low=-0.001,
                high=0.002,
                null_low=-0.002,
                null_high=0.003,
                shape_x=("F", "M"),
                shape_y=(0.0, 0.01),
            ),
        ),
        checks=(
            MethodCheck(
                target=target,
                input="x",
                method="grad_cam",
                draws=10,
                correlation=0.8,
                correlation_low=0.7,
                correlation_high=0.9,
                deletion=0.4,
                deletion_randomised=0.41,
                deletion_random=0.2,
                replaced_by="healthy films",
                curve=curve,
                passed=False,
                why="Untrained networks gave maps much alike.",
            ),
        ),
        cases=(
            CaseEvidence(
                target=target,
                role="worst",
                case=7,
                row=9,
                score=0.003,
                truth="yes",
                site="Northam",
                fields=(("age", "35 to 39"), (HOSTILE, "x")),
                method="grad_cam",
                image="c7.png",
                map="c7map.png",
                map_randomised="c7null.png",
            ),
        ),
        probes=(
            Probe(
                target=target,
                name="missingness alone",
                tried="pattern of gaps",
                value=0.758,
                low=0.726,
                high=0.788,
                expected="near 0.5",
                verdict="warning",
            ),
            Probe(
                target=target,
                name="shuffled outcomes",
                tried="20 runs",
                value=0.49,
                low=0.452,
                high=0.532,
                expected="near 0.5",
                verdict="passed",
            ),
        ),
        sure_and_wrong={target: (12, 400, 0.9)},
    )


def record(targets: list[str]) -> dict[str, object]:
    """What a workflow notes."""
    return {
        "name": "synthetic",
        "title": f"Synthetic study {HOSTILE}",
        "command": "iatros run synthetic.toml",
        "seeds": [0, 1],
        "peak_mb": 812,
        "started": "2026-01-01T00:00:00Z",
        "seconds": {"train": 12.3},
        "versions": {"python": "3.11", "iatros": "0.1.0", "torch": "2.13.0"},
        "machine": {"cpu": "x", "cores": 2},
        "data": {
            "file": "cases.csv",
            "cases": 400,
            "patients": 400,
            "fingerprint": "fe351d7ba303",
            "licence": "CC BY 4.0",
            "title": "Made up",
        },
        "flow": [
            {"label": "rows", "left": 410, "out": 0, "why": ""},
            {"label": "age >= 18", "left": 400, "out": 10, "why": "age >= 18"},
        ],
        "split": {"fingerprint": "6ba3a457", "schemes": {"folds": {}, "sites": {}}, "folds": 5, "repeats": 1},
        "targets": {
            name: {
                "task": FORMS[name].task,
                "cases": 400,
                "events": 150 if name == "disease" else None,
                "form": FORMS[name].model_dump(mode="json"),
            }
            for name in targets
        },
        "inputs": {"findings": {"kind": "table", "encoder": "mlp", "columns": ["age"]}},
        "table_one": [
            {
                "name": HOSTILE,
                "kind": "number",
                "rows": [
                    {
                        "label": HOSTILE,
                        "all": "54 (47 to 60)",
                        "by_outcome": ["51 (43 to 57)", "57 (51 to 62)"],
                        "missing": "0 (0%)",
                    }
                ],
                "outcomes": ["no", "yes"],
            }
        ],
        "missing_by_site": {"columns": ["ca", "age"], "sites": list(SITES), "share": [[0.0, 0.99, 0.5], [0.0, 0.0, 0.0]]},
        "baselines": {name: {"chosen": "logistic regression", "why": "lowest log loss on inner folds"} for name in targets},
        "looks_at_test": 1,
        "leak": [],
        "sites": list(SITES),
        "purpose": "",
    }


def make(path: Path, targets: list[str], **changed: object) -> RunFolder:
    """A run folder with these targets; `changed` replaces keys of the record."""
    folder = RunFolder(path)
    rows, curves = [], []
    (path / "figures").mkdir(parents=True)
    (path / "predictions").mkdir()
    for name in targets:
        table = predictions(name)
        with np.errstate(over="ignore"):  # scores of the prevalence hardly differ: a slope has no end there
            found = evaluate(
                table, FORMS[name], settings=Settings(resamples=100, group_resamples=100, curve_resamples=50), target=name
            )
        rows += [row.model_dump(mode="json") for row in found.rows]
        curves.append(found.curves)
        table.write_parquet(folder.predictions(name))
    pl.concat(curves).write_parquet(folder.curves)
    write_json(folder.metrics, rows)
    write_json(folder.record, record(targets) | changed)
    write_json(folder.evidence, json.loads(evidence(targets[0]).model_dump_json()))
    write_json(
        folder.findings, [{"severity": "warning", "what": "17 cells are -1", "todo": "leave them empty", "column": HOSTILE}]
    )
    folder.study.write_text('name = "synthetic"\n[cases]\ntable = "cases.csv"\npatient = "id"\nsite = "hospital"\n', "utf-8")
    for name in ("c7.png", "c7map.png", "c7null.png"):
        Image.fromarray(np.random.default_rng(0).integers(0, 255, (28, 28), dtype=np.uint8)).save(path / "figures" / name)
    return folder


@pytest.fixture(scope="session")
def make_run():
    """The maker, for tests that change something."""
    return make


@pytest.fixture(scope="session")
def binary_run(tmp_path_factory) -> RunFolder:
    """A run with one target of two classes."""
    return make(tmp_path_factory.mktemp("binary") / "run", ["disease"])


@pytest.fixture(scope="session")
def whole_run(tmp_path_factory) -> RunFolder:
    """A run with a target of every kind."""
    return make(tmp_path_factory.mktemp("whole") / "run", list(FORMS))

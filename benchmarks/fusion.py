"""claim: an image and a table together judge skin lesions better than the image alone; a missing or useless input does no harm

Data: HAM10000 subset (multimodal/ham10000_small), the split column of its file, weighted to prevalence. Three fixed seeds.
Compared in the same run: the fused network against the image's own readout, the table's own readout and classical models on
image statistics and table, on the same cases, by paired bootstrap (2,000 resamples). Then the same study with an input of pure
noise added, at the same seeds, and predictions with one input taken away. Chosen on the validation part: size, widths, epochs,
augmentation and the way of fusing (benchmarks/studies/fusion.toml says what was taken).
"""

from __future__ import annotations

import argparse
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
from places import DATA, STUDIES
from table import Row, report

from iatros.metrics.bootstrap import draw
from iatros.metrics.ranking import auroc
from iatros.study import Study, load
from iatros.workflow.open_ import Run
from iatros.workflow.predict import predict
from iatros.workflow.run import run

SOURCE = DATA / "multimodal" / "ham10000_small"
GOAL, LEVEL = 0.92, -0.01
RESAMPLES = 2000


def cases(folder: Path) -> pl.DataFrame:
    """Images unpacked, and the table with their paths and a column of pure noise."""
    if not (folder / "images").is_dir():  # files unpacked anew would count as changed data
        with zipfile.ZipFile(SOURCE / "images.zip") as archive:
            archive.extractall(folder / "images")
    paths = {path.stem: path.relative_to(folder).as_posix() for path in (folder / "images").rglob("*.jpg")}
    frame = pl.read_csv(SOURCE / "metadata.csv")
    noise = np.random.default_rng(0).normal(size=(len(frame), 4))
    frame = frame.with_columns(
        path=frame["image_id"].replace_strict(paths), **{f"noise{i}": pl.Series(noise[:, i]) for i in range(noise.shape[1])}
    )
    frame.write_csv(folder / "metadata.csv")
    return frame


def seeds_mean(table: pl.DataFrame, model: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """truth [N], scores [S, N] of the single seeds on the test part, weight [N]."""
    some = table.filter(pl.col("part") == "test", pl.col("model") == model).with_columns(pl.col("seed").fill_null(-1))
    some = (some.filter(pl.col("seed") >= 0) if some["seed"].max() >= 0 else some).sort("seed", "case")
    scores = [g["score"].to_numpy() for _, g in some.group_by("seed", maintain_order=True)]
    first = some.filter(pl.col("seed") == some["seed"].min())
    return first["truth"].to_numpy().astype(bool), np.stack(scores), first["weight"].to_numpy()


def paired(
    truth: np.ndarray, ours: np.ndarray, peer: np.ndarray, weight: np.ndarray
) -> tuple[float, float, float, float, float]:
    """Mean AUROC over seeds of both, and their paired difference with its 95 % interval."""
    counts = draw(np.random.default_rng(0), RESAMPLES, len(truth), np.stack([truth, ~truth]))
    weights = np.concatenate([np.ones((1, len(truth))), counts]) * weight
    a, b = (np.mean([auroc(truth, s, weights) for s in scores], axis=0) for scores in (ours, peer))
    low, high = np.quantile((a - b)[1:], [0.025, 0.975])
    return float(a[0]), float(b[0]), float(a[0] - b[0]), float(low), float(high)


def with_noise(study: Study) -> Study:
    """The study with one more input: four columns of pure noise."""
    told = study.model_dump(mode="json", exclude_none=True)
    told["inputs"]["noise"] = {"kind": "table", "columns": [f"noise{i}" for i in range(4)]}
    told["name"] = "fusion-noise"
    return Study.model_validate(told)


def noise_row(noisy: Run | None, truth: np.ndarray, ours: np.ndarray, weight: np.ndarray) -> Row:
    """The network with an input of noise, against the same seeds without."""
    claim, goal = "with a noise input, against without, mean of 3 seeds", "not worse by .01"
    if noisy is None:
        return Row(claim, None, goal=goal, met=False, note="not measured: left out by --without-noise")
    a, b, gain, low, high = paired(truth, seeds_mean(noisy.predictions("malignant"), "iatros")[1], ours, weight)
    return Row(claim, a, b, goal=goal, met=low > LEVEL, note=f"difference {gain:+.4f} [{low:+.4f}, {high:+.4f}]")


def missing_rows(fused: Run, frame: pl.DataFrame, folder: Path) -> list[Row]:
    """Predictions with one input taken away, against the other input's own readout."""
    test = frame.filter(pl.col("split") == "test")
    rows = []
    for gone, left, columns in (("image", "patient", ["path"]), ("patient", "image", ["age", "sex", "localization"])):
        path = folder / f"without-{gone}.csv"
        test.drop(columns).write_csv(path)
        scored = predict(fused, path.name, folder=folder)["malignant:score"].to_numpy()
        truth, weight = test["malignant"].to_numpy() == 1, test["weight"].to_numpy()
        table = fused.predictions("malignant").filter(pl.col("part") == "test", pl.col("model") == f"input:{left}")
        alone = table.filter(pl.col("seed").is_null()).sort("case")
        ours = float(auroc(truth, scored, weight[None])[0])
        known = alone["truth"].to_numpy().astype(bool)
        peer = float(auroc(known, alone["score"].to_numpy(), alone["weight"].to_numpy()[None])[0])
        claim = f"{gone} missing at prediction, against {left} alone"
        rows.append(Row(claim, ours, peer, goal="not worse by .01", met=ours - peer >= LEVEL))
    return rows


def rows_of(fused: Run, noisy: Run | None, frame: pl.DataFrame, folder: Path) -> list[Row]:
    """All rows of the claim."""
    table = fused.predictions("malignant")
    truth, ours, weight = seeds_mean(table, "iatros")
    found = []
    mean = paired(truth, ours, ours, weight)[0]
    found.append(Row("fused, weighted AUROC, mean of 3 seeds", mean, goal=">= .92", met=mean >= GOAL))
    for model, name in (("input:image", "the image alone"), ("input:patient", "the table alone")):
        a, b, gain, low, high = paired(truth, ours, seeds_mean(table, model)[1], weight)
        told = Row(
            f"fused, against {name}",
            a,
            b,
            goal="difference above 0",
            met=low > 0,
            note=f"difference {gain:+.4f} [{low:+.4f}, {high:+.4f}]",
        )
        found.append(told)
    for model in ("logistic regression", "gradient boosting"):
        some = table.filter(pl.col("part") == "test", pl.col("model") == model).sort("case")
        a, b, gain, low, high = paired(truth, ours, some["score"].to_numpy()[None], weight)
        note = f"difference {gain:+.4f} [{low:+.4f}, {high:+.4f}]"
        found.append(Row(f"fused, against {model} on image statistics and table", a, b, note=note))
    found.append(noise_row(noisy, truth, ours, weight))
    seconds = fused.record["seconds"]["train"] / 3
    found.append(Row("training a seed", seconds, unit="s"))
    return [*found, *missing_rows(fused, frame, folder)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--epochs", type=int, help="fewer, to try the script")
    parser.add_argument("--keep", type=Path, help="folder for the runs; finished ones there are used again")
    parser.add_argument("--without-noise", action="store_true", help="leave out the study with a noise input")
    options = parser.parse_args()
    with TemporaryDirectory() as temporary:
        folder = (options.keep or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        frame = cases(folder)
        study = load(STUDIES / "fusion.toml")
        study = study.model_copy(update={"cases": study.cases.model_copy(update={"table": str(folder / "metadata.csv")})})
        if options.epochs:
            study = study.model_copy(update={"training": study.training.model_copy(update={"epochs": options.epochs})})
        fused = _run(study, folder / study.name)
        noisy = None if options.without_noise else _run(with_noise(study), folder / "fusion-noise")
        report("fusion", rows_of(fused, noisy, frame, folder), ["scikit-learn"])


def _run(study: Study, place: Path) -> Run:
    from iatros.workflow.open_ import open_run

    return open_run(place) if (place / "manifest.json").is_file() else run(study, place)


if __name__ == "__main__":
    main()

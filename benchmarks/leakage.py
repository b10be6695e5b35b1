"""Claim: a split that leaks is refused; forced, it shows its absurd accuracy and says so in red; the honest split is at chance;
and where nobody knows the patients, the near-duplicate check shows why random folds of CT slices reach .999.

Part 1, made up (seed 0): 60 patients x 20 slices of 32 x 32 pixels; the label is random per patient; a patient's slices are one
smooth random field with grain and small shifts. There is nothing to learn but who is who. The slice-level split is a column of
the table (80 % train), as a user would give it: the splits that Iatros makes keep patients, and near-duplicates, together.

Part 2, imaging/iq_othnccd_ct: 1,097 CT slices of about 110 cases, no case ids, file numbers that seem to follow the cases, and
ten contiguous blocks of them a class. Malignant against the rest, by Iatros' classical models on its image summaries: random
folds, the same random folds but with near-duplicates kept together (what Iatros does by itself), and folds of neighbouring
blocks, as SOURCE.txt has them. Near-duplicates are the trace by which the leak is found, not all of it: slices of one case are
alike below the check's threshold too, so keeping its groups together takes little away. Without case ids there is no honest
interval, so none is given. The peer's figures are those of SOURCE.txt (logistic regression .992 random, .930 in blocks; extra
trees .999 and .918).
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
from fresh import figure, figures, finished, iatros, words
from numpy.typing import NDArray
from places import DATA
from scipy.ndimage import gaussian_filter, shift
from table import Row, report

from iatros.baselines import Examples, fit_baselines
from iatros.checks import joined
from iatros.findings import Finding
from iatros.metrics.ranking import auroc
from iatros.modalities.image_copies import near_duplicates
from iatros.predictions import Form
from iatros.results import MetricRow
from iatros.runs import read_json
from iatros.splits.deal import deal
from iatros.workflow.examine import Examined, check

PATIENTS, SLICES, SIDE = 60, 20, 32
SCANS = DATA / "imaging" / "iq_othnccd_ct"
FOLDS = 5
NEIGHBOURS = 5  # file numbers apart up to which slices are taken for one stretch of a patient
ABSURD = 0.95  # accuracy on labels that are random
PUBLISHED = {"random": 0.992, "blocks": 0.930}  # logistic regression, SOURCE.txt
STUDY = """
name = "{name}"
[cases]
table = "{table}"
{patient}
[inputs.slice]
kind = "image"
column = "{column}"
augment = "none"
encoder = {{kind = "resnet", size = "tiny"}}
[targets.disease]
kind = "class"
column = "{label}"
positive = "{positive}"
threshold = 0.5
range = [0.2, 0.8]
[split]
{split}
[training]
epochs = 20
"""
SLICE_LEVEL = 'kind = "column"\ncolumn = "part"'
PATIENT_LEVEL = 'kind = "folds"'
KNOWN = 'patient = "patient"'


def slices(folder: Path) -> NDArray[np.int64]:
    """Write slices.npz; returns the patient of each slice."""
    generator = np.random.default_rng(0)
    patient = np.repeat(np.arange(PATIENTS), SLICES)
    label = generator.permutation(np.arange(PATIENTS) % 2)[patient]
    fields = [gaussian_filter(generator.normal(size=(SIDE, SIDE)), 3) for _ in range(PATIENTS)]
    images = [_slice(fields[who], generator) for who in patient]
    part = np.where(generator.random(len(patient)) < 0.8, "train", "test")
    np.savez(folder / "slices.npz", images=np.stack(images), label=label, patient=patient, part=part)
    return patient


def _slice(field: NDArray[np.float64], generator: np.random.Generator) -> NDArray[np.uint8]:
    moved = shift(field / field.std(), generator.uniform(-0.5, 0.5, 2), order=1, mode="nearest")
    return np.clip(128 + 40 * moved + generator.normal(0, 3, field.shape), 0, 255).astype(np.uint8)


def simulated(folder: Path) -> list[Row]:
    """Part 1."""
    patient = slices(folder)
    told = {"table": "slices.npz", "column": "images", "label": "label", "positive": "1"}
    for name, whose, split in (
        ("leaking", KNOWN, SLICE_LEVEL),
        ("honest", KNOWN, PATIENT_LEVEL),
        ("unnamed", "", SLICE_LEVEL),
        ("unnamed_folds", "", PATIENT_LEVEL),
    ):
        (folder / f"{name}.toml").write_text(STUDY.format(name=name, patient=whose, split=split, **told), "utf-8")
    refused = iatros("run", "leaking.toml", folder=folder)
    finished(iatros("run", "leaking.toml", "--allow-leak", folder=folder))
    finished(iatros("run", "honest.toml", folder=folder))
    leaking, honest = figures(folder / "runs" / "leaking"), figures(folder / "runs" / "honest")
    accuracy = figure(leaking, "accuracy", threshold=0.5, rule="declared")
    said, recorded = red_first_line(folder / "runs" / "leaking"), read_json(folder / "runs" / "leaking" / "record.json")["leak"]
    assert accuracy.value is not None
    return [
        Row("slice-level split, patients named: exit status", refused.code, goal="1", met=refused.code == 1,
            note=error(refused.text)),
        Row("forced: accuracy on random labels", accuracy.value, goal=f">= {ABSURD}", met=accuracy.value >= ABSURD,
            low=accuracy.low, high=accuracy.high, note=f"AUROC {words(figure(leaking, 'auroc'))}"),
        Row("forced: the report's first line, in red", said or "nothing", goal="says so", met="leak" in said),
        Row("forced: leaks in record.json", len(recorded), goal="1 or more", met=len(recorded) > 0),
        _chance("patient-level folds: AUROC", figure(honest, "auroc")),
        _chance("patient-level folds: accuracy", figure(honest, "accuracy", threshold=0.5, rule="declared")),
        *unnamed(folder, patient),
    ]  # fmt: skip


def unnamed(folder: Path, patient: NDArray[np.int64]) -> list[Row]:
    """The same slices without the patient column: what the near-duplicate check sees."""
    given = check(folder / "unnamed.toml")
    twins, torn = found(given.findings, "near_duplicates"), found(given.findings, "twins_across")
    own = check(folder / "unnamed_folds.toml")
    parts = np.stack([fold.part == 3 for fold in own.folds])  # [folds, cases]: tested
    shared = sum(0 < row[patient == who].sum() < SLICES for row in parts for who in range(PATIENTS))
    note = f"{twins.count} groups of {len(twins.rows):,} slices, for {PATIENTS} patients of {PATIENTS * SLICES:,}"
    return [
        Row("patients not named: near-duplicates on both sides", torn.count, goal="warned of", met=torn.count > 0, note=note),
        Row("patients not named: patients torn by Iatros' own folds", shared, goal="0", met=shared == 0),
    ]


def red_first_line(run: Path) -> str:
    """What the report says first, if it says it in red; else nothing."""
    page = (run / "report.html").read_text("utf-8")
    header = page[page.index("<header") :]
    first = re.match(r'<header[^>]*>\s*<div class="leak"[^>]*><p>(.*?)</p>', header)
    colour = re.search(r"--warn:\s*#([0-9a-fA-F]{6})", page)
    red, green, blue = bytes.fromhex(colour[1]) if colour else (0, 0, 0)
    return first[1] if first and red > 2 * max(green, blue) else ""


def scans(folder: Path) -> list[Row]:
    """Part 2."""
    with zipfile.ZipFile(SCANS / "images_128px.zip") as archive:
        archive.extractall(folder / "scans")
    paths = {path.stem: path.relative_to(folder).as_posix() for path in (folder / "scans").rglob("*.jp*g")}
    generator = np.random.default_rng(0)
    frame = pl.read_csv(SCANS / "labels.csv").with_columns(path=pl.col("image").replace_strict(paths))
    random = np.argsort(generator.permutation(len(frame))) % FOLDS
    frame = frame.with_columns(part=pl.Series(np.where(random == 0, "test", "train")))
    frame.write_csv(folder / "scans.csv")
    told = {"table": "scans.csv", "column": "path", "label": "label", "positive": "malignant", "patient": ""}
    (folder / "scans.toml").write_text(STUDY.format(name="scans", split=SLICE_LEVEL, **told), "utf-8")
    examined = check(folder / "scans.toml")
    frame = frame[examined.cohort.cases.rows - 2]  # rows of the file are counted as an editor counts, after the header
    random = random[examined.cohort.cases.rows - 2]
    return [*near(examined, frame), *scored(examined, frame, random)]


def near(examined: Examined, frame: pl.DataFrame) -> list[Row]:
    """What the near-duplicate check finds."""
    twins, torn = found(examined.findings, "near_duplicates"), found(examined.findings, "twins_across")
    copies = near_duplicates(examined.packs["slice"])
    first, second = copies.pairs.T
    label, number = frame["label"].to_numpy(), frame["number"].to_numpy()
    close = (label[first] == label[second]) & (np.abs(number[first] - number[second]) <= NEIGHBOURS)
    a, b = np.random.default_rng(0).integers(0, len(frame), (2, 100_000))
    chance = ((label[a] == label[b]) & (np.abs(number[a] - number[b]) <= NEIGHBOURS))[a != b].mean()
    tested = (frame["part"] == "test").to_numpy()
    have = np.isin(np.flatnonzero(tested), np.concatenate([first[~tested[second]], second[~tested[first]]])).mean()
    size = f"{len(twins.rows):,} of {len(frame):,} slices; {copies.exact.sum()} links are exact copies; {len(first):,} pairs"
    whose = f"same label and at most {NEIGHBOURS} apart; {chance:.1%} of all pairs are"
    return [
        Row("CT: groups of near-duplicates", twins.count, goal="found", met=twins.count > 0, note=size),
        Row("CT: near-duplicate pairs that are neighbouring files", float(close.mean()), float(chance),
            float(close.mean() / chance), note=whose),
        Row("CT: groups on both sides of a random split", torn.count, goal="warned of", met=torn.count > 0,
            note=f"{have:.1%} of test slices have a near-duplicate in training"),
    ]  # fmt: skip


def scored(examined: Examined, frame: pl.DataFrame, random: NDArray[np.int64]) -> list[Row]:
    """Classical models on random folds, on folds that keep near-duplicates together, and on blocks."""
    image, packed = examined.study.inputs["slice"], examined.packs["slice"]
    summary = image.summary(packed, np.arange(len(frame)))
    truth = (frame["label"] == "malignant").to_numpy()
    assert examined.split_cases is not None
    group = joined(examined.split_cases, image.twins(packed))
    together = deal(group, truth.astype(np.int64), [1] * FOLDS, np.random.default_rng(0))
    shown = {
        "random": ("random folds", random),
        "together": ("random folds, near-duplicates kept together", together),
        "blocks": ("folds of neighbouring blocks", frame["block"].to_numpy() // 2),
    }
    areas = {name: crossed(summary.values, summary.names, truth, fold) for name, (_, fold) in shown.items()}
    rows = [
        Row(f"CT: AUROC, {told}", areas[name]["logistic regression"], PUBLISHED.get(name),
            note=f"logistic regression; gradient boosting {areas[name]['gradient boosting']:.4f}; peer: SOURCE.txt")
        for name, (told, _) in shown.items()
    ]  # fmt: skip
    gap = min(areas["random"][model] - areas["blocks"][model] for model in areas["random"])
    return [
        *rows,
        Row("CT: what random folds add to blocks, the smaller of both models", gap, goal="above .02", met=gap > 0.02),
    ]


def crossed(
    values: NDArray[np.float64], names: Iterable[str], truth: NDArray[np.bool_], fold: NDArray[np.int64]
) -> dict[str, float]:
    """Pooled AUROC of each classical model over the folds."""
    form = Form(task="class", name="malignant", classes=("other", "malignant"))
    examples = Examples(values, tuple(names), {"truth": truth.astype(np.int64)}, form)
    scores: dict[str, NDArray[np.float64]] = {}
    for number in np.unique(fold):
        fitted = fit_baselines(examples, np.flatnonzero(fold != number))
        for name in ("logistic regression", "gradient boosting"):
            tested = fold == number
            scores.setdefault(name, np.zeros(len(truth)))[tested] = fitted[name].predict(values[tested])["score"]
    return {name: float(auroc(truth, score)[0]) for name, score in scores.items()}


def found(findings: Iterable[Finding], name: str) -> Finding:
    """The finding of a check; an empty one where there is none."""
    return next((one for one in findings if one.check == name), Finding("note", "", "", count=0))


def error(text: str) -> str:
    """The first line of an error, as the screen shows it."""
    return next((line.strip() for line in text.splitlines() if line.lstrip().startswith("error")), "no error")


def _chance(claim: str, row: MetricRow) -> Row:
    met = row.low is not None and row.high is not None and row.low <= 0.5 <= row.high
    note = f"{PATIENTS} patients; the interval is that of patients"
    return Row(claim, row.value, goal="interval holds .5", met=met, low=row.low, high=row.high, note=note)


def main() -> bool:
    rows: list[Row] = []
    for part in (simulated, scans):
        with TemporaryDirectory() as temporary:
            rows += part(Path(temporary))
    return report("leakage", rows, ["scikit-learn"])


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)

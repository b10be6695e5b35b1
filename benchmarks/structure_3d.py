"""Claim: what 240 protein chains teach of 3D structure carries over to chains without homologs: a little, and it is measured.

The 300 chains of bm5_structures (N, CA, C; 40 to 350 residues), one of five folds by homology (all pairs aligned exactly, none
of E <= 1e-3 across), trained on one thread through the library's own training: a gated CNN on the single sequence, pairs of
residues, the weights of the lowest validation loss. Looked at once: the test fold. Beside it, on the same chains: mean distance
and share of contacts by separation along the chain, and the distances of the nearest training chain by exact local alignment,
by separation where nothing is aligned. Both are made points by majorisation. Intervals: 2,000 resamples of test families.
Options: --epochs N; --chains N takes the first N alone; --structures FOLDER writes the predicted chains as mmCIF and PDB.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from places import DATA
from scipy.stats import spearmanr
from table import Row, report

from iatros.align.kin import Rule
from iatros.baselines.structure import BY_SEPARATION, TEMPLATE, fit_separation, nearest_templates
from iatros.cases import structures
from iatros.contracts import Cells, Fold, SplitCases
from iatros.metrics.bootstrap import draw, spread
from iatros.metrics.embedding import embedded, right_handed
from iatros.metrics.geometry import distances
from iatros.metrics.structure import contact_precision, drmsd, lddt, lddt_per_residue, tm_score
from iatros.modalities.sequence import Sequence as SequenceInput
from iatros.splits.families import relations
from iatros.splits.homology import Homology
from iatros.study import TrainingSection
from iatros.targets.structure import Structure
from iatros.targets.structure_said import as_chain, said_of
from iatros.training.engine import Engine, Wanted
from iatros.training.feed import Material, batch
from iatros.training.loop import train
from iatros.training.members import Programme, fit_fold, job_of, scores

EPOCHS = 16
ENCODER = {"kind": "gated_cnn", "width": 96, "dilations": (1, 2, 4, 8, 16), "dropout": 0.2}
RESAMPLES = 2_000
OURS = "iatros"
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Figure:
    """What is measured of each chain: name, unit, and of (true points, guess) a number."""

    name: str
    unit: str
    of: Callable[[Floats, Guess], float]


@dataclass(frozen=True, slots=True)
class Guess:
    """One predicted chain of L residues: distances [L, L], points [L, 3], score of contacts [L, L], confidence [L] if any."""

    distances: Floats
    points: Floats
    contacts: Floats
    confidence: Floats | None = None


FIGURES = (
    Figure("dRMSD of predicted distances", "A", lambda truth, guess: drmsd(distances(truth), guess.distances)),
    Figure("dRMSD of coordinates", "A", lambda truth, guess: drmsd(distances(truth), distances(guess.points))),
    Figure("lDDT-CA of coordinates", "", lambda truth, guess: lddt(distances(truth), distances(guess.points))),
    Figure("TM-score of coordinates", "", lambda truth, guess: tm_score(truth, guess.points)),
    Figure("precision of the top L long-range contacts", "", lambda t, guess: contact_precision(distances(t), guess.contacts)),
    Figure("precision of the top L/2", "", lambda truth, guess: contact_precision(distances(truth), guess.contacts, 0.5)),
    Figure("precision of the top L/5", "", lambda truth, guess: contact_precision(distances(truth), guess.contacts, 0.2)),
)


@dataclass(frozen=True)
class Chains:
    """The 300: names, letters, CA [L, 3]; and as cells of a table whose files lie in a folder."""

    names: list[str]
    letters: list[str]
    points: list[Floats]
    cells: Cells


def read(folder: Path, most: int | None) -> Chains:
    """Write each chain to a file, as a user would have it."""
    theirs = np.load(DATA / "sequences" / "bm5_structures" / "chains.npz")
    ends = np.cumsum(theirs["length"])[:-1]
    parts = [part.astype(np.float64) for part in np.split(theirs["coords"], ends)]
    names, letters, parts = theirs["ids"].tolist()[:most], theirs["seq"].tolist()[:most], parts[:most]
    for name, text, part in zip(names, letters, parts, strict=True):
        structures.write(folder / f"{name}.pdb", structures.chain_of(text, part))
    frame = pl.DataFrame({"sequence": letters, "path": [f"{name}.pdb" for name in names]})
    cells = Cells(frame, np.arange(len(names)) + 2, "chains.csv", folder)
    return Chains(names, letters, [part[:, 1] for part in parts], cells)


def programme(chains: Chains, epochs: int) -> tuple[Programme, str]:
    """What to train: the cells checked and packed, divided by homology; and the proof of how alike the sides are."""
    protein = SequenceInput.model_validate({"column": "sequence", "alphabet": "protein", "masked": 0.1, "encoder": ENCODER})
    shape = Structure(column="path")
    packed = protein.pack(chains.cells, protein.plan(chains.cells))
    truth = shape.pack(chains.cells, shape.plan(chains.cells), packed)
    faults = [finding for finding in (*packed.findings, *truth.findings) if finding.severity in ("error", "aside")]
    if faults:
        raise SystemExit("\n".join(map(str, faults)))
    count = len(chains.names)
    cases = SplitCases(np.arange(count), np.full(count, -1), chains.cells.rows, columns={"sequence": chains.letters})
    split = Homology(column="sequence", calibration=0)
    folds = split.folds(cases, seed=0)[:1]
    material = Material({"protein": protein}, {"shape": shape}, {"protein": packed}, {"shape": truth}, np.ones(count))
    said = TrainingSection(epochs=epochs, rate=3e-3, keep="best")
    return Programme(material, folds, (0,), said, Wanted("cpu", "float32", 1)), split.proof(cases, folds)[0].what


def trained(given: Programme, fold: Fold) -> tuple[list[Guess], Mapping[str, Any], str]:
    """Guesses of the test chains, their columns, and how training went."""
    learned, engine = fit_fold(given, fold), Engine()
    job, network = job_of(given, given.members()[0], fold, learned, engine)
    begun = time.process_time()
    weights, progress = train(replace(job, checkpoint=None), network, lambda m: print(f"  epoch {m.epoch}: {m.validation:.4f}"))
    spent = time.process_time() - begun
    network.load_state_dict(weights)
    network.eval()
    rows = fold.rows("test")
    columns = scores(network, given.material, learned.fits, rows, engine)[""]["shape"]
    middles = learned.fits.targets["shape"].middles  # type: ignore[attr-defined]  # the target's own
    guesses = [_guess(network, given, learned.fits, row, columns, i, middles) for i, row in enumerate(rows.tolist())]
    best = min(range(len(progress.history)), key=lambda k: progress.history[k][1] or np.inf) + 1
    count = sum(p.numel() for p in network.parameters())
    return guesses, columns, f"{count:,} parameters, {spent:.0f} s of one thread, {job.recipe.epochs} epochs, best {best}"


def _guess(network: Any, given: Programme, fits: Any, row: int, columns: Mapping[str, Any], i: int, middles: Any) -> Guess:
    import torch

    with torch.no_grad():
        raw = network(batch(given.material, fits, np.array([row]))).fused["shape"]
    said = said_of(raw, torch.tensor(middles))
    points = np.asarray(columns["score"][i], np.float64).reshape(-1, 3, 3)[:, 1]
    return Guess(said.distance[0].double().numpy(), points, said.contact[0].double().numpy(), columns["confidence"][i])


def baselines(chains: Chains, fold: Fold) -> dict[str, list[Guess]]:
    """Both, of the test chains. Training chains are those that the network learned from or was stopped by."""
    known, tested = np.flatnonzero((fold.part == 0) | (fold.part == 1)).tolist(), fold.rows("test").tolist()
    truths = [distances(chains.points[row]) for row in known]
    separation = fit_separation(truths)
    texts = [chains.letters[row] for row in known]
    templates = nearest_templates([chains.letters[row] for row in tested], texts, truths, separation)
    apart = []
    for row in tested:
        length = len(chains.letters[row])
        wanted = separation.distances(length)
        apart.append(Guess(wanted, right_handed(embedded(wanted)), separation.contacts(length)))
    near = [Guess(t.distances, right_handed(embedded(t.distances)), -t.distances) for t in templates]
    return {BY_SEPARATION: apart, TEMPLATE: near}


def rows_of(figure: Figure, truths: Sequence[Floats], models: Mapping[str, Sequence[Guess]], weights: Floats) -> list[Row]:
    """Mean over chains with its interval, beside each baseline, with the interval of the difference."""
    of = {name: np.array([figure.of(*pair) for pair in zip(truths, guesses, strict=True)]) for name, guesses in models.items()}
    known = ~np.isnan(of[OURS])
    shares = weights[:, known] / weights[:, known].sum(1, keepdims=True)
    low, high = np.quantile(shares @ of[OURS][known], (0.025, 0.975))
    found = []
    for name in models:
        if name == OURS:
            continue
        difference = of[OURS][known] - of[name][known]
        below, above = np.quantile(shares @ difference, (0.025, 0.975))
        note = f"{known.sum()} chains; ours less {name}: {difference.mean():+.3f} [{below:+.3f} to {above:+.3f}]"
        found.append(Row(f"{figure.name}, beside {name}", float(of[OURS][known].mean()), float(of[name][known].mean()),
                         unit=figure.unit, low=float(low), high=float(high), note=note))  # fmt: skip
    return found


def confidence_row(truths: Sequence[Floats], guesses: Sequence[Guess]) -> Row:
    """Does the B-factor column tell which residues are right?"""
    real = np.concatenate([lddt_per_residue(distances(t), distances(g.points)) for t, g in zip(truths, guesses, strict=True)])
    said = np.concatenate([g.confidence for g in guesses if g.confidence is not None])
    known = ~np.isnan(real)
    note = f"mean confidence {said[known].mean():.3f}, mean lDDT-CA {real[known].mean():.3f}, {known.sum():,} residues"
    return Row(
        "rank correlation of a residue's confidence with its lDDT", float(spearmanr(said[known], real[known])[0]), note=note
    )


def main() -> bool:
    """Train, predict, judge, print."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--chains", type=int)
    parser.add_argument("--structures", type=Path)
    said = parser.parse_known_args()[0]
    with tempfile.TemporaryDirectory() as folder:
        chains = read(Path(folder), said.chains)
        given, proof = programme(chains, said.epochs)
        fold = given.folds[0]
        guesses, columns, how = trained(given, fold)
    tested = fold.rows("test").tolist()
    truths = [chains.points[row] for row in tested]
    models = {OURS: guesses, **baselines(chains, fold)}
    related = relations(chains.letters, Rule(1e-3))
    family_of = dict(zip(related.texts, related.family.tolist(), strict=True))
    _, family = np.unique([family_of[chains.letters[row]] for row in tested], return_inverse=True)
    weights = spread(draw(np.random.default_rng(0), RESAMPLES, int(family.max()) + 1), family).astype(np.float64)
    if said.structures is not None:
        write(said.structures, chains, tested, columns)
    sizes = [len(fold.rows(part)) for part in ("train", "validation", "test")]
    found = [
        Row("chains trained on", sizes[0], note=f"{sizes[1]} more chose the epoch; {how}"),
        Row("chains judged", sizes[2], note=f"{family.max() + 1} families; {proof}"),
        *(row for figure in FIGURES for row in rows_of(figure, truths, models, weights)),
        confidence_row(truths, guesses),
    ]
    return report("structure_3d", found, ["numba", "scipy"])


def write(folder: Path, chains: Chains, tested: Sequence[int], columns: Mapping[str, Any]) -> None:
    """Predicted chains as files, confidence in the B-factor column."""
    folder.mkdir(parents=True, exist_ok=True)
    for i, row in enumerate(tested):
        chain = as_chain(chains.letters[row], columns["score"][i], columns["confidence"][i])
        for suffix in ("cif", "pdb"):
            structures.write(folder / f"{chains.names[row]}.{suffix}", chain)


if __name__ == "__main__":
    raise SystemExit(not main())

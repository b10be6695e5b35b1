"""claim: a network of sequences of one length knows places without losing motifs that stand anywhere

Planted: 600 sequences of 60 bases to train, 1,400 to test. "Anywhere": those with the outcome hold a motif at any
place, the others its letters shuffled (`iatros.cases.simulated_sequences`). "One place": all hold it, those with the outcome at
place 31, the others elsewhere; .15 of its letters are redrawn. A small gated CNN, four ways to join positions, the mean of
three seeds; AUROC. `auto` is the default; no goal was set before it was measured. Blind to places (`mean+max`): the peer.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import polars as pl
from networks import Task, predicted
from sklearn.metrics import roc_auc_score  # type: ignore[import-untyped]  # has no types
from table import Row, report

from iatros.cases.simulated_sequences import motif_sequences

CASES, TRAIN, LENGTH, SEEDS = 2000, 600, 60, 3
SITE, MOTIF, REDRAWN = 30, "TGACTCA", 0.15
POOLINGS = ("mean+max", "auto", "mean+max+places", "flat")
ENCODER = {"kind": "gated_cnn", "width": 24, "size": 7, "dilations": [1, 2]}


def anywhere() -> pl.DataFrame:
    """dna and bound."""
    made = motif_sequences(CASES, LENGTH, seed=1)
    return pl.DataFrame({"dna": made.texts, "bound": ["yes" if label else "no" for label in made.labels]})


def one_place() -> pl.DataFrame:
    """The same: all hold the motif, and where it begins is the answer."""
    rng = np.random.default_rng(0)
    elsewhere = [at for at in range(LENGTH - len(MOTIF)) if abs(at - SITE) > 3]
    rows = []
    for number in range(CASES):
        letters = rng.choice(list("ACGT"), LENGTH)
        at = SITE if number % 2 else int(rng.choice(elsewhere))
        redrawn = rng.random(len(MOTIF)) < REDRAWN
        letters[at : at + len(MOTIF)] = np.where(redrawn, letters[at : at + len(MOTIF)], list(MOTIF))
        rows.append(("".join(letters), "yes" if number % 2 else "no"))
    return pl.DataFrame(rows, ["dna", "bound"], orient="row")


def auroc(frame: pl.DataFrame, pooling: str) -> float:
    """Of the test cases."""
    read = {"kind": "sequence", "column": "dna", "alphabet": "dna", "encoder": {**ENCODER, "pooling": pooling}}
    task = Task(frame, read, {"kind": "class", "column": "bound", "positive": "yes"}, {"epochs": 16})
    made = predicted(task, ["train"] * TRAIN + ["test"] * (CASES - TRAIN), SEEDS)
    return round(float(roc_auc_score(frame["bound"].to_numpy()[TRAIN:] == "yes", made.scores["test"][:, 0])), 4)


def main() -> None:
    """Both kinds of motif, four ways."""
    rows = []
    for name, frame in (("anywhere", anywhere()), ("one place", one_place())):
        found = {pooling: auroc(frame, pooling) for pooling in POOLINGS}
        rows += [Row(f"motif {name}, {pooling}: AUROC", value, found["mean+max"]) for pooling, value in found.items()]
    report("motif_places", rows, ["torch"])


if __name__ == "__main__":
    main()

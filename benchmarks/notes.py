"""claim: hallmarks of cancer in abstracts, and sections of notes in dialogues, beside TF-IDF with linear models

Data: Hallmarks of Cancer (clinical/hallmarks_of_cancer; 1,295 abstracts train, 186 validate, 371 test; ten labels) by
micro-F1 at one threshold, and MTS-Dialog (clinical/mts_dialog; 1,201 train, 100 validate, 200 + 200 test; 20 sections) by
accuracy. Ours: five networks' mean, no pretraining; the recipes were chosen on folds of training and validation cases. Peers
on the same cases: TF-IDF of words and pairs with one logistic regression a label (C 20, balanced), and TF-IDF of words, pairs
and 3 to 5 letters with a linear SVM (C .5, balanced): the best of what was measured before. Thresholds are chosen on the
validation part; intervals of differences by 2,000 paired resamples of texts.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

from collections.abc import Callable

import numpy as np
import polars as pl
from networks import Floats, Predicted, Task, predicted
from numpy.typing import NDArray
from places import DATA
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_union
from sklearn.svm import LinearSVC
from table import Row, report

from iatros.metrics.bootstrap import draw

LABELS = tuple(f"hallmark {k}" for k in range(10))
SEEDS, RESAMPLES = 5, 2000
THRESHOLDS = np.arange(0.05, 0.8, 0.01)
MARGIN = -0.01  # of the lower limit, from which ours is level
BAG = {"kind": "bag", "width": 64, "grams": 2, "dropout": 0.3}
CONVOLUTIONS = {"kind": "gated_cnn", "width": 96, "size": 3, "dilations": [1, 2], "dropout": 0.3}
TRAINING = {"epochs": 20, "batch": 32, "rate": 0.003, "decay": 0.05, "precision": "bfloat16"}


def abstracts() -> pl.DataFrame:
    """text, one column a label, part."""
    table = pl.read_csv(
        DATA / "clinical" / "hallmarks_of_cancer" / "abstracts.csv.gz", schema_overrides={"doc_labels": pl.String}
    )
    named = pl.col("doc_labels").fill_null("").str.split("|")
    labels = (named.list.contains(str(k)).cast(pl.Int8).alias(name) for k, name in enumerate(LABELS))
    return table.select("text", *labels, part=pl.col("split").replace("val", "validation"))


def dialogues() -> pl.DataFrame:
    """text, section, part, and which of the two test sets."""
    table = pl.read_csv(DATA / "clinical" / "mts_dialog" / "dialogues.csv.gz")
    part = pl.col("split").replace({"val": "validation", "test1": "test", "test2": "test"})
    return table.select(text="dialogue", section="section_header", part=part, split="split")


def task(frame: pl.DataFrame, target: dict[str, object], encoder: dict[str, object], **more: object) -> Task:
    """Texts in byte pairs."""
    read = {"kind": "sequence", "column": "text", "alphabet": "text", "longest": 600, "masked": 0.1, "encoder": encoder}
    return Task(frame, read, target, {**TRAINING, **more})


def micro_f1(truth: NDArray[np.bool_], said: NDArray[np.bool_], weights: NDArray[np.uint8] | None = None) -> Floats:
    """[R] over all labels and cases. truth, said: [N, K]; weights: [R, N]"""
    counts = np.ones((1, len(truth))) if weights is None else weights.astype(np.float64)
    right, marked = counts @ (truth & said).sum(1), counts @ (truth.astype(int) + said).sum(1)
    return np.asarray(2 * right / marked)


def hallmarks() -> list[Row]:
    """Micro-F1 of both, and their difference."""
    frame = abstracts()
    truth, part = frame.select(LABELS).to_numpy() == 1, frame["part"].to_numpy()
    ours = predicted(task(frame, {"kind": "labels", "columns": list(LABELS)}, BAG), frame["part"].to_list(), SEEDS)
    train, held, test = (np.flatnonzero(part == name) for name in ("train", "validation", "test"))
    theirs = tf_idf_labels(frame["text"].to_list(), truth, train)
    said = [
        at_best(ours.scores["validation"], ours.scores["test"], truth[held]),
        at_best(theirs[held], theirs[test], truth[held]),
    ]
    weights = draw(np.random.default_rng(0), RESAMPLES, len(test))
    found = [np.concatenate([micro_f1(truth[test], one), micro_f1(truth[test], one, weights)]) for one in said]
    return rows("hallmarks of cancer, micro-F1", found[0], found[1], "TF-IDF, logistic regression", ours)


def at_best(validation: Floats, test: Floats, truth: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Labels of the test part at the threshold that is best on the validation part."""
    best = max(THRESHOLDS, key=lambda limit: float(micro_f1(truth, validation > limit)[0]))
    return np.asarray(test > best)


def tf_idf_labels(texts: list[str], truth: NDArray[np.bool_], train: NDArray[np.int64]) -> Floats:
    """[N, K] probabilities."""
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True).fit([texts[i] for i in train])
    values = words.transform(texts)
    model = LogisticRegression(C=20, class_weight="balanced", max_iter=2000)
    return np.stack(
        [model.fit(values[train], truth[train, k]).predict_proba(values)[:, 1] for k in range(truth.shape[1])], axis=1
    )


def sections() -> list[Row]:
    """Accuracy of both on each test set."""
    frame = dialogues()
    ours = predicted(
        task(frame, {"kind": "class", "column": "section"}, CONVOLUTIONS, epochs=40), frame["part"].to_list(), SEEDS
    )
    test, truth = ours.rows["test"], frame["section"].to_numpy()
    train = np.flatnonzero(frame["part"].to_numpy() == "train")
    texts = frame["text"].to_list()
    given = {"word": (1, 2), "char_wb": (3, 5)}
    features = make_union(*(TfidfVectorizer(analyzer=a, ngram_range=n, sublinear_tf=True) for a, n in given.items()))
    values = features.fit([texts[i] for i in train]).transform(texts)
    theirs = LinearSVC(C=0.5, class_weight="balanced").fit(values[train], truth[train]).predict(values)[test]
    said = ours.classes("test")
    found = []
    for split in ("test1", "test2"):
        some = frame["split"].to_numpy()[test] == split
        weights = draw(np.random.default_rng(0), RESAMPLES, int(some.sum()))
        right = [(guess[some] == truth[test][some]).astype(np.float64) for guess in (said, theirs)]
        shares = [np.concatenate([[one.mean()], weights @ one / weights.sum(1)]) for one in right]
        found += rows(f"dialogue sections, {split}, accuracy", shares[0], shares[1], "TF-IDF, linear SVM", ours)
    return found


def rows(claim: str, ours: Floats, theirs: Floats, peer: str, made: Predicted) -> list[Row]:
    """Both figures, and whether ours is level or ahead. ours, theirs: [1 + R]"""
    gain = np.quantile((ours - theirs)[1:], (0.025, 0.975))
    low, high = np.quantile(ours[1:], (0.025, 0.975))
    short: Callable[[float], float] = lambda value: round(float(value), 4)  # noqa: E731
    note = f"peer: {peer}; {made.seconds:.0f} s of the processor to train {SEEDS} networks"
    return [
        Row(claim, short(ours[0]), short(theirs[0]), low=short(low), high=short(high), note=note),
        Row(f"{claim}, difference", short(ours[0] - theirs[0]), low=short(gain[0]), high=short(gain[1]), goal="level or ahead",
            met=bool(gain[0] > MARGIN)),
    ]  # fmt: skip


if __name__ == "__main__":
    report("notes", [*hallmarks(), *sections()], ["scikit-learn", "tokenizers"])

"""Data sets that scikit-learn ships. In: a name. Out: its cases; nothing is downloaded."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from iatros.cases.cohort import Cases, FlowStep
from iatros.runs import write_atomically


def cases(name: str) -> Cases:
    """The cases of cytology, diabetes, wine, iris or digits; rows are counted from 1."""
    frame, images = _digits() if name == "digits" else (_table(name), None)
    step = FlowStep(f"cases of {name}", frame.height)
    kept = {} if images is None else {"images": images}
    return Cases(frame, np.arange(1, frame.height + 1), name, arrays=kept, flow=(step,))


def write(name: str, place: Path) -> Path:
    """The same as a file that any program reads: CSV, or .npz for images."""
    found = cases(name)
    if found.arrays:
        labels = found.frame["labels"].to_numpy()
        write_atomically(place, lambda draft: np.savez_compressed(draft, images=found.arrays["images"], labels=labels))
    else:
        write_atomically(place, found.frame.write_csv)
    return place


def _table(name: str) -> pl.DataFrame:
    from sklearn import datasets  # a second to import

    loaders = {"cytology": datasets.load_breast_cancer, "wine": datasets.load_wine, "iris": datasets.load_iris}
    if name == "diabetes":
        found = datasets.load_diabetes(scaled=False)
        outcome = pl.Series("progression", found.target)
    else:
        found = loaders[name]()
        target = {"cytology": "diagnosis", "wine": "cultivar", "iris": "species"}[name]
        outcome = pl.Series(target, np.asarray(found.target_names)[found.target].astype(str))
    return pl.DataFrame(found.data, schema=list(found.feature_names)).with_columns(outcome)


def _digits() -> tuple[pl.DataFrame, np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]]:
    from sklearn import datasets

    found = datasets.load_digits()
    images = np.round(found.images * (255 / 16)).astype(np.uint8)  # shipped in 17 levels of grey
    return pl.DataFrame({"images": np.arange(len(images)), "labels": found.target}), images

"""Small studies whose rule is planted, each run once for all tests of the workflow."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from PIL import Image

import iatros
from iatros.study import Study

QUICK = {"epochs": 6, "batch": 32, "threads": 1, "precision": "float32", "device": "cpu"}


@pytest.fixture(scope="session", autouse=True)
def a_cache_of_our_own(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IATROS_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


def draw_cases(count: int, seed: int) -> pl.DataFrame:
    """Two visits a patient. Being ill rests on age, sex and crp; `length` on age; `grade` has three classes."""
    rng = np.random.default_rng(seed)
    age, crp, sex = rng.normal(60, 10, count), rng.normal(20, 5, count), rng.choice(["f", "m"], count)
    logit = 2 * ((age - 60) / 10 + (sex == "m") - 0.5 + (crp - 20) / 5)
    ill = rng.random(count) < 1 / (1 + np.exp(-logit))
    edema = np.where(rng.random(count) < 0.2, None, (logit + rng.normal(size=count) > 0).astype(int))
    return pl.DataFrame(
        {
            "patient": [f"CANARY-{seed}-{i // 2:05d}" for i in range(count)],
            "hospital": rng.choice(["north", "south", "west"], count),
            "year": 2000 + np.arange(count) * 20 // count,
            "age": age,
            "sex": sex,
            "crp": crp,
            "ill": np.where(ill, "yes", "no"),
            "grade": np.array(["mild", "middling", "severe"])[np.digitize(logit + rng.normal(size=count), [-1.5, 1.5])],
            "edema": pl.Series(list(edema), dtype=pl.Int64),
            "mass": (rng.random(count) < 0.4).astype(int),
            "stay": 5 + 0.2 * (age - 60) + 0.3 * rng.normal(size=count),
            "part": np.array(["train", "validation", "calibration", "test"])[(np.arange(count) // 2) % 10 // 3],
        }
    )


@pytest.fixture(scope="session")
def cases():
    """A function of count and seed: a table of made-up cases."""
    return draw_cases


@pytest.fixture(scope="session")
def declare():
    """A function that declares a quick study of one input and one target, with other sections as given."""

    def declared(table, **sections) -> Study:
        said = {
            "name": "planted",
            "cases": {"table": table, "patient": "patient"},
            "inputs": {"labs": {"kind": "table", "columns": ["age", "sex", "crp"]}},
            "targets": {"ill": {"kind": "class", "column": "ill", "positive": "yes", "threshold": 0.3}},
            "split": {"kind": "folds", "k": 2},
            "training": QUICK,
            "evaluation": {"resamples": 100},
        }
        return Study.model_validate(said | sections)

    return declared


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """The folder of the study `two.toml` and of its run."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def run(home, declare):
    """A run with two inputs on two folds, declared in a file."""
    draw_cases(240, seed=0).write_csv(home / "cases.csv")
    inputs = {"labs": {"kind": "table", "columns": ["age", "sex"]}, "blood": {"kind": "table", "columns": ["crp"]}}
    study = declare("cases.csv", name="two", inputs=inputs, evaluation={"resamples": 100, "groups": ("sex",)})
    (home / "two.toml").write_text(study.to_toml(), "utf-8")
    return iatros.run(home / "two.toml", home / "two")


@pytest.fixture(scope="session")
def several(home, declare):
    """A run of three targets trained together, on a hold-out split: three classes, labels with gaps, a value."""
    targets = {
        "grade": {"kind": "class", "column": "grade"},
        "signs": {"kind": "labels", "columns": ["edema", "mass"]},
        "stay": {"kind": "value", "column": "stay", "unit": "days"},
    }
    study = declare(draw_cases(240, seed=1), name="several", targets=targets, split={"kind": "holdout", "test": 0.4})
    study = study.model_copy(update={"training": study.training.model_copy(update={"epochs": 30})})  # enough to learn a value
    return iatros.run(study, home / "several")


def film(seed: int, bright: bool) -> np.ndarray:
    """28 x 28 grey noise, with a bright square in those that are ill."""
    rng = np.random.default_rng(seed)
    image = rng.integers(60, 140, (28, 28))
    top, left = rng.integers(3, 17, 2)
    if bright:
        image[top : top + 8, left : left + 8] += 100
    return image.astype(np.uint8)


@pytest.fixture(scope="session")
def films():
    """[60, 28, 28] pictures and [60] labels."""
    labels = np.arange(60) % 2
    return np.stack([film(i, bool(label)) for i, label in enumerate(labels)]), labels


@pytest.fixture(scope="session")
def picture_run(home, films, declare):
    """A run on a folder with a subfolder a class."""
    for i, (image, label) in enumerate(zip(*films, strict=True)):
        place = home / "films" / ("ill" if label else "well")
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(place / f"{i:03d}.png")
    study = picture_study(declare, home / "films", "path", {"column": "label", "positive": "ill"})
    return iatros.run(study, home / "pictures")


@pytest.fixture(scope="session")
def array_run(home, films, declare):
    """A run on an .npz in MedMNIST's layout, with its given parts."""
    images, labels = films
    cut = {"train": slice(0, 30), "val": slice(30, 40), "test": slice(40, 60)}
    arrays = {f"{part}_images": images[rows] for part, rows in cut.items()}
    arrays |= {f"{part}_labels": labels[rows, None] for part, rows in cut.items()}
    np.savez(home / "films.npz", **arrays)
    target = {"column": "labels", "positive": "1"}
    study = picture_study(declare, home / "films.npz", "images", target, split={"kind": "column", "column": "part"})
    return iatros.run(study, home / "arrays")


def picture_study(declare, table, column, target, **sections) -> Study:
    encoder = {"kind": "cnn"}
    return declare(
        str(table),
        cases={"table": str(table)},
        inputs={"film": {"kind": "image", "column": column, "encoder": encoder}},
        targets={"ill": {"kind": "class", **target}},
        **({"split": {"kind": "holdout", "test": 0.4}} | sections),
        training=QUICK | {"epochs": 2, "batch": 16, "views": 3},
        explanation={"methods": ("grad_cam",), "cases": 6},
    )

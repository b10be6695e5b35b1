"""What the tests of the command line share: a command as a person types it, and a small study with cases made up for it."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from iatros.cli import main

STUDY = """name = "small"
[cases]
table = "cases.csv"
patient = "patient"
[inputs.labs]
kind = "table"
columns = ["age", "sex"]
[targets.ill]
kind = "class"
column = "ill"
positive = "yes"
[split]
kind = "holdout"
[training]
epochs = 2
batch = 64
threads = 1
precision = "float32"
device = "cpu"
[evaluation]
resamples = 100
"""


@pytest.fixture
def typed(capsys):
    """A function that types a command in this process: its exit status, stdout and stderr."""

    def command(*words):
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        told = capsys.readouterr()
        return ended.value.code, told.out, told.err

    return command


@pytest.fixture(scope="session")
def study():
    """The text of a study of `cases.csv` that trains in a moment."""
    return STUDY


@pytest.fixture(scope="session")
def made_up():
    """A function of count and seed: patients whose risk of being ill rests on age."""

    def cases(count: int, seed: int) -> pl.DataFrame:
        rng = np.random.default_rng(seed)
        age = rng.normal(60, 10, count).round(1)
        ill = rng.random(count) < 1 / (1 + np.exp(-(age - 60) / 5))
        sex = rng.choice(["F", "M"], count)
        patient = [f"CANARY{i}" for i in range(count)]
        return pl.DataFrame({"patient": patient, "age": age, "sex": sex, "ill": np.where(ill, "yes", "no")})

    return cases


@pytest.fixture(scope="session")
def laid_out(made_up):
    """A function that lays a study, its cases, new cases and another program's predictions into a folder."""

    def lay(place, text):
        (place / "study.toml").write_text(text, "utf-8")
        cases = made_up(120, seed=0)
        cases.write_csv(place / "cases.csv")
        made_up(60, seed=1).write_csv(place / "new.csv")
        other = cases.select(truth=pl.col("ill") == "yes", score=1 / (1 + (-(pl.col("age") - 60) / 5).exp()))
        other.with_row_index("row", offset=2).write_csv(place / "other.csv")
        return cases

    return lay

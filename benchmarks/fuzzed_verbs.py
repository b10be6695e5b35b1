"""`run`, `predict` and `evaluate` on tiny studies that are damaged: how they end, and whether what they write can be true.

In: a seed. Out: faults: another exit status than 0, 1, 2 or 130, a stack trace, a hang, or a result that cannot be right:
scores that are none, files that are not as the manifest says, a patient on both sides, a sound row that is scored otherwise
because its neighbours are damaged.
"""

from __future__ import annotations

import json
import math
import random
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from damage import ATOMS, cases, damaged, reworded
from PIL import Image
from strange_pictures import sound, strange

from iatros.runs import RunFolder, changed

Spoken = Callable[[list[str]], tuple[int, str]]  # a command -> exit status and words
LINELESS = [atom for atom in ATOMS if "\n" not in atom and "\0" not in atom]  # rows of a damaged table stay where they are
SHARES = {"auroc", "auprc", "sensitivity", "specificity", "ppv", "npv", "f1", "accuracy", "prevalence", "coverage"}
UNTRUE = "untrue: "  # begins what cannot be true of a result
SAME = 1e-5  # scores that differ by less are one: batches may be added up in another order

HEAD = """name = "tiny"
[cases]
table = "cases.csv"
patient = "patient"
{extra}
[training]
epochs = 1
threads = 1
precision = "float32"
device = "cpu"
{training}
[evaluation]
resamples = 100
[explanation]
methods = ["grad_cam"]
cases = 2
"""
LABS = '[inputs.labs]\nkind = "table"\ncolumns = ["age", "sex", "crp", "admitted"]\n'
FILM = '[inputs.film]\nkind = "image"\ncolumn = "path"\nencoder = "cnn"\n{more}\n'
TARGETS = (
    '[targets.ill]\nkind = "class"\ncolumn = "ill"\npositive = "yes"\n',
    '[targets.ill]\nkind = "class"\ncolumn = "ill"\npositive = "yes"\nthreshold = 0.3\n',
    '[targets.hospital]\nkind = "class"\ncolumn = "hospital"\n',
    '[targets.stay]\nkind = "value"\ncolumn = "stay"\n',
    '[targets.signs]\nkind = "labels"\ncolumns = ["one", "two"]\n',
)
SPLITS = (
    '[split]\nkind = "holdout"\ntest = 0.4\n',
    '[split]\nkind = "folds"\nk = 2\n',
    '[split]\nkind = "column"\ncolumn = "part"\n',
    '[split]\nkind = "time"\n',
    '[split]\nkind = "sites"\nsmallest = 5\n',
)
TRAINING = ('optimizer = "sgd"', 'schedule = "plateau"', "ema = 0.9", "batch = 2", "batch = 1000", "patience = 1", "rate = 10",
            'keep = "best"', "seeds = 2", "budget = 0.001", "joint = true", "")  # fmt: skip
SAFEGUARDS = ("weights", "sampling", "logit_adjustment", "missing_inputs", "mixing", "calibration", "conformal")
PICTURES = ("size = 12", 'aspect = "crop"', "channels = 3", 'normalise = "case"', 'augment = "dermoscopy"', "crop = 0.5", "")


def declared(dice: random.Random, pictures: bool) -> str:
    """A sound study of a random kind."""
    sites = dice.random() < 0.4
    split = dice.choice(SPLITS if sites else SPLITS[:3])
    extra = ('site = "hospital"\n' if sites else "") + 'time = "admitted"' + dice.choice(("", '\nweight = "weight"'))
    parts = [HEAD.format(extra=extra, training=dice.choice(TRAINING)), split, dice.choice(TARGETS)]
    if pictures:
        parts.append(FILM.format(more=dice.choice(PICTURES)))
    if not pictures or dice.random() < 0.3:
        parts.append(LABS)
    for name in dice.sample(SAFEGUARDS, dice.choice((0, 1, 2))):
        parts.append(f"[safeguards.{name}]\n")
    return "\n".join(parts)


def tables(seed: int, dice: random.Random) -> pl.DataFrame:
    """Cases for it, of which each patient is in one part only."""
    count = dice.choice((40, 60, 80))
    frame, rng = cases(np.random.default_rng(seed), count), np.random.default_rng(seed + 1)
    part = np.array(["train", "train", "validation", "calibration", "test"])[(np.arange(count) // 2) % 5]
    two = pl.Series([dice.choice((0, 1, None)) for _ in range(count)])
    return frame.with_columns(part=pl.Series(part), one=pl.Series(rng.integers(0, 2, count)), two=two)


def with_pictures(frame: pl.DataFrame, folder: Path, dice: random.Random) -> tuple[pl.DataFrame, list[int]]:
    """The cases with a column of files, some of them strange. Returns the rows of those."""
    rng, share = np.random.default_rng(dice.randrange(2**32)), dice.choice((0.0, 0.1, 0.5))
    names, odd = [], []
    for i, ill in enumerate(frame["ill"].to_list()):
        if dice.random() < share:
            names.append(strange(folder / f"{i:02}", dice)[0])
            odd.append(i)
        else:
            Image.fromarray(sound(rng, ill == "yes")).save(folder / f"{i:02}.png")
            names.append(f"{i:02}.png")
    return frame.with_columns(path=pl.Series(names)), odd


def shaken_cells(frame: pl.DataFrame, dice: random.Random) -> tuple[pl.DataFrame, set[int]]:
    """Cells of some columns replaced by odd words. Returns the rows that were changed."""
    text, touched = frame.cast(pl.String), set[int]()
    for name in dice.sample(text.columns, dice.randint(1, 4)):
        pool, share = dice.sample(LINELESS, 4), dice.choice((0.05, 0.3))
        hit = {i for i in range(text.height) if dice.random() < share}
        text = text.with_columns(pl.Series(name, [dice.choice(pool) if i in hit else v for i, v in enumerate(text[name])]))
        touched |= hit
    return text, touched


def one_study(seed: int, folder: Path) -> tuple[str, pl.DataFrame]:
    """Write a tiny study, its table and its pictures, in most cases damaged. Returns how, and the cases before damage."""
    dice = random.Random(seed)
    pictures = dice.random() < 0.35
    study, frame = declared(dice, pictures), tables(seed, dice)
    if pictures:
        frame, _ = with_pictures(frame, folder, dice)
    kind = dice.choice(("sound", "cells", "cells", "study", "bytes"))
    written = (shaken_cells(frame, dice)[0] if kind == "cells" else frame).write_csv().encode()
    (folder / "cases.csv").write_bytes(damaged(written, dice) if kind == "bytes" else written)
    (folder / "study.toml").write_text(reworded(study, dice) if kind == "study" else study, "utf-8")
    return f"{'pictures' if pictures else 'table'}, {kind}", frame


def trial(seed: int, folder: Path, spoken: Spoken) -> Iterator[tuple[str, int, str]]:
    """Run a tiny study, then predict and judge damaged cases with it. Yields verb, exit status, what is wrong."""
    _, frame = one_study(seed, folder)
    dice = random.Random(seed + 1)
    study = (folder / "study.toml").read_text("utf-8")
    if re.search(r"^epochs = (?!1$)|^(seeds|resamples|k|repeats|draws|cases) = \d{2,}", study, re.M):
        study = re.sub(r"^(epochs|seeds|k|repeats|cases) = .*$", "", study, flags=re.M)  # damage that means hours of work
        (folder / "study.toml").write_text(study, "utf-8")
    status, words = spoken(["run", "study.toml", "-o", "out"])
    yield "run", status, untrue_run(folder / "out") if status == 0 else words
    if status:
        return
    again, words = spoken(["run", "study.toml", "-o", "out"])
    yield "run", again, words if again == 1 else f"{UNTRUE}a finished run was run again: exit {again}"
    yield from predicted(folder, frame, dice, spoken)
    for name in sorted((folder / "out" / "predictions").glob("*.parquet")):
        shutil.copy(name, folder / "given.parquet")
        raw = pl.read_parquet(name).filter(pl.col("part") == "test", pl.col("model") == "iatros").write_csv().encode()
        (folder / "given.csv").write_bytes(damaged(raw, dice) if dice.random() < 0.7 else raw)
        arguments = ["evaluate", dice.choice(("given.csv", "given.parquet")), "--json"]
        status, words = spoken(arguments + dice.choice(([], ["--truth", "truth"], ["--threshold", "0.3"])))
        yield "evaluate", status, untrue_figures(words) if status == 0 else words


def predicted(folder: Path, frame: pl.DataFrame, dice: random.Random, spoken: Spoken) -> Iterator[tuple[str, int, str]]:
    """Predict sound cases, then the same with some rows damaged: the others must be scored as before."""
    frame.write_csv(folder / "new.csv")
    status, words = spoken(["predict", "out", "new.csv", "-o", "sound.csv"])
    yield "predict", status, words if status else untrue_scores(folder / "sound.csv", frame.height)
    for _ in range(2):
        shaken, touched = shaken_cells(frame, dice)
        shaken.write_csv(folder / "new.csv")
        more, words = spoken(["predict", "out", "new.csv", "-o", "shaken.csv"])
        wrong = words if more else untrue_scores(folder / "shaken.csv", frame.height)
        if not (status or more or wrong):
            wrong = moved_scores(folder / "sound.csv", folder / "shaken.csv", touched)
        yield "predict", more, wrong
        recalibrate = ["--recalibrate"] if dice.random() < 0.5 else []
        judged, words = spoken(["evaluate", "out", "new.csv", "--json", *recalibrate])
        yield "evaluate", judged, untrue_figures(words) if judged == 0 else words


def untrue_run(path: Path) -> str:
    """What cannot be true of a finished run."""
    folder = RunFolder(path)
    if not folder.report.is_file() or changed(folder):
        return f"{UNTRUE}no report, or files are not as the manifest says"
    folds = pl.read_parquet(folder.folds)
    sides = folds.filter(pl.col("part") != "").group_by("patient", "scheme", "repeat", "fold")
    both = sides.agg(((pl.col("part") == "test").any() & (pl.col("part") != "test").any()).alias("both"))
    if both["both"].any():
        return f"{UNTRUE}a patient is on both sides"
    for table in (path / "predictions").glob("*.parquet"):
        read = pl.read_parquet(table)
        if not read.filter(pl.col("part") == "test").height:
            return f"{UNTRUE}nobody was tested"
        for name in (c for c in read.columns if c == "score" or c.startswith("score:")):
            if not np.isfinite(read[name].drop_nulls().to_numpy()).all():
                return f"{UNTRUE}{name} is no number"
    return untrue_figures(json.dumps({"metrics": json.loads(folder.metrics.read_text())}))


def untrue_figures(words: str) -> str:
    """What cannot be true of figures printed as JSON."""
    start = re.search(r"^\{$", words, re.M)  # after what was said on stderr
    try:
        rows = json.loads(words[start.start() if start else 0 :], parse_constant=_refuse)["metrics"]
    except ValueError as wrong:
        return f"{UNTRUE}no JSON: {wrong}"
    for row in rows:
        told = [row[name] for name in ("low", "value", "high") if row[name] is not None]
        if any(not math.isfinite(x) for x in told) or (row["low"] or 0) > (
            row["high"] if row["high"] is not None else math.inf
        ):
            return f"{UNTRUE}{row}"
        if row["metric"] in SHARES and not row["against"] and any(not -1e-9 <= x <= 1 + 1e-9 for x in told):
            return f"{UNTRUE}{row}"
    return ""


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")


def untrue_scores(path: Path, count: int) -> str:
    """What cannot be true of predicted cases."""
    read = pl.read_csv(path, infer_schema_length=None)
    if read.height != count:
        return f"{UNTRUE}{read.height} rows for {count} cases"
    for name in (c for c in read.columns if re.search(r"(^|:)score(:|$)", c)):
        scores = read[name].cast(pl.Float64)
        if (scores.is_null() & read["reason"].is_null()).any() or (scores.is_not_null() & read["reason"].is_not_null()).any():
            return f"{UNTRUE}{name} without score and reason, or with both"
        if not np.isfinite(scores.drop_nulls().to_numpy()).all():
            return f"{UNTRUE}{name} is no number"
    return ""


def moved_scores(sound_path: Path, shaken_path: Path, touched: set[int]) -> str:
    """Sound rows whose score moved because others were damaged."""
    before, after = (pl.read_csv(path, infer_schema_length=None) for path in (sound_path, shaken_path))
    left = [i for i in range(before.height) if i not in touched]
    for name in (c for c in before.columns if re.search(r"(^|:)score(:|$)", c)):
        one, other = (frame[name].cast(pl.Float64)[left].fill_null(-99.0).to_numpy() for frame in (before, after))
        if np.abs(one - other).max(initial=0) > SAME:
            return (
                f"{UNTRUE}{name} of row {left[int(np.abs(one - other).argmax())] + 2} moved by {np.abs(one - other).max():.2g}"
            )
    return ""

"""Anybody's predictions as a predictions table.

In: a frame with truth and scores under whatever names. Out: `External`: the table, how to read it, findings.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from iatros.findings import Finding, InputError, quote
from iatros.predictions import Form
from iatros.registry import did_you_mean

TRUTHS = ("truth", "label", "y_true", "y", "outcome", "target", "observed", "actual", "ground_truth", "true_label", "labels")
SCORES = (
    "score",
    "prob",
    "probability",
    "risk",
    "prediction",
    "y_score",
    "y_prob",
    "y_pred",
    "pred",
    "predicted",
    "p",
    "scores",
)
CLASS_PREFIXES = ("score:", "score_", "prob_", "prob:", "probability_", "p_", "y_score_", "y_prob_", "pred_")
PATIENTS = ("patient", "patient_id", "patientid", "subject", "subject_id", "pid")
SITES = ("site", "hospital", "centre", "center", "institution")
WEIGHTS = ("weight", "weights", "sample_weight", "sampling_weight")
KEPT = (
    "existing",
    "family",
    "thing",
    "partner",
    "scheme",
    "repeat",
    "fold",
    "seed",
    "part",
    "model",
    "inputs",
    "low",
    "high",
    "set",
)
YES = ("1", "1.0", "true", "yes", "y", "positive", "pos", "present", "t")
NO = ("0", "0.0", "false", "no", "n", "negative", "neg", "absent", "f", "-1")
MANY = 20  # distinct whole numbers beyond which truth is a value and not a class
HEADER = 2  # spreadsheet row of the first case: the header is row 1


class External(NamedTuple):
    """table: as `iatros.predictions` describes; form: how to read it; findings: rows set aside and guesses made."""

    table: pl.DataFrame
    form: Form
    findings: list[Finding]


def from_table(
    frame: pl.DataFrame,
    *,
    truth: str | None = None,
    score: str | None = None,
    positive: str | None = None,
    threshold: float | None = None,
    file: str = "",
) -> External:
    """Read predictions of two classes, of several classes, or of a value.

    truth, score: names of columns, by default found by name; several classes have a column `score:CLASS` (or `prob_CLASS`)
    each. positive: which value of truth is the outcome. threshold: where one would act.
    Raises InputError where nothing could be judged: no such column, nobody with (or without) the outcome, no scores at all.
    """
    if len(frame) == 0:
        raise _stop("the table has no rows", "give it one row a case", file)
    if threshold is not None and not 0 < threshold < 1:
        raise _stop(f"the threshold {threshold} is not between 0 and 1", "give a probability, such as 0.2", file)
    outcome = _column(frame, truth, TRUTHS, "truth", file)
    several = {} if score else _class_columns(frame, outcome)
    if several:
        return _several(frame, outcome, several, file)
    scores = _column(frame, score, tuple(name for name in SCORES if name != outcome.casefold()), "score", file)
    if scores == outcome:
        raise _stop(f"truth and score are the same column `{scores}`", "name the two with --truth and --score", file)
    return _single(frame, outcome, scores, positive, threshold, file)


def _single(frame: pl.DataFrame, truth: str, score: str, positive: str | None, threshold: float | None, file: str) -> External:
    findings: list[Finding] = []
    numbers = _numbers(frame[score], file, findings)
    said = frame[truth]
    if positive is None and _is_value(said):
        table = pl.DataFrame({"truth": _numbers(said, file, findings), "score": numbers})
        form = Form(task="value", name=truth)
        return External(_whole(frame, table, form, truth, score, file, findings), form, findings)
    words = _words(said)
    classes = _two(words, positive, truth, file)
    table = pl.DataFrame({"truth": words == classes[1], "score": numbers})
    form = Form(task="class", name=truth, classes=classes, threshold=threshold)
    table = _whole(frame, table, form, truth, score, file, findings)
    if table["truth"].n_unique() < 2:
        raise _stop(
            "all cases that can be judged are of one class", "nothing can be told apart; add cases of the other", file, truth
        )
    outside = table.filter(~pl.col("score").is_between(0, 1))
    if len(outside):
        rows = tuple(int(case) + HEADER for case in outside["case"])
        what = f"scores outside 0 to 1, such as {quote(outside['score'][0])}: they are no probabilities"
        todo = "ranking is judged, calibration is not; give probabilities to have both"
        findings.append(Finding("warning", what, todo, file, rows, score, check="not_probabilities"))
    return External(table, form, findings)


def _several(frame: pl.DataFrame, truth: str, columns: dict[str, str], file: str) -> External:
    findings: list[Finding] = []
    words = _words(frame[truth])
    known = pl.Series(words.is_in(list(columns)).fill_null(False))
    if not known.any():
        raise _stop(
            f"no value of `{truth}` has a score column; there are {', '.join(columns)}", "name columns `score:CLASS`", file
        )
    strange = tuple(row + HEADER for row in (~known & words.is_not_null()).arg_true())
    if strange:
        what = f"truth {quote(words[strange[0] - HEADER])} has no score column"
        findings.append(Finding("aside", what, f"add a column `score:{words[strange[0] - HEADER]}`", file, strange, truth))
    scores = {f"score:{name}": _numbers(frame[column], file, findings) for name, column in columns.items()}
    table = pl.DataFrame({"truth": pl.select(pl.when(known).then(words)).to_series(), **scores})
    form = Form(task="class", name=truth, classes=tuple(columns))
    if form.binary:
        table = table.select(truth=pl.col("truth") == form.positive, score=pl.col(f"score:{form.positive}"))
    table = _whole(frame, table, form, truth, next(iter(columns.values())), file, findings)
    if table["truth"].n_unique() < 2:
        raise _stop(
            "all cases that can be judged are of one class", "nothing can be told apart; add cases of the others", file, truth
        )
    return External(table, form, findings)


def _whole(
    frame: pl.DataFrame, table: pl.DataFrame, form: Form, truth: str, score: str, file: str, findings: list[Finding]
) -> pl.DataFrame:
    """With what else the frame says of a case, and without the cases that cannot be judged."""
    table = table.with_row_index("case").with_columns(pl.col("case").cast(pl.Int64), **_context(frame))
    missing, told = table["truth"].is_null(), {row for finding in findings for row in finding.rows}
    if rows := tuple(row + HEADER for row in missing.arg_true() if row + HEADER not in told):
        findings.append(Finding("aside", "truth is missing", "fill it in, or leave the rows out", file, rows, truth))
    unscored = pl.Series(table.select(pl.any_horizontal(pl.col(form.scores()).is_null())).to_series() & ~missing)
    if rows := tuple(row + HEADER for row in unscored.arg_true() if row + HEADER not in told):
        findings.append(Finding("aside", "the score is missing", "fill it in, or leave the rows out", file, rows, score))
    kept = table.filter(~missing & ~unscored)
    if len(kept) == 0:
        raise _stop("no row has both truth and score", "check that the columns hold what their names say", file)
    if "part" in kept.columns and "test" not in kept["part"]:
        raise _stop("no row is of part `test`", "mark the rows to be judged as `test`, or leave the column out", file, "part")
    return kept


def _context(frame: pl.DataFrame) -> dict[str, pl.Series]:
    """Patient (as a code), site, weight, groups, and our own columns where the frame has them."""
    found: dict[str, pl.Series] = {}
    if patient := _find(frame, PATIENTS):
        codes = frame[patient].cast(pl.String).fill_null("").rank("dense").cast(pl.Int64)
        rows = pl.int_range(len(frame), eager=True)
        alone = pl.select(pl.when(pl.Series(frame[patient].is_null())).then(-1 - rows).otherwise(codes)).to_series()
        found["patient"] = "p" + alone.cast(pl.String)  # a case whose patient is not known stands alone
    if site := _find(frame, SITES):
        found["site"] = frame[site].cast(pl.String)
    if weight := _find(frame, WEIGHTS):
        found["weight"] = frame[weight].cast(pl.Float64, strict=False)
    found |= {name: frame[name].cast(pl.String) for name in frame.columns if name.startswith("group:")}
    kinds = {
        "repeat": pl.Int64,
        "fold": pl.Int64,
        "seed": pl.Int64,
        "low": pl.Float64,
        "high": pl.Float64,
        "existing": pl.Float64,
    }
    found |= {name: frame[name].cast(kinds.get(name, pl.String), strict=False) for name in KEPT if name in frame.columns}
    return found


def _column(frame: pl.DataFrame, told: str | None, names: tuple[str, ...], what: str, file: str) -> str:
    if told is not None:
        if told in frame.columns:
            return told
        raise _stop(f"there is no column {quote(told)}{did_you_mean(told, frame.columns)}", _columns(frame), file)
    found = _find(frame, names)
    if found is None:
        raise _stop(f"no column for the {what} was found", f"name it with --{what}; {_columns(frame)}", file)
    return found


def _find(frame: pl.DataFrame, names: tuple[str, ...]) -> str | None:
    folded = {name.strip().casefold().replace(" ", "_"): name for name in reversed(frame.columns)}
    return next((folded[name] for name in names if name in folded), None)


def _class_columns(frame: pl.DataFrame, truth: str) -> dict[str, str]:
    """Class -> column, where at least two columns begin alike and some class is a value of truth."""
    values = set(_words(frame[truth]).drop_nulls().to_list())
    for prefix in CLASS_PREFIXES:
        found = {name[len(prefix) :]: name for name in frame.columns if name.casefold().startswith(prefix) and name != truth}
        if len(found) >= 2 and values & set(found):
            return found
    return {}


def _words(cells: pl.Series) -> pl.Series:
    """Cells as text; whole numbers without their ".0", empty cells null."""
    if cells.dtype.is_float() and bool((cells.drop_nulls().drop_nans() % 1 == 0).all()):
        cells = cells.fill_nan(None).cast(pl.Int64)
    text = cells.cast(pl.String).str.strip_chars()
    if cells.dtype == pl.Boolean:
        text = cells.cast(pl.Int8).cast(pl.String)
    empty = text.str.to_lowercase().is_in(["", "na", "nan", "null", "none", "n/a"])
    return pl.select(pl.when(~empty).then(text)).to_series()


def _numbers(cells: pl.Series, file: str, findings: list[Finding]) -> pl.Series:
    """Cells as finite numbers, null where they are none; a cell with something else in it is a finding."""
    words = cells.cast(pl.String).str.strip_chars()
    numbers = words.cast(pl.Float64, strict=False)
    numbers = pl.select(pl.when(numbers.is_finite()).then(numbers)).to_series()
    filled = ~words.str.to_lowercase().is_in(["", "na", "nan", "null", "none", "n/a"]).fill_null(True)
    faults = (numbers.is_null() & filled).arg_true().to_list()
    if len(faults) == len(cells):
        raise _stop(
            f"{quote(words[0])} is not a number", "name the column of scores with --score", file, cells.name, row=HEADER
        )
    if faults:
        rows = tuple(row + HEADER for row in faults)
        what, todo = f"{quote(words[faults[0]])} is not a number", "write a number, or leave the cell empty"
        findings.append(Finding("aside", what, todo, file, rows, cells.name))
    return numbers.alias("number")


def _is_value(cells: pl.Series) -> bool:
    numbers = _words(cells).drop_nulls().cast(pl.Float64, strict=False)
    if len(numbers) == 0 or numbers.null_count():
        return False
    return numbers.n_unique() > 2 and (bool((numbers % 1 != 0).any()) or numbers.n_unique() > MANY)


def _two(words: pl.Series, positive: str | None, column: str, file: str) -> tuple[str, str]:
    """Names of the two classes, the outcome last."""
    values = sorted(words.drop_nulls().unique().to_list())
    if len(values) < 2:
        found = f"only {quote(values[0])}" if values else "no value"
        raise _stop(f"`{column}` holds {found}: one class cannot be judged", "add cases of the other class", file, column)
    if positive is not None:
        if positive not in values:
            known = ", ".join(values[:8])
            raise _stop(
                f"{quote(positive)} is no value of `{column}`{did_you_mean(positive, values)}",
                f"there are {known}",
                file,
                column,
            )
        others = [value for value in values if value != positive]
        return (others[0] if len(others) == 1 else f"not {positive}"), positive
    if len(values) > 2:
        todo = "say which one is the outcome with --positive, or give one score column a class, named `score:CLASS`"
        raise _stop(f"`{column}` holds {len(values)} different values: {', '.join(values[:5])}", todo, file, column)
    sure = [value for value in values if value.casefold() in YES] or [
        v for v in values if values[1 - values.index(v)].casefold() in NO
    ]
    if len(sure) != 1:
        raise _stop(f"which of {values[0]} and {values[1]} is the outcome?", "say it with --positive", file, column)
    return next(value for value in values if value != sure[0]), sure[0]


def _columns(frame: pl.DataFrame) -> str:
    shown = ", ".join(quote(name) for name in frame.columns[:12])
    return f"the columns are {shown}{' and more' if len(frame.columns) > 12 else ''}"


def _stop(what: str, todo: str, file: str, column: str = "", row: int | None = None) -> InputError:
    return InputError(Finding("error", what, todo, file, () if row is None else (row,), column))

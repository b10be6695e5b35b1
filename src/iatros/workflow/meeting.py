"""Where two sides meet: the cases that both judged, each with one truth, one patient and one weight.

In: two sides. Out: a `Meeting` for every target and scheme that both have, as a predictions table of two models.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from iatros.evaluation.paired import FIRST
from iatros.findings import Finding, InputError
from iatros.predictions import ENSEMBLE, UNITS, Form
from iatros.workflow.sides import POSITION, SPREADSHEET, Side

SAME_VALUE = 1e-6  # relative difference from which two measured values are not the same
MOST_DISAGREEING = 0.05  # share of cases with another truth from which these cannot be the same cases


@dataclass(frozen=True)
class Meeting:
    """table: test rows of both on their common cases; target: the first side's name of it; form: how it is read."""

    target: str
    scheme: str
    form: Form
    table: pl.DataFrame
    findings: tuple[Finding, ...] = ()


def meetings(first: Side, second: Side) -> list[Meeting]:
    """One a shared target and scheme. Raises InputError where the two share none, or have no case in common."""
    found = [
        _met(first, second, target, twin, pair)
        for target, twin in shared_targets(first, second)
        for pair in _schemes(first.tables[target], second.tables[twin])
    ]
    if not found:
        known = "; ".join(f"{one.name}: {', '.join(one.forms)}" for one in (first, second))
        what = f"{first.name} and {second.name} have no target in common ({known})"
        raise InputError(Finding("error", what, "compare runs that predict the same", file=str(second.path)))
    return found


def shared_targets(first: Side, second: Side) -> Iterator[tuple[str, str]]:
    """Names of the same target on both sides. Another program's table has one target, whatever its name."""
    for name, form in first.forms.items():
        if name in second.forms and first.is_run == second.is_run:
            if alike(form, second.forms[name]):
                yield name, name
        elif not (first.is_run and second.is_run):
            yield from ((name, twin) for twin, other in second.forms.items() if alike(form, other))


def alike(form: Form, other: Form) -> bool:
    """Can the scores be set side by side? The two classes of a yes-or-no target may have other names elsewhere."""
    return form.task == other.task and ((form.binary and other.binary) or set(form.classes) == set(other.classes))


def _schemes(first: pl.DataFrame, second: pl.DataFrame) -> list[tuple[str | None, str | None]]:
    """Pairs of schemes: those that both have, or the first of each."""
    ours, theirs = (_names(table) for table in (first, second))
    both = [name for name in ours if name in theirs]
    return [(name, name) for name in both] or [(ours[0] if ours else None, theirs[0] if theirs else None)]


def _names(table: pl.DataFrame) -> list[str]:
    return table["scheme"].unique(maintain_order=True).to_list() if "scheme" in table.columns else []


def _met(first: Side, second: Side, target: str, twin: str, schemes: tuple[str | None, str | None]) -> Meeting:
    _keys_fit(first, second)
    form = first.forms[target]
    ours, theirs = (_of_scheme(s.tables[t], name) for s, t, name in ((first, target, schemes[0]), (second, twin, schemes[1])))
    common = ours.select("key").unique().join(theirs.select("key").unique(), on="key", how="inner")
    if not len(common):
        what = f"{first.name} and {second.name} judged no case in common"
        todo = "compare runs whose test parts overlap, such as cross-validations of the same table"
        raise InputError(Finding("error", what, todo, file=str(second.path)))
    disagreeing = _disagreeing(ours, theirs, form)
    if len(disagreeing) > MOST_DISAGREEING * len(common):
        what = f"the truth of {len(disagreeing):,} of {len(common):,} shared cases differs: these are not the same cases"
        todo = f"compare predictions of the same data; cases were matched by {first.by}"
        raise InputError(Finding("error", what, todo, file=str(second.path)))
    common = common.join(disagreeing, on="key", how="anti")
    who = _who(ours, theirs, form).join(common, on="key", how="semi")
    table = pl.concat([_joined(theirs, who, form, ENSEMBLE), _joined(ours, who, form, FIRST)], how="diagonal_relaxed")
    name = " / ".join(dict.fromkeys(one for one in schemes if one)) or "external"
    return Meeting(target, name, form, table.with_columns(scheme=pl.lit(name)), _told(disagreeing, first, target))


def _keys_fit(first: Side, second: Side) -> None:
    if first.by == second.by:
        if first.by == POSITION and first.is_run and _data(first) != _data(second):
            what = f"which cases of {first.name} and {second.name} are the same is not known: the runs do not hold row numbers"
            raise InputError(Finding("error", what, "run them again, which notes the rows", file=str(second.path)))
        return
    keyless = next((one for one in (first, second) if one.by != SPREADSHEET), second)
    what = "no column says which case each prediction is of"
    todo = "add a column `row`: the row of the case in the study's file, as a spreadsheet counts (the header is row 1)"
    raise InputError(Finding("error", what, todo, file=str(keyless.path)))


def _data(one: Side) -> object:
    return one.record.get("data", {}).get("fingerprint")


def _of_scheme(table: pl.DataFrame, name: str | None) -> pl.DataFrame:
    return table if name is None else table.filter(pl.col("scheme") == name)


def _disagreeing(ours: pl.DataFrame, theirs: pl.DataFrame, form: Form) -> pl.DataFrame:
    """Keys of cases whose truth is not the same on both sides."""
    names = form.truths()
    pairs = ours.unique("key").select("key", *names).join(theirs.unique("key").select("key", *names), on="key", suffix="_other")
    return pairs.filter(pl.any_horizontal(_differs(name, form) for name in names)).select("key")


def _differs(name: str, form: Form) -> pl.Expr:
    a, b = pl.col(name), pl.col(f"{name}_other")
    if form.task == "value":
        return ((a - b).abs() > SAME_VALUE * pl.max_horizontal(a.abs(), b.abs(), pl.lit(1.0))).fill_null(False)
    return (a.cast(pl.String) != b.cast(pl.String)).fill_null(False)


def _who(ours: pl.DataFrame, theirs: pl.DataFrame, form: Form) -> pl.DataFrame:
    """key, case, patient, weight and truth of each case: as the first side says, or the second where the first does not."""
    kept = [name for name in (*UNITS, "weight") if name in ours.columns]
    who = ours.unique("key", keep="first", maintain_order=True).select("key", *kept, *form.truths())
    more = [name for name in UNITS if name not in kept and name in theirs.columns]
    if more:
        who = who.join(theirs.unique("key").select("key", *more), on="key", how="left")
    if "patient" not in who.columns:
        who = who.with_columns(patient=pl.col("key"))  # a case whose patient is not known stands alone
    return who.with_row_index("case").with_columns(pl.col("case").cast(pl.Int64))


def _joined(table: pl.DataFrame, who: pl.DataFrame, form: Form, model: str) -> pl.DataFrame:
    own = [name for name in ("repeat", "fold", "seed", "low", "high", "set") if name in table.columns]
    return table.select("key", *own, *form.scores()).join(who, on="key", how="inner").with_columns(model=pl.lit(model))


def _told(disagreeing: pl.DataFrame, first: Side, target: str) -> tuple[Finding, ...]:
    if not len(disagreeing):
        return ()
    rows = tuple(sorted(int(key) for key in disagreeing["key"])) if first.by in (SPREADSHEET, POSITION) else ()
    what = f"the truth differs between the two in {len(disagreeing):,} cases, which are left out"
    todo = "find out which file is right"
    return (Finding("warning", what, todo, rows=rows, source=target, count=len(disagreeing), check="truth_differs"),)

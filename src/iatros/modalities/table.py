"""Tables: numbers, categories, booleans and dates with gaps. In: columns of the cases. Out: rows of numbers and codes."""

from __future__ import annotations

from typing import ClassVar, Literal, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from iatros.contracts import Cells, Learned, Modality, Picture, Rows, Shape, Summary
from iatros.findings import Finding
from iatros.modalities import table_check, table_limits, table_plan, table_scaling
from iatros.modalities.table_plan import ColumnPlan, Told
from iatros.modalities.table_scaling import Fitted as TableFitted
from iatros.packed import Packed

AGE_BAND = 5  # years
LONGEST_SHOWN = 40  # characters of a category in a picture


class TablePlan(Learned):
    """How each column is read, and the day that dates are counted from (in days since 1970)."""

    columns: tuple[ColumnPlan, ...]
    reference: float = 0.0

    @property
    def numbers(self) -> tuple[ColumnPlan, ...]:
        """[F] columns packed as numbers, in the order of the study."""
        return tuple(column for column in self.columns if column.numeric)

    @property
    def categories(self) -> tuple[ColumnPlan, ...]:
        """[J] columns packed as codes."""
        return tuple(column for column in self.columns if column.categorical)


class Table(Modality):
    """Columns of a table: measurements, answers, dates. Missing cells are shown to the network as such, never made up."""

    layout: ClassVar[type[Rows]] = Rows
    default: ClassVar[str] = "mlp"
    Plan: ClassVar[type[Learned]] = TablePlan
    Fitted: ClassVar[type[Learned]] = TableFitted

    kind: Literal["table"] = "table"
    columns: tuple[str, ...] = Field(min_length=1)
    """Names of the columns to learn from."""
    numbers: tuple[str, ...] = ()
    """Of these, the columns to be read as amounts, whatever they look like."""
    categories: tuple[str, ...] = ()
    """Columns to be read as names of classes (also where they are written as numbers)."""
    booleans: tuple[str, ...] = ()
    """Columns to be read as yes or no."""
    dates: tuple[str, ...] = ()
    """Columns to be read as dates."""
    missing: dict[str, tuple[str | float, ...]] | tuple[str | float, ...] = ()
    """What stands for a missing value, beside empty cells: a list for all columns, or one list a column."""
    sentinels: Literal["auto", "none"] = "auto"
    """Whether to look for codes of missing values (-1, 999, a blood pressure of 0) and impossible values."""

    @model_validator(mode="after")
    def _columns_are_clear(self) -> Table:
        named = [*self.numbers, *self.categories, *self.booleans, *self.dates]
        strange = [
            name for name in (*named, *(self.missing if isinstance(self.missing, dict) else ())) if name not in self.columns
        ]
        if strange:
            raise ValueError(f"`{strange[0]}` is not among `columns`")
        for names, where in ((self.columns, "`columns`"), (named, "`numbers`, `categories`, `booleans` and `dates` together")):
            twice = [name for name in names if list(names).count(name) > 1]
            if twice:
                raise ValueError(f"`{twice[0]}` is named twice in {where}")
        return self

    def columns_used(self) -> tuple[str, ...]:
        """The columns, in the order of the study."""
        return self.columns

    def check(self, cells: Cells) -> list[Finding]:
        """Cells that cannot be what they say, codes for missing values, and columns that can be of no use."""
        return table_check.check(cells, self.plan(cells).columns)

    def plan(self, cells: Cells) -> TablePlan:
        """What each column holds."""
        columns = tuple(table_plan.plan(cells.frame[name], self._told(name)) for name in self.columns)
        starts = [float(np.nanmin(days)) for days in _dated(cells, columns) if np.isfinite(days).any()]
        return TablePlan(columns=columns, reference=float(np.floor(min(starts, default=0.0))))

    def pack(self, cells: Cells, plan: Learned) -> Packed:
        """numbers [M, F] float32 in the file's units (dates in days), NaN where missing; categories [M, J] int32, 0 missing.

        Cells that cannot be read, and values that the plan does not know, are missing; the findings name their rows.
        """
        known = cast(TablePlan, plan)
        reads = {column.name: table_plan.read(cells.frame[column.name], column) for column in known.columns}
        shift = [known.reference if column.kind == "date" else 0.0 for column in known.numbers]
        numbers = _stacked([reads[column.name].values for column in known.numbers], len(cells)) - np.array(shift)
        codes = np.nan_to_num(_stacked([reads[column.name].values for column in known.categories], len(cells)))
        present = np.isfinite(numbers).any(axis=1) | (codes > 0).any(axis=1)
        arrays = {"numbers": numbers.astype(np.float32), "categories": codes.astype(np.int32)}
        return Packed(arrays, present, known, tuple(table_check.misread(cells, known.columns, reads)))

    def fit(self, packed: Packed, rows: NDArray[np.int64]) -> TableFitted:
        """Means, spreads, quantiles and known categories of the training rows."""
        sizes = tuple(len(column.vocabulary) + 1 for column in _plan(packed).categories)
        return table_scaling.fit(packed["numbers"][rows], packed["categories"][rows], sizes)

    def shape(self, fitted: Learned) -> Shape:
        """Numbers and categories that vary in training."""
        told = cast(TableFitted, fitted)
        quantiles = tuple(q for q, kept in zip(told.quantiles, told.kept_numbers, strict=True) if kept)
        sizes = tuple(size for size, kept in zip(told.sizes, told.kept_categories, strict=True) if kept)
        return Shape(Rows, numbers=sum(told.kept_numbers), categories=sizes, quantiles=quantiles)

    def batch(self, packed: Packed, rows: NDArray[np.int64], fitted: Learned) -> Rows:
        """Standardised numbers, which of them were observed, and categories."""
        import torch  # not before it is needed: checking a table must start fast

        told = cast(TableFitted, fitted)
        numbers = table_scaling.scaled(packed["numbers"][rows], told)
        observed = np.isfinite(numbers)
        codes = table_scaling.known_codes(packed["categories"][rows], told)
        values = torch.from_numpy(np.where(observed, numbers, np.float32(0)))
        return Rows(values, torch.from_numpy(observed), torch.from_numpy(codes))

    def summary(self, packed: Packed, rows: NDArray[np.int64]) -> Summary:
        """Numbers in the file's units with NaN, categories as one column each, and where gaps were planned for, a mark."""
        plan = _plan(packed)
        numbers, codes = packed["numbers"][rows].astype(np.float64), packed["categories"][rows]
        names = [column.name for column in plan.numbers]
        parts = [numbers]
        for j, column in enumerate(plan.categories):
            shown = range(2 if len(column.vocabulary) == 2 else 1, len(column.vocabulary) + 1)
            names += [f"{column.name}={column.vocabulary[code - 1]}" for code in shown]
            parts.append((codes[:, [j]] == np.array(list(shown), np.int32)).astype(np.float64))
        absent = {"number": np.isnan(numbers), "category": codes == 0}
        for kind, columns in (("number", plan.numbers), ("category", plan.categories)):
            marked = [i for i, column in enumerate(columns) if column.gaps]
            names += [f"{columns[i].name} missing" for i in marked]
            parts.append(absent[kind][:, marked].astype(np.float64))
        return Summary(np.concatenate(parts, axis=1), tuple(names))

    def picture(self, packed: Packed, row: int) -> Picture:
        """Names and values of one case: ages in bands of five years, no dates, nothing that is left out."""
        plan = _plan(packed)
        numbers, codes = packed["numbers"][row], packed["categories"][row]
        shown = {column.name: _number_shown(column, float(numbers[f])) for f, column in enumerate(plan.numbers)}
        shown |= {column.name: _category_shown(column, int(codes[j])) for j, column in enumerate(plan.categories)}
        fields = tuple((column.name, shown[column.name]) for column in plan.columns if column.kind not in ("date", "left out"))
        return Picture(fields=fields)

    def parts(self, packed: Packed, fitted: Learned) -> dict[str, tuple[tuple[int, ...], tuple[int, ...]]]:
        """Where each column stands in a batch; columns that were constant in training do not."""
        plan, told = _plan(packed), cast(TableFitted, fitted)
        numbers = [column.name for column, kept in zip(plan.numbers, told.kept_numbers, strict=True) if kept]
        codes = [column.name for column, kept in zip(plan.categories, told.kept_categories, strict=True) if kept]
        places: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {name: ((i,), ()) for i, name in enumerate(numbers)}
        return places | {name: ((), (i,)) for i, name in enumerate(codes)}

    def _told(self, name: str) -> Told:
        kinds = {"number": self.numbers, "category": self.categories, "boolean": self.booleans, "date": self.dates}
        kind = next((kind for kind, names in kinds.items() if name in names), "")
        missing = self.missing.get(name, ()) if isinstance(self.missing, dict) else self.missing
        return Told(cast(table_plan.ColumnKind, kind), tuple(missing), self.sentinels == "auto")


def _plan(packed: Packed) -> TablePlan:
    return cast(TablePlan, packed.plan)


def _dated(cells: Cells, columns: tuple[ColumnPlan, ...]) -> list[NDArray[np.float64]]:
    return [table_plan.read(cells.frame[column.name], column).values for column in columns if column.kind == "date"]


def _stacked(columns: list[NDArray[np.float64]], cases: int) -> NDArray[np.float64]:
    """[M] each -> [M, F], also where there are none."""
    return np.stack(columns, axis=1) if columns else np.empty((cases, 0))


def _number_shown(column: ColumnPlan, value: float) -> str:
    if not np.isfinite(value):
        return "missing"
    if table_limits.is_age(column.name):
        start = int(value // AGE_BAND) * AGE_BAND
        return f"{start} to {start + AGE_BAND - 1}"
    return f"{value:,.4g}" if abs(value) < 10_000 else f"{value:,.0f}"


def _category_shown(column: ColumnPlan, code: int) -> str:
    if code == 0:
        return "missing"
    word = column.vocabulary[code - 1]
    return word if len(word) <= LONGEST_SHOWN else f"{word[:LONGEST_SHOWN]}…"

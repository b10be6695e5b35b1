"""Scores in lanes of 8, 16 or 32 bits, as LLVM IR: four target columns against the whole query, one pair a lane.

In: arrays that the callers in `filling` laid out. Out: the arrays, written. Called from compiled code only.

Gotoh's recurrence (1982, doi:10.1016/0022-2836(82)90398-9), H the best score of a cell, E and F the best that ends in a gap
that runs along the target or the query. Per query row H and E are read from memory once, four columns are passed in registers,
and both are written back (Rognes 2011, doi:10.1186/1471-2105-12-221). Arithmetic wraps: that no lane does so unseen is the
business of `widths`, which picks the bits and checks afterwards.

One code for six uses, chosen by the types of the arguments: the lanes' width by that of `score`, local or not by `most`, masks
for the traceback or not by `trace`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from iatros.align.profiles import COLUMNS, profile
from iatros.align.vectors import REGISTER_BITS, WORD, Lanes, counting, pointer

Value = Any  # an llvmlite value or a Numba type: neither has types for mypy
MASKS = 5  # a cell: not from the diagonal, from F, E goes on, F goes on, best so far


@intrinsic  # type: ignore[untyped-decorator]  # Numba has no types for mypy
def sweep(
    typing: Value,
    query: Value,  # [m] uint8, letters
    place: Value,  # [32 * 4, L], room for the profile
    table: Value,  # [K, 32] scores
    letters: Value,  # [4, L] uint8, the columns
    start: Value,  # bit l: lane l's target begins here
    left: Value,  # [m] H before a target's first column
    score: Value,  # [m, L] H, in and out
    gap: Value,  # [m, L] E, in and out
    costs: Value,  # [5] open, extend, zero, H above a first column, what H above loses a column
    carry: Value,  # [2, L] best so far (local) or H above (otherwise): row 0 in, row 1 out
    last: Value,  # [4, L] H of the last row, out
    most: Value,  # [4, L] largest H of a column, out; None: local
    trace: Value,  # [m, 4, 5] words of L bits, out; None: no masks
) -> Value:
    """Fill four columns of as many pairs as fit into a register."""
    signature = types.void(query, place, table, letters, start, left, score, gap, costs, carry, last, most, trace)
    return signature, _code


@dataclass(frozen=True)
class _Column:
    """What a column carries from row to row, in registers."""

    diagonal: Value
    down: Value
    most: Value


@dataclass(frozen=True)
class _Given:
    """Constants of a sweep, in registers."""

    open: Value
    extend: Value
    zero: Value | None  # None: not local


def _code(context: Value, builder: Value, signature: Value, arguments: Value) -> Value:
    """The code of `sweep`."""
    kinds = signature.args
    at = [pointer(context, builder, k, a) if hasattr(k, "dtype") else a for k, a in zip(kinds, arguments, strict=True)]
    query, place, table, letters, start, left, score, gap, costs, carry, last, most, trace = at
    local, traced = isinstance(kinds[11], types.NoneType), not isinstance(kinds[12], types.NoneType)
    bits = kinds[6].dtype.bitwidth
    lanes = Lanes(builder, bits, REGISTER_BITS // bits)
    rows, count = (context.make_array(kinds[i])(context, builder, value=arguments[i]).shape for i in (0, 2))
    rows, count = (builder.extract_value(shape, 0) for shape in (rows, count))
    numbers = [lanes.splat(builder.load(builder.gep(costs, [ir.Constant(WORD, i)]))) for i in range(5)]
    given = _Given(numbers[0], numbers[1], numbers[2] if local else None)
    profile(context, builder, lanes, table, letters, place, count)
    starts = lanes.mask(start)
    carried = lanes.load(carry, ir.Constant(WORD, 0))
    if local:
        columns = _local_columns(lanes, given, builder.select(starts, numbers[2], carried))
    else:
        columns, carried = _open_columns(lanes, given, starts, carried, numbers[3], numbers[4])
    with counting(builder, rows) as i:
        letter = builder.zext(builder.load(builder.gep(query, [i])), WORD)
        base = builder.mul(letter, ir.Constant(WORD, COLUMNS))
        before = lanes.splat(builder.load(builder.gep(left, [i])))
        h = builder.select(starts, before, lanes.load(score, i))
        e = builder.select(starts, builder.sub(before, given.open), lanes.load(gap, i))
        for number, column in enumerate(columns):
            words = trace if traced else None
            cell = builder.add(builder.mul(i, ir.Constant(WORD, COLUMNS)), ir.Constant(WORD, number))
            h, e = _cell(lanes, given, column, lanes.load(place, base, number), h, e, words, cell)
        lanes.store(h, score, i)
        lanes.store(e, gap, i)
    lanes.store(carried if not local else builder.load(columns[0].most), carry, ir.Constant(WORD, 1))
    if not local:
        corner = lanes.load(score, builder.sub(rows, ir.Constant(WORD, 1)))
        _write_ends(lanes, columns, corner, last, most)
    return context.get_dummy_value()


def _local_columns(lanes: Lanes, given: _Given, best: Value) -> list[_Column]:
    """All begin at zero, and share one best score."""
    shared = lanes.variable(best)
    below = lanes.builder.sub(given.zero, given.open)
    return [_Column(lanes.variable(given.zero), lanes.variable(below), shared) for _ in range(COLUMNS)]


def _open_columns(lanes: Lanes, given: _Given, starts: Value, above: Value, first: Value, step: Value) -> tuple[Value, Value]:
    """Columns begin with the row above the query; returns them and H above the last of them."""
    builder, columns = lanes.builder, []
    diagonal = builder.select(starts, lanes.splat(0), above)
    for number in range(COLUMNS):
        further = builder.sub(above, step)
        above = builder.select(starts, first, further) if number == 0 else further
        columns.append(_Column(lanes.variable(diagonal), lanes.variable(builder.sub(above, given.open)), lanes.variable(above)))
        diagonal = above
    return columns, above


def _cell(
    lanes: Lanes, given: _Given, column: _Column, score: Value, left: Value, e: Value, trace: Value, cell: Value
) -> tuple[Value, Value]:
    """One cell of every lane: returns H and the E of the next column."""
    builder = lanes.builder
    f, most = builder.load(column.down), builder.load(column.most)
    matched = builder.add(builder.load(column.diagonal), score)
    floor = matched if given.zero is None else lanes.call("smax", matched, given.zero)
    h = lanes.call("smax", lanes.call("smax", floor, f), e)
    opened = builder.sub(h, given.open)
    longer_e, longer_f = builder.sub(e, given.extend), builder.sub(f, given.extend)
    if trace is not None:
        masks = [
            builder.icmp_signed("!=", h, matched),
            builder.icmp_signed("==", h, f),
            builder.icmp_signed(">", longer_e, opened),
            builder.icmp_signed(">", longer_f, opened),
            builder.icmp_signed(">", h, most),
        ]
        for number, mask in enumerate(masks):
            place = builder.add(builder.mul(cell, ir.Constant(WORD, MASKS)), ir.Constant(WORD, number))
            builder.store(lanes.word(mask), builder.gep(trace, [place]))
    builder.store(lanes.call("smax", most, h), column.most)
    builder.store(left, column.diagonal)
    builder.store(lanes.call("smax", longer_f, opened), column.down)
    return h, lanes.call("smax", longer_e, opened)


def _write_ends(lanes: Lanes, columns: list[_Column], corner: Value, last: Value, most: Value) -> None:
    """H of the last row, and the largest of each column. A column's diagonal is by now the last H of the column before it."""
    for number, column in enumerate(columns):
        bottom = corner if number == COLUMNS - 1 else lanes.builder.load(columns[number + 1].diagonal)
        lanes.store(bottom, last, ir.Constant(WORD, number))
        lanes.store(lanes.builder.load(column.most), most, ir.Constant(WORD, number))

"""Global scores in lanes of 8 bits, as LLVM IR: four target columns against the whole query, one pair a lane.

In: arrays that the callers in `filling` laid out. Out: the arrays, written. Called from compiled code only.

What is kept are differences between neighbouring cells (Suzuki & Kasahara 2018, doi:10.1186/s12859-018-2014-8), which stay
small however long the sequences are: no score can overflow. Scores are shifted by one extension a step, which makes extending
free; `gap` below is what opening costs beyond that. With s the shifted score of a pair of letters, u and v the differences
down and across, x and y what a running gap is worth more than a new one, in [0, gap]:
    A = max(s, x + u, y + v),  u' = A - v,  v' = A - u,  x' = max(x + u - A, -gap),  y' = max(y + v - A, -gap).
u, v are in [-gap, gap + max(largest s, extend, 0)]: an alignment that loses one letter loses a match and opens a gap at most.
All is stored plus `gap` (A plus 2 gap), as unsigned bytes; `fits` in `widths` checks the range before.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from iatros.align.profiles import COLUMNS, profile
from iatros.align.vectors import WORD, Lanes, counting, pointer

Value = Any  # an llvmlite value or a Numba type: neither has types for mypy
LANES = 64


@intrinsic  # type: ignore[untyped-decorator]  # Numba has no types for mypy
def difference_sweep(
    typing: Value,
    query: Value,  # [m] uint8, letters
    place: Value,  # [32 * 4, 64] uint8, room for the profile
    table: Value,  # [K, 32] uint8, score + 2 extend + 2 gap
    letters: Value,  # [4, 64] uint8, the columns
    start: Value,  # bit l: lane l's target begins here
    left: Value,  # [m] uint8, u + gap before a target's first column
    rise: Value,  # [m, 64] uint8, u + gap, in and out
    going: Value,  # [m, 64] uint8, x + gap, in and out
    numbers: Value,  # [3] uint8, gap; v + gap above a first column, above a later one
    last: Value,  # [4, 64] uint8, v + gap of the last row, out
) -> Value:
    """Fill four columns of 64 pairs."""
    signature = types.void(query, place, table, letters, start, left, rise, going, numbers, last)
    return signature, _difference_code


def _difference_code(context: Value, builder: Value, signature: Value, arguments: Value) -> Value:
    """The code of `difference_sweep`."""
    kinds = signature.args
    at = [a if not hasattr(k, "dtype") else pointer(context, builder, k, a) for k, a in zip(kinds, arguments, strict=True)]
    query, place, table, letters, start, left, rise, going, numbers, last = at
    lanes = Lanes(builder, 8, LANES)
    rows, count = (context.make_array(kinds[i])(context, builder, value=arguments[i]).shape for i in (0, 2))
    rows, count = (builder.extract_value(shape, 0) for shape in (rows, count))
    constant = [builder.load(builder.gep(numbers, [ir.Constant(WORD, i)])) for i in range(3)]
    profile(context, builder, lanes, table, letters, place, count)
    starts = lanes.mask(start)
    open_ = lanes.splat(constant[0])
    later = lanes.splat(constant[2])
    first = builder.select(starts, lanes.splat(constant[1]), later)
    across = [lanes.variable(first if column == 0 else later) for column in range(COLUMNS)]
    down = [lanes.variable(lanes.splat(0)) for _ in range(COLUMNS)]
    with counting(builder, rows) as i:
        letter = builder.zext(builder.load(builder.gep(query, [i])), WORD)
        base = builder.mul(letter, ir.Constant(WORD, COLUMNS))
        boundary = lanes.splat(builder.load(builder.gep(left, [i])))
        u = builder.select(starts, boundary, lanes.load(rise, i))
        x = builder.select(starts, lanes.splat(0), lanes.load(going, i))
        for column in range(COLUMNS):
            v, y = builder.load(across[column]), builder.load(down[column])
            score = lanes.load(place, base, column)
            a = builder.add(x, u)
            b = builder.add(y, v)
            high = lanes.call("umax", lanes.call("umax", score, a), b)
            floor = builder.sub(high, open_)
            below = builder.sub(high, v)
            builder.store(builder.sub(high, u), across[column])
            x = lanes.call("usub.sat", a, floor)
            builder.store(lanes.call("usub.sat", b, floor), down[column])
            u = below
        lanes.store(u, rise, i)
        lanes.store(x, going, i)
    for column in range(COLUMNS):
        lanes.store(builder.load(across[column]), last, ir.Constant(WORD, column))
    return context.get_dummy_value()

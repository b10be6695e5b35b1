"""One row of one long pair, 16 cells in a register, as LLVM IR.

In: the row above, the scores of one query letter with the whole target. Out: the row, in place, and its largest score.
Gaps along the target make a cell depend on all to its left; over 16 cells that is a prefix maximum, taken in four steps
(Khajeh-Saeed, Poole & Perot 2010, doi:10.1016/j.jcp.2010.02.009; Daily 2016, doi:10.1186/s12859-016-0930-z).
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from iatros.align.vectors import WORD, Lanes, counting, declared, pointer

LANES = 16
NEVER = -(2**30)  # below any score of a pair that is let in
Value = Any  # an llvmlite value or a Numba type: neither has types for mypy


@intrinsic  # type: ignore[untyped-decorator]  # Numba has no types for mypy
def sweep_row(
    typing: Value,
    scores: Value,  # [n + 16] int16 of the query's letter with each of the target's
    h: Value,  # [n + 16] int32 H of the row above, without its border; in and out
    f: Value,  # [n + 16] int32 best that ends in a gap of the target; in and out
    numbers: Value,  # [6] int32: open, extend, floor of H, H of the border above, H of the border here, blocks of 16
) -> Value:
    """Returns the row's largest H, as int32; what is behind the target's end counts too, where it is never larger."""
    return types.int32(scores, h, f, numbers), _code


def _code(context: Value, builder: Value, signature: Value, arguments: Value) -> Value:
    """The code of `sweep_row`."""
    scores, h, f, numbers = (pointer(context, builder, k, a) for k, a in zip(signature.args, arguments, strict=True))
    lanes, short = Lanes(builder, 32, LANES), Lanes(builder, 16, LANES)
    given = [builder.load(builder.gep(numbers, [ir.Constant(WORD, i)])) for i in range(6)]
    opening, extend, floor = (lanes.splat(value) for value in given[:3])
    steps = builder.mul(extend, ir.Constant(lanes.type, list(range(LANES))))
    whole = builder.mul(extend, lanes.splat(LANES))
    back = builder.add(opening, builder.sub(steps, extend))
    corner = lanes.variable(lanes.splat(given[3]))
    carry = lanes.variable(builder.sub(lanes.splat(given[4]), extend))
    most = lanes.variable(lanes.splat(NEVER))
    with counting(builder, builder.sext(given[5], WORD)) as block:
        above = lanes.load(h, block)
        down = lanes.call("smax", builder.sub(lanes.load(f, block), extend), builder.sub(above, opening))
        lanes.store(down, f, block)
        matched = builder.add(
            _shifted(lanes, above, builder.load(corner), 1), builder.sext(short.load(scores, block), lanes.type)
        )
        best = lanes.call("smax", lanes.call("smax", matched, floor), down)
        reach = builder.add(best, steps)
        for step in (1, 2, 4, 8):
            reach = lanes.call("smax", reach, _shifted(lanes, reach, lanes.splat(NEVER), step))
        before = builder.load(carry)
        right = builder.sub(lanes.call("smax", _shifted(lanes, reach, lanes.splat(NEVER), 1), before), back)
        row = lanes.call("smax", best, right)
        lanes.store(row, h, block)
        builder.store(lanes.call("smax", builder.load(most), row), most)
        builder.store(above, corner)
        builder.store(builder.sub(lanes.call("smax", _last(lanes, reach), before), whole), carry)
    largest = declared(builder, f"llvm.vector.reduce.smax.v{LANES}i32", lanes.element, [lanes.type])
    return builder.call(largest, [builder.load(most)])


def _shifted(lanes: Lanes, value: Value, entering: Value, by: int) -> Value:
    """Each lane's value from `by` lanes before; the first lanes take the last of `entering`."""
    order = [lanes.lanes + i - by if i >= by else 2 * lanes.lanes - by + i - lanes.lanes for i in range(lanes.lanes)]
    return lanes.builder.shuffle_vector(entering, value, ir.Constant(ir.VectorType(ir.IntType(32), lanes.lanes), order))


def _last(lanes: Lanes, value: Value) -> Value:
    """The last lane's value in all."""
    order = ir.Constant(ir.VectorType(ir.IntType(32), lanes.lanes), [lanes.lanes - 1] * lanes.lanes)
    return lanes.builder.shuffle_vector(value, value, order)

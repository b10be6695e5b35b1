"""What stands beside words, scored for 32 words at once, as LLVM IR.

In: 16 letters before and 16 behind each word, 32 words side by side, and the query's rows of scores. Out: a word of bits.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from iatros.align.vectors import WORD, Lanes, declared, features, pointer

SIDE = 16  # letters to either side
FOUR = 4  # letters of a word
LANES = 32
Value = Any  # an llvmlite value or a Numba type: neither has types for mypy


@intrinsic  # type: ignore[untyped-decorator]  # Numba has no types for mypy
def promising(
    typing: Value,
    beside: Value,  # [blocks, 32, 32] uint8 letters: of each block the 16 before the words, then the 16 behind
    block: Value,  # which one
    rows: Value,  # [m + 36, 32] int8 scores of the query's letters with each letter, 16 rows before the first
    place: Value,  # where the query's word of four letters begins
    numbers: Value,  # [2] int8: the word's score, and the least that the best stretch through the word must have
) -> Value:
    """Returns bit l where lane l has a stretch of at least the least score; sums stop at 127."""
    return types.uint32(beside, block, rows, place, numbers), _code


@intrinsic  # type: ignore[untyped-decorator]
def lowest(typing: Value, bits: Value) -> Value:
    """The place of the lowest bit that is set, of a word that is not 0."""
    return types.int64(types.uint32), _lowest


def _code(context: Value, builder: Value, signature: Value, arguments: Value) -> Value:
    """The code of `promising`."""
    kinds = list(zip(signature.args, arguments, strict=True))
    beside, rows, numbers = (pointer(context, builder, *kinds[at]) for at in (0, 2, 4))
    block, place = (context.cast(builder, value, kind, types.int64) for kind, value in (kinds[1], kinds[3]))
    lanes = Lanes(builder, 8, LANES)
    first, least = (lanes.splat(builder.load(builder.gep(numbers, [ir.Constant(WORD, at)]))) for at in range(2))
    begin = builder.mul(block, ir.Constant(WORD, 2 * SIDE))
    best = first
    for order in ([SIDE + FOUR + step for step in range(SIDE)], [SIDE - 1 - step for step in range(SIDE)]):
        here = best
        for row in order:
            letters = lanes.load(beside, begin, row - FOUR if row >= SIDE else row)
            here = lanes.call("sadd.sat", here, _chosen(context, lanes, lanes.load(rows, place, row), letters))
            best = lanes.call("smax", best, here)
    return lanes.word(builder.icmp_signed(">=", best, least))


def _lowest(context: Value, builder: Value, signature: Value, arguments: Value) -> Value:
    """The code of `lowest`."""
    return builder.zext(builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1)), WORD)


def _chosen(context: Value, lanes: Lanes, row: Value, letters: Value) -> Value:
    """Each lane's entry of the row."""
    builder = lanes.builder
    if {"+avx512vbmi", "+avx512vl"} <= set(features(context).split(",")):
        permute = declared(builder, "llvm.x86.avx512.permvar.qi.256", lanes.type, [lanes.type] * 2)
        return builder.call(permute, [row, letters])
    chosen = ir.Constant(lanes.type, ir.Undefined)
    for lane in range(LANES):
        place = ir.Constant(ir.IntType(32), lane)
        letter = builder.and_(builder.extract_element(letters, place), ir.Constant(lanes.element, LANES - 1))
        chosen = builder.insert_element(chosen, builder.extract_element(row, letter), place)
    return chosen

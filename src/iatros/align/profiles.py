"""Scores of four target columns against every letter, looked up before the query is swept.

In: the scoring table and the letters of the columns, one target a lane. Out: vectors of scores, in memory, as LLVM IR.
A table row of 32 entries fits a register, so a column's scores against one letter are one permutation of it
(Rognes 2011, doi:10.1186/1471-2105-12-221, does the same by transposing).
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from iatros.align.vectors import BYTE, REGISTER_BITS, WORD, Lanes, counting, declared, features

COLUMNS = 4  # a sweep
TABLE = 32  # letters an alphabet may have, the one for padding included

Value = Any  # an llvmlite value or a Numba context: neither has types for mypy


def profile(context: Value, builder: Value, lanes: Lanes, table: Value, letters: Value, place: Value, count: Value) -> None:
    """Write the scores of each letter against the letters of four columns to place[letter * COLUMNS + column].

    table: [count, 32] of the lanes' width (16 bits for 32-bit lanes); letters: four rows of one byte a lane.
    """
    narrow = Lanes(builder, min(lanes.bits, 16), REGISTER_BITS // min(lanes.bits, 16))
    ready = features(context)
    lookup = {8: "+avx512vbmi", 16: "+avx512bw"}[narrow.bits]
    if lookup not in ready.split(","):
        _profile_by_lane(builder, lanes, table, letters, place, count)
        return
    column_letters = [_letters(builder, lanes, narrow, letters, column) for column in range(COLUMNS)]
    name = f"llvm.x86.avx512.permvar.{'qi' if narrow.bits == 8 else 'hi'}.512"
    permute = declared(builder, name, narrow.type, [narrow.type] * 2)
    with counting(builder, count) as letter:
        row = _row(builder, narrow, table, letter)
        base = builder.mul(letter, ir.Constant(letter.type, COLUMNS))
        for column, chosen in enumerate(column_letters):
            scores = builder.call(permute, [row, chosen])
            if lanes.bits == 32:
                first = ir.Constant(ir.VectorType(ir.IntType(32), lanes.lanes), list(range(lanes.lanes)))
                scores = builder.sext(builder.shuffle_vector(scores, scores, first), lanes.type)
            lanes.store(scores, place, base, column)


def _row(builder: Value, narrow: Lanes, table: Value, letter: Value) -> Value:
    """One letter's row of the table, in a register: 32 entries, the register's upper half (8 bits) never looked at."""
    half = ir.VectorType(narrow.element, TABLE)
    row = builder.load(builder.gep(builder.bitcast(table, half.as_pointer()), [letter]), align=1)
    order = ir.Constant(ir.VectorType(ir.IntType(32), narrow.lanes), [i % TABLE for i in range(narrow.lanes)])
    return builder.shuffle_vector(row, row, order)


def _letters(builder: Value, lanes: Lanes, narrow: Lanes, letters: Value, column: int) -> Value:
    """A column's letters, one a lane, as wide as the register's lanes."""
    bytes_ = Lanes(builder, 8, lanes.lanes)
    chosen = bytes_.load(letters, ir.Constant(WORD, column))
    if narrow.bits == 8:
        return chosen
    order = ir.Constant(ir.VectorType(ir.IntType(32), narrow.lanes), [i % lanes.lanes for i in range(narrow.lanes)])
    return builder.zext(builder.shuffle_vector(chosen, chosen, order), narrow.type)


def _profile_by_lane(builder: Value, lanes: Lanes, table: Value, letters: Value, place: Value, count: Value) -> None:
    """The same on processors without such permutations: one lane after the other."""
    entry = ir.IntType(min(lanes.bits, 16))
    table = builder.bitcast(table, entry.as_pointer())
    flat = builder.bitcast(place, lanes.element.as_pointer())
    width = ir.Constant(WORD, COLUMNS * lanes.lanes)
    with counting(builder, width) as slot:
        chosen = builder.zext(builder.load(builder.gep(builder.bitcast(letters, BYTE.as_pointer()), [slot])), WORD)
        with counting(builder, count) as letter:
            row = builder.mul(builder.zext(letter, WORD) if letter.type != WORD else letter, ir.Constant(WORD, TABLE))
            score = builder.load(builder.gep(table, [builder.add(row, chosen)]))
            if lanes.bits == 32:
                score = builder.sext(score, lanes.element)
            builder.store(score, builder.gep(flat, [builder.add(builder.mul(letter, width), slot)]))

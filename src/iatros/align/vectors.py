"""A little language over LLVM IR: vectors of many lanes, pointers to them, loops. For the kernels only.

In: a builder that stands inside a Numba intrinsic. Out: instructions. Nothing here knows of alignment.
Lanes are plain LLVM vectors (`<64 x i8>`), legal on every processor LLVM knows; registers of 512 bits make it fast.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from llvmlite import ir
from numba.core import cgutils

Value = Any  # an llvmlite value: llvmlite has no types for mypy
REGISTER_BITS = 512
BYTE = ir.IntType(8)
WORD = ir.IntType(64)


class Lanes:
    """Instructions on vectors of `lanes` integers of `bits` bits, at the place where the builder stands."""

    def __init__(self, builder: Value, bits: int, lanes: int) -> None:
        self.builder = builder
        self.bits = bits
        self.lanes = lanes
        self.element = ir.IntType(bits)
        self.type = ir.VectorType(self.element, lanes)

    def splat(self, value: Value) -> Value:
        """The same number in every lane; `value` is a Python int or an LLVM integer of `bits` bits."""
        if isinstance(value, int):
            return ir.Constant(self.type, [value] * self.lanes)
        single = self.builder.insert_element(ir.Constant(self.type, ir.Undefined), value, ir.Constant(ir.IntType(32), 0))
        zeros = ir.Constant(ir.VectorType(ir.IntType(32), self.lanes), [0] * self.lanes)
        return self.builder.shuffle_vector(single, ir.Constant(self.type, ir.Undefined), zeros)

    def load(self, base: Value, index: Value, offset: int = 0) -> Value:
        """Vector number `index`, and `offset` further, after the pointer `base`."""
        return self.builder.load(self._place(base, index, offset), align=1)

    def store(self, value: Value, base: Value, index: Value, offset: int = 0) -> None:
        """The same for writing."""
        self.builder.store(value, self._place(base, index, offset), align=1)

    def call(self, name: str, *operands: Value) -> Value:
        """A generic intrinsic of LLVM on whole vectors: "smax", "umax", "usub.sat"."""
        full = f"llvm.{name}.v{self.lanes}i{self.bits}"
        return self.builder.call(declared(self.builder, full, self.type, [self.type] * len(operands)), operands)

    def mask(self, word: Value) -> Value:
        """Bit l of a 64-bit word -> lane l, as booleans."""
        if self.lanes < 64:
            word = self.builder.trunc(word, ir.IntType(self.lanes))
        return self.builder.bitcast(word, ir.VectorType(ir.IntType(1), self.lanes))

    def word(self, mask: Value) -> Value:
        """Booleans -> a word of `lanes` bits."""
        return self.builder.bitcast(mask, ir.IntType(self.lanes))

    def variable(self, value: Value) -> Value:
        """A place that loops may write; LLVM turns it into a register."""
        place = cgutils.alloca_once(self.builder, self.type)
        self.builder.store(value, place)
        return place

    def _place(self, base: Value, index: Value, offset: int) -> Value:
        pointer = self.builder.bitcast(base, self.type.as_pointer())
        if offset:
            index = self.builder.add(index, ir.Constant(index.type, offset))
        return self.builder.gep(pointer, [index])


def declared(builder: Value, name: str, result: Value, arguments: list[Value]) -> Value:
    """A function of LLVM's own, declared once in the module."""
    return cgutils.get_or_insert_function(builder.module, ir.FunctionType(result, arguments), name)


@contextmanager
def counting(builder: Value, count: Value) -> Iterator[Value]:
    """`for index in range(count)`."""
    with cgutils.for_range(builder, count) as loop:
        yield loop.index


def pointer(context: Value, builder: Value, kind: Value, array: Value) -> Value:
    """Where an array's elements begin; the caller knows that they lie without gaps."""
    return context.make_array(kind)(context, builder, value=array).data


def features(context: Value) -> str:
    """What the processor that is compiled for can do ("+avx512bw,+avx512vbmi,...")."""
    return str(context.codegen().magic_tuple()[2])

"""Records reached by address: how compiled code reads and writes a plant's state.

Tuples of arrays are what one would pass first. Each call then copies every array's
header and counts its references, which made an event ten times slower than what
happens in it. An address and a row are two integers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

Record = Any
"""A row of a structured array in place; its fields are those of the dtype."""

Reader = Callable[[Record, int], Record]
"""Of a table: (head, row) to the row's record."""

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Return the function compiled, for use by other compiled functions.

    Left to itself, numba compiles a function again for every constant that it is
    called with: 18 times for a trace's kinds of row. Arguments are taken by their
    plain types here.
    """
    return _compiled(function, forceinline=False)


def inlined(function: Function) -> Function:
    """Return the function compiled into whatever calls it.

    For what every event passes: a call costs some 3 ns, an event makes dozens.
    """
    return _compiled(function, forceinline=True)


def _compiled(function: Function, *, forceinline: bool) -> Function:
    dispatcher: Any = numba.njit(error_model="numpy", forceinline=forceinline)(function)
    template_of = dispatcher.get_call_template

    def by_plain_types(arguments: Any, keywords: Any) -> Any:
        return template_of(tuple(map(types.unliteral, arguments)), keywords)

    dispatcher.get_call_template = by_plain_types
    return cast(Function, dispatcher)


def pointer_to(dtype: np.dtype[Any]) -> Callable[[int, int], Record]:
    """Return a compiled function from (address, row) to the record that lies there.

    Nothing is checked: an address that is stale, or a row beyond the array, reads
    and writes whatever memory holds there. Only the kernel uses it, on arrays that
    its caller keeps alive for the length of the call.

    Args:
        dtype: Of the structured array, aligned.
    """
    record = numba.from_dtype(dtype)

    @intrinsic
    def record_at(typing: Any, address: Any, row: Any) -> Any:
        def generate(context: Any, builder: Any, _: Any, given: Any) -> Any:
            size = ir.Constant(given[1].type, dtype.itemsize)
            place = builder.add(given[0], builder.mul(given[1], size))
            return builder.inttoptr(place, context.get_value_type(record))

        return record(types.int64, types.int64), generate

    return cast(Callable[[int, int], Record], record_at)


def number_pointer(dtype: type[np.generic]) -> Callable[[int, int], Record]:
    """Return the same for an array of plain numbers: its one field is ``value``."""
    return pointer_to(np.dtype([("value", dtype)], align=True))


def _intrinsic(function: Callable[..., Any]) -> Any:
    """Return numba's intrinsic; what it is called with is not what is written."""
    return intrinsic(function)


@_intrinsic
def put_number(typing: Any, address: Any, place: Any, number: Any) -> Any:
    """Write a float64 into an array by its address and the number's place.

    Unlike a record's field this is a place in one array to the compiler, which can
    then write several at once.
    """

    def generate(context: Any, builder: Any, _: Any, given: Any) -> Any:
        first = builder.inttoptr(given[0], ir.DoubleType().as_pointer())
        builder.store(given[2], builder.gep(first, [given[1]]))
        return context.get_dummy_value()

    return types.none(types.int64, types.int64, types.float64), generate


@_intrinsic
def bits_of(typing: Any, number: Any) -> Any:
    """Return the 64 bits of a float64 as an integer."""

    def generate(context: Any, builder: Any, _: Any, given: Any) -> Any:
        return builder.bitcast(given[0], ir.IntType(64))

    return types.int64(types.float64), generate


@_intrinsic
def number_from_bits(typing: Any, bits: Any) -> Any:
    """Return the float64 that has 64 given bits."""

    def generate(context: Any, builder: Any, _: Any, given: Any) -> Any:
        return builder.bitcast(given[0], ir.DoubleType())

    return types.float64(types.uint64), generate


def row_of(head: np.dtype[Any], table: str, dtype: np.dtype[Any]) -> Reader:
    """Return a compiled function from (head record, row) to a table's record.

    Args:
        head: Layout of the record that holds the tables' addresses.
        table: The field of the head with the address of this one.
        dtype: Of the table's rows.
    """
    record, head_record = numba.from_dtype(dtype), numba.from_dtype(head)
    offset = head.fields[table][1] if head.fields else 0

    @intrinsic
    def record_at(typing: Any, head_given: Any, row: Any) -> Any:
        def generate(context: Any, builder: Any, _: Any, given: Any) -> Any:
            word = ir.IntType(64)
            start = builder.ptrtoint(given[0], word)
            field = builder.add(start, ir.Constant(word, offset))
            address = builder.load(builder.inttoptr(field, word.as_pointer()))
            # Tables stay where they are as long as compiled code runs: the address
            # need not be read again after every write to some record.
            once = builder.module.add_metadata([])
            address.set_metadata("invariant.load", once)
            size = ir.Constant(word, dtype.itemsize)
            place = builder.add(address, builder.mul(given[1], size))
            return builder.inttoptr(place, context.get_value_type(record))

        return record(head_record, types.int64), generate

    return cast(Reader, record_at)


def number_of(head: np.dtype[Any], table: str, dtype: type[np.generic]) -> Reader:
    """Return the same for a table of plain numbers: its one field is ``value``."""
    return row_of(head, table, np.dtype([("value", dtype)], align=True))


_LINE_BYTES = 64
"""Of the processor's caches, on all machines that numba compiles for."""


def fetch_of(
    head: np.dtype[Any], table: str, dtype: np.dtype[Any], n_bytes: int
) -> Any:
    """Return a compiled function from (head record, row) that has a row fetched.

    It returns at once; the processor brings the row's first bytes into its cache
    meanwhile. A row that is not there harms nobody.

    Args:
        head: Layout of the record that holds the tables' addresses.
        table: The field of the head with the address of this one.
        dtype: Of the table's rows.
        n_bytes: How much of a row is worth it.
    """
    head_record = numba.from_dtype(head)
    offset = head.fields[table][1] if head.fields else 0
    size = dtype.itemsize

    @intrinsic
    def fetch(typing: Any, head_given: Any, row: Any) -> Any:
        def generate(context: Any, builder: Any, _: Any, given: Any) -> Any:
            word, flag = ir.IntType(64), ir.IntType(32)
            byte = ir.IntType(8).as_pointer()
            start = builder.ptrtoint(given[0], word)
            field = builder.add(start, ir.Constant(word, offset))
            address = builder.load(builder.inttoptr(field, word.as_pointer()))
            first = builder.add(address, builder.mul(given[1], ir.Constant(word, size)))
            function = builder.module.declare_intrinsic(
                "llvm.prefetch",
                (byte,),
                ir.FunctionType(ir.VoidType(), (byte, flag, flag, flag)),
            )
            # To read, to be kept as long as may be, data.
            how = [ir.Constant(flag, number) for number in (0, 3, 1)]
            for line in range(0, n_bytes, _LINE_BYTES):
                place = builder.add(first, ir.Constant(word, line))
                builder.call(function, [builder.inttoptr(place, byte), *how])
            return context.get_dummy_value()

        return types.none(head_record, types.int64), generate

    return cast(Callable[[Record, int], None], fetch)

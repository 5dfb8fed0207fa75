"""What an equation says, as a tree of ops on names and numbers. TOML text and Python build the same trees."""

from __future__ import annotations

import numbers
from collections.abc import Mapping, Sequence
from math import isfinite

from nnstep.engine.formula import Op, Option
from nnstep.engine.ops import OPS
from nnstep.errors import ModelError
from nnstep.model.messages import clipped, nearest
from nnstep.values import dataclass

DEEPEST = 100
"""How deep an equation may be nested; a name for a part of it makes it as long as one likes."""

FUNCTIONS: Mapping[str, Op] = {name: op for name, op in OPS.items() if op.arguments}
"""What an equation can call, by name."""

Index = tuple[int | slice, ...]


class Value:
    """A matrix that is not computed yet: Python's operators make larger ones of it.

    depth: how many ops are nested in it.
    """

    depth = 0
    # Keeps NumPy from spreading an operator over the cells of an array: it has to leave it to us.
    __array_ufunc__ = None
    # == makes a comparison, so identity is what tells two values apart.
    __hash__ = object.__hash__

    def __add__(self, other: object) -> Value:
        return apply("add", a=self, b=other)

    def __radd__(self, other: object) -> Value:
        return apply("add", a=other, b=self)

    def __sub__(self, other: object) -> Value:
        return apply("subtract", a=self, b=other)

    def __rsub__(self, other: object) -> Value:
        return apply("subtract", a=other, b=self)

    def __mul__(self, other: object) -> Value:
        return apply("multiply", a=self, b=other)

    def __rmul__(self, other: object) -> Value:
        return apply("multiply", a=other, b=self)

    def __truediv__(self, other: object) -> Value:
        return apply("divide", a=self, b=other)

    def __rtruediv__(self, other: object) -> Value:
        return apply("divide", a=other, b=self)

    def __matmul__(self, other: object) -> Value:
        return apply("matmul", a=self, b=other)

    def __rmatmul__(self, other: object) -> Value:
        return apply("matmul", a=other, b=self)

    def __pow__(self, exponent: object) -> Value:
        exponent = operand(exponent)
        if isinstance(exponent, float):
            return Applied("power", {"x": self}, {"exponent": exponent})
        return apply("to_the", a=self, b=exponent)

    def __rpow__(self, base: object) -> Value:
        return apply("to_the", a=base, b=self)

    def __neg__(self) -> Value:
        return apply("negative", x=self)

    def __pos__(self) -> Value:
        return self

    def __abs__(self) -> Value:
        return apply("abs", x=self)

    def __gt__(self, other: object) -> Value:
        return apply("greater", a=self, b=other)

    def __ge__(self, other: object) -> Value:
        return apply("greater_equal", a=self, b=other)

    def __lt__(self, other: object) -> Value:
        return apply("less", a=self, b=other)

    def __le__(self, other: object) -> Value:
        return apply("less_equal", a=self, b=other)

    def __eq__(self, other: object) -> Value:  # type: ignore[override]  # a comparison of matrices, as NumPy's
        return apply("equal", a=self, b=other)

    def __ne__(self, other: object) -> Value:  # type: ignore[override]  # as above
        return apply("not_equal", a=self, b=other)

    def __getitem__(self, index: object) -> Value:
        return Applied("slice", {"x": self}, {"index": _index(index)})

    @property
    def T(self) -> Value:  # noqa: N802  # as NumPy writes it
        """The last two axes swapped."""
        return apply("transpose", x=self)

    def __bool__(self) -> bool:
        raise ModelError("a value of a graph is not computed yet, so it is neither true nor false: use where(…)")

    def __iter__(self) -> object:
        raise ModelError("a value of a graph has no rows yet to go through: use slices such as x[:, 0]")


Operand = Value | float


@dataclass(frozen=True, eq=False)
class Name(Value):
    """A matrix by its name: a parameter, the result of an earlier equation, X or Y."""

    name: str


class Applied(Value):
    """An op applied to values and numbers."""

    def __init__(self, op: str, operands: Mapping[str, Operand], attributes: Mapping[str, object]) -> None:
        self.op = OPS[op]
        self.operands = dict(operands)
        self.attributes = dict(attributes)
        self.depth = 1 + max(value.depth for value in self.operands.values() if isinstance(value, Value))
        if self.depth > DEEPEST:
            raise ModelError(f"an equation may be nested {DEEPEST} deep: give a part of it a name of its own")


def apply(op: str, **operands: object) -> Value:
    """An op that takes nothing but operands."""
    return Applied(op, {key: operand(value) for key, value in operands.items()}, {})


def operand(value: object) -> Operand:
    """A value, or a plain number."""
    if isinstance(value, Value):
        return value
    # True and False are numbers to Python, but no operands.
    if not isinstance(value, bool) and isinstance(value, numbers.Real):
        number = _float(value)
        if not isfinite(number):
            raise ModelError(f"a number in an equation must be finite, got {number}")
        return number
    raise ModelError(f"equations are of values and numbers, got {clipped(value)}: make an array a parameter")


def _float(value: numbers.Real) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf")


def called(name: str, arguments: Sequence[object], options: Mapping[str, object]) -> Value:
    """The function `name` called as in an equation: operands first, then options by place or by name."""
    if name not in FUNCTIONS:
        raise ModelError(f"no function {clipped(name)}; {nearest(name, FUNCTIONS, 'the functions are')}")
    op = FUNCTIONS[name]
    count = len(arguments) if op.fewest else len(op.arguments)
    most = len(op.arguments)
    if len(arguments) < max(count, op.fewest) or count > most:
        least = op.fewest or most
        raise ModelError(f"{usage(op)} takes {least}{f' to {most}' if op.fewest else ''} values, got {len(arguments)}")
    given = dict(zip(op.arguments, map(operand, arguments[:count]), strict=False))
    if not any(isinstance(value, Value) for value in given.values()):
        raise ModelError(f"{name} is of numbers alone; write its value")
    return Applied(name, given, _options(op, list(arguments[count:]), options))


def usage(op: Op) -> str:
    """How a function is called: mean(x, axis=None, keepdims=False)."""
    values = list(op.arguments) if not op.fewest else [*op.arguments[: op.fewest], "…"]
    options = [name if option.kind == "sizes" else f"{name}={option.default}" for name, option in op.options.items()]
    return f"{op.name}({', '.join([*values, *options])})"


def _options(op: Op, by_place: list[object], by_name: Mapping[str, object]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, option in op.options.items():
        if option.kind == "sizes" and by_place:
            found[name] = _option(op, name, option, by_place)
            by_place = []
        elif by_place:
            found[name] = _option(op, name, option, by_place.pop(0))
    if by_place:
        raise ModelError(f"{usage(op)} takes fewer values")
    for name, value in by_name.items():
        if name not in op.options or name in found:
            known = nearest(name, op.options, "it takes") if op.options else "it takes none"
            wrong = f"{name} is given twice" if name in found else f"no {name}=…; {known}"
            raise ModelError(f"{op.name}: {wrong}")
        found[name] = _option(op, name, op.options[name], value)
    for name, option in op.options.items():
        if name not in found and option.kind == "sizes":
            raise ModelError(f"{usage(op)}: {name} is missing")
        found.setdefault(name, option.default)
    return found


def _option(op: Op, name: str, option: Option, value: object) -> object:
    if option.kind == "axis" and (_is_whole(value) or (value is None and option.default is None)):
        return value
    if option.kind == "flag" and isinstance(value, bool):
        return value
    if option.kind == "sizes":
        sizes = value if isinstance(value, list | tuple) else [value]
        sizes = sizes[0] if len(sizes) == 1 and isinstance(sizes[0], list | tuple) else sizes
        if sizes and all(map(_is_whole, sizes)):
            return tuple(sizes)
    kinds = {"axis": "a whole number", "flag": "True or False", "sizes": "whole numbers"}
    shown = "a value" if isinstance(value, Value) else clipped(value)
    raise ModelError(f"{op.name}: {name} must be {kinds[option.kind]}, got {shown}")


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _index(index: object) -> Index:
    places = index if isinstance(index, tuple) else (index,)
    for place in places:
        ends = (place.start, place.stop, place.step) if isinstance(place, slice) else (place,)
        if not all(_is_whole(end) or (end is None and isinstance(place, slice)) for end in ends):
            raise ModelError("an index is whole numbers and slices such as x[:, 0] or x[0, 1:3]")
        if isinstance(place, slice) and place.step == 0:
            raise ModelError("a slice's step must not be 0")
    if not places:
        raise ModelError("an index is whole numbers and slices such as x[:, 0] or x[0, 1:3]")
    return places

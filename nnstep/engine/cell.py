"""The arithmetic of one cell, as a small expression tree.

A formula's `cell` builds the tree from operands: `g[at] * (1 - tanh(x[at]) ** 2)`. The tree knows its text with
symbols and with numbers, its value, the cells it reads, and how it shrinks, one evaluation at a time, to a number.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import numpy as np

from nnstep.engine.names import shown

Index = tuple[int | str, ...]
Show = Callable[[float], str]

SUM, PRODUCT, POWER, ATOM = 1, 2, 3, 4
LONG_SUM = 8
"""A sum of more terms than this shows only its largest ones."""
LARGEST = 4

LETTERS = "ijklmnpst"
"""The letters that indices go by, one an axis; each has a subscript."""
SUBSCRIPTS = str.maketrans(LETTERS, "ᵢⱼₖₗₘₙₚₛₜ")


class Cell:
    """A number of the run, or an operation on such numbers."""

    binding = ATOM
    parts: tuple[Cell, ...] = ()

    @cached_property
    def value(self) -> float:
        """The number, in float64."""
        raise NotImplementedError

    def text(self, show: Show | None = None) -> str:
        """The expression with symbols, or with numbers written by `show`."""
        raise NotImplementedError

    def reduced(self) -> Cell:
        """The expression after one round of evaluation, innermost first."""
        return Number(self.value)

    def leaves(self) -> Iterator[Leaf]:
        """The cells of matrices that this one reads."""
        for part in self.parts:
            yield from part.leaves()

    def wrapped(self, show: Show | None, binding: int, *, first: bool = False) -> str:
        """The text, in parentheses where its binding is too weak (a leading sign needs none in first place)."""
        text = self.text(show)
        signed = text.startswith("-") and not first
        return f"({text})" if self.binding < binding or (signed and self.binding >= PRODUCT) else text

    def __add__(self, other: Operandish) -> Cell:
        return Sum((self, lift(other)))

    def __radd__(self, other: Operandish) -> Cell:
        return Sum((lift(other), self))

    def __sub__(self, other: Operandish) -> Cell:
        return Operation("{} − {}", SUM, (SUM, PRODUCT), np.subtract, (self, lift(other)))

    def __rsub__(self, other: Operandish) -> Cell:
        return lift(other) - self

    def __mul__(self, other: Operandish) -> Cell:
        return Operation("{} · {}", PRODUCT, (PRODUCT, PRODUCT), np.multiply, (self, lift(other)))

    def __rmul__(self, other: Operandish) -> Cell:
        return lift(other) * self

    def __truediv__(self, other: Operandish) -> Cell:
        return Operation("{} / {}", PRODUCT, (PRODUCT, POWER), np.divide, (self, lift(other)))

    def __rtruediv__(self, other: Operandish) -> Cell:
        return lift(other) / self

    def __neg__(self) -> Cell:
        return Operation("-{}", PRODUCT, (POWER,), np.negative, (self,))

    def __pow__(self, exponent: float) -> Cell:
        return Operation("{}" + superscript(exponent), POWER, (ATOM,), lambda x: np.power(x, exponent), (self,))


Operandish = Cell | float


def superscript(exponent: float) -> str:
    """An exponent as texts write it: ², ⁻¹, ^0.5."""
    text = f"{exponent:.15g}"
    if text.removeprefix("-").isdigit():
        return text.translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"^({text})" if exponent < 0 else f"^{text}"


def lift(value: Operandish) -> Cell:
    """A plain number as a cell."""
    return value if isinstance(value, Cell) else Number(float(value))


class Number(Cell):
    """A constant, with the symbol it goes by if it has one."""

    def __init__(self, value: float, symbol: str | None = None) -> None:
        self._value = float(value)
        self.symbol = symbol

    @cached_property
    def value(self) -> float:
        return self._value

    def text(self, show: Show | None = None) -> str:
        if show is None:
            return self.symbol or f"{self._value:g}"
        return show(self._value)

    def reduced(self) -> Cell:
        return self


class Leaf(Cell):
    """One cell of a matrix. An index letter in place of a number stands for every index, in texts only."""

    def __init__(self, operand: Operand, index: Index) -> None:
        self.operand = operand
        self.index = index

    @cached_property
    def value(self) -> float:
        return float(self.operand.array[self.index])  # type: ignore[index]  # letters never reach here

    def text(self, show: Show | None = None) -> str:
        if show is not None:
            return show(self.value)
        inside = ",".join(str(i) for i in self.index)
        return shown(self.operand.name) + (f"[{inside}]" if inside else "")

    def leaves(self) -> Iterator[Leaf]:
        yield self


class Operation(Cell):
    """A function of parts, written by a pattern such as `{} / {}` or `tanh({})`."""

    def __init__(
        self,
        pattern: str,
        binding: int,
        bindings: tuple[int, ...],
        function: Callable[..., Any],
        parts: tuple[Cell, ...],
    ) -> None:
        self.pattern = pattern
        self.binding = binding
        self.bindings = bindings
        self.function = function
        self.parts = parts

    @cached_property
    def value(self) -> float:
        with np.errstate(all="ignore"):
            return float(self.function(*(np.float64(part.value) for part in self.parts)))

    def text(self, show: Show | None = None) -> str:
        leading = self.pattern.startswith("{} ")
        texts = [
            part.wrapped(show, binding, first=binding == 0 or (leading and place == 0))
            for place, (part, binding) in enumerate(zip(self.parts, self.bindings, strict=True))
        ]
        return self.pattern.format(*texts)

    def reduced(self) -> Cell:
        if all(isinstance(part, Number) for part in self.parts):
            return Number(self.value)
        parts = tuple(_half_reduced(part) for part in self.parts)
        return Operation(self.pattern, self.binding, self.bindings, self.function, parts)


class Sum(Cell):
    """A sum of terms; a Σ over an index where `term` is given, else the terms one by one."""

    binding = SUM

    def __init__(self, parts: tuple[Cell, ...], symbol: Cell | None = None, letter: str = "") -> None:
        self.parts = tuple(part for term in parts for part in _addends(term)) if symbol is None else parts
        self.symbol = symbol
        self.letter = letter

    @cached_property
    def value(self) -> float:
        with np.errstate(all="ignore"):
            return float(np.sum(np.array([part.value for part in self.parts], dtype=np.float64)))

    def text(self, show: Show | None = None) -> str:
        if self.symbol is not None and show is None:
            return f"Σ{self.letter} {self.symbol.wrapped(None, PRODUCT, first=True)}"
        if show is None or len(self.parts) <= LONG_SUM:
            return _joined([part.wrapped(show, SUM, first=True) for part in self.parts])
        order = sorted(self.parts, key=lambda part: -_weight(part.value))
        largest, rest = order[:LARGEST], order[LARGEST:]
        remainder = Sum(tuple(rest), symbol=rest[0]).value
        texts = [part.wrapped(show, SUM, first=True) for part in largest]
        return f"{_joined([*texts, show(remainder)])} ({len(rest)} smaller terms)"

    def reduced(self) -> Cell:
        if all(isinstance(part, Number) for part in self.parts):
            return Number(self.value)
        return Sum(tuple(_half_reduced(part) for part in self.parts), symbol=self.symbol, letter=self.letter)


class Operand:
    """A matrix under its name; indexing gives cells."""

    def __init__(self, name: str, array: np.ndarray) -> None:
        self.name = name
        self.array = array
        self.shape = array.shape

    def __getitem__(self, index: Index) -> Cell:
        return Leaf(self, index)


class Everywhere(Number):
    """A constant operand: the same number, whatever the index."""

    shape = ()

    def __getitem__(self, index: Index) -> Cell:
        return self


def sigma(letter: str, count: int, term: Callable[[Any], Cell]) -> Cell:
    """Σ of term(0) … term(count − 1); term(letter) is its symbol."""
    return sigma_all(letter, (count,), term)


def sigma_all(letters: str, counts: tuple[int, ...], term: Callable[..., Cell]) -> Cell:
    """Σ of term(i, j, …) over several indices, one letter each; the term itself where there is none."""
    if not counts:
        return term()
    parts = tuple(term(*place) for place in np.ndindex(counts))
    return Sum(parts, symbol=term(*letters), letter=letters.translate(SUBSCRIPTS))


def whole(pattern: str, operand: Operand, function: Callable[[np.ndarray], float]) -> Cell:
    """A number made from a whole matrix, such as ΣW², not written out term by term."""
    return Whole(pattern, operand, function)


class Whole(Leaf):
    """A function of a whole matrix: its text is a pattern around the name, its reads the matrix itself."""

    def __init__(self, pattern: str, operand: Operand, function: Callable[[np.ndarray], float]) -> None:
        super().__init__(operand, ())
        self.pattern = pattern
        self.function = function

    @cached_property
    def value(self) -> float:
        with np.errstate(all="ignore"):
            return float(self.function(self.operand.array.astype(np.float64)))

    def text(self, show: Show | None = None) -> str:
        return self.pattern.format(shown(self.operand.name)) if show is None else show(self.value)


class Extreme(Leaf):
    """A function of a stretch of a matrix, such as the largest of a row: `max(z[2,:])`; it reads the whole stretch."""

    def __init__(self, name: str, operand: Operand, index: Index, function: Callable[[np.ndarray], Any]) -> None:
        super().__init__(operand, index)
        self.name = name
        self.function = function

    @cached_property
    def value(self) -> float:
        return float(self.function(np.array([leaf.value for leaf in self.leaves()])))

    def text(self, show: Show | None = None) -> str:
        if show is None:
            return f"{self.name}({super().text()})"
        values = [leaf.value for leaf in self.leaves()]
        if len(values) <= LONG_SUM:
            return f"{self.name}({', '.join(map(show, values))})"
        nearest = sorted(values, key=lambda value: abs(value - self.value))[:LARGEST]
        return f"{self.name}({', '.join(map(show, nearest))}, … {len(values) - LARGEST} more)"

    def leaves(self) -> Iterator[Leaf]:
        axes = [range(n) if i == ":" else (i,) for i, n in zip(self.index, self.operand.shape, strict=True)]
        for place in itertools.product(*axes):
            yield Leaf(self.operand, place)


def call(name: str, function: Callable[..., Any], *arguments: Operandish) -> Cell:
    """A function written as name(…)."""
    pattern = f"{name}({', '.join('{}' for _ in arguments)})"
    return Operation(pattern, ATOM, (0,) * len(arguments), function, tuple(lift(a) for a in arguments))


def positive(x: Cell) -> Cell:
    """1 where x > 0, else 0; NaN of NaN."""
    return Operation("1[{} > 0]", ATOM, (0,), lambda v: np.sign(np.maximum(v, 0)), (x,))


def _half_reduced(part: Cell) -> Cell:
    return part if isinstance(part, Number) else part.reduced()


def _addends(term: Cell) -> tuple[Cell, ...]:
    return term.parts if isinstance(term, Sum) and term.symbol is None else (term,)


def _weight(value: float) -> float:
    return math.inf if math.isnan(value) else abs(value)


def _joined(texts: list[str]) -> str:
    first, *others = texts
    return first + "".join(f" − {text[1:]}" if text.startswith("-") else f" + {text}" for text in others)

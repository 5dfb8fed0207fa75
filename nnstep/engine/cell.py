"""The arithmetic of one cell, as a small expression tree.

A formula's `cell` builds the tree from operands: `g[at] * (1 - tanh(x[at]) ** 2)`. The tree knows its text with
symbols and with numbers, its value, the cells it reads, and how it shrinks, one evaluation at a time, to a number.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from nnstep.engine.names import shown

Index = tuple[int | str, ...]
Show = Callable[[float], str]
Grid = Mapping[str, np.ndarray]
"""The numbers that index letters run through, each letter along an axis of its own."""
Values = np.ndarray | np.float64
"""Values over a grid, or the one that they all are."""

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

    @property
    def parts(self) -> tuple[Cell, ...]:
        """What it is made of."""
        return ()

    @cached_property
    def value(self) -> float:
        """The number, in float64."""
        raise NotImplementedError

    def over(self, grid: Grid) -> Values:  # noqa: ARG002  # what has no letter is the same all over
        """The values that it takes as index letters run; TypeError or ValueError where they cannot be had at once."""
        return np.float64(self.value)

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

    def over(self, grid: Grid) -> Values:
        if not any(isinstance(i, str) and i in grid for i in self.index):
            return np.float64(self.value)
        if type(self) is not Leaf:
            raise TypeError(type(self))
        index: tuple[Any, ...] = tuple(grid.get(i, i) if isinstance(i, str) else i for i in self.index)
        values: np.ndarray = self.operand.array[index].astype(np.float64)
        return values

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
        self._parts = parts

    @property
    def parts(self) -> tuple[Cell, ...]:
        return self._parts

    @cached_property
    def value(self) -> float:
        with np.errstate(all="ignore"):
            return float(self.function(*(np.float64(part.value) for part in self.parts)))

    def over(self, grid: Grid) -> Values:
        values: Values = self.function(*(part.over(grid) for part in self.parts))
        return values

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
    """A sum of terms; a Σ over an index where a symbol is given, else the terms one by one."""

    binding = SUM

    def __init__(self, parts: tuple[Cell, ...], symbol: Cell | None = None, letter: str = "") -> None:
        self._parts = tuple(part for term in parts for part in _addends(term)) if symbol is None else parts
        self.symbol = symbol
        self.letter = letter

    @property
    def parts(self) -> tuple[Cell, ...]:
        return self._parts

    @property
    def count(self) -> int:
        """How many terms there are."""
        return len(self.parts)

    @cached_property
    def values(self) -> np.ndarray:
        """The terms' values."""
        return np.array([part.value for part in self.parts], dtype=np.float64)

    @cached_property
    def value(self) -> float:
        with np.errstate(all="ignore"):
            return float(np.sum(self.values))

    def over(self, grid: Grid) -> Values:
        return sum((part.over(grid) for part in self.parts), np.float64(0))

    def part(self, place: int) -> Cell:
        """One of the terms."""
        return self.parts[place]

    def text(self, show: Show | None = None) -> str:
        if self.symbol is not None and show is None:
            return f"Σ{self.letter} {self.symbol.wrapped(None, PRODUCT, first=True)}"
        if show is None or self.count <= LONG_SUM:
            return _joined([part.wrapped(show, SUM, first=True) for part in self.parts])
        weights = np.where(np.isnan(self.values), math.inf, np.abs(self.values))
        order = np.argsort(-weights, kind="stable")
        with np.errstate(all="ignore"):
            remainder = float(np.sum(self.values[order[LARGEST:]]))
        texts = [self.part(int(place)).wrapped(show, SUM, first=True) for place in order[:LARGEST]]
        return f"{_joined([*texts, show(remainder)])} ({self.count - LARGEST} smaller terms)"

    def reduced(self) -> Cell:
        if all(isinstance(part, Number) for part in self.parts):
            return Number(self.value)
        return Sum(tuple(_half_reduced(part) for part in self.parts), symbol=self.symbol, letter=self.letter)


class Sigma(Sum):
    """A Σ whose terms are made when they are asked for; their values need none of them: NumPy works out all at once.

    One letter an index, with the count that it runs through; term(0, 0) is the first term, term("i", "j") the symbol.
    """

    def __init__(self, letters: str, counts: tuple[int, ...], term: Callable[..., Cell]) -> None:
        self._symbol = term(*letters)
        super().__init__((), symbol=self._symbol, letter=letters.translate(SUBSCRIPTS))
        self._counts = counts
        self._term = term
        self._grid = dict(zip(letters, np.ix_(*map(range, counts)), strict=True))

    @cached_property
    def parts(self) -> tuple[Cell, ...]:
        return tuple(self._term(*place) for place in np.ndindex(self._counts))

    @property
    def count(self) -> int:
        return math.prod(self._counts)

    @cached_property
    def values(self) -> np.ndarray:
        try:
            return self._spread(self._symbol)
        except (TypeError, ValueError):
            # A function of one number at a time, such as a choice between two.
            return np.array([part.value for part in self.parts], dtype=np.float64)

    def part(self, place: int) -> Cell:
        return self._term(*(int(i) for i in np.unravel_index(place, self._counts)))

    def factors(self) -> Iterator[tuple[Leaf, np.ndarray]]:
        """What each cell that a term reads is in all terms; letters in its index stand for numbers."""
        for leaf in self._symbol.leaves():
            if type(leaf) is Leaf:
                yield leaf, self._spread(leaf)

    def leaf(self, factor: Leaf, place: int) -> Leaf:
        """A cell that `factors` gave, as one of the terms reads it."""
        at = dict(zip(self._grid, np.unravel_index(place, self._counts), strict=True))
        return Leaf(factor.operand, tuple(int(at[i]) if isinstance(i, str) else i for i in factor.index))

    def over(self, grid: Grid) -> Values:
        if any(isinstance(i, str) and i in grid for leaf in self._symbol.leaves() for i in leaf.index):
            raise TypeError(grid)
        return np.float64(self.value)

    def _spread(self, cell: Cell) -> np.ndarray:
        with np.errstate(all="ignore"):
            return np.broadcast_to(cell.over(self._grid), self._counts).ravel()


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
    """Σ of term(0) … term(count − 1); term(letter) is its symbol, and its functions must be elementwise."""
    return Sigma(letter, (count,), term)


def sigma_all(letters: str, counts: tuple[int, ...], term: Callable[..., Cell]) -> Cell:
    """Σ of term(i, j, …) over several indices, one letter each; the term itself where there is none."""
    return Sigma(letters, counts, term) if counts else term()


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


def _joined(texts: list[str]) -> str:
    first, *others = texts
    return first + "".join(f" − {text[1:]}" if text.startswith("-") else f" + {text}" for text in others)

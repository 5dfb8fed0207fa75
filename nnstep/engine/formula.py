"""Formula and Op: what an equation says, how it is computed, and the arithmetic of one of its cells.

An op is declared once, in one file of `ops/`. The tape's listing, the computation, the explanation on the screen
and the op's tests all come from that declaration.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, replace
from string import Formatter
from typing import Literal

from nnstep.engine.cell import Cell
from nnstep.values import dataclass

Shape = tuple[int, ...]
Attributes = Mapping[str, object]
Library = str | Callable[..., str]
"""A call of PyTorch with operands in braces, `F.linear({x}, {w}, {b})`, where F is torch.nn.functional.

Where it depends on more, library(shapes, **attributes) gives it, as a Formula's text.
"""


class ShapeError(ValueError):
    """An op cannot be applied to operands of these shapes."""


def size_text(shape: Shape) -> str:
    """A shape as messages say it: 4×3, 3, one number."""
    return "×".join(map(str, shape)) or "one number"


@dataclass(frozen=True)
class Formula:
    """One equation's right-hand side.

    text      with operands in braces, `{g} ⊙ tanh′({x})`: the operands are read from here, in this order; where it
              depends on more, text(shapes, **attributes) gives it. Beside a single number, ⊙ becomes ·
    compute   compute(run, *, out, **operands, **attributes): calls `run(function, …, out=…)` for every NumPy call
    cell      cell(at, **operands, **attributes): the expression tree of the cell at index `at`
    saved     operands that the kernel may use for a value it would else compute again (a = σ(z) in σ′(z))
    same_as   the operand that the result is equal to, so that both can share a buffer
    constant  the value of every cell where the operands do not matter, given the attributes; its text
    """

    text: str | Callable[..., str]
    compute: Callable[..., None]
    cell: Callable[..., Cell]
    saved: tuple[str, ...] = ()
    constant: Callable[..., tuple[str, float]] | None = None
    same_as: str = ""

    @property
    def operands(self) -> tuple[str, ...]:
        """The operands' keys in the order of the text, each once."""
        assert isinstance(self.text, str)
        keys = (key for _, key, _, _ in Formatter().parse(self.text) if key)
        return tuple(dict.fromkeys(keys))

    def worded(self, shapes: Mapping[str, Shape], attributes: Attributes) -> Formula:
        """The formula with its text for operands of these shapes."""
        text = self.text if isinstance(self.text, str) else self.text(shapes, **attributes)
        text = _with_dots(text, shapes)
        return self if text == self.text else replace(self, text=text)


_FACTOR = re.compile(r"[^ ⊙([]*(?:\([^()]*\)|\[[^\]]*\])?\S*")
"""A factor: a word, with what stands in parentheses or brackets behind it."""


def _with_dots(text: str, shapes: Mapping[str, Shape]) -> str:
    """⊙ is for matrices: between factors of which one is a single number it is written ·."""

    def single(factor: str) -> bool:
        names = re.findall(r"\{(\w+)", factor)
        return bool(names) and not any(shapes.get(name) for name in names)

    first, *others = text.split(" ⊙ ")
    pieces = [first]
    for other in others:
        right = _FACTOR.match(other)
        assert right is not None
        left = pieces[-1].rsplit(" ", 1)[-1]
        pieces += [" · " if single(left) or single(right.group()) else " ⊙ ", other]
    return "".join(pieces)


MOST_AXES = 8


def _refuse_empty(shape: Shape) -> None:
    if 0 in shape:
        raise ShapeError(f"no axis may be empty, this one would be {size_text(shape)}")


def no_attributes(**shapes: object) -> Attributes:
    """What an op that measures nothing takes from its operands' shapes."""
    return {}


@dataclass(frozen=True)
class Option:
    """An attribute that a call in an equation gives behind the operands.

    kind  axis: a whole number, or None for all; flag: True or False; sizes: one or more whole numbers
    """

    kind: Literal["axis", "flag", "sizes"]
    default: object = None


@dataclass(frozen=True)
class Op:
    """A forward formula and one gradient formula per differentiable operand.

    In a gradient formula `g` is ∂L/∂result, `value` the op's own result, and the other keys are the forward
    operands. `gradients` is in the order in which the tape lists them.

    shape       the result's shape, given the operands' shapes and the attributes; ShapeError where there is none
    arguments   the operands' keys in the order in which an equation calls the op by its name; none if it cannot
    fewest      how many of the arguments a call must give; all of them if 0
    options     what a call may give behind them
    measures    what the formulas take from shapes and attributes (a mean's count), as further attributes
    inline      the gradients are terms added to another contribution's instruction (the L2 penalty's)
    library     the PyTorch call that its forward formula equals; the gradients are loss.backward()'s
    kinks       on which side of its kinks each cell lies (the sign of x for relu), given the operands' arrays and the
                attributes; a kink itself is a side of its own
    """

    name: str
    forward: Formula
    gradients: Mapping[str, Formula]
    shape: Callable[..., Shape]
    measures: Callable[..., Attributes] = field(default=no_attributes)
    arguments: tuple[str, ...] = ()
    fewest: int = 0
    options: Mapping[str, Option] = field(default_factory=dict)
    inline: bool = False
    library: Library = ""
    kinks: Callable[..., object] | None = None

    def call(self, shapes: Mapping[str, Shape], attributes: Attributes) -> str:
        """The PyTorch call for operands of these shapes."""
        return self.library if isinstance(self.library, str) else self.library(shapes, **attributes)

    def result(self, shapes: Mapping[str, Shape], attributes: Attributes) -> Shape:
        """The result's shape; ShapeError where there is none, or where an axis is empty."""
        for shape in shapes.values():
            _refuse_empty(shape)
        shape = self.shape(**shapes, **attributes)
        _refuse_empty(shape)
        if len(shape) > MOST_AXES:
            raise ShapeError(f"a matrix has at most {MOST_AXES} axes, this one would have {len(shape)}")
        return shape


class Registry(Mapping[str, Op]):
    """The ops by name."""

    def __init__(self) -> None:
        self._ops: dict[str, Op] = {}

    def __call__(self, op: Op) -> Op:
        """Register an op; its name must be new."""
        assert op.name not in self._ops, op.name
        self._ops[op.name] = op
        return op

    def __getitem__(self, name: str) -> Op:
        return self._ops[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._ops)

    def __len__(self) -> int:
        return len(self._ops)


OPS = Registry()

"""Formula and Op: what an equation says, how it is computed, and the arithmetic of one of its cells.

An op is declared once, in one file of `ops/`. The tape's listing, the computation, the explanation on the screen
and the op's tests all come from that declaration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from string import Formatter

from nnstep.engine.cell import Cell

Shape = tuple[int, ...]
Attributes = Mapping[str, object]


@dataclass(frozen=True)
class Formula:
    """One equation's right-hand side.

    text      with operands in braces, `{g} ⊙ tanh′({x})`: the operands are read from here, in this order
    compute   compute(run, *, out, **operands, **attributes): calls `run(function, …, out=…)` for every NumPy call
    cell      cell(at, **operands, **attributes): the expression tree of the cell at index `at`
    saved     operands that the kernel may use for a value it would else compute again (a = σ(z) in σ′(z))
    same_as   the operand that the result is equal to, so that both can share a buffer
    constant  the value of every cell where the operands do not matter, given the attributes; its text
    """

    text: str
    compute: Callable[..., None]
    cell: Callable[..., Cell]
    saved: tuple[str, ...] = ()
    constant: Callable[..., tuple[str, float]] | None = None
    same_as: str = ""

    @property
    def operands(self) -> tuple[str, ...]:
        """The operands' keys in the order of the text, each once."""
        keys = (key for _, key, _, _ in Formatter().parse(self.text) if key)
        return tuple(dict.fromkeys(keys))


def no_attributes(**shapes: Shape) -> Attributes:
    """What an op that measures nothing takes from its operands' shapes."""
    return {}


@dataclass(frozen=True)
class Op:
    """A forward formula and one gradient formula per differentiable operand.

    In a gradient formula `g` is ∂L/∂result, `value` the op's own result, and the other keys are the forward
    operands. `gradients` is in the order in which the tape lists them.

    shape       the result's shape, given the operands' shapes and the attributes
    measures    numbers that the formulas take from the operands' shapes (a mean's count), as further attributes
    inline      the gradients are terms added to another contribution's instruction (the L2 penalty's)
    library     the PyTorch call that it equals
    """

    name: str
    forward: Formula
    gradients: Mapping[str, Formula]
    shape: Callable[..., Shape]
    measures: Callable[..., Attributes] = field(default=no_attributes)
    inline: bool = False
    library: str = ""


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

"""The tape: the instructions of one training iteration, in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np

from nnstep.engine.cell import Cell, Everywhere, Operand, Sum
from nnstep.engine.formula import Attributes, Formula, Shape
from nnstep.engine.graph import Constant
from nnstep.engine.names import SETTINGS, shown
from nnstep.values import dataclass

Phase = Literal["data", "forward", "backward", "update"]
PHASES: tuple[Phase, ...] = ("data", "forward", "backward", "update")


_EXPONENTS = str.maketrans({"t": "ᵗ"})


class _Shown(str):
    """An operand in a text: `{b:()}` writes a negative number in parentheses, `{t:^}` an exponent."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        if spec == "^":
            return self.translate(_EXPONENTS)
        return f"({self})" if spec and self.startswith("-") else str(self)


@dataclass(frozen=True)
class Application:
    """A formula applied to named operands."""

    formula: Formula
    operands: Mapping[str, str | Constant]
    attributes: Attributes = field(default_factory=dict)

    @cached_property
    def text(self) -> str:
        """The right-hand side, with names as displays write them."""
        assert isinstance(self.formula.text, str)
        return self.filled(self.formula.text)

    def filled(self, template: str) -> str:
        """A text with the operands' names, as displays write them, in place of their keys in braces."""
        names = {
            key: _Shown(operand.text if isinstance(operand, Constant) else shown(operand))
            for key, operand in self.operands.items()
        }
        return template.format(**{**self.attributes, **names})

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The matrices that the formula reads."""
        operands = (self.operands[key] for key in self.formula.operands if key in self.operands)
        return tuple(dict.fromkeys(name for name in operands if isinstance(name, str) and name not in SETTINGS))

    def cell(self, at: tuple[int, ...], arrays: Mapping[str, np.ndarray]) -> Cell:
        """The arithmetic of the cell at index `at`; `arrays` holds the matrices it reads."""
        bound = {
            key: Everywhere(operand.value, operand.text)
            if isinstance(operand, Constant)
            else Operand(operand, arrays[operand])
            for key, operand in self.operands.items()
            if key not in self.formula.saved
        }
        return self.formula.cell(at, **bound, **self.attributes)


class Counterpart(NamedTuple):
    """What does the same as an instruction in PyTorch.

    call      text is a call
    batch     a DataLoader hands it out
    backward  a part of loss.backward(); gradient: it is left in the .grad of the parameter that text names
    step      a part of the step() of the optimizer that text names
    """

    kind: Literal["call", "batch", "backward", "gradient", "step"]
    text: str = ""


@dataclass(frozen=True)
class Instruction:
    """One formula applied to named operands, writing exactly one matrix.

    index   1 … S on the tape
    layer   the layer it belongs to; None for the data and a network's loss
    terms   what it adds up; none where the data is loaded
    source  what the data phase loads
    library what does the same in PyTorch
    """

    index: int
    name: str
    phase: Phase
    layer: int | None
    shape: Shape
    terms: tuple[Application, ...] = ()
    source: str = ""
    library: Counterpart | None = None

    @cached_property
    def formula(self) -> str:
        """The whole equation: `Z[1] = X W[1]ᵀ + b[1]`, `W[1] ← W[1] − α dW[1]`."""
        arrow = "←" if self.phase in ("data", "update") else "="
        return f"{shown(self.name)} {arrow} {self.right}"

    @cached_property
    def right(self) -> str:
        """The right-hand side of the equation."""
        return " + ".join(term.text for term in self.terms) or self.source

    @cached_property
    def operands(self) -> tuple[str, ...]:
        """The names that the formula reads, each once, in the order of its text."""
        return tuple(dict.fromkeys(name for term in self.terms for name in term.names))

    def cell(self, at: tuple[int, ...], arrays: Mapping[str, np.ndarray]) -> Cell:
        """The arithmetic behind the cell at index `at`."""
        cells = tuple(term.cell(at, arrays) for term in self.terms)
        return cells[0] if len(cells) == 1 else Sum(cells)


class Tape:
    """The instructions of one iteration; `tape[k]` is instruction k, counted from 1.

    equations: the texts of a graph's equations, that of layer l at l − 1; none for a network.
    """

    def __init__(self, instructions: tuple[Instruction, ...], loss: str, equations: tuple[str, ...] = ()) -> None:
        self.instructions = instructions
        self.loss = loss
        self.equations = equations
        self._places = {instruction.name: instruction for instruction in instructions}

    def __len__(self) -> int:
        return len(self.instructions)

    def __iter__(self) -> Iterator[Instruction]:
        return iter(self.instructions)

    def __getitem__(self, index: int) -> Instruction:
        if not 1 <= index <= len(self.instructions):
            raise IndexError(index)
        return self.instructions[index - 1]

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def named(self, name: str) -> Instruction:
        """The instruction that writes a matrix; KeyError where none does."""
        return self._places[name]

    @cached_property
    def layer_ends(self) -> tuple[int, ...]:
        """The index of the last instruction of each run of one phase and one layer."""
        return self._ends(lambda instruction: (instruction.phase, instruction.layer))

    @cached_property
    def phase_ends(self) -> tuple[int, ...]:
        """The index of the last instruction of each phase."""
        return self._ends(lambda instruction: instruction.phase)

    def phase_span(self, phase: Phase) -> tuple[int, int]:
        """The indices of a phase's first and last instruction; (0, 0) for a phase with none."""
        indices = [instruction.index for instruction in self if instruction.phase == phase]
        return (indices[0], indices[-1]) if indices else (0, 0)

    def _ends(self, key: object) -> tuple[int, ...]:
        assert callable(key)
        following = (*self.instructions[1:], None)
        return tuple(
            here.index
            for here, after in zip(self.instructions, following, strict=True)
            if after is None or key(here) != key(after)
        )

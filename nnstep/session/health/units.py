"""dead-relu and saturation: units that pass no gradient, whatever the input."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from nnstep.engine.machine import Scope
from nnstep.engine.names import shown
from nnstep.engine.ops import OPS
from nnstep.engine.recorder import Matrix
from nnstep.engine.tape import Instruction, Tape
from nnstep.session.health.rule import Check, Limit, Rule, Status, plain_number
from nnstep.session.stops import ScopeAt
from nnstep.values import dataclass

BATCHES = 10
FLAT = 1e-7
"""A slope below this passes nothing that float32 could add to a weight of size 1."""

SATURATED: Mapping[str, float] = {
    "sigmoid": -math.log(FLAT),  # σ′(z) = σ(z) σ(−z), which is e^−|z| out there: 16.118
    "tanh": math.acosh(1 / math.sqrt(FLAT)),  # tanh′(z) = 1 / cosh² z: 8.752
}
"""The |z| beyond which an activation's slope is below FLAT."""


@dataclass(frozen=True)
class _Layer:
    """The units of one activation.

    label    as it is told: `layer 1`, or the matrix's name in a graph
    matrix   what is looked at: A of a ReLU, Z of what saturates
    start    the place of its first unit among those of all layers
    """

    label: str
    op: str
    matrix: str
    start: int
    size: int

    @property
    def stretch(self) -> slice:
        """Its units among those of all layers."""
        return slice(self.start, self.start + self.size)


def _layers(tape: Tape, ops: Mapping[str, str]) -> list[_Layer]:
    """The layers whose activation is one of `ops`; its operand x, or its result "", is what is looked at."""
    found: list[_Layer] = []
    start = 0
    for item, op, read in _activations(tape, ops):
        matrix = tape.named(read)
        if len(matrix.shape) == 2:
            label = f"layer {item.layer}" if item.layer is not None else shown(item.name)
            found.append(_Layer(label, op, read, start, matrix.shape[1]))
            start += matrix.shape[1]
    return found


def _activations(tape: Tape, ops: Mapping[str, str]) -> Iterator[tuple[Instruction, str, str]]:
    for item in tape:
        for term in item.terms if len(item.terms) == 1 else ():
            for op, operand in ops.items():
                if term.formula is OPS[op].forward:
                    read = term.operands[operand] if operand else item.name
                    if isinstance(read, str) and read in tape:
                        yield item, op, read


class DeadRelu(Rule):
    """Units of a ReLU layer that no row switches on."""

    name = "dead-relu"
    meaning = f"a ReLU layer's units are off for every row of the last {BATCHES} batches"
    formula = f"of a layer's units, those with A[l] = 0 in all rows of {BATCHES} batches > above"
    source = "Lu et al. 2019; Amazon SageMaker Debugger"
    limits = (Limit("above", 0.5, "the share of a layer's units"),)
    window = BATCHES

    def absent(self, tape: Tape) -> str:
        return "" if _layers(tape, {"relu": ""}) else "the model has no ReLU layer"

    def bind(self, scope: ScopeAt, tape: Tape, known: dict[str, Any]) -> Check:
        return _Dead(self, scope.machine, _layers(tape, {"relu": ""}), known)


class Saturation(Rule):
    """Units of a sigmoid or tanh layer where the slope is as good as 0."""

    name = "saturation"
    meaning = f"a sigmoid or tanh layer's units have a slope below {plain_number(FLAT)} in every row of the batch"
    formula = (
        f"of a layer's units, those with |Z[l]| > {SATURATED['sigmoid']:.3f} (sigmoid) "
        f"or {SATURATED['tanh']:.3f} (tanh) in all rows > above"
    )
    source = "Glorot & Bengio 2010; Amazon SageMaker Debugger"
    limits = (Limit("above", 0.5, "the share of a layer's units"),)

    def absent(self, tape: Tape) -> str:
        return "" if _layers(tape, dict.fromkeys(SATURATED, "x")) else "the model has no sigmoid or tanh layer"

    def bind(self, scope: ScopeAt, tape: Tape, known: dict[str, Any]) -> Check:
        return _Saturated(self, scope.machine, _layers(tape, dict.fromkeys(SATURATED, "x")))


class _Share(Check):
    """A rule about the share of a layer's units that are marked."""

    doing: str

    def __init__(self, rule: Rule, layers: list[_Layer]) -> None:
        self._rule = rule
        self._layers = layers
        self._share = rule.limit("above") or 0.0
        self.units = layers[-1].start + layers[-1].size if layers else 0
        # With so few units marked in all layers together, no layer can have too many.
        self._fewest = min((math.floor(self._share * layer.size) for layer in layers), default=0)

    def _any(self, marked: Matrix) -> bool:
        """Whether a layer has too many marked units."""
        if np.count_nonzero(marked) <= self._fewest:
            return False
        return any(np.count_nonzero(marked[each.stretch]) > self._share * each.size for each in self._layers)

    def _told(self, marked: Matrix) -> Status:
        """The layer with the largest share."""
        worst = max(self._layers, key=lambda each: np.count_nonzero(marked[each.stretch]) / each.size)
        count = int(np.count_nonzero(marked[worst.stretch]))
        text = f"{count} of {worst.size} units of {worst.label} {self.doing}"
        fires = count > self._share * worst.size
        return self._rule.found(text, count / worst.size, "above", self._share, fires=fires)


class _Dead(_Share):
    doing = f"inactive for {BATCHES} batches"

    def __init__(self, rule: Rule, scope: Scope, layers: list[_Layer], known: dict[str, Any]) -> None:
        super().__init__(rule, layers)
        self._known = known
        self._sums: Matrix = np.zeros(self.units, scope.slab.dtype)
        self._zero: Matrix = np.array(0, scope.slab.dtype)
        # A ReLU's results are not negative, so the sum over the rows is 0 only where each of them is.
        ones: Matrix = np.ones(scope.rows, scope.slab.dtype)
        self._products = [(scope.arrays[each.matrix].T.dot, ones, self._sums[each.stretch]) for each in layers]
        # Which units were active in each of the last batches; that of iteration t is in row t % BATCHES.
        self._active: Matrix = known.setdefault("active", np.ones((BATCHES, self.units), np.bool_))
        self._rows = list(self._active)

    def holds(self, t: int) -> bool:
        for dot, ones, sums in self._products:
            dot(ones, sums)
        active = self._rows[t % BATCHES]
        np.not_equal(self._sums, self._zero, active)
        seen = self._known["seen"] = self._known.get("seen", 0) + 1
        if seen < BATCHES or self.units - np.count_nonzero(active) <= self._fewest:
            return False
        return self._any(self._dead())

    def status(self, t: int) -> Status:
        if self._known["seen"] < BATCHES:
            return self._rule.idle(f"{BATCHES} batches are needed; these were {t}")
        return self._told(self._dead())

    def _dead(self) -> Matrix:
        dead: Matrix = ~np.logical_or.reduce(self._active)
        return dead


class _Saturated(_Share):
    doing = "saturated"

    def __init__(self, rule: Rule, scope: Scope, layers: list[_Layer]) -> None:
        super().__init__(rule, layers)
        dtype = scope.slab.dtype
        self._smallest: Matrix = np.zeros(self.units, dtype)
        self._beyond: Matrix = np.zeros(self.units, np.bool_)
        self._points: Matrix = np.repeat(
            np.array([SATURATED[each.op] for each in layers], dtype), [each.size for each in layers]
        )
        self._parts = [
            (z, np.zeros_like(z), self._smallest[each.stretch])
            for each in layers
            for z in (scope.arrays[each.matrix].T,)
        ]

    def holds(self, t: int) -> bool:
        del t
        for z, size, smallest in self._parts:
            np.absolute(z, size)
            np.minimum.reduce(size, axis=1, out=smallest)
        np.greater(self._smallest, self._points, self._beyond)
        return self._any(self._beyond)

    def status(self, t: int) -> Status:
        self.holds(t)
        return self._told(self._beyond)

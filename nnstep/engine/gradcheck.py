"""Comparing every gradient on the tape with central differences."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from nnstep.engine.formula import Shape
from nnstep.engine.graph import Constant, Node, Parameter, Term
from nnstep.engine.machine import Machine, Plan
from nnstep.engine.names import gradient_of
from nnstep.engine.recorder import Matrix
from nnstep.values import dataclass

GOOD, SUSPECT, WRONG = 1e-7, 1e-4, 1e-2
"""The usual bands of the relative error (Karpathy, CS231n notes 3): at most 1e-7 is good, above 1e-2 wrong."""

STEPS = (1e-3, 1e-4, 1e-5, 1e-6)
"""Relative step sizes, tried from the first on until two of them agree."""

AGREED = 1e-9
FAR = 1e6
"""How many times smaller than its matrix a cell is that has steps of its own size tried in any case."""
MOST_CELLS = 1000
SMALLEST_SHARE = 1e-3
"""Errors are relative to the cell's gradient, or to this share of the matrix's largest where that is more: below it
the difference of two losses has no digits left."""


@dataclass(frozen=True)
class Check:
    """One gradient matrix compared.

    name      the gradient's name
    error     the largest relative error over the cells compared
    worst     the cell that has it; analytic and numeric are its two values
    cells     how many were compared, of `size`
    kinks     how many more lie at a kink (relu at 0, a tie), where no derivative exists
    """

    name: str
    error: float
    worst: tuple[int, ...]
    analytic: float
    numeric: float
    cells: int
    size: int
    kinks: int

    @property
    def verdict(self) -> str:
        """good, fair, suspect or wrong."""
        if not self.cells:
            return "at kinks"
        bands = ((GOOD, "good"), (SUSPECT, "fair"), (WRONG, "suspect"))
        return next((word for bound, word in bands if self.error <= bound), "wrong")


@dataclass(frozen=True)
class _Slope:
    """A derivative by differences, and what rounding the losses may have added to it."""

    value: float
    noise: float


class GradientChecker:
    """One iteration in float64, whose matrices can be nudged cell by cell.

    state    the parameters and slots at the iteration's start
    indices  the rows of its batch

    Attributes: names, the parameters and nodes whose gradients are on the tape, in its order; loss.
    """

    def __init__(self, plan: Plan, state: Matrix, indices: Matrix, iteration: int) -> None:
        sources = {name: source.astype(np.float64) for name, source in plan.sources.items()}
        machine = Machine(replace(plan, dtype=np.dtype(np.float64), sources=sources))
        np.copyto(machine.state, state)
        start = machine.state.copy()
        machine.run_one(indices, iteration, lambda _t, _loss: None)
        self._sheet = machine.sheet(len(indices))
        self._graph = plan.graph(len(indices))
        matrices: tuple[Parameter | Node, ...] = (*self._graph.parameters, *self._graph.nodes)
        written = {gradient_of(matrix.name): matrix.name for matrix in matrices}
        self.names = [written[item.name] for item in self._sheet.tape if item.name in written]
        self._analytic = {name: self._sheet.arrays[gradient_of(name)].copy() for name in self.names}
        np.copyto(machine.state, start)
        self._forward("")
        self._pattern = self._kinks()
        self.loss = float(self._sheet.arrays[self._graph.loss])

    def check(self, name: str) -> Check:
        """Compare ∂L/∂name in every cell, or in a spread of MOST_CELLS where there are more."""
        analytic = self._analytic[name]
        sizes = np.abs(analytic[np.isfinite(analytic)])
        floor = SMALLEST_SHARE * float(sizes.max(initial=0.0))
        worst, compared, kinks = (-1.0, (0,) * analytic.ndim, 0.0, 0.0), 0, 0
        for at in _spread(analytic.shape):
            numeric = self._slope(name, at)
            if numeric is None:
                kinks += 1
                continue
            compared += 1
            exact = float(analytic[at])
            error = _relative(exact, numeric, floor)
            worst = max(worst, (error, at, exact, numeric.value), key=lambda row: row[0])
        return Check(gradient_of(name), max(worst[0], 0.0), *worst[1:], compared, analytic.size, kinks)

    def _slope(self, name: str, at: tuple[int, ...]) -> _Slope | None:
        """∂L/∂name[at] by differences of the fourth order; None at a kink, or where the cell is not finite.

        The step is chosen for this cell: of those that cross no kink, the one that agrees best with the one before.
        """
        matrix = self._sheet.arrays[name]
        value = float(matrix[at])
        if not math.isfinite(value):
            return None
        finite = matrix[np.isfinite(matrix)]
        # In units of the largest, since the square of a huge number is none.
        largest = float(np.abs(finite).max())
        typical = max(abs(value), largest * float(np.sqrt(np.mean(np.square(finite / (largest or 1.0))))) or 1.0)
        best, gap = self._nearest(name, at, value, typical)
        # Steps of a matrix's typical size leave the domain where a cell is tiny: a probability would fall below 0. If
        # it is far smaller than the others, they may even agree far away from it.
        far = typical > FAR * abs(value)
        if value and (best is None or far or gap > max(AGREED * abs(best.value), best.noise)):
            own, own_gap = self._nearest(name, at, value, abs(value))
            if own is not None and (best is None or own_gap < gap or (far and abs(own.value - best.value) > own.noise)):
                best = own
        matrix[at] = value
        self._forward(name)
        return best

    def _nearest(self, name: str, at: tuple[int, ...], value: float, scale: float) -> tuple[_Slope | None, float]:
        """Of a scale's steps, the slope that agrees best with the one before, and how far they are apart."""
        best, gap = None, math.inf
        for step in STEPS:
            if best is not None and gap <= max(AGREED * abs(best.value), best.noise):
                break
            slope = self._difference(name, at, value, 2.0 ** round(math.log2(step * scale)))
            if slope is None:
                continue
            if best is None or abs(slope.value - best.value) < gap:
                gap = math.inf if best is None else abs(slope.value - best.value)
                best = slope
        return best, gap

    def _difference(self, name: str, at: tuple[int, ...], value: float, step: float) -> _Slope | None:
        losses = []
        for count in (-2, -1, 1, 2):
            self._sheet.arrays[name][at] = value + count * step
            self._forward(name)
            if not _same(self._pattern, self._kinks()):
                return None
            losses.append(float(self._sheet.arrays[self._graph.loss]))
            if not math.isfinite(losses[-1]):
                return None
        far_below, below, above, far_above = losses
        rounding = 2 * np.finfo(np.float64).eps * max(abs(loss) for loss in losses)
        return _Slope((far_below - 8 * below + 8 * above - far_above) / (12 * step), float(rounding / step))

    def _forward(self, name: str) -> None:
        """Compute every node after `name` again; all of them where it is no node."""
        nodes = [node.name for node in self._graph.nodes]
        start = nodes.index(name) + 1 if name in nodes else 0
        with np.errstate(all="ignore"):
            for node in nodes[start:]:
                for call in self._sheet.calls[node]:
                    call()

    def _kinks(self) -> list[Matrix]:
        """On which side of its kinks each cell lies, for every op that has any."""
        return [
            np.asarray(term.op.kinks(**self._operands(term), **term.attributes))
            for node in self._graph.nodes
            for term in node.terms
            if term.op.kinks is not None
        ]

    def _operands(self, term: Term) -> dict[str, Matrix]:
        return {
            key: np.asarray(operand.value) if isinstance(operand, Constant) else self._sheet.arrays[operand]
            for key, operand in term.operands.items()
        }


def _same(pattern: list[Matrix], other: list[Matrix]) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(pattern, other, strict=True))


def _relative(analytic: float, numeric: _Slope, floor: float) -> float:
    """How far the two are apart, beyond what rounding the losses alone explains."""
    if math.isnan(analytic):
        return math.inf
    size = max(abs(analytic), abs(numeric.value), floor)
    return max(abs(analytic - numeric.value) - numeric.noise, 0.0) / size if size else 0.0


def _spread(shape: Shape) -> Iterator[tuple[int, ...]]:
    """All cells of a matrix, or MOST_CELLS of them at even distances."""
    size = math.prod(shape)
    count = min(size, MOST_CELLS)
    for place in range(count):
        yield tuple(int(i) for i in np.unravel_index(place * size // count, shape)) if shape else ()

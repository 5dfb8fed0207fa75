"""The optimizers: how a parameter w moves by its gradient g. Momentum and Adam are PyTorch's."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nnstep.engine.cell import ATOM, POWER, Cell, Operand, Operation, Show, call
from nnstep.engine.formula import Formula
from nnstep.engine.recorder import Matrix, Recorder
from nnstep.values import dataclass

Index = tuple[int, ...]


@dataclass(frozen=True)
class Optimizer:
    """The formulas of one parameter's update, by what they write: its slots first, then `w` itself.

    slots    the letters of the slots; slot v of W[1] is the matrix vW[1]
    library  the PyTorch optimizer that it equals
    """

    name: str
    rules: Mapping[str, Formula]
    library: str

    @property
    def slots(self) -> tuple[str, ...]:
        """The slots' letters, in the order in which they are written."""
        return tuple(key for key in self.rules if key != "w")


def _descend(run: Recorder, *, w: Matrix, g: Matrix, lr: Matrix, out: Matrix) -> None:
    move = run.scratch(w)
    run(np.multiply, g, lr, out=move)
    run(np.subtract, w, move, out=out)


sgd = Optimizer(
    "sgd",
    {"w": Formula("{w} − {lr} {g}", _descend, cell=lambda at, w, g, lr: w[at] - lr[()] * g[at])},
    "torch.optim.SGD(params, lr)",
)


def _velocity(run: Recorder, *, v: Matrix, g: Matrix, momentum: Matrix, out: Matrix) -> None:
    run(np.multiply, v, momentum, out=out)
    run(np.add, out, g, out=out)


def _descend_velocity(run: Recorder, *, w: Matrix, v: Matrix, lr: Matrix, out: Matrix) -> None:
    _descend(run, w=w, g=v, lr=lr, out=out)


momentum = Optimizer(
    "momentum",
    {
        "v": Formula("{momentum} {v} + {g}", _velocity, cell=lambda at, v, g, momentum: momentum[()] * v[at] + g[at]),
        "w": Formula("{w} − {lr} {v}", _descend_velocity, cell=lambda at, w, v, lr: w[at] - lr[()] * v[at]),
    },
    "torch.optim.SGD(params, lr, momentum)",
)

# Adam (Kingma & Ba 2015), with the bias corrections as PyTorch applies them.


def _first_moment(run: Recorder, *, m: Matrix, g: Matrix, beta1: Matrix, out: Matrix) -> None:
    fresh, rest = run.scratch(m), run.scratch(beta1)
    run(np.subtract, 1.0, beta1, out=rest)
    run(np.multiply, g, rest, out=fresh)
    run(np.multiply, m, beta1, out=out)
    run(np.add, out, fresh, out=out)


def _second_moment(run: Recorder, *, s: Matrix, g: Matrix, beta2: Matrix, out: Matrix) -> None:
    fresh, rest = run.scratch(s), run.scratch(beta2)
    run(np.subtract, 1.0, beta2, out=rest)
    run(np.multiply, g, g, out=fresh)
    run(np.multiply, fresh, rest, out=fresh)
    run(np.multiply, s, beta2, out=out)
    run(np.add, out, fresh, out=out)


def _correction(run: Recorder, beta: Matrix, t: Matrix, out: Matrix) -> None:
    """1 − βᵗ."""
    run(np.power, beta, t, out=out)
    run(np.subtract, 1.0, out, out=out)


def _adam(
    run: Recorder,
    *,
    w: Matrix,
    m: Matrix,
    s: Matrix,
    lr: Matrix,
    beta1: Matrix,
    beta2: Matrix,
    epsilon: Matrix,
    t: Matrix,
    out: Matrix,
) -> None:
    move, rate, scale = run.scratch(w), run.scratch(lr), run.scratch(lr)
    _correction(run, beta2, t, scale)
    run(np.sqrt, scale, out=scale)
    run(np.sqrt, s, out=move)
    run(np.divide, move, scale, out=move)
    run(np.add, move, epsilon, out=move)
    run(np.divide, m, move, out=move)
    _correction(run, beta1, t, rate)
    run(np.divide, lr, rate, out=rate)
    run(np.multiply, move, rate, out=move)
    run(np.subtract, w, move, out=out)


class _Power(Operation):
    """β to the number of the iteration."""

    def __init__(self, base: Cell, exponent: Cell) -> None:
        super().__init__("{}^{}", POWER, (ATOM, ATOM), np.power, (base, exponent))

    def text(self, show: Show | None = None) -> str:
        return super().text(show) if show else f"{self.parts[0].text()}ᵗ"


def _adam_cell(
    at: Index,
    w: Operand,
    m: Operand,
    s: Operand,
    lr: Operand,
    beta1: Operand,
    beta2: Operand,
    epsilon: Operand,
    t: Operand,
) -> Cell:
    def corrected(moment: Cell, beta: Cell) -> Cell:
        return moment / (1 - _Power(beta, t[()]))

    root = call("√", np.sqrt, corrected(s[at], beta2[()]))
    return w[at] - lr[()] * corrected(m[at], beta1[()]) / (root + epsilon[()])


adam = Optimizer(
    "adam",
    {
        "m": Formula(
            "{beta1} {m} + (1 − {beta1}) {g}",
            _first_moment,
            cell=lambda at, m, g, beta1: beta1[()] * m[at] + (1 - beta1[()]) * g[at],
        ),
        "s": Formula(
            "{beta2} {s} + (1 − {beta2}) {g}²",
            _second_moment,
            cell=lambda at, s, g, beta2: beta2[()] * s[at] + (1 - beta2[()]) * g[at] ** 2,
        ),
        "w": Formula(
            "{w} − {lr} ({m}/(1−{beta1}{t:^})) / (√({s}/(1−{beta2}{t:^})) + {epsilon})",
            _adam,
            cell=_adam_cell,
        ),
    },
    "torch.optim.Adam(params, lr)",
)

OPTIMIZERS = {optimizer.name: optimizer for optimizer in (sgd, momentum, adam)}

"""Choosing between cells: maximum, minimum, where, and the comparisons, which write 1 or 0 and have no gradient."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nnstep.engine.cell import ATOM, Cell, Index, Operand, Operation, call
from nnstep.engine.formula import Formula, Op
from nnstep.engine.ops.elementwise import Elementwise, elementwise, of_two
from nnstep.engine.recorder import Matrix, Recorder


def _share(first: str, second: str, sign: str, beaten: np.ufunc, reached: np.ufunc) -> Formula:
    """The gradient of the larger (or smaller) of two: all to it, and half to each where they are equal.

    PyTorch's torch.maximum shares ties in the same way. A NaN is beaten by nothing.
    """

    def compute(run: Recorder, *, g: Matrix, out: Matrix, **pair: Matrix) -> None:
        lost, half = run.scratch(out, bool), run.scratch(out)
        run(beaten, pair[first], pair[second], out=lost)
        run(np.multiply, lost, 0.5, out=half)
        run(reached, pair[first], pair[second], out=lost)
        run(np.multiply, lost, 0.5, out=out)
        run(np.add, half, out, out=half)
        run(np.subtract, 1.0, half, out=half)
        run(np.multiply, g, half, out=out)

    def share(one: np.float64, other: np.float64) -> float:
        return 1 - 0.5 * float(beaten(one, other)) - 0.5 * float(reached(one, other))

    def cell(at: Index, g: Operand, **pair: Operand) -> Cell:
        return g[at] * Operation(f"1[{{}} {sign} {{}}]", ATOM, (0, 0), share, (pair[first][at], pair[second][at]))

    return Formula(f"{{g}} ⊙ 1[{{{first}}} {sign} {{{second}}}]", compute, cell)


def _extreme(name: str, text: str, function: np.ufunc, sign: str, beaten: np.ufunc, reached: np.ufunc) -> Op:
    def cell(at: Index, a: Operand, b: Operand) -> Cell:
        return call(text, function, a[at], b[at])

    return elementwise(
        Elementwise(
            name,
            Formula(f"{text}({{a}}, {{b}})", of_two(function), cell),
            {"a": _share("a", "b", sign, beaten, reached), "b": _share("b", "a", sign, beaten, reached)},
            f"torch.{name}({{a}}, {{b}})",
            arguments=("a", "b"),
            kinks=lambda a, b: np.sign(a - b),
        )
    )


maximum = _extreme("maximum", "max", np.maximum, "≥", np.less, np.less_equal)
minimum = _extreme("minimum", "min", np.minimum, "≤", np.greater, np.greater_equal)

# where


def _where(run: Recorder, *, c: Matrix, a: Matrix, b: Matrix, out: Matrix) -> None:
    chosen = run.scratch(out, bool)
    run(np.not_equal, c, 0.0, out=chosen)
    run(np.copyto, out, b)
    run(np.copyto, out, a, where=chosen)


def _chosen(sign: str, test: Callable[..., object]) -> Formula:
    """The gradient of one of the choices. It is copied, not multiplied, so that a NaN elsewhere stays out of it."""

    def compute(run: Recorder, *, g: Matrix, c: Matrix, out: Matrix) -> None:
        chosen = run.scratch(out, bool)
        run(test, c, 0.0, out=chosen)
        run(np.copyto, out, 0.0)
        run(np.copyto, out, g, where=chosen)

    def pick(c: np.float64, g: np.float64) -> np.float64:
        return g if test(c, 0) else np.float64(0)

    def cell(at: Index, g: Operand, c: Operand) -> Cell:
        return Operation(f"1[{{}} {sign} 0] · {{}}", ATOM, (0, ATOM), pick, (c[at], g[at]))

    return Formula(f"{{g}} ⊙ 1[{{c}} {sign} 0]", compute, cell)


where = elementwise(
    Elementwise(
        "where",
        Formula(
            "where({c}, {a}, {b})",
            _where,
            cell=lambda at, c, a, b: call("where", lambda c, a, b: a if c else b, c[at], a[at], b[at]),
        ),
        {"a": _chosen("≠", np.not_equal), "b": _chosen("=", np.equal)},
        "torch.where({c} != 0, {a}, {b})",
        arguments=("c", "a", "b"),
        kinks=lambda c, a, b: np.not_equal(c, 0),
    )
)

# comparisons


def _comparison(name: str, sign: str, function: Callable[..., object], library: str) -> Op:
    def cell(at: Index, a: Operand, b: Operand) -> Cell:
        return Operation(f"1[{{}} {sign} {{}}]", ATOM, (0, 0), function, (a[at], b[at]))

    return elementwise(
        Elementwise(
            name,
            Formula(f"1[{{a}} {sign} {{b}}]", of_two(function), cell=cell),
            {},
            library,
            kinks=lambda a, b: np.sign(a - b),
        )
    )


COMPARISONS = (
    _comparison("greater", ">", np.greater, "{a} > {b:()}"),
    _comparison("greater_equal", "≥", np.greater_equal, "{a} >= {b:()}"),
    _comparison("less", "<", np.less, "{a} < {b:()}"),
    _comparison("less_equal", "≤", np.less_equal, "{a} <= {b:()}"),
    _comparison("equal", "=", np.equal, "{a} == {b:()}"),
    _comparison("not_equal", "≠", np.not_equal, "{a} != {b:()}"),
)

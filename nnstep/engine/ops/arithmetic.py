"""Arithmetic cell by cell: + − · /, powers, roots, exponentials and logarithms."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nnstep.engine.cell import ATOM, POWER, PRODUCT, Cell, Index, Number, Operand, Operation, call, superscript
from nnstep.engine.formula import Formula, Shape
from nnstep.engine.ops.elementwise import Elementwise, elementwise, of_one, of_two
from nnstep.engine.recorder import Matrix, Recorder

add = elementwise(
    Elementwise(
        "add",
        Formula("{a} + {b:()}", of_two(np.add), cell=lambda at, a, b: a[at] + b[at]),
        {"a": None, "b": None},
        "{a} + {b:()}",
    )
)


def _minus(run: Recorder, *, g: Matrix, out: Matrix) -> None:
    run(np.negative, g, out=out)


_NEGATED = Formula("−{g}", _minus, cell=lambda at, g: -g[at])

subtract = elementwise(
    Elementwise(
        "subtract",
        Formula("{a} − {b:()}", of_two(np.subtract), cell=lambda at, a, b: a[at] - b[at]),
        {"a": None, "b": _NEGATED},
        "{a} - {b:()}",
    )
)

negative = elementwise(
    Elementwise(
        "negative",
        Formula("−{x}", of_one(np.negative), cell=lambda at, x: -x[at]),
        {"x": _NEGATED},
        "-{x}",
    )
)

# multiply and divide


def _times_b(run: Recorder, *, g: Matrix, b: Matrix, out: Matrix) -> None:
    run(np.multiply, g, b, out=out)


def _times_a(run: Recorder, *, g: Matrix, a: Matrix, out: Matrix) -> None:
    run(np.multiply, g, a, out=out)


multiply = elementwise(
    Elementwise(
        "multiply",
        Formula("{a} ⊙ {b:()}", of_two(np.multiply), cell=lambda at, a, b: a[at] * b[at]),
        {
            "a": Formula("{g} ⊙ {b:()}", _times_b, cell=lambda at, g, b: g[at] * b[at]),
            "b": Formula("{g} ⊙ {a:()}", _times_a, cell=lambda at, g, a: g[at] * a[at]),
        },
        "{a} * {b:()}",
    )
)


def _over_b(run: Recorder, *, g: Matrix, b: Matrix, out: Matrix) -> None:
    run(np.divide, g, b, out=out)


def _quotient_gradient(run: Recorder, *, g: Matrix, a: Matrix, b: Matrix, out: Matrix) -> None:
    """−g a / b², divided by b twice: b² may be too large or too small for a float where the result is not."""
    run(np.multiply, g, a, out=out)
    run(np.divide, out, b, out=out)
    run(np.divide, out, b, out=out)
    run(np.negative, out, out=out)


divide = elementwise(
    Elementwise(
        "divide",
        Formula("{a} / {b:()}", of_two(np.divide), cell=lambda at, a, b: a[at] / b[at]),
        {
            "a": Formula("{g} / {b:()}", _over_b, cell=lambda at, g, b: g[at] / b[at]),
            "b": Formula(
                "−{g} ⊙ {a:()} / {b}²",
                _quotient_gradient,
                cell=lambda at, g, a, b: -(g[at] * a[at] / b[at] ** 2),
            ),
        },
        "{a} / {b:()}",
    )
)

# x to the power of a number


def _power(run: Recorder, *, x: Matrix, exponent: float, out: Matrix) -> None:
    if exponent == 2:
        run(np.multiply, x, x, out=out)
    elif exponent == -1:
        run(np.reciprocal, x, out=out)
    else:
        run(np.power, x, float(exponent), out=out)


def _power_gradient(run: Recorder, *, g: Matrix, x: Matrix, exponent: float, out: Matrix) -> None:
    """g n xⁿ⁻¹; 0 for n = 0 even where x⁻¹ is ∞."""
    if exponent == 0:
        run(np.copyto, out, 0.0)
        return
    if exponent == 1:
        run(np.copyto, out, g)
        return
    if exponent == 2:
        run(np.multiply, x, 2.0, out=out)
    else:
        _power(run, x=x, exponent=exponent - 1, out=out)
        run(np.multiply, out, float(exponent), out=out)
    run(np.multiply, g, out, out=out)


def _power_text(_shapes: Mapping[str, Shape], exponent: float) -> str:
    return "{x}" + superscript(exponent)


def _power_gradient_text(_shapes: Mapping[str, Shape], exponent: float) -> str:
    sign = "−" if exponent < 0 else ""
    factor = f"{abs(exponent):.15g}·" if abs(exponent) != 1 else ""
    return f"{sign}{{g}} ⊙ {factor}{{x}}{superscript(exponent - 1) if exponent != 2 else ''}"


def _power_gradient_cell(at: Index, g: Operand, x: Operand, exponent: float) -> Cell:
    if exponent == 0:
        return Number(0.0)
    return g[at] * (exponent * (x[at] ** (exponent - 1) if exponent != 2 else x[at]))


power = elementwise(
    Elementwise(
        "power",
        Formula(_power_text, _power, cell=lambda at, x, exponent: x[at] ** exponent),
        {"x": Formula(_power_gradient_text, _power_gradient, cell=_power_gradient_cell)},
        lambda _shapes, exponent, **_measures: f"{{x}} ** {exponent:.15g}",
    )
)

# a to the power of a matrix


def _to_the(a: Cell, b: Cell) -> Cell:
    return Operation("{}^{}", POWER, (ATOM, ATOM), np.power, (a, b))


def _clear(run: Recorder, of: Matrix, out: Matrix) -> None:
    """Write 0 where `of` is 0, as PyTorch does, though the other factor is ±∞ there."""
    zero = run.scratch(out, bool)
    run(np.equal, of, 0.0, out=zero)
    run(np.copyto, out, 0.0, where=zero)


def _base_gradient(run: Recorder, *, g: Matrix, a: Matrix, b: Matrix, out: Matrix) -> None:
    """g b a^(b − 1)."""
    less = run.scratch(out)
    run(np.subtract, b, 1.0, out=less)
    run(np.power, a, less, out=out)
    run(np.multiply, out, b, out=out)
    run(np.multiply, out, g, out=out)
    _clear(run, b, out)


def _exponent_gradient(run: Recorder, *, g: Matrix, a: Matrix, value: Matrix, out: Matrix) -> None:
    """g aᵇ log a."""
    logs = run.scratch(out)
    run(np.log, a, out=logs)
    run(np.multiply, value, logs, out=out)
    run(np.multiply, g, out, out=out)
    _clear(run, a, out)


def _base_product(b: np.float64, g: np.float64, a: np.float64, less: np.float64) -> float:
    return float(b * g * a**less) if b else 0.0


def _exponent_product(value: np.float64, g: np.float64, a: np.float64) -> float:
    return float(value * g * np.log(a)) if a else 0.0


def _base_cell(at: Index, g: Operand, a: Operand, b: Operand) -> Cell:
    parts = (b[at], g[at], a[at], b[at] - 1)
    return Operation("{} · {} · {}^({})", PRODUCT, (PRODUCT, PRODUCT, ATOM, 0), _base_product, parts)


def _exponent_cell(at: Index, g: Operand, a: Operand, value: Operand) -> Cell:
    return Operation("{} · {} · log({})", PRODUCT, (PRODUCT, PRODUCT, 0), _exponent_product, (value[at], g[at], a[at]))


to_the = elementwise(
    Elementwise(
        "to_the",
        Formula("{a}^{b}", of_two(np.power), cell=lambda at, a, b: _to_the(a[at], b[at])),
        {
            "a": Formula("{b} ⊙ {g} ⊙ {a}^({b} − 1)", _base_gradient, cell=_base_cell),
            "b": Formula("{value} ⊙ {g} ⊙ log({a})", _exponent_gradient, cell=_exponent_cell),
        },
        "{a} ** {b:()}",
    )
)

# exp, log, sqrt, abs


def _times_value(run: Recorder, *, g: Matrix, value: Matrix, out: Matrix) -> None:
    run(np.multiply, g, value, out=out)


exp = elementwise(
    Elementwise(
        "exp",
        Formula("exp({x})", of_one(np.exp), cell=lambda at, x: call("exp", np.exp, x[at])),
        {"x": Formula("{g} ⊙ {value}", _times_value, cell=lambda at, g, value: g[at] * value[at])},
        "{x}.exp()",
        arguments=("x",),
    )
)


def _over_x(run: Recorder, *, g: Matrix, x: Matrix, out: Matrix) -> None:
    run(np.divide, g, x, out=out)


log = elementwise(
    Elementwise(
        "log",
        Formula("log({x})", of_one(np.log), cell=lambda at, x: call("log", np.log, x[at])),
        {"x": Formula("{g} / {x}", _over_x, cell=lambda at, g, x: g[at] / x[at])},
        "{x}.log()",
        arguments=("x",),
    )
)


def _root_gradient(run: Recorder, *, g: Matrix, value: Matrix, out: Matrix) -> None:
    run(np.multiply, value, 2.0, out=out)
    run(np.divide, g, out, out=out)


sqrt = elementwise(
    Elementwise(
        "sqrt",
        Formula("√({x})", of_one(np.sqrt), cell=lambda at, x: call("√", np.sqrt, x[at])),
        {"x": Formula("{g} / (2·{value})", _root_gradient, cell=lambda at, g, value: g[at] / (2 * value[at]))},
        "{x}.sqrt()",
        arguments=("x",),
    )
)


def _sign_gradient(run: Recorder, *, g: Matrix, x: Matrix, out: Matrix) -> None:
    run(np.sign, x, out=out)
    run(np.multiply, g, out, out=out)


# Its derivative at 0 is taken as 0, as in PyTorch.
absolute = elementwise(
    Elementwise(
        "abs",
        Formula("|{x}|", of_one(np.abs), cell=lambda at, x: Operation("|{}|", ATOM, (0,), np.abs, (x[at],))),
        {"x": Formula("{g} ⊙ sign({x})", _sign_gradient, cell=lambda at, g, x: g[at] * call("sign", np.sign, x[at]))},
        "{x}.abs()",
        arguments=("x",),
        kinks=lambda x: np.sign(x),  # noqa: PLW0108  # by its key, as every op's
    )
)

"""The closed lists of an expression: its functions and operators, on numbers and matrices, in bounded work."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from itertools import zip_longest
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from nnstep.errors import CommandError

Value = Any
Matrix = npt.NDArray[Any]

FUNCTIONS: Mapping[str, Callable[[Matrix], Value]] = {
    "abs": np.abs,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "sum": np.sum,
    "mean": lambda x: _of_some(np.mean, x),
    "std": lambda x: _of_some(np.std, x),
    "min": np.min,
    "max": np.max,
    "norm": lambda x: np.sqrt(np.sum(np.square(x))),
    "argmax": np.argmax,
    "isnan": np.isnan,
    "isinf": np.isinf,
    "isfinite": np.isfinite,
    "any": np.any,
    "all": np.all,
    "zeros": lambda x: _of_some(np.mean, np.equal(x, 0)),
    "shape": np.shape,
}
BINARY: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    # In floats: whole numbers would grow without bound.
    ast.Pow: lambda x, y: np.asarray(x, np.float64) ** y,
    ast.MatMult: operator.matmul,
    ast.BitAnd: lambda x, y: np.bitwise_and(*_conditions(x, y)),
    ast.BitOr: lambda x, y: np.bitwise_or(*_conditions(x, y)),
    ast.BitXor: lambda x, y: np.bitwise_xor(*_conditions(x, y)),
}
UNARY: Mapping[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: lambda x: not truth(x),
    ast.Invert: lambda x: np.invert(*_conditions(x)),
}
COMPARE: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
REFUSED: Mapping[str, str] = {
    "Constant": "constants but numbers",
    "Dict": "dicts",
    "DictComp": "comprehensions",
    "GeneratorExp": "comprehensions",
    "IfExp": "if … else",
    "In": "in",
    "Is": "is",
    "IsNot": "is not",
    "LShift": "<<",
    "Lambda": "lambda",
    "List": "lists",
    "ListComp": "comprehensions",
    "NamedExpr": "assignments",
    "NotIn": "not in",
    "RShift": ">>",
    "Set": "sets",
    "SetComp": "comprehensions",
    "Starred": "stars",
    "Tuple": "tuples",
    "Yield": "yield",
    "YieldFrom": "yield",
}
"""What an expression may not hold, as it is said."""


def truth(value: Value) -> bool:
    """Whether a condition holds; a matrix is neither true nor false."""
    if np.size(value) != 1:
        raise CommandError("a condition must be one value: put any(…) or all(…) around the matrix")
    return bool(np.all(value))


def as_number(value: Value) -> Value:
    """A shape computes as NumPy's arrays do: Python's tuples would multiply into ever longer ones."""
    return np.array(value) if isinstance(value, tuple) else value


def bounded(value: Value) -> Value:
    """Whole numbers that outgrow 64 bits go on as floats: Python's would grow without bound."""
    return float(str(value)) if isinstance(value, int) and abs(value) >= 2**63 else value


MOST_CELLS, MOST_WORK = 2**26, 2**37
"""Cells of what an operator may make (half a gibibyte), and products of what may be summed in a matrix product."""


def refuse_large(sign: type[ast.AST], left: Value, right: Value) -> None:
    """Raise CommandError before an operator makes a matrix that is beyond all bounds; what does not fit is NumPy's."""
    a, b = np.shape(left), np.shape(right)
    if not (a and b):
        return
    if sign is ast.MatMult:
        rows, columns = a[:-1], (*b[:-2], *b[-1:]) if len(b) > 1 else ()
        cells = prod(rows) * prod(columns) // (prod(b[:-2]) or 1 if len(a) > 2 else 1)
        work = cells * a[-1]
    else:
        cells = prod(max(pair) for pair in zip_longest(reversed(a), reversed(b), fillvalue=1))
        work = cells
    if cells > MOST_CELLS or work > MOST_WORK:
        raise CommandError(
            f"{'×'.join(map(str, a))} and {'×'.join(map(str, b))} would make {cells:,} numbers; an expression makes "
            f"at most {MOST_CELLS:,} at once: take rows or columns first, such as X[:100]"
        )


def _of_some(function: Callable[[Matrix], Value], matrix: Matrix) -> Value:
    """A mean; NaN without NumPy's warning where there is nothing to take it of, as of the losses at step 0."""
    return function(matrix) if np.size(matrix) else np.float64(np.nan)


def _conditions(*values: Value) -> tuple[Matrix, ...]:
    """What &, | and ~ take. On plain numbers they would be arithmetic on bits, which nobody means here."""
    matrices = tuple(np.asarray(value) for value in values)
    if any(matrix.dtype != np.bool_ for matrix in matrices):
        raise TypeError("&, |, ^ and ~ take conditions, such as (Z[1] > 0) & (Z[1] < 1)")
    return matrices

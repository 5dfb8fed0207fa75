"""Equations as text: parsed with `ast`, checked against a closed list, never run."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from nnstep.engine import syntax
from nnstep.engine.ops.loss import LOSSES
from nnstep.errors import ModelError
from nnstep.model.messages import clipped, nearest, refuse_control
from nnstep.model.naming import check_name
from nnstep.model.value import DEEPEST, FUNCTIONS, Applied, Name, Operand, Value, called
from nnstep.values import dataclass

LONGEST = 2000
"""Characters in an equation."""
MOST = 1000
"""Equations in a graph."""
BATCH = {"x": "X", "y": "Y"}
"""The batch, as equations call it and as the tape does."""


@dataclass(frozen=True, eq=False)
class Equation:
    """A name, what it is set to, and the text that says so."""

    name: str
    value: Operand
    text: str


@dataclass(frozen=True, eq=False)
class Equations:
    """A graph: its equations, in order, and the parameters that are not trained."""

    lines: tuple[Equation, ...]
    frozen: frozenset[str] = frozenset()


def read(lines: Sequence[object], parameters: Iterable[str]) -> tuple[Equation, ...]:
    """The equations of a model, from texts or from `nnstep.Graph`; ModelError names the first that is wrong."""
    if len(lines) > MOST:
        raise ModelError(f"graph.equations must be at most {MOST}, got {len(lines)}")
    known = dict.fromkeys([*BATCH, *parameters], 0)
    found: list[Equation] = []
    for number, line in enumerate(lines, 1):
        try:
            equation = line if isinstance(line, Equation) else parse(line)
            _check(equation, known, lines)
        except ModelError as error:
            raise ModelError(f"graph.equations[{number}]: {error}") from error
        known[equation.name] = number
        found.append(equation)
    if "L" not in known:
        raise ModelError("graph.equations: the loss is missing: one of them must be L = …")
    return tuple(found)


def _check(equation: Equation, known: Mapping[str, int], lines: Sequence[object]) -> None:
    """The name is new, and everything the equation reads is known by then."""
    check_name(equation.name)
    if equation.name in known:
        first = known[equation.name]
        raise ModelError(f"{equation.name} is {f'set by equation {first}' if first else 'a parameter'} already")
    for name in names_of(equation.value):
        if name not in known:
            raise _unknown(name, equation.name, known, lines)


def _unknown(name: str, target: str, known: Mapping[str, int], lines: Sequence[object]) -> ModelError:
    if name == target:
        return ModelError(f"{name} is set by itself")
    targets = [line.name if isinstance(line, Equation) else str(line).partition("=")[0].strip() for line in lines]
    if name in targets:
        return ModelError(f"{name} is used before equation {targets.index(name) + 1} sets it")
    if name in FUNCTIONS:
        return ModelError(f"{name} is a function: write {name}(…)")
    return ModelError(f"no matrix {clipped(name)}; {nearest(name, known, 'there are')}")


def names_of(value: Operand) -> list[str]:
    """The names that a value reads, as equations write them, each once."""
    found: dict[str, None] = {}
    seen: set[int] = set()
    waiting = [value]
    while waiting:
        here = waiting.pop()
        if isinstance(here, Name):
            found[{name: word for word, name in BATCH.items()}.get(here.name, here.name)] = None
        elif isinstance(here, Applied) and id(here) not in seen:
            seen.add(id(here))
            waiting += reversed(here.operands.values())
    return list(found)


def targets_of(lines: Iterable[Equation]) -> str:
    """The loss that judges by y, which decides how targets are encoded; the mean squared error's where none does."""
    names = {op.name for op in LOSSES}
    for line in lines:
        waiting, seen = [line.value], set[int]()
        while waiting:
            here = waiting.pop()
            if isinstance(here, Applied) and id(here) not in seen:
                seen.add(id(here))
                judged = here.operands.get("y")
                if here.op.name in names and isinstance(judged, Name) and judged.name == "Y":
                    return here.op.name
                waiting += here.operands.values()
    return "mean_squared_error"


def parse(text: object) -> Equation:
    """One equation, `z = x @ w.T + b`; ModelError says what is wrong with it."""
    if not isinstance(text, str):
        raise ModelError(f"an equation is a text such as 'z = x @ w.T + b', got {clipped(text)}")
    refuse_control("an equation", text)
    if len(text) > LONGEST:
        raise ModelError(f"an equation must have at most {LONGEST} characters, got {len(text)}")
    try:
        tree = syntax.module(text.strip())
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise ModelError(f"{clipped(text)} is not an equation such as z = x @ w.T + b{_where(error)}") from error
    match tree.body:
        case [ast.Assign(targets=[ast.Name(id=name)], value=value)]:
            return Equation(name, _value(value, 0), text.strip())
    raise ModelError(f"{clipped(text)} is not an equation such as z = x @ w.T + b: one name, = and one value")


def _where(error: Exception) -> str:
    return f" (at character {error.offset})" if isinstance(error, SyntaxError) and error.offset else ""


Function = Callable[[Any, Any], Any]

_BINARY: Mapping[type[ast.operator], Function] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.MatMult: operator.matmul,
}
_COMPARE: Mapping[type[ast.cmpop], Function] = {
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


def _value(node: ast.expr, depth: int) -> Operand:
    if depth > DEEPEST:
        raise ModelError(f"an equation may be nested {DEEPEST} deep: give a part of it a name of its own")
    match node:
        case ast.Name(id=name):
            return Name(BATCH.get(name, name))
        case ast.Constant(value=int() | float() as number) if type(number) is not bool:
            return _float(number)
        case ast.UnaryOp() | ast.BinOp() | ast.Compare():
            return _operation(node, depth + 1)
        case ast.Attribute(value=inner, attr="T"):
            return _matrix(inner, depth + 1, "no .T").T
        case ast.Subscript(value=inner, slice=index):
            return _matrix(inner, depth + 1, "no cells")[_index(index)]
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=keywords):
            return _call(name, arguments, keywords, depth + 1)
    raise _refusal(node)


def _operation(node: ast.UnaryOp | ast.BinOp | ast.Compare, depth: int) -> Operand:
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_value(inner, depth)
        case ast.UnaryOp(op=ast.UAdd(), operand=inner):
            return _value(inner, depth)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _two(_BINARY[type(op)], _value(left, depth), _value(right, depth))
        case ast.Compare(left=left, ops=[sign], comparators=[right]) if type(sign) in _COMPARE:
            return _two(_COMPARE[type(sign)], _value(left, depth), _value(right, depth))
    raise _refusal(node)


def _refusal(node: ast.expr) -> ModelError:
    if isinstance(node, ast.Compare) and len(node.ops) > 1:
        return ModelError("a < b < c is two comparisons: write (a < b) * (b < c)")
    if isinstance(node, ast.Attribute):
        return ModelError(f".T is the one attribute, got .{node.attr}")
    return ModelError(f"equations have no {_KINDS.get(type(node), type(node).__name__.lower())}")


_KINDS: Mapping[type[ast.AST], str] = {
    ast.BoolOp: "and, or: multiply comparisons instead",
    ast.Call: "call but those of functions by name",
    ast.Constant: "texts and words such as True",
    ast.IfExp: "if: use where(condition, a, b)",
    ast.JoinedStr: "texts",
    ast.Starred: "*",
    ast.List: "lists: make it a parameter",
    ast.Tuple: "tuples: make it a parameter",
    ast.UnaryOp: "~ or not",
    ast.BinOp: "//, % or bitwise operators",
    ast.Compare: "in or is",
}


def _float(number: float) -> float:
    try:
        value = float(number)
    except OverflowError:
        value = float("inf")
    if value == float("inf"):
        raise ModelError("a number in an equation must be finite")
    return value


def _two(function: Function, left: Operand, right: Operand) -> Operand:
    """An operator of values; that of two numbers is a number, as in Python."""
    if isinstance(left, Value) or isinstance(right, Value):
        made: Value = function(left, right)
        return made
    try:
        number = function(left, right)
    except (ArithmeticError, TypeError) as error:
        raise ModelError(f"the numbers in the equation give no number: {error}") from error
    if not isinstance(number, float):
        what = "a comparison of two numbers" if isinstance(number, bool) else "what the numbers make"
        raise ModelError(f"{what} must be written as a number, got {clipped(number)}")
    return _float(number)


def _matrix(node: ast.expr, depth: int, lacks: str) -> Value:
    value = _value(node, depth)
    if not isinstance(value, Value):
        raise ModelError(f"a number has {lacks}")
    return value


def _call(name: str, arguments: Sequence[ast.expr], keywords: Sequence[ast.keyword], depth: int) -> Value:
    options: dict[str, object] = {}
    for keyword in keywords:
        if keyword.arg is None:
            raise ModelError("equations have no **")
        options[keyword.arg] = _argument(keyword.value, depth)
    return called(name, [_argument(argument, depth) for argument in arguments], options)


def _argument(node: ast.expr, depth: int) -> object:
    """A value; or an option: a whole number, None, True, False, or a tuple of whole numbers."""
    match node:
        case ast.Constant(value=bool() | None as option):
            return option
        case ast.Constant(value=int() as whole):
            return whole
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as whole)) if type(whole) is not bool:
            return -whole
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return tuple(_argument(part, depth + 1) for part in parts) if depth < DEEPEST else ()
    return _value(node, depth)


def _index(node: ast.expr) -> object:
    match node:
        case ast.Tuple(elts=places):
            return tuple(map(_index, places))
        case ast.Slice(lower=lower, upper=upper, step=step):
            return slice(*(None if end is None else _whole(end) for end in (lower, upper, step)))
    return _whole(node)


def _whole(node: ast.expr) -> object:
    whole = _argument(node, 0) if isinstance(node, ast.Constant | ast.UnaryOp) else None
    return "no whole number" if whole is None else whole

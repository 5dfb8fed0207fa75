"""Expressions over the matrices of a run: Python's operators and slices, parsed, checked and compiled once.

Nothing but the closed lists below is let through: no attribute but `.T`, no call but of the functions named here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Mapping
from itertools import pairwise
from types import EllipsisType
from typing import Protocol

import numpy as np

from nnstep.engine import syntax
from nnstep.engine.names import canonical, shown
from nnstep.errors import CommandError, NnstepError
from nnstep.session.operations import (
    BINARY,
    COMPARE,
    FUNCTIONS,
    REFUSED,
    UNARY,
    Matrix,
    Value,
    as_number,
    bounded,
    refuse_large,
    truth,
)
from nnstep.values import dataclass

LONGEST = 2000
DEEPEST = 50

COUNTERS = ("epoch", "batch", "iteration", "step", "m", "losses")
"""Names of an expression that are no matrices: where we are, the rows of the batch, the losses so far."""


class Scope(Protocol):
    """Where an expression's names get their values."""

    def read(self, name: str) -> Matrix:
        """A matrix or setting at this step."""

    def old(self, name: str) -> Matrix:
        """A parameter's or slot's value at the iteration's start."""

    def counter(self, name: str) -> Value:
        """One of COUNTERS."""


Node = Callable[[Scope], Value]


@dataclass(frozen=True)
class Expression:
    """A checked expression: its text as typed, what it reads, and how to evaluate it.

    names      the matrices and settings read as they are; old_names those read as they were at the iteration's start
    counters   which of COUNTERS it reads
    """

    text: str
    names: tuple[str, ...]
    old_names: tuple[str, ...]
    counters: tuple[str, ...]
    evaluate: Node

    def holds(self, scope: Scope) -> bool:
        """Whether it is true, for use inside a run: the same as the truth of `value`, but for the guards around it."""
        try:
            value = self.evaluate(scope)
        except EmptyError:
            return False
        except (ArithmeticError, IndexError, TypeError, ValueError) as error:
            raise CommandError(f"{clipped(self.text)}: {error}") from error
        return value if type(value) is bool else truth(value)

    def value(self, scope: Scope) -> Value:
        """The value at a step; CommandError where the arithmetic cannot be done."""
        try:
            with np.errstate(all="ignore"):
                return bounded(self.evaluate(scope))
        except NnstepError:
            raise
        except (ArithmeticError, IndexError, TypeError, ValueError) as error:
            raise CommandError(f"{clipped(self.text)}: {error}") from error


def clipped(text: str, most: int = 60) -> str:
    """A text as messages quote it."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def compile_expression(text: str, names: Collection[str]) -> Expression:
    """The expression `text` over the matrices `names`; CommandError says what is wrong with it."""
    text = " ".join(text.split())
    if len(text) > LONGEST:
        raise CommandError(f"an expression must have at most {LONGEST} characters, got {len(text)}")
    if any(quote in text for quote in "\"'\\"):
        raise CommandError(f"{clipped(text)}: expressions have no text")
    lexed = _Lexer(text, names)
    try:
        tree = syntax.expression(lexed.source)
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise CommandError(f"{clipped(text) or 'nothing'}: not an expression") from error
    compiler = _Compiler(text, lexed.found)
    evaluate = compiler.compile(tree, 0)
    names, old_names, counters = (tuple(dict.fromkeys(read)) for read in compiler.reads)
    return Expression(text, names, old_names, counters, evaluate)


def compile_target(text: str, names: Collection[str]) -> tuple[str, Node | EllipsisType]:
    """What an assignment writes: a matrix's name, and how to work out the index behind it (`...`: all of it)."""
    text = " ".join(text.split())
    lexed = _Lexer(text, names)
    try:
        body = syntax.expression(lexed.source)
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise CommandError(f"{clipped(text) or 'nothing'}: no matrix or cell that could be set") from error
    target = body.value if isinstance(body, ast.Subscript) else body
    if not isinstance(target, ast.Name):
        raise CommandError(f"{clipped(text)}: no matrix or cell that could be set")
    if target.id not in lexed.found:
        raise UnknownNameError(target.id)
    name = lexed.found[target.id]
    return name, _Compiler(text, lexed.found).index(body.slice) if isinstance(body, ast.Subscript) else ...


PLACEHOLDER = "_matrix"
_WORD = re.compile(r"(?<![\w.])[^\W\d]\w*")
_TAIL = re.compile(r"((?:\.\d+)?(?:\[\d+\])?(?::\d+)?)")


class _Lexer:
    """Names such as W[1], z.1 and dx:1, which are no Python names, replaced by words that are."""

    def __init__(self, text: str, names: Collection[str]) -> None:
        self.text = text
        self.names = names
        self.found: dict[str, str] = {}
        self.source = self._lex()

    def _lex(self) -> str:
        pieces, end = [], 0
        for match in _WORD.finditer(self.text):
            if match.start() < end:
                continue
            name, stop = self._longest(match)
            pieces.append(self.text[end : match.start()])
            pieces.append(self._word(name, match.group()))
            end = stop
        return "".join([*pieces, self.text[end:]]).strip()

    def _longest(self, match: re.Match[str]) -> tuple[str | None, int]:
        """The longest known name that starts here, and where it ends."""
        word = match.group()
        tail = _TAIL.match(self.text, match.end())
        parts = re.findall(r"\.\d+|\[\d+\]|:\d+", tail.group() if tail else "")
        for count in range(len(parts), -1, -1):
            known = canonical(word + "".join(parts[:count]))
            if known in self.names:
                return known, match.end() + sum(len(part) for part in parts[:count])
        return None, match.end()

    def _word(self, name: str | None, word: str) -> str:
        if name is None:
            if word.startswith(PLACEHOLDER):
                raise UnknownNameError(word)
            return word
        placeholder = f"{PLACEHOLDER}{len(self.found)}"
        self.found[placeholder] = name
        return placeholder


class _Compiler:
    """A checked syntax tree → nested functions of a scope."""

    def __init__(self, text: str, found: Mapping[str, str]) -> None:
        self.text = clipped(text)
        self.found = found
        self.reads: tuple[list[str], list[str], list[str]] = ([], [], [])

    def compile(self, node: ast.expr, depth: int) -> Node:
        if depth > DEEPEST:
            raise CommandError(f"an expression must be nested at most {DEEPEST} deep")
        compiler = getattr(self, f"_{type(node).__name__.lower()}", None)
        if compiler is None:
            raise self._refusal(node)
        compiled: Node = compiler(node, depth + 1)
        return compiled

    def _refusal(self, node: ast.AST) -> CommandError:
        kind = type(node).__name__
        return CommandError(f"{self.text}: expressions have no {REFUSED.get(kind, kind.lower())}")

    def _constant(self, node: ast.Constant, _depth: int) -> Node:
        if not isinstance(node.value, int | float):
            raise self._refusal(node)
        value = bounded(node.value)
        return lambda _scope: value

    def _name(self, node: ast.Name, _depth: int) -> Node:
        word = node.id
        if word in self.found:
            name = self.found[word]
            self.reads[0].append(name)
            return lambda scope: scope.read(name)
        if word in COUNTERS:
            self.reads[2].append(word)
            return lambda scope: scope.counter(word)
        if word in FUNCTIONS or word == "old":
            raise CommandError(f"{word} is a function: write {word}(…)")
        raise UnknownNameError(word)

    def _attribute(self, node: ast.Attribute, depth: int) -> Node:
        if node.attr != "T":
            raise CommandError(f"{self.text}: .T is the one attribute, got .{node.attr}")
        inner = self.compile(node.value, depth)
        return lambda scope: np.transpose(inner(scope))

    def _call(self, node: ast.Call, depth: int) -> Node:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if (name not in FUNCTIONS and name != "old") or len(node.args) != 1 or node.keywords:
            known = ", ".join(["old", *FUNCTIONS])
            raise CommandError(f"{self.text}: functions take one argument and are {known}")
        if name == "old":
            return self._old(node.args[0])
        function, inner = FUNCTIONS[name], self.compile(node.args[0], depth)
        return lambda scope: function(inner(scope))

    def _old(self, node: ast.expr) -> Node:
        if not (isinstance(node, ast.Name) and node.id in self.found):
            raise CommandError("old(…) takes a parameter's or a slot's name, such as old(W[1])")
        name = self.found[node.id]
        self.reads[1].append(name)
        return lambda scope: scope.old(name)

    def _binop(self, node: ast.BinOp, depth: int) -> Node:
        if type(node.op) not in BINARY:
            raise self._refusal(node.op)
        sign = type(node.op)
        function = BINARY[sign]
        left, right = self.compile(node.left, depth), self.compile(node.right, depth)

        def apply(scope: Scope) -> Value:
            a, b = as_number(left(scope)), as_number(right(scope))
            refuse_large(sign, a, b)
            try:
                return bounded(function(a, b))
            except ValueError as error:
                raise CommandError(f"{self.text}: {_size(a)} and {_size(b)} do not fit together") from error

        return apply

    def _unaryop(self, node: ast.UnaryOp, depth: int) -> Node:
        if type(node.op) not in UNARY:
            raise self._refusal(node.op)
        function, inner = UNARY[type(node.op)], self.compile(node.operand, depth)
        return lambda scope: function(as_number(inner(scope)))

    def _boolop(self, node: ast.BoolOp, depth: int) -> Node:
        parts = [self.compile(part, depth) for part in node.values]
        decide = all if isinstance(node.op, ast.And) else any
        return lambda scope: decide(truth(part(scope)) for part in parts)

    def _compare(self, node: ast.Compare, depth: int) -> Node:
        parts = [self._number(part, depth) for part in (node.left, *node.comparators)]
        for sign in node.ops:
            if type(sign) not in COMPARE:
                raise self._refusal(sign)
        signs = [COMPARE[type(sign)] for sign in node.ops]
        if len(signs) == 1:
            [left, right], [compare] = parts, signs

            def one(scope: Scope) -> Value:
                a, b = left(scope), right(scope)
                refuse_large(ast.Compare, a, b)
                return compare(a, b)

            return one

        def chain(scope: Scope) -> Value:
            values = [part(scope) for part in parts]
            for a, b in pairwise(values):
                refuse_large(ast.Compare, a, b)
            return np.logical_and.reduce([sign(a, b) for sign, a, b in zip(signs, values, values[1:], strict=False)])

        return chain

    def _number(self, node: ast.expr, depth: int) -> Node:
        """An operand of a comparison; a single number is taken out of its array, which compares ten times faster."""
        inner = self.compile(node, depth)
        if not (isinstance(node, ast.Name) and node.id in self.found):
            return inner

        def number(scope: Scope) -> Value:
            value = inner(scope)
            return value if value.ndim else value.item()

        return number

    def _subscript(self, node: ast.Subscript, depth: int) -> Node:
        inner = self.compile(node.value, depth)
        place = self._index(node.slice, depth)

        def pick(scope: Scope) -> Value:
            matrix, index = np.asarray(inner(scope)), place(scope)
            try:
                return matrix[index]
            except IndexError as error:
                kind = CommandError if matrix.size else EmptyError
                raise kind(f"{self.text}: {_index_problem(matrix, index)}") from error

        return pick

    def index(self, node: ast.expr) -> Node:
        """The index or slices between brackets."""
        return self._index(node, 0)

    def _index(self, node: ast.expr, depth: int) -> Node:
        if isinstance(node, ast.Tuple):
            parts = [self._index(part, depth + 1) for part in node.elts]
            return lambda scope: tuple(part(scope) for part in parts)
        if isinstance(node, ast.Slice):
            ends = [self._index(end, depth + 1) if end else None for end in (node.lower, node.upper, node.step)]
            return lambda scope: slice(*(end(scope) if end else None for end in ends))
        inner = self.compile(node, depth)
        return lambda scope: _whole(inner(scope))


class UnknownNameError(CommandError):
    """A word in an expression that is no name of the run."""

    def __init__(self, word: str) -> None:
        super().__init__(f"no matrix {shown(word)}")
        self.word = word


class EmptyError(CommandError):
    """An index into nothing, such as losses[-1] before an iteration is finished; no condition holds there."""


def _whole(value: Value) -> int:
    number = np.asarray(value).item() if np.size(value) == 1 else None
    if number is None or not float(number).is_integer():
        raise CommandError("an index must be a whole number")
    return int(number)


def _size(value: Value) -> str:
    return "×".join(str(n) for n in np.shape(value)) or "one number"


def _index_problem(matrix: Matrix, index: Value) -> str:
    """Why an index does not fit a matrix."""
    index = index if isinstance(index, tuple) else (index,)
    size = _size(matrix)
    if not matrix.ndim:
        return "one number has no cells"
    if not matrix.size:
        return "it is empty"
    if len(index) > matrix.ndim:
        return f"{len(index)} indices for {size}"
    for axis, (i, n) in enumerate(zip(index, matrix.shape, strict=False)):
        if isinstance(i, int) and not -n <= i < n:
            what = ("row", "column")[axis] if matrix.ndim == 2 else "index"
            return f"no {what} {clipped(str(i), 20)} in {size} (counted from 0)"
    return f"that index does not fit {size}"

"""Operands for every op of the registry: in its domain, away from its kinks, in every shape that it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from nnstep.engine.formula import Formula, Op, Shape
from nnstep.engine.ops import OPS
from nnstep.engine.ops.arrange import KEYS
from nnstep.engine.ops.loss import LOSSES
from tests.engine.applying import cell, compute

Matrix = npt.NDArray[Any]

ALONE: tuple[Shape, ...] = ((4, 3), (4,), (), (2, 3, 2))
PAIRS: tuple[tuple[Shape, Shape], ...] = (
    ((4, 3), (4, 3)),
    ((4, 3), (3,)),
    ((3,), (4, 3)),
    ((4, 1), (3,)),
    ((4, 3), ()),
    ((), (4, 3)),
    ((), ()),
    ((1, 3), (1,)),
    ((2, 4, 3), (4, 1)),
    ((2, 1, 3), (4, 3)),
)
PRODUCTS: tuple[tuple[Shape, Shape], ...] = (
    ((4, 3), (3, 2)),
    ((3,), (3, 2)),
    ((4, 3), (3,)),
    ((3,), (3,)),
    ((1, 3), (3, 1)),
    ((2, 4, 3), (2, 3, 2)),
    ((2, 4, 3), (3, 2)),
    ((4, 3), (2, 3, 2)),
    ((2, 1, 4, 3), (3, 3, 2)),
    ((2, 4, 3), (3,)),
    ((3,), (2, 3, 2)),
)
POSITIVE = {"log", "sqrt", "to_the", "power", "divide"}


@dataclass(frozen=True)
class Case:
    """An op applied to matrices."""

    op: Op
    operands: Mapping[str, Matrix]
    given: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        shapes = "-".join("x".join(map(str, array.shape)) or "0" for array in self.operands.values())
        given = "-".join(f"{key}={value}" for key, value in self.given.items()).replace("None", "")
        return "-".join(filter(None, (self.op.name, shapes, given)))

    @property
    def shapes(self) -> dict[str, Shape]:
        return {key: array.shape for key, array in self.operands.items()}

    @property
    def attributes(self) -> dict[str, object]:
        return {**self.op.measures(**self.shapes, **self.given), **self.given}

    def result(self, order: str = "C") -> Matrix:
        shape = self.op.result(self.shapes, self.given)
        read = self._read(self.op.forward, self.operands)
        return compute(self.op.forward, shape, read, self.attributes, order)

    def cotangent(self) -> Matrix:
        """Some ∂L/∂result; that of an inline op, a term of the loss itself, is 1."""
        result = self.result()
        if self.op.inline:
            return np.ones_like(result)
        return np.random.default_rng(1).normal(size=result.shape).astype(result.dtype)

    def gradient(self, key: str, order: str = "C", g: Matrix | None = None) -> Matrix:
        operands = self.gradient_operands(key, g)
        return compute(self.op.gradients[key], self.operands[key].shape, operands, self.attributes, order)

    def gradient_operands(self, key: str, g: Matrix | None = None) -> dict[str, Matrix]:
        available = {**self.operands, "g": self.cotangent() if g is None else g, "value": self.result()}
        return self._read(self.op.gradients[key], available)

    def forward_cell(self, at: tuple[int, ...]) -> float:
        return cell(self.op.forward, at, self._read(self.op.forward, self.operands), self.attributes).value

    def gradient_cell(self, key: str, at: tuple[int, ...]) -> float:
        return cell(self.op.gradients[key], at, self.gradient_operands(key), self.attributes).value

    def moved(self, key: str, at: tuple[int, ...], by: float) -> Case:
        operand = self.operands[key].copy()
        operand[at] += by
        return Case(self.op, {**self.operands, key: operand}, self.given)

    def with_operands(self, **operands: Matrix) -> Case:
        return Case(self.op, {**self.operands, **operands}, self.given)

    def worded(self, formula: Formula) -> Formula:
        result = self.op.result(self.shapes, self.given)
        return formula.worded({**self.shapes, "g": result, "value": result}, self.attributes)

    def _read(self, formula: Formula, available: Mapping[str, Matrix]) -> dict[str, Matrix]:
        wanted = self.worded(formula)
        return {key: available[key] for key in (*wanted.operands, *wanted.saved) if key in available}


def cases() -> Iterator[Case]:
    """Cases of every op: those that broadcast in many shapes, the others as they are called."""
    for op in OPS.values():
        yield from _SPECIAL[op.name]() if op.name in _SPECIAL else _usual(op)


def _usual(op: Op) -> Iterator[Case]:
    keys = tuple(op.arguments) or _operator_keys(op)
    if op in LOSSES:
        yield from (_loss(op, shape) for shape in ((4, 3), (4, 1), (2, 3, 4)))
    elif keys == ("x",):
        low = 0.2 if op.name in POSITIVE else None
        shapes = [shape for shape in ALONE if shape or op.name != "softmax"]
        for options in _options(op):
            yield from (Case(op, {"x": numbers(shape, low)}, options) for shape in shapes if _fits(shape, options))
    else:
        low = 0.2 if op.name in POSITIVE else None
        for a, b in PAIRS:
            yield Case(op, dict(zip(keys, (numbers(a, low), numbers(b, low, seed=5)), strict=True)))


def _operator_keys(op: Op) -> tuple[str, ...]:
    """The keys of an op that is written as an operator."""
    text = op.forward.text
    return ("a", "b") if isinstance(text, str) and "{a}" in text else ("x",)


def _options(op: Op) -> list[dict[str, object]]:
    if "axis" not in op.options:
        return [{}]
    return [{"axis": axis, "keepdims": keep} for axis in (None, 0, -1) for keep in (False, True)]


def _fits(shape: Shape, options: Mapping[str, object]) -> bool:
    return bool(shape) or options.get("axis") is None


def numbers(shape: Shape, low: float | None = None, seed: int = 7) -> Matrix:
    """Numbers of both signs, none near 0 and no two near each other; from `low` on where it is given."""
    draw = np.random.default_rng(seed)
    count = int(np.prod(shape))
    sizes = (draw.permutation(count) + 1 + draw.uniform(0.1, 0.4, count)) / (0.8 * count + 0.5) + seed / 100
    signs = draw.choice([-1.0, 1.0], count) if low is None else 1.0
    return np.asarray((sizes * signs if low is None else sizes + low).reshape(shape))


def _loss(op: Op, shape: Shape) -> Case:
    draw = np.random.default_rng(7)
    classes = draw.integers(shape[-1], size=shape[:-1])
    targets = np.eye(shape[-1])[classes] if shape[-1] > 1 else draw.choice([0.0, 1.0], size=shape)
    if op.name == "mean_squared_error":
        targets = draw.normal(size=shape)
    output = draw.normal(size=shape)
    if op.name in ("binary_cross_entropy", "cross_entropy"):
        output = draw.uniform(0.1, 0.9, size=shape)
    return Case(op, {"a": output, "y": targets})


def _linear(name: str) -> Iterator[Case]:
    w, b = numbers((2, 3)), {"b": numbers((2,))} if name == "affine" else {}
    yield Case(OPS[name], {"x": numbers((4, 3)), "w": w, **b})


def _powers() -> Iterator[Case]:
    for exponent in (2.0, 3.0, 1.0, 0.0, -1.0, -2.0, 0.5, 2.5):
        low = None if exponent == int(exponent) else 0.2
        yield from (Case(OPS["power"], {"x": numbers(shape, low)}, {"exponent": exponent}) for shape in ((4, 3), ()))


def _wheres() -> Iterator[Case]:
    for a, b in PAIRS:
        for c in (a, b):
            given = {"c": (numbers(c) > 0) * 1.0, "a": numbers(a), "b": numbers(b, seed=5)}
            yield Case(OPS["where"], given)


def _slices() -> Iterator[Case]:
    x = numbers((4, 3))
    for index in np.s_[0, :], np.s_[:, 1:], np.s_[-1, -2], np.s_[1:3], np.s_[::2, 0], np.s_[::-1, 1:2], np.s_[3]:
        yield Case(OPS["slice"], {"x": x}, {"index": index if isinstance(index, tuple) else (index,)})
    yield Case(OPS["slice"], {"x": numbers((2, 3, 2))}, {"index": np.s_[:, -1]})


def _concats() -> Iterator[Case]:
    parts = [numbers((2, 3)), numbers((2, 1), seed=5), numbers((2, 2), seed=6)]
    yield Case(OPS["concat"], dict(zip(KEYS, parts, strict=False)), {"axis": 1})
    yield Case(OPS["concat"], dict(zip(KEYS, parts[:2], strict=False)), {"axis": -1})
    yield Case(OPS["concat"], dict(zip(KEYS, [numbers((2,)), numbers((3,), seed=5)], strict=False)), {"axis": 0})
    stacks = [numbers((2, 1, 2)), numbers((2, 3, 2), seed=5)]
    yield Case(OPS["concat"], dict(zip(KEYS, stacks, strict=False)), {"axis": 1})


def _reshapes() -> Iterator[Case]:
    for shape, sizes in (
        ((4, 3), (2, 6)),
        ((4, 3), (-1,)),
        ((4, 3), (2, -1, 3)),
        ((2, 3, 2), (-1, 2)),
        ((), (1, 1)),
    ):
        yield Case(OPS["reshape"], {"x": numbers(shape)}, {"sizes": sizes})


_SPECIAL: dict[str, Callable[[], Iterator[Case]]] = {
    "affine": lambda: _linear("affine"),
    "linear": lambda: _linear("linear"),
    "penalty": lambda: iter([Case(OPS["penalty"], {"w": numbers((2, 3)), "l2": np.array(0.3)})]),
    "power": _powers,
    "where": _wheres,
    "slice": _slices,
    "concat": _concats,
    "reshape": _reshapes,
    "transpose": lambda: (Case(OPS["transpose"], {"x": numbers(shape)}) for shape in ((4, 3), (1, 3), (2, 3, 4))),
    "matmul": lambda: (Case(OPS["matmul"], {"a": numbers(a), "b": numbers(b, seed=5)}) for a, b in PRODUCTS),
}

CASES = list(cases())
assert {case.op.name for case in CASES} == set(OPS)

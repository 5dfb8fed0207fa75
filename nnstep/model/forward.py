"""Equations → the forward graph for a batch size: every op a node, its shape inferred."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from nnstep.engine.autodiff import reached
from nnstep.engine.formula import Op, Shape, ShapeError, size_text
from nnstep.engine.graph import Constant, Graph, Input, Node, Parameter, Term
from nnstep.engine.ops import OPS
from nnstep.errors import ModelError
from nnstep.model.equations import Equation, Equations
from nnstep.model.value import Applied, Name, Operand
from nnstep.model.written import number, written


def forward_graph(equations: Equations, inputs: tuple[Input, ...], parameters: Mapping[str, Shape]) -> Graph:
    """The graph for inputs of these shapes; ModelError names the equation whose shapes do not fit.

    parameters: their shapes. One that the loss does not depend on is as good as frozen: it has no gradient.
    """
    builder = _Builder({**{matrix.name: matrix.shape for matrix in inputs}, **parameters})
    for place, line in enumerate(equations.lines, 1):
        try:
            builder.add(place, line)
        except ModelError as error:
            raise ModelError(f"graph.equations[{place}]: {error}") from error
    order = sorted(parameters, key=lambda name: builder.first_use.get(name, len(equations.lines) + 1))
    declared = tuple(
        Parameter(name, parameters[name], builder.first_use.get(name), name not in equations.frozen) for name in order
    )
    texts = tuple(line.text for line in equations.lines)
    graph = Graph(inputs, declared, tuple(builder.nodes), equations=texts)
    moving = reached(graph)
    return replace(graph, parameters=tuple(replace(each, trainable=each.name in moving) for each in declared))


class _Builder:
    """The nodes of the equations added so far.

    Attributes: nodes; first_use, the equation that first uses each name.
    """

    def __init__(self, shapes: Mapping[str, Shape]) -> None:
        self.nodes: list[Node] = []
        self.first_use: dict[str, int] = {}
        self._shapes = dict(shapes)
        # In Python one value may be part of several: it is computed once, where it is used first.
        self._made: dict[int, str] = {}

    def add(self, place: int, line: Equation) -> None:
        """The nodes of an equation: z.1, z.2 … for its parts, in the order of evaluation, then z."""
        self._place, self._line, self._parts = place, line, 0
        value = line.value
        if isinstance(value, Applied) and id(value) not in self._made:
            self._made[id(value)] = self._node(value.op, value.operands, value.attributes, line.name)
        else:
            self._node(OPS["identity"], {"x": value}, {}, line.name)
        if line.name == "L" and self._shapes["L"]:
            raise ModelError(f"L must be one number, got {size_text(self._shapes['L'])}: use mean(…) or sum(…)")

    def _node(self, op: Op, operands: Mapping[str, Operand], attributes: Mapping[str, object], name: str = "") -> str:
        """Add a node, after those of its operands; without a name it is a part of the equation. Its name."""
        term = Term(op, {key: self._operand(value) for key, value in operands.items()}, attributes)
        if not name:
            self._parts += 1
            name = f"{self._line.name}.{self._parts}"
        for each in term.operands.values():
            if isinstance(each, str):
                self.first_use.setdefault(each, self._place)
        self._shapes[name] = self._shape(term, operands)
        self.nodes.append(Node(name, (term,), self._shapes[name], self._place))
        return name

    def _operand(self, value: Operand) -> str | Constant:
        if isinstance(value, Name):
            return value.name
        if not isinstance(value, Applied):
            assert isinstance(value, float)
            return Constant(number(value), value)
        if id(value) not in self._made:
            self._made[id(value)] = self._node(value.op, value.operands, value.attributes)
        return self._made[id(value)]

    def _shape(self, term: Term, operands: Mapping[str, Operand]) -> Shape:
        shapes = {key: self._shapes[each] if isinstance(each, str) else () for key, each in term.operands.items()}
        try:
            return term.op.result(shapes, term.attributes)
        except ShapeError as error:
            sizes = ", ".join(
                f"{written(operands[key])} is {size_text(shape)}"
                for key, shape in shapes.items()
                if isinstance(term.operands[key], str)
            )
            raise ModelError(f"{error} ({sizes})") from error

"""Forward graph → backward and update instructions, walking the nodes in reverse."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from nnstep.engine.formula import Formula, Op, Shape
from nnstep.engine.graph import Graph, Node, Parameter, Term
from nnstep.engine.names import gradient_of
from nnstep.engine.ops.optimizer import Optimizer
from nnstep.engine.ops.total import total_of
from nnstep.engine.tape import Application, Constant, Instruction, Tape

ONE = Constant("1", 1.0)


def tape(graph: Graph, optimizer: Optimizer) -> Tape:
    """The whole tape of one iteration: data, forward, backward, update."""
    instructions = [*_data(graph), *_forward(graph), *Backward(graph).run(), *_update(graph, optimizer)]
    numbered = (replace(item, index=index) for index, item in enumerate(instructions, start=1))
    return Tape(tuple(numbered), graph.loss)


def _data(graph: Graph) -> Iterator[Instruction]:
    for matrix in graph.inputs:
        yield Instruction(0, matrix.name, "data", None, matrix.shape, source=matrix.source)


def _forward(graph: Graph) -> Iterator[Instruction]:
    shapes = graph.shapes()
    for node in graph.nodes:
        terms = tuple(_apply(term.op.forward, term, shapes, {}) for term in node.terms)
        yield Instruction(0, node.name, "forward", node.layer, node.shape, terms)


def _update(graph: Graph, optimizer: Optimizer) -> Iterator[Instruction]:
    for parameter in graph.parameters:
        if parameter.trainable:
            names = {"w": parameter.name, "g": gradient_of(parameter.name)}
            names |= {slot: slot + parameter.name for slot in optimizer.slots}
            for key, formula in optimizer.rules.items():
                terms = (Application(formula, {operand: names.get(operand, operand) for operand in formula.operands}),)
                written = names[key]
                yield Instruction(0, written, "update", parameter.layer, parameter.shape, terms)


def _apply(
    formula: Formula, term: Term, shapes: Mapping[str, Shape], more: Mapping[str, str | Constant]
) -> Application:
    """A formula of a term's op, with the attributes that its operands' shapes give."""
    available = {**term.operands, **more}
    wanted = (*formula.operands, *formula.saved)
    measures = term.op.measures(**{key: shapes.get(name, ()) for key, name in term.operands.items()})
    operands = {key: available[key] for key in wanted if key in available}
    return Application(formula, operands, {**measures, **term.attributes})


@dataclass(frozen=True)
class _Use:
    """One operand of one term of a node, whose gradient is wanted."""

    node: Node
    term: Term
    key: str
    name: str

    @property
    def op(self) -> Op:
        return self.term.op


class Backward:
    """The backward phase: one instruction per gradient, one more where several contributions are summed.

    A gradient is computed only where a trainable parameter lies behind it.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.shapes = graph.shapes()
        nodes: tuple[Node | Parameter, ...] = (*graph.nodes, *graph.parameters)
        self.homes = {node.name: node for node in nodes}
        self.wanted = self._wanted()
        self.uses = Counter(use.name for node in graph.nodes for use in self._uses(node) if not use.op.inline)
        self.made: Counter[str] = Counter()
        self.gradients: dict[str, str | Constant] = {graph.loss: ONE}
        self.inline: dict[str, list[Application]] = defaultdict(list)

    def run(self) -> Iterator[Instruction]:
        """The instructions from the loss back to the first layer."""
        for node in reversed(self.graph.nodes):
            if node.name in self.gradients:
                for use in self._uses(node):
                    yield from self._contribute(use)

    def _wanted(self) -> set[str]:
        """The names that depend on a trainable parameter."""
        names = {parameter.name for parameter in self.graph.parameters if parameter.trainable}
        for node in self.graph.nodes:
            if names.intersection(node.operands):
                names.add(node.name)
        return names

    def _uses(self, node: Node) -> Iterator[_Use]:
        for term in node.terms:
            for key in term.op.gradients:
                if key in term.operands and term.operands[key] in self.wanted:
                    yield _Use(node, term, key, term.operands[key])

    def _contribute(self, use: _Use) -> Iterator[Instruction]:
        formula = use.op.gradients[use.key]
        gradient = self.gradients[use.node.name]
        if isinstance(gradient, Constant) and formula.constant is not None and self._folded(use.name):
            text, value = formula.constant(**_apply(formula, use.term, self.shapes, {}).attributes)
            self.gradients[use.name] = Constant(text, value * gradient.value)
            return
        application = _apply(formula, use.term, self.shapes, {"g": gradient, "value": use.node.name})
        if use.op.inline:
            self.inline[use.name].append(application)
            return
        yield from self._write(use.name, application)

    def _folded(self, name: str) -> bool:
        home = self.homes[name]
        return isinstance(home, Node) and home.folded and self.uses[name] == 1

    def _write(self, name: str, application: Application) -> Iterator[Instruction]:
        """The instruction of one contribution to ∂L/∂name, and of their sum after the last one."""
        gradient = gradient_of(name)
        self.made[name] += 1
        last = self.made[name] == self.uses[name]
        extra = tuple(self.inline[name]) if last else ()
        if self.uses[name] == 1:
            yield self._instruction(gradient, name, (application, *extra))
        else:
            yield self._instruction(f"{gradient}:{self.made[name]}", name, (application,))
            if last:
                parts = tuple(f"{gradient}:{k}" for k in range(1, self.uses[name] + 1))
                yield self._instruction(gradient, name, (total_of(parts), *extra))
        if last:
            self.gradients[name] = gradient

    def _instruction(self, written: str, name: str, terms: tuple[Application, ...]) -> Instruction:
        return Instruction(0, written, "backward", self.homes[name].layer, self.shapes[name], terms)

"""Forward graph → backward and update instructions, walking the nodes in reverse."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

from nnstep.engine.formula import Attributes, Formula, Op, Shape
from nnstep.engine.graph import Constant, Graph, Node, Parameter, Term
from nnstep.engine.names import gradient_of
from nnstep.engine.ops.optimizer import Optimizer
from nnstep.engine.ops.total import total_of
from nnstep.engine.tape import Application, Counterpart, Instruction, Tape
from nnstep.values import dataclass

ONE = Constant("1", 1.0)

BACKWARD = Counterpart("backward")


def tape(graph: Graph, optimizer: Optimizer) -> Tape:
    """The whole tape of one iteration: data, forward, backward, update."""
    instructions = [*_data(graph), *_forward(graph), *Backward(graph).run(), *_update(graph, optimizer)]
    numbered = (replace(item, index=index) for index, item in enumerate(instructions, start=1))
    return Tape(tuple(numbered), graph.loss, graph.equations)


def reached(graph: Graph) -> frozenset[str]:
    """The parameters whose gradient the backward phase computes: those that move the loss."""
    backward = Backward(graph)
    return frozenset(parameter.name for parameter in graph.parameters if backward.uses[parameter.name])


def _data(graph: Graph) -> Iterator[Instruction]:
    batch = Counterpart("batch")
    for matrix in graph.inputs:
        yield Instruction(0, matrix.name, "data", None, matrix.shape, source=matrix.source, library=batch)


def _forward(graph: Graph) -> Iterator[Instruction]:
    shapes = graph.shapes()
    for node in graph.nodes:
        terms = tuple(_apply(term.op.forward, term, shapes, {}) for term in node.terms)
        calls = (applied.filled(_call(term, shapes)) for term, applied in zip(node.terms, terms, strict=True))
        library = Counterpart("call", " + ".join(calls))
        yield Instruction(0, node.name, "forward", node.layer, node.shape, terms, library=library)


def _update(graph: Graph, optimizer: Optimizer) -> Iterator[Instruction]:
    library = Counterpart("step", optimizer.library.partition("(")[0])
    for parameter in graph.parameters:
        if parameter.trainable:
            names = {"w": parameter.name, "g": gradient_of(parameter.name)}
            names |= {slot: slot + parameter.name for slot in optimizer.slots}
            for key, formula in optimizer.rules.items():
                terms = (Application(formula, {operand: names.get(operand, operand) for operand in formula.operands}),)
                written = names[key]
                yield Instruction(0, written, "update", parameter.layer, parameter.shape, terms, library=library)


def _apply(
    formula: Formula, term: Term, shapes: Mapping[str, Shape], more: Mapping[str, str | Constant]
) -> Application:
    """A formula of a term's op, with the attributes and the text that its operands' shapes give."""
    available = {**term.operands, **more}
    sizes = _sizes(available, shapes)
    attributes = _attributes(term, sizes)
    formula = formula.worded(sizes, attributes)
    wanted = (*formula.operands, *formula.saved)
    return Application(formula, {key: available[key] for key in wanted if key in available}, attributes)


def _sizes(operands: Mapping[str, str | Constant], shapes: Mapping[str, Shape]) -> dict[str, Shape]:
    return {key: shapes.get(name, ()) if isinstance(name, str) else () for key, name in operands.items()}


def _attributes(term: Term, sizes: Mapping[str, Shape]) -> Attributes:
    """What the term gives its op, and what the op measures."""
    measures = term.op.measures(**{key: sizes[key] for key in term.operands}, **term.attributes)
    return {**measures, **term.attributes}


def _call(term: Term, shapes: Mapping[str, Shape]) -> str:
    """The PyTorch call that equals a term, with keys for the operands."""
    sizes = _sizes(term.operands, shapes)
    return term.op.call(sizes, _attributes(term, sizes))


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

    A gradient is computed only on the ways from the loss to a trainable parameter. That of a node comes just before
    those that need it, so that each layer's, or equation's, backward instructions follow one another.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        shapes = graph.shapes()
        self.shapes = {**shapes, **{gradient_of(name): shape for name, shape in shapes.items()}}
        nodes: tuple[Node | Parameter, ...] = (*graph.nodes, *graph.parameters)
        self.homes = {node.name: node for node in nodes}
        self.wanted = self._wanted()
        self.leading = self._leading()
        used = (use for node in graph.nodes if node.name in self.leading for use in self._uses(node))
        self.uses = Counter(use.name for use in used if not use.op.inline)
        self.made: Counter[str] = Counter()
        self.gradients: dict[str, str | Constant] = {graph.loss: ONE}
        self.inline: dict[str, list[Application]] = defaultdict(list)
        self.due: dict[str, Instruction] = {}

    def run(self) -> Iterator[Instruction]:
        """The instructions from the loss back to the first layer."""
        for node in reversed(self.graph.nodes):
            if node.name in self.leading:
                if node.name in self.due:
                    yield self.due.pop(node.name)
                for use in self._uses(node):
                    yield from self._contribute(use)

    def _wanted(self) -> set[str]:
        """The names that a trainable parameter moves."""
        names = {parameter.name for parameter in self.graph.parameters if parameter.trainable}
        for node in self.graph.nodes:
            if any(operand in names for term in node.terms for _, operand in _differentiable(term)):
                names.add(node.name)
        return names

    def _leading(self) -> set[str]:
        """The nodes that move the loss, itself among them."""
        names = {self.graph.loss}
        for node in reversed(self.graph.nodes):
            if node.name in names:
                names.update(operand for term in node.terms for _, operand in _differentiable(term))
        return names

    def _uses(self, node: Node) -> Iterator[_Use]:
        for term in node.terms:
            for key, name in _differentiable(term):
                if name in self.wanted:
                    yield _Use(node, term, key, name)

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
        yield from self._write(use, application)

    def _folded(self, name: str) -> bool:
        home = self.homes[name]
        return isinstance(home, Node) and home.folded and self.uses[name] == 1

    def _write(self, use: _Use, application: Application) -> Iterator[Instruction]:
        """The instruction of one contribution to ∂L/∂name, and of their sum after the last one.

        A contribution belongs to the layer that makes it, the sum to the one whose matrix it is the gradient of.
        """
        name, gradient = use.name, gradient_of(use.name)
        self.made[name] += 1
        last = self.made[name] == self.uses[name]
        terms: tuple[Application, ...] = (application,)
        if self.uses[name] > 1:
            yield self._instruction(f"{gradient}:{self.made[name]}", name, use.node.layer, terms)
            terms = (total_of(tuple(f"{gradient}:{k}" for k in range(1, self.made[name] + 1))),) if last else ()
        if last:
            self.gradients[name] = gradient
            home = self.homes[name]
            library = BACKWARD if isinstance(home, Node) else Counterpart("gradient", name)
            total = self._instruction(gradient, name, home.layer, (*terms, *self.inline[name]), library)
            if isinstance(home, Node):
                self.due[name] = total
            else:
                yield total

    def _instruction(
        self,
        written: str,
        name: str,
        layer: int | None,
        terms: tuple[Application, ...],
        library: Counterpart = BACKWARD,
    ) -> Instruction:
        return Instruction(0, written, "backward", layer, self.shapes[name], terms, library=library)


def _differentiable(term: Term) -> Iterator[tuple[str, str]]:
    """The operands that have a gradient, in the order of the op's gradients: key and name."""
    for key in term.op.gradients:
        name = term.operands.get(key)
        if isinstance(name, str):
            yield key, name

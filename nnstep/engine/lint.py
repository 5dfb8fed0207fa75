"""Faults that the graph alone shows, before anything has run."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from nnstep.engine.graph import Graph, Node, Term
from nnstep.engine.names import shown
from nnstep.engine.ops.activation import ACTIVATIONS
from nnstep.engine.ops.loss import LOSSES
from nnstep.values import dataclass

_LOSSES = {op.name for op in LOSSES}
_BENDING = {op.name for op in ACTIVATIONS} - {"identity"}
_PRODUCTS = {"affine", "linear", "matmul"}

USUAL = {
    "mean_squared_error": ("identity", "regression"),
    "binary_cross_entropy": ("sigmoid", "two classes"),
    "cross_entropy": ("softmax", "more classes"),
    "binary_cross_entropy_with_logits": ("identity", "two classes, the sigmoid being in the loss"),
    "cross_entropy_with_logits": ("identity", "more classes, the softmax being in the loss"),
}
"""The usual output activation for each loss, and the task they serve (Goodfellow et al. 2016, 6.2.2)."""


@dataclass(frozen=True)
class Finding:
    """What a rule found: the rule's name, and one line that says where, what and the way out."""

    rule: str
    message: str


@dataclass(frozen=True)
class _Output:
    """The loss that a graph computes from an output: its op's name, the activation before it, the output's name."""

    loss: str
    activation: str
    name: str


def lint(graph: Graph) -> list[Finding]:
    """All that the rules find in a graph."""
    return [Finding(rule, message) for rule, find in RULES.items() for message in find(graph)]


def _twice(activation: str, word: str) -> Callable[[Graph], Iterator[str]]:
    """The rule for an activation that a with-logits loss applies once more."""

    def find(graph: Graph) -> Iterator[str]:
        for output in _outputs(graph):
            if output.loss.endswith("_with_logits") and output.activation == activation:
                yield (
                    f"{output.loss} takes logits, but {shown(output.name)} has been through {activation}: "
                    f"use activation identity, or the loss {output.loss.removesuffix('_with_logits')} ({word})"
                )

    return find


def _unused(graph: Graph) -> Iterator[str]:
    nodes = {node.name: node for node in graph.nodes}
    reached, waiting = set[str](), [graph.loss]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += nodes[name].operands if name in nodes else ()
    for parameter in graph.parameters:
        if parameter.name not in reached:
            yield f"{shown(parameter.name)} does not reach the loss: it will never move; use it or leave it out"


def _unusual(graph: Graph) -> Iterator[str]:
    for output in _outputs(graph):
        usual, task = USUAL[output.loss]
        doubled = output.loss.endswith("_with_logits") and output.activation in ("sigmoid", "softmax")
        if output.activation != usual and not doubled:
            name = shown(output.name)
            yield f"{output.loss} usually follows {usual} ({task}), not {output.activation}: is {name} meant so?"


def _linear(graph: Graph) -> Iterator[str]:
    terms = [(node, term) for node in graph.nodes for term in node.terms]
    last = next((place for place, (_, term) in enumerate(terms) if term.op.name in _LOSSES), len(terms))
    before = [term.op.name for _, term in terms[:last]]
    products = sum(name in _PRODUCTS for name in before)
    bends = any(name not in _PRODUCTS and name not in ("identity", "add", "transpose") for name in before[:-1])
    if products > 1 and not bends:
        yield (
            f"{products} layers in a row without a nonlinear activation are one affine map: "
            "put relu or tanh between them, or keep one layer"
        )


def _outputs(graph: Graph) -> Iterator[_Output]:
    nodes = {node.name: node for node in graph.nodes}
    for node in graph.nodes:
        for term in node.terms:
            if term.op.name in _LOSSES:
                name = term.operands["a"]
                yield _Output(term.op.name, _activation(name, nodes), str(name))


def _activation(name: object, nodes: dict[str, Node]) -> str:
    """The activation that made a matrix, looking through identities."""
    while name in nodes and len(nodes[str(name)].terms) == 1:
        term: Term = nodes[str(name)].terms[0]
        if term.op.name != "identity":
            return term.op.name if term.op.name in _BENDING else "identity"
        name = term.operands["x"]
    return "identity"


RULES: dict[str, Callable[[Graph], Iterator[str]]] = {
    "softmax-twice": _twice("softmax", "which takes the probabilities"),
    "sigmoid-twice": _twice("sigmoid", "which takes the probabilities"),
    "unused-parameter": _unused,
    "unusual-output": _unusual,
    "all-linear": _linear,
}

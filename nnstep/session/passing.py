"""The forward phase on any rows: what a network with the parameters of some step says of data it is not trained on."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nnstep.engine.graph import Graph
from nnstep.engine.machine import Machine, Plan, with_ones
from nnstep.engine.recorder import Matrix
from nnstep.timeline import Timeline
from nnstep.values import dataclass

AT_ONCE = 8192
"""Rows that go through together, where only their predictions are wanted."""


@dataclass(frozen=True)
class Output:
    """Where a model's predictions are.

    name    of their matrix, one row for each row of the data
    loss    the op that compares them with the targets
    """

    name: str
    loss: str

    @property
    def classes(self) -> bool:
        """Whether they choose among classes."""
        return "cross_entropy" in self.loss

    @property
    def border(self) -> float:
        """Of one column: above it, the second class is chosen."""
        return 0.0 if "with_logits" in self.loss else 0.5

    def chosen(self, predictions: Matrix) -> Matrix:
        """The class of each row; where two are equal, the first."""
        if predictions.shape[1] == 1:
            return (predictions[:, 0] > self.border).astype(int)
        found: Matrix = np.argmax(predictions, axis=1)
        return found


def output_of(graph: Graph) -> Output | None:
    """What is compared with the targets: the operand `a` of the first op that takes `a` and `y`; None without one."""
    for node in graph.nodes:
        for term in node.terms:
            predictions = term.operands.get("a")
            if "y" in term.operands and isinstance(predictions, str) and len(graph.shapes()[predictions]) == 2:
                return Output(predictions, term.op.name)
    return None


class ForwardPass:
    """Runs the forward phase with given parameters on given rows, by the same compiled formulas as training."""

    def __init__(self, plan: Plan) -> None:
        self._machine = Machine(plan)
        self._views = self._machine.views(self._machine.state)
        self._names = self._machine.layout.names

    def take(self, timeline: Timeline, step: int) -> None:
        """Use the parameters as they are at a step."""
        for name in self._names:
            np.copyto(self._views[name], timeline.read(name, step))

    def take_state(self, state: Matrix) -> None:
        """Use the parameters of a state vector."""
        np.copyto(self._machine.state, state)

    def parameter(self, name: str) -> Matrix:
        """A parameter in use, to be written to."""
        return self._views[name]

    def run(self, features: Matrix, targets: Matrix | None = None) -> Mapping[str, Matrix]:
        """Every matrix of the forward phase, valid until the next run; without targets those are 0.

        The loss is that of all rows together. A graph whose equations do not fit so many rows raises ModelError.
        """
        sheet = self._machine.sheet(len(features))
        sources = self._machine.plan.sources
        if targets is None:
            targets = np.zeros((len(features), sources["Y"].shape[1]), sources["Y"].dtype)
        stacks = {name: template[None] for name, template in sheet.templates.items()}
        rows = np.arange(len(features))[None]
        sheet.gather({"X": with_ones(features.astype(sources["X"].dtype)), "Y": targets}, rows, stacks)
        with np.errstate(all="ignore"):
            for item in sheet.tape:
                if item.phase == "forward":
                    for call in sheet.calls[item.name]:
                        call()
        return sheet.arrays

    def predictions(self, output: Output, features: Matrix) -> Matrix:
        """What the model says of each row."""
        parts = [np.array(self.run(features[i : i + AT_ONCE])[output.name]) for i in range(0, len(features), AT_ONCE)]
        return np.concatenate(parts)

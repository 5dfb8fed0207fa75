"""Machine: the buffers of one iteration, the state it starts from, and running it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnstep.engine.autodiff import tape as make_tape
from nnstep.engine.compiler import Program
from nnstep.engine.graph import Graph
from nnstep.engine.layout import Layout, buffers
from nnstep.engine.names import SETTINGS, gradient_of
from nnstep.engine.ops import Optimizer
from nnstep.engine.recorder import Call, Joints, Matrix, Recorder
from nnstep.engine.tape import Constant, Instruction, Tape


@dataclass(frozen=True)
class Plan:
    """All that running needs to know of a model.

    graph     the forward graph for a batch of so many rows
    sources   all rows of each input, (rows, columns); with a column of ones behind where the graph's input has ones
    settings  learning rate, momentum, …
    initial   the parameters' values at the start
    """

    graph: Callable[[int], Graph]
    optimizer: Optimizer
    dtype: np.dtype[Any]
    sources: Mapping[str, Matrix]
    settings: Mapping[str, float]
    initial: Mapping[str, Matrix]


class Sheet:
    """The tape for one batch size, its buffers and its compiled program."""

    def __init__(self, machine: Machine, rows: int) -> None:
        plan = machine.plan
        joints = Joints()
        self.rows = rows
        graph = plan.graph(rows)
        self.tape: Tape = make_tape(graph, plan.optimizer)
        self.inputs = graph.inputs
        self.templates = {matrix.name: np.ones(matrix.storage, plan.dtype) for matrix in graph.inputs}
        inputs = {
            matrix.name: joints.extend(self.templates[matrix.name]) if matrix.ones else self.templates[matrix.name].T
            for matrix in graph.inputs
        }
        state = machine.views(machine.state, joints)
        gradients = machine.layout.views(machine.gradient, joints)
        self.arrays: dict[str, Matrix] = {
            **machine.settings,
            **buffers(self.tape, plan.dtype, joints),
            **{gradient_of(name): view for name, view in gradients.items() if gradient_of(name) in self.tape},
            **inputs,
            **state,
        }
        self._capacity = 0
        self._stacks: dict[str, Matrix] = {}
        self._recorder = Recorder(plan.dtype, joints)
        calls = [call for k in self.tape if k.phase != "update" for call in self._calls(k)]
        calls += machine.joint_update(self._recorder)
        self.program = Program(calls, self.templates, self.arrays[self.tape.loss], machine.settings["t"])

    def stacks(self, batches: int) -> dict[str, Matrix]:
        """Space for so many batches of each input, used again by the next call."""
        if self._capacity < batches:
            self._capacity = batches
            self._stacks = {name: np.empty((batches, *one.shape), one.dtype) for name, one in self.templates.items()}
        return {name: stack[:batches] for name, stack in self._stacks.items()}

    def gather(self, sources: Mapping[str, Matrix], indices: Matrix, stacks: Mapping[str, Matrix]) -> None:
        """Copy the rows `indices` (batches, rows) of every source into a stack of templates each."""
        for matrix in self.inputs:
            source, stack = sources[matrix.name], stacks[matrix.name]
            if matrix.ones:
                # "clip" only says that the rows need no checking, which lets take write without a copy between.
                np.take(source, indices, axis=0, out=stack, mode="clip")
            else:
                stack[...] = source[indices].transpose(0, 2, 1)

    def _calls(self, instruction: Instruction) -> list[Call]:
        """The NumPy calls of one instruction; terms after the first are added through scratch space."""
        run, out = self._recorder, self.arrays[instruction.name]
        calls = run.instruction()
        for place, term in enumerate(instruction.terms):
            target = run.scratch(out) if place else out
            operands = {
                key: run.constant(operand.value) if isinstance(operand, Constant) else self.arrays[operand]
                for key, operand in term.operands.items()
            }
            term.formula.compute(run, out=target, **operands, **term.attributes)
            if place:
                run(np.add, out, target, out=out)
        return calls


class Machine:
    """The buffers of one iteration.

    state     parameters, then the optimizer's slots: all that one iteration hands to the next
    gradient  the parameters' gradients, in the parameters' order
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        graph = plan.graph(1)
        self.layout = Layout(graph)
        self._moving = {parameter.name for parameter in graph.parameters if parameter.trainable}
        slots = len(plan.optimizer.slots)
        self.state: Matrix = np.zeros(self.layout.size * (1 + slots), plan.dtype)
        self.gradient: Matrix = np.zeros(self.layout.size, plan.dtype)
        self.settings = {name: np.array(plan.settings.get(name, 0.0), plan.dtype) for name in SETTINGS}
        self._sheets: dict[int, Sheet] = {}
        for name, view in self.layout.views(self.state).items():
            view[...] = plan.initial[name]

    def sheet(self, rows: int) -> Sheet:
        """The tape and buffers for batches of so many rows."""
        if rows not in self._sheets:
            self._sheets[rows] = Sheet(self, rows)
        return self._sheets[rows]

    def views(self, state: Matrix, joints: Joints | None = None) -> dict[str, Matrix]:
        """Parameters and slots by name, as views of a state vector."""
        size = self.layout.size
        named = dict(self.layout.views(state[:size], joints))
        for place, slot in enumerate(self.plan.optimizer.slots, start=1):
            stretch = self.layout.views(state[place * size : (place + 1) * size])
            named |= {slot + name: view for name, view in stretch.items() if name in self._moving}
        return named

    def feed(self, indices: Matrix, first: int) -> Iterator[tuple[Any, ...]]:
        """The batches of `indices` (batches, rows) for `run`, the first being iteration `first`."""
        batches, rows = indices.shape
        sheet = self.sheet(rows)
        stacks = sheet.stacks(batches)
        sheet.gather(self.plan.sources, indices, stacks)
        return sheet.program.batches(stacks, first + 1)

    def run(self, rows: int, batches: Iterator[tuple[Any, ...]], losses: list[float]) -> None:
        """Run whole iterations, as many as there are batches of so many rows."""
        with np.errstate(all="ignore"):
            self.sheet(rows).program.run(batches, losses)

    def run_one(self, indices: Matrix, iteration: int) -> float:
        """Run one iteration on the rows `indices`, keeping every matrix readable; the loss."""
        sheet = self.sheet(len(indices))
        stacks = {name: template[None] for name, template in sheet.templates.items()}
        sheet.gather(self.plan.sources, indices[None], stacks)
        losses: list[float] = []
        self.run(len(indices), sheet.program.batches(stacks, iteration + 1), losses)
        return losses[0]

    def joint_update(self, run: Recorder) -> list[Call]:
        """The update of all parameters at once: each of the optimizer's formulas on whole vectors.

        The formulas are elementwise and no parameter's update reads another's, so the bits are those of the
        instructions one by one.
        """
        size, trainable = self.layout.size, self.layout.trainable
        vectors = {"w": self.state[:trainable], "g": self.gradient[:trainable], **self.settings}
        for place, slot in enumerate(self.plan.optimizer.slots, start=1):
            vectors[slot] = self.state[place * size : place * size + trainable]
        calls: list[Call] = []
        for key, formula in self.plan.optimizer.rules.items():
            operands = {operand: vectors[operand] for operand in formula.operands}
            recorded = run.instruction()
            formula.compute(run, out=vectors[key], **operands)
            calls += recorded
        return calls


def with_ones(features: Matrix) -> Matrix:
    """The features with a column of ones behind them, as an input with ones takes them."""
    return np.concatenate([features, np.ones((len(features), 1), features.dtype)], axis=1)

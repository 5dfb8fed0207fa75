"""Machine: the buffers of one iteration, the state it starts from, and running it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from nnstep.engine.autodiff import tape as make_tape
from nnstep.engine.compiler import Probe, Program, Step, Store
from nnstep.engine.graph import Constant, Graph
from nnstep.engine.layout import Layout, buffers
from nnstep.engine.names import SETTINGS, gradient_of
from nnstep.engine.ops import Optimizer
from nnstep.engine.recorder import Call, Joints, Matrix, Recorder
from nnstep.engine.tape import Application, Instruction, Tape
from nnstep.values import dataclass

STRETCH = 2**19
"""Parameters updated by one call: few enough for the last cache, many enough that starting a call costs nothing."""


@dataclass(frozen=True)
class Plan:
    """All that running needs to know of a model.

    graph     the forward graph for a batch of so many rows
    sources   all rows of each input, (rows, columns); with a column of ones behind where the graph's input has ones
    settings  learning rate, momentum, …
    initial   the parameters' values at the start
    rows      a batch size that the run has
    """

    graph: Callable[[int], Graph]
    optimizer: Optimizer
    dtype: np.dtype[Any]
    sources: Mapping[str, Matrix]
    settings: Mapping[str, float]
    initial: Mapping[str, Matrix]
    rows: int = 1


class Scope:
    """The matrices of a running iteration, for the probes that look at them.

    Attributes: arrays, by name; rows of the batch; stepwise, whether the instructions are run one by one; shared, what
    probes work out for one another; inputs, the batch's matrices that are to be readable.
    """

    def __init__(self, sheet: Sheet, machine: Machine, *, stepwise: bool = False) -> None:
        self.stepwise = stepwise
        self.arrays = dict(sheet.arrays)
        self.rows = sheet.rows
        self.shared: dict[type, Any] = {}
        self.inputs: dict[str, Matrix] = {}
        self._sheet = sheet
        self._machine = machine
        self.before: dict[str, Matrix] = {}

    def read(self, name: str) -> Matrix:
        """A matrix as it is now."""
        return self.arrays[name]

    def old(self, name: str) -> Matrix:
        """A parameter's or slot's value at the iteration's start; to be asked for while binding."""
        if not self.before:
            self.state = np.zeros_like(self._machine.state)
            self.before = self._machine.views(self.state)
        return self.before[name]

    def keep_input(self, name: str) -> None:
        """Have a matrix of the data readable, if the name is one; to be asked for while binding.

        The loop over the batches reads each where it was gathered, so it has to be copied for the probes.
        """
        if self.stepwise or name in self.inputs:
            return
        for matrix in self._sheet.inputs:
            if matrix.name == name:
                self.inputs[name] = copy = np.empty_like(self._sheet.templates[name])
                self.arrays[name] = copy[:, :-1] if matrix.ones else copy.T

    def keep_old(self) -> None:
        """Take note of parameters and slots, at an iteration's start."""
        if self.before:
            np.copyto(self.state, self._machine.state)

    @property
    def layout(self) -> Layout:
        """Where each parameter lies in `gradient`, and in the fronts of `current` and `state`."""
        return self._machine.layout

    @property
    def gradient(self) -> Matrix:
        """The gradients of all parameters, in one vector."""
        return self._machine.gradient

    @property
    def current(self) -> Matrix:
        """Parameters and slots as they are now, in one vector; `state`, where `old` was asked for, as they were."""
        return self._machine.state

    @property
    def slab(self) -> Matrix:
        """Where all that the forward and backward phases compute lies, but for the parameters' gradients."""
        return self._sheet.slab

    @property
    def sources(self) -> Mapping[str, Matrix]:
        """All rows of each input."""
        return self._machine.plan.sources


class Watcher(Protocol):
    """What looks at a run: it is bound to the matrices of every batch size that the run meets."""

    def bind(self, scope: Scope, tape: Tape) -> tuple[Sequence[int], Probe]:
        """The instructions after which to look, and what is to be called there."""


class Sheet:
    """The tape for one batch size, its buffers and its compiled program.

    calls     the NumPy calls of each forward and backward instruction, by the matrix it writes
    single    the templates as stacks of one batch
    slab      where all that the forward and backward phases compute lies, but for the parameters' gradients
    separate  nothing is shared between instructions, so that each can be run for itself, on edited matrices
    """

    def __init__(self, machine: Machine, rows: int, *, separate: bool = False) -> None:
        self._machine = machine
        plan = machine.plan
        joints = Joints()
        self.rows = rows
        graph = plan.graph(rows)
        self.tape: Tape = make_tape(graph, plan.optimizer)
        self.inputs = graph.inputs
        self.templates = {matrix.name: np.ones(matrix.storage, plan.dtype) for matrix in graph.inputs}
        self.single = {name: template[None] for name, template in self.templates.items()}
        inputs = {
            matrix.name: joints.extend(self.templates[matrix.name]) if matrix.ones else self.templates[matrix.name].T
            for matrix in graph.inputs
        }
        gradients = machine.layout.views(machine.gradient, joints)
        flat = {gradient_of(name): view for name, view in gradients.items() if gradient_of(name) in self.tape}
        self.slab, computed = buffers(self.tape, plan.dtype, joints, separate=separate, without=flat)
        self.arrays: dict[str, Matrix] = {
            **machine.settings,
            **computed,
            **flat,
            **inputs,
            **machine.views(machine.state, joints),
        }
        self._capacity = 0
        self._stacks: dict[str, Matrix] = {}
        self._recorder = Recorder(plan.dtype, joints, separate=separate)
        self.calls = {step.name: self._calls(step) for step in self.tape if step.phase != "update"}
        self._joint_update = machine.joint_update(self._recorder)
        self.program = self._compile(())

    def watched(self, watchers: Sequence[Watcher]) -> Program:
        """The program with watchers looking on."""
        return self._compile(watchers)

    def _compile(self, watchers: Sequence[Watcher]) -> Program:
        probes: dict[int, list[tuple[int, Probe]]] = defaultdict(list)
        scope = Scope(self, self._machine)
        for place, watcher in enumerate(watchers):
            indices, probe = watcher.bind(scope, self.tape)
            for index in indices:
                probes[index].append((place, probe))
        steps = [
            Step(item.index, self.calls[item.name], probes[item.index]) for item in self.tape if item.phase != "update"
        ]
        start = [Call(np.copyto, (scope.state, self._machine.state), {})] if scope.before else []
        start += [Call(np.copyto, (copy, self.templates[name]), {}) for name, copy in scope.inputs.items()]
        steps.insert(0, Step(0, start, probes[0]))
        steps += self._update_steps(probes)
        return Program(steps, self.templates, self.arrays[self.tape.loss], self._machine.settings["t"])

    def _update_steps(self, probes: Mapping[int, list[tuple[int, Probe]]]) -> list[Step]:
        """The update in one go; one instruction after the other where someone looks in between."""
        updates = [item for item in self.tape if item.phase == "update"]
        last = len(self.tape)
        if any(probes.get(item.index) for item in updates[:-1]):
            return [Step(item.index, self._calls(item), probes.get(item.index, [])) for item in updates]
        return [Step(last, self._joint_update, probes.get(last, []))]

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
            operands = {key: self._operand(term, key) for key in term.operands}
            term.formula.compute(run, out=target, **operands, **term.attributes)
            if place:
                run(np.add, out, target, out=out)
        return calls

    def _operand(self, term: Application, key: str) -> Matrix:
        """An operand's array; where instructions are separate, what is saved from another one is worked out again."""
        operand = term.operands[key]
        if isinstance(operand, Constant):
            return self._recorder.constant(operand.value)
        if key not in term.formula.saved or not self._recorder.separate:
            return self.arrays[operand]
        again = self._recorder.scratch(self.arrays[operand])
        [made] = self.tape.named(operand).terms
        made.formula.compute(
            self._recorder, out=again, **{each: self._operand(made, each) for each in made.operands}, **made.attributes
        )
        return again

    def update_calls(self, instruction: Instruction) -> list[Call]:
        """The NumPy calls of one instruction of the update."""
        return self._calls(instruction)


class Machine:
    """The buffers of one iteration.

    state     parameters, then the optimizer's slots: all that one iteration hands to the next
    gradient  the parameters' gradients, in the parameters' order
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        graph = plan.graph(plan.rows)
        self.layout = Layout(graph)
        self._moving = {parameter.name for parameter in graph.parameters if parameter.trainable}
        slots = len(plan.optimizer.slots)
        self.state: Matrix = np.zeros(self.layout.size * (1 + slots), plan.dtype)
        self.gradient: Matrix = np.zeros(self.layout.size, plan.dtype)
        self.settings = {name: np.array(plan.settings.get(name, 0.0), plan.dtype) for name in SETTINGS}
        self._sheets: dict[int, Sheet] = {}
        for name, view in self.layout.views(self.state).items():
            view[...] = plan.initial[name]

    @property
    def nbytes(self) -> int:
        """Bytes of the state, the gradient and the buffers made so far."""
        return self.state.nbytes + self.gradient.nbytes + sum(sheet.slab.nbytes for sheet in self._sheets.values())

    def sheet(self, rows: int) -> Sheet:
        """The tape and buffers for batches of so many rows."""
        if rows not in self._sheets:
            self._sheets[rows] = Sheet(self, rows)
        return self._sheets[rows]

    def separate_sheet(self, rows: int) -> Sheet:
        """The same, with nothing shared between instructions."""
        return Sheet(self, rows, separate=True)

    def views(self, state: Matrix, joints: Joints | None = None) -> dict[str, Matrix]:
        """Parameters and slots by name, as views of a state vector."""
        size = self.layout.size
        named = dict(self.layout.views(state[:size], joints))
        for place, slot in enumerate(self.plan.optimizer.slots, start=1):
            stretch = self.layout.views(state[place * size : (place + 1) * size])
            named |= {slot + name: view for name, view in stretch.items() if name in self._moving}
        return named

    def feed(self, program: Program, indices: Matrix, first: int) -> Iterator[tuple[Any, ...]]:
        """The batches of `indices` (batches, rows) for a program, the first being iteration `first`, from 0."""
        batches, rows = indices.shape
        sheet = self.sheet(rows)
        stacks = sheet.stacks(batches)
        sheet.gather(self.plan.sources, indices, stacks)
        return program.batches(stacks, first + 1)

    def run_one(self, indices: Matrix, iteration: int, store: Store) -> None:
        """Run one iteration, counted from 0, on the rows `indices`, keeping every matrix readable."""
        sheet = self.sheet(len(indices))
        sheet.gather(self.plan.sources, indices[None], sheet.single)
        with np.errstate(all="ignore"):
            sheet.program.run(sheet.program.batch(iteration + 1), store)

    def joint_update(self, run: Recorder) -> list[Call]:
        """The update of all parameters at once: each of the optimizer's formulas on whole vectors.

        The formulas are elementwise and no parameter's update reads another's, so the bits are those of the
        instructions one by one. Long vectors are taken in stretches: what one call writes is in a cache for the next.
        """
        size, calls = self.layout.size, list[Call]()
        for start in range(0, self.layout.trainable, STRETCH):
            stop = min(start + STRETCH, self.layout.trainable)
            vectors = {"w": self.state[start:stop], "g": self.gradient[start:stop], **self.settings}
            for place, slot in enumerate(self.plan.optimizer.slots, start=1):
                vectors[slot] = self.state[place * size + start : place * size + stop]
            for key, formula in self.plan.optimizer.rules.items():
                operands = {operand: vectors[operand] for operand in formula.operands}
                recorded = run.instruction()
                formula.compute(run, out=vectors[key], **operands)
                calls += recorded
        return calls


def with_ones(features: Matrix) -> Matrix:
    """The features with a column of ones behind them, as an input with ones takes them."""
    return np.concatenate([features, np.ones((len(features), 1), features.dtype)], axis=1)

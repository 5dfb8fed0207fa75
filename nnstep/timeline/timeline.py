"""Timeline: the value of any matrix at any step, by checkpoints and replay."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import count, islice
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from nnstep import threads
from nnstep.engine.compiler import Hit, Program, Store
from nnstep.engine.graph import Graph
from nnstep.engine.machine import Machine, Plan, Watcher
from nnstep.engine.recorder import Matrix
from nnstep.engine.tape import Instruction, Tape
from nnstep.errors import NotComputedError
from nnstep.model.batches import Batches
from nnstep.timeline.checkpoint import BUDGET, Checkpoints
from nnstep.timeline.position import Calendar

if TYPE_CHECKING:
    from nnstep.engine.gradcheck import GradientChecker

GoOn = Callable[[int], bool]
"""Called with the iteration reached, every few milliseconds of a long move; False stops the move there."""

SLICE = 0.008
"""Seconds of free running between two such calls."""

MOST_AT_ONCE = 4096
GATHERED = 8 * 2**20
"""Bytes of batches gathered in one go."""


Match = tuple[int, int]
"""A step, and the place of the watcher that matched it."""


class Interrupted(Exception):  # noqa: N818  # it is no error
    """A move was stopped; `iteration` is the last one completed, counted from 1; `matches`, what a search had found."""

    def __init__(self, iteration: int, matches: Sequence[Match] = ()) -> None:
        super().__init__(iteration)
        self.iteration = iteration
        self.matches = tuple(matches)


def always(_iteration: int) -> bool:
    """Go on, wherever a move has come to."""
    return True


class _Look:
    """Watchers looking on while a machine runs.

    hits   what they have matched so far, as the compiled program notes it
    first  whether to end with the iteration of the first match beyond the step `after`
    """

    def __init__(
        self,
        machine: Machine,
        watchers: Sequence[Watcher],
        calendar: Calendar,
        store: Store,
        after: int | None,
    ) -> None:
        self.hits: list[Hit] = []
        self.store = store
        self.first = after is not None
        self._after = 0 if after is None else after
        self._machine = machine
        self._watchers = watchers
        self._calendar = calendar
        self._programs: dict[int, Program] = {}

    @property
    def done(self) -> bool:
        """Whether there is nothing more to look for; what lies before the place that matters is forgotten."""
        if self.first and self.hits:
            self.hits[:] = [hit for hit in self.hits if self._step(hit) > self._after]
        return self.first and bool(self.hits)

    def matches(self) -> list[Match]:
        """The matched steps, ascending, each with the place of its watcher."""
        return sorted((self._step(hit), hit[2]) for hit in self.hits)

    def run(self, program: Program, batches: Iterator[tuple[Any, ...]], position: int, end: int) -> int:
        """Run batches from iteration `position` up to `end`; the iteration reached.

        The program returns with the first iteration that has a match; one that does not matter is run on from.
        """
        while position < end:
            program.run(batches, self.store, self.hits, first=self.first)
            position = self.hits[-1][0] if self.first and self.hits else end
            if self.done:
                break
        return position

    def program(self, rows: int) -> Program:
        """The iteration for batches of so many rows, with the watchers in it."""
        if rows not in self._programs:
            self._programs[rows] = self._machine.sheet(rows).watched(self._watchers)
        return self._programs[rows]

    def _step(self, hit: Hit) -> int:
        t, k, _ = hit
        return (t - 1) * self._calendar.instructions + k


_SERIALS = count()


class Timeline:
    """All steps of a run. Attributes: serial, a number that no other timeline of this process has.

    Two machines run the same compiled iteration: the runner goes on through the iterations, the inspector stands
    still in one with every matrix at hand, so that what is on show stays valid while a long move runs.
    """

    def __init__(self, plan: Plan, batches: Batches, epochs: int, budget: int = BUDGET, *, name: str = "main") -> None:
        threads.fix()
        self.name = name
        # Unlike its id, which a later one may get again.
        self.serial = next(_SERIALS)
        self.plan = plan
        self.batches = batches
        self._runner = Machine(plan)
        self._inspector = Machine(plan)
        self.calendar = Calendar(self._inspector.sheet(batches.size).tape, batches.epoch, epochs)
        self.checkpoints = Checkpoints(self._runner.state, budget)
        # The loss of iteration i, counted from 0, stands at i + 1, where the compiled program puts it.
        self._losses = np.empty(self.calendar.iterations + 1)
        self._store = self._losses.__setitem__
        self._reached = 0
        self._running = 0
        self._at: int | None = None
        self._before = self._runner.state.copy()
        self._old = self._inspector.views(self._before)
        self._pace = 1

    @property
    def length(self) -> int:
        """Steps in the run."""
        return self.calendar.length

    @property
    def nbytes(self) -> int:
        """Bytes that it holds."""
        machines = self._runner.nbytes + self._inspector.nbytes
        return machines + self._before.nbytes + self.checkpoints.nbytes + self._losses.nbytes

    @property
    def reached(self) -> int:
        """Iterations that have been run so far."""
        return self._reached

    def kept(self, iteration: int) -> int:
        """The last iteration up to this one at whose start there is a checkpoint."""
        return self.checkpoints.nearest(iteration)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters' names."""
        return self._inspector.layout.names

    @property
    def slots(self) -> tuple[str, ...]:
        """The optimizer's slots' names."""
        return tuple(name for name in self._old if name not in self.parameters)

    @property
    def graph(self) -> Graph:
        """The forward graph, for a full batch."""
        return self.plan.graph(self.batches.size)

    def gradient_checker(self, iteration: int) -> GradientChecker:
        """What compares an iteration's gradients with central differences."""
        from nnstep.engine.gradcheck import GradientChecker  # loaded only for who asks

        return GradientChecker(self.plan, self.state_before(iteration), self.batches.indices(iteration), iteration)

    def state_before(self, iteration: int) -> Matrix:
        """Parameters and slots at an iteration's start, in one vector."""
        self.enter(iteration)
        return self._before

    def tape(self, iteration: int) -> Tape:
        """The tape of an iteration; its shapes tell its batch size."""
        return self._inspector.sheet(len(self.batches.indices(iteration))).tape

    def rows(self, iteration: int) -> Matrix:
        """The rows of the data that an iteration trains on."""
        return self.batches.indices(iteration)

    def losses(self, step: int) -> Matrix:
        """The loss of every iteration finished at a step."""
        finished = step // self.calendar.instructions
        if finished > self._reached:
            self.enter(finished - 1)
        return self.losses_of(finished)

    def losses_until(self, iterations: int) -> Matrix:
        """The losses of the first iterations as they are stored, one place for none in front."""
        return self._losses[: iterations + 1]

    def losses_of(self, finished: int) -> Matrix:
        """The losses of the first so many iterations, which must have been run, or be running now."""
        return read_only(self._losses[1 : finished + 1])

    def instruction(self, step: int) -> Instruction | None:
        """The instruction just run; None at step 0."""
        iteration, index = self.calendar.split(step)
        return self.tape(iteration)[index] if index else None

    def written_at(self, name: str, step: int) -> int | None:
        """The next step after `step` at which a matrix is written; None where there is none."""
        iteration, index = self.calendar.split(step)
        tape = self.tape(iteration)
        if name not in tape:
            return None
        place = tape.named(name).index
        found = (iteration + (place <= index)) * self.calendar.instructions + place
        return found if found <= self.length else None

    def readable(self, name: str, step: int) -> bool:
        """Whether a matrix can be read at a step."""
        iteration, index = self.calendar.split(step)
        tape = self.tape(iteration)
        return name in self._old or name in self.plan.settings or (name in tape and tape.named(name).index <= index)

    def read(self, name: str, step: int) -> Matrix:
        """A matrix at a step, as a read-only view that holds until another iteration is entered.

        KeyError for a name that the run does not have, NotComputedError for one that is not readable here.
        """
        iteration, index = self.calendar.split(step)
        self.enter(iteration)
        tape = self.tape(iteration)
        if name in tape and tape.named(name).index <= index:
            return read_only(self._inspector.sheet(self._rows_of(iteration)).arrays[name])
        if name in self._old:
            return read_only(self._old[name])
        return self._unwritten(name, step)

    def _unwritten(self, name: str, step: int) -> Matrix:
        """A setting; NotComputedError for a matrix that is written later, KeyError for what is neither."""
        iteration, _ = self.calendar.split(step)
        tape = self.tape(iteration)
        if name in tape:
            raise NotComputedError(name, iteration * self.calendar.instructions + tape.named(name).index, step)
        if name == "t":
            return np.array(float(iteration + 1))
        return read_only(self._inspector.settings[name])

    def old(self, name: str, step: int) -> Matrix:
        """A parameter's or slot's value at the start of the iteration that a step lies in."""
        self.enter(self.calendar.split(step)[0])
        return read_only(self._old[name])

    def operand(self, name: str, step: int) -> Matrix:
        """A matrix as the instruction at `step` read it: a parameter or slot that it updates, before the update."""
        instruction = self.instruction(step)
        if instruction is not None and instruction.name == name:
            return self.old(name, step)
        return self.read(name, step)

    def enter(self, iteration: int, go_on: GoOn = always) -> None:
        """Have every matrix of an iteration at hand; Interrupted, with nothing on show changed, if `go_on` says so."""
        if self._at == iteration:
            return
        state = self._state_before(iteration, go_on)
        inspector = self._inspector
        self._at = None
        np.copyto(inspector.state, state)
        np.copyto(self._before, state)
        inspector.run_one(self.batches.indices(iteration), iteration, self._store)
        self.checkpoints.check(iteration + 1, inspector.state)
        self._reached = max(self._reached, iteration + 1)
        self._at = iteration

    def _rows_of(self, iteration: int) -> int:
        return len(self.batches.indices(iteration))

    def run_to(self, iteration: int, go_on: GoOn = always) -> None:
        """Run on until so many iterations are done, without having any of them at hand."""
        self._stand_at(iteration, go_on)

    def search(
        self, watchers: Sequence[Watcher], start: int, end: int, *, after: int | None = None, go_on: GoOn = always
    ) -> list[Match]:
        """What watchers match in the iterations from `start` up to `end`, in order.

        With `after`, the search ends with the first iteration in which anything matches a step beyond that one, and
        gives what does. The watchers see every iteration from `start` on, so one that compares with earlier iterations
        needs a start before those that matter. An Interrupted search tells what it had found.
        """
        look = _Look(self._runner, watchers, self.calendar, self._store, after)
        try:
            self._stand_at(start, go_on)
            self._advance(end, go_on, look)
        except Interrupted as stop:
            raise Interrupted(stop.iteration, look.matches()) from None
        return look.matches()

    def _state_before(self, iteration: int, go_on: GoOn) -> Matrix:
        """The state at an iteration's start: at hand, or by running there from the nearest place."""
        if self._at is not None and iteration == self._at + 1:
            self.checkpoints.meet(iteration, self._inspector.state, near=True)
            return self._inspector.state
        kept = self.checkpoints.nearest(iteration)
        if kept == iteration:
            return self.checkpoints.state(iteration)
        if not kept <= self._running <= iteration:
            self._restore(kept)
        # Who takes one step back will take others; a jump keeps nothing on its way, which would cost more than it.
        back = self._at is not None and iteration == self._at - 1
        near = list(self.checkpoints.near(self._running, iteration)) if back else []
        self._advance(iteration, go_on, near=near)
        return self._runner.state

    def _stand_at(self, iteration: int, go_on: GoOn) -> None:
        """Have the runner at an iteration's start."""
        if self._running != iteration:
            kept = self.checkpoints.nearest(iteration)
            if not kept <= self._running <= iteration:
                self._restore(kept)
            self._advance(iteration, go_on)

    def _restore(self, iteration: int) -> None:
        np.copyto(self._runner.state, self.checkpoints.state(iteration))
        self._running = iteration

    def _advance(self, target: int, go_on: GoOn, look: _Look | None = None, near: Sequence[int] = ()) -> None:
        """Run the runner on to an iteration's start, keeping checkpoints on the way: the grid's, and those `near`."""
        while self._running < target:
            indices = self.batches.stretch(self._running, min(target - self._running, self._at_once()))
            began, start = perf_counter(), self._running
            self._run_stretch(indices, near, look)
            if look is not None and look.done:
                return
            self._set_pace(self._running - start, perf_counter() - began)
            if self._running < target and not go_on(self._running):
                raise Interrupted(self._running)

    def _run_stretch(self, indices: Matrix, near: Sequence[int], look: _Look | None) -> None:
        """Run the iterations of `indices`, stopping wherever a checkpoint is due."""
        position, end = self._running, self._running + len(indices)
        rows = indices.shape[1]
        program = look.program(rows) if look else self._runner.sheet(rows).program
        batches = self._runner.feed(program, indices, position)
        # Until the stretch is done the runner stands nowhere: an exception in between must not leave it trusted.
        self._running = -1
        with np.errstate(all="ignore"):
            while position < end:
                place = bisect_right(near, position)
                due = min(end, self.checkpoints.next_grid(position), near[place] if place < len(near) else end)
                part = islice(batches, due - position)
                if look is None:
                    program.run(part, self._store)
                    position = due
                else:
                    position = look.run(program, part, position, due)
                self._reached = max(self._reached, position)
                self.checkpoints.meet(position, self._runner.state, near=place < len(near) and near[place] == position)
                if look is not None and look.done:
                    break
        self._running = position

    def _at_once(self) -> int:
        row = sum(source.nbytes // len(source) for source in self.plan.sources.values())
        return max(1, min(self._pace, MOST_AT_ONCE, GATHERED // max(row * self.batches.size, 1)))

    def _set_pace(self, iterations: int, seconds: float) -> None:
        """How many iterations make a slice. It only decides how often a move looks up, never what it computes."""
        self._pace = max(1, min(2 * self._pace, int(SLICE * iterations / max(seconds, 1e-9))))


def read_only(array: Matrix) -> Matrix:
    """A view of an array that cannot be written through."""
    view = array.view()
    view.flags.writeable = False
    return view

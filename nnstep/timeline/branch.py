"""A branch: a timeline that leaves another one at a step, because a value was edited there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from nnstep.engine.machine import Machine, Scope, Sheet, Watcher
from nnstep.engine.names import SETTINGS
from nnstep.engine.recorder import Matrix
from nnstep.timeline.checkpoint import Checkpoints
from nnstep.timeline.timeline import GoOn, Match, Timeline, always, read_only
from nnstep.values import dataclass


@dataclass(frozen=True)
class Edit:
    """A new value: of a cell or a stretch of a matrix, of a whole one (`...`), or of a setting.

    text  what the user wrote: `W[1][0,0] = 0.5`
    """

    name: str
    index: Any
    value: Matrix
    text: str


class Branch(Timeline):
    """The parent's steps before the edit, its own from the edit's step on.

    The iteration of the edit is run instruction by instruction, from the parent's matrices; everything after it as on
    any timeline.
    """

    def __init__(self, name: str, parent: Timeline, step: int, edits: Sequence[Edit]) -> None:
        edited = {edit.name: float(edit.value) for edit in edits if edit.name in SETTINGS}
        plan = replace(parent.plan, settings={**parent.plan.settings, **edited})
        super().__init__(plan, parent.batches, parent.calendar.epochs, parent.checkpoints.budget, name=name)
        self.parent: Timeline = parent
        self.step = step
        self.edits = tuple(edits)
        self._fork, self._index = self.calendar.split(step)
        self._losses[: self._fork + 1] = parent.losses_until(self._fork)
        self._reached = self._fork
        machine = Machine(plan)
        self._edited = machine
        self._sheet: Sheet = machine.separate_sheet(len(self.batches.indices(self._fork)))
        self._mid = machine.state.copy()
        self._middle = machine.views(self._mid)
        self._start = machine.state.copy()
        self._run_fork(())
        self.checkpoints = Checkpoints(machine.state, parent.checkpoints.budget, first=self._fork + 1)
        np.copyto(self._runner.state, machine.state)
        self._running = self._fork + 1

    @property
    def nbytes(self) -> int:
        """Bytes that it holds, those of the edit's iteration included."""
        return super().nbytes + self._edited.nbytes + self._sheet.slab.nbytes + self._mid.nbytes + self._start.nbytes

    def kept(self, iteration: int) -> int:
        """The last iteration up to this one at whose start there is a checkpoint: the parent's before the edit."""
        return self.parent.kept(iteration) if iteration <= self._fork else super().kept(iteration)

    def enter(self, iteration: int, go_on: GoOn = always) -> None:
        """Have every matrix of an iteration at hand."""
        if iteration < self._fork:
            self.parent.enter(iteration, go_on)
        elif iteration > self._fork:
            super().enter(iteration, go_on)

    def read(self, name: str, step: int) -> Matrix:
        """A matrix at a step: the parent's before the edit."""
        if step < self.step:
            return self.parent.read(name, step)
        iteration, index = self.calendar.split(step)
        if iteration > self._fork:
            return super().read(name, step)
        tape = self._sheet.tape
        written = name in tape and tape.named(name).index <= index
        if not written and name in self._middle:
            return read_only(self._middle[name])
        if written:
            return read_only(self._sheet.arrays[name])
        return self._unwritten(name, step)

    def old(self, name: str, step: int) -> Matrix:
        """A parameter's or slot's value at the start of the iteration that a step lies in."""
        if self.calendar.split(step)[0] <= self._fork:
            return self.parent.old(name, min(step, self.step))
        return super().old(name, step)

    def operand(self, name: str, step: int) -> Matrix:
        """A matrix as the instruction at `step` read it."""
        if self.calendar.split(step)[0] != self._fork or step <= self.step:
            return self.parent.operand(name, step) if step <= self.step else super().operand(name, step)
        instruction = self.instruction(step)
        if instruction is not None and instruction.name == name and name in self._middle:
            return read_only(self._middle[name])
        return self.read(name, step)

    def search(
        self,
        watchers: Sequence[Watcher],
        start: int,
        end: int,
        *,
        after: int | None = None,
        go_on: GoOn = always,
    ) -> list[Match]:
        """What watchers match: on the parent before the edit's iteration, then in it, then beyond."""
        matches: list[Match] = []
        if start < self._fork:
            matches += self.parent.search(watchers, start, min(end, self._fork), after=after, go_on=go_on)
        if start <= self._fork < end and not (matches and after is not None):
            found = self._run_fork(watchers)
            matches += found if after is None else [match for match in found if match[0] > after]
        if end > self._fork + 1 and not (matches and after is not None):
            matches += super().search(watchers, max(start, self._fork + 1), end, after=after, go_on=go_on)
        return matches

    def losses_until(self, iterations: int) -> Matrix:
        """The losses of the first iterations as they are stored, one more in front."""
        return self._losses[: iterations + 1]

    def state_before(self, iteration: int) -> Matrix:
        """The state at an iteration's start."""
        if iteration <= self._fork:
            return self.parent.state_before(iteration)
        return super().state_before(iteration)

    def _run_fork(self, watchers: Sequence[Watcher]) -> list[Match]:
        """Run the edit's iteration: the parent's matrices up to the edit, then instruction by instruction."""
        sheet, machine, parent = self._sheet, self._edited, self.parent
        first = self._fork * self.calendar.instructions
        np.copyto(machine.state, parent.state_before(self._fork))
        machine.settings["t"].fill(self._fork + 1)
        probes = _Probes(watchers, Scope(sheet, machine, stepwise=True), sheet, self._fork + 1)
        edited = self._edited_before()
        self._copy(0, whole=True)
        if self._index:
            probes.look(0)
        for k in range(1, self._index + 1):
            self._copy(k, whole=k in edited)
            self._note_loss(sheet.tape.loss if k in edited else sheet.tape[k].name)
            if k < self._index and k in edited:
                probes.look_edited(k)
            elif k < self._index:
                probes.look(k)
        self._apply()
        self._note_loss(sheet.tape.loss)
        # The step of the edit is what the edit makes of it: what was there before is on the parent alone.
        probes.look_edited(self._index)
        np.copyto(self._mid, machine.state)
        with np.errstate(all="ignore"):
            for instruction in sheet.tape:
                if instruction.index > self._index:
                    self._compute(instruction.name)
                    self._note_loss(instruction.name)
                    probes.look(instruction.index)
        self._reached = max(self._reached, self._fork + 1)
        return sorted((first + k, place) for k, place in probes.found)

    def _note_loss(self, name: str) -> None:
        """Store the iteration's loss once it is there, for whoever looks at its end."""
        if name == self._sheet.tape.loss:
            self._losses[self._fork + 1] = float(self._sheet.arrays[name])

    def _edited_before(self) -> set[int]:
        """The instructions of this iteration after which a parent was edited."""
        edited, branch, step = set(), self.parent, self.step
        while isinstance(branch, Branch):
            if branch.step <= step:
                step = branch.step
                if branch._fork == self._fork:  # noqa: SLF001  # one of its own kind
                    edited.add(branch._index)  # noqa: SLF001
            branch = branch.parent
        return edited

    def _copy(self, index: int, *, whole: bool) -> None:
        """Take from the parent what an instruction wrote; or else everything that can be read after it."""
        sheet, step = self._sheet, self._fork * self.calendar.instructions + index
        names = [item.name for item in sheet.tape if item.index == index or (whole and item.index < index)]
        if whole:
            names += [name for name in self._middle if name not in names]
            for name in self.plan.settings:
                self._edited.settings[name].fill(self.parent.read(name, step))
        for name in names:
            np.copyto(sheet.arrays[name], self.parent.read(name, step))

    def _apply(self) -> None:
        for name, value in self.plan.settings.items():
            self._edited.settings[name].fill(value)
        for edit in self.edits:
            if edit.name not in SETTINGS:
                self._sheet.arrays[edit.name][edit.index] = edit.value

    def _compute(self, name: str) -> None:
        """Run one instruction of the edit's iteration."""
        sheet = self._sheet
        instruction = sheet.tape.named(name)
        if instruction.phase == "data":
            sheet.arrays[name][...] = self.parent.read(name, (self._fork + 1) * self.calendar.instructions)
            return
        for call in sheet.calls[name] if name in sheet.calls else sheet.update_calls(instruction):
            call()


class _Probes:
    """Watchers bound to an iteration that is run instruction by instruction."""

    def __init__(self, watchers: Sequence[Watcher], scope: Scope, sheet: Sheet, t: int) -> None:
        bound = [watcher.bind(scope, sheet.tape) for watcher in watchers]
        self._bound = bound
        self._watches = [getattr(watcher, "watches", False) for watcher in watchers]
        self._tape = sheet.tape
        self._t = t
        self.found: list[tuple[int, int]] = []
        scope.keep_old()

    def look(self, k: int) -> None:
        """Call the probes of instruction k."""
        with np.errstate(all="ignore"):
            for place, (indices, probe) in enumerate(self._bound):
                if k in indices:
                    self._note(place, probe(self._t, k))

    def look_edited(self, k: int) -> None:
        """Call the probes of instruction k after an edit there, and all that look at values."""
        with np.errstate(all="ignore"):
            for place, (indices, probe) in enumerate(self._bound):
                if k in indices or (k and self._watches[place]):
                    self._note(place, probe(self._t, k))

    def _note(self, place: int, match: int) -> None:
        if match:
            self.found.append((match, place))

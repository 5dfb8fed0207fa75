"""Session: the one owner of state."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

import numpy as np

from nnstep.engine.cell import Show
from nnstep.engine.gradcheck import GradientChecker
from nnstep.engine.lint import Finding, lint
from nnstep.engine.names import SETTINGS, canonical, shown
from nnstep.engine.recorder import Matrix
from nnstep.engine.tape import Instruction, Tape
from nnstep.errors import CommandError
from nnstep.model import Model, load
from nnstep.model.batches import Batches
from nnstep.model.plan import plan
from nnstep.session.explanation import Explanation, Index, explain
from nnstep.session.expression import COUNTERS, Expression, UnknownNameError, clipped, compile_expression
from nnstep.timeline import Calendar, Interrupted, Position, Timeline

Source = Any
"""What a model is opened from: a path, a bundled name, or a dict of the same keys."""


class Session:
    """A model, its timeline, and where in it the debugger stands.

    Attributes: model, timeline, step; changed, which grows by one at every move; progress, 0 … 1 while a long move
    runs, else None.
    """

    def __init__(self, source: Source, overrides: Mapping[str, object] | None = None) -> None:
        self.changed = 0
        self.progress: float | None = None
        self._interrupt = threading.Event()
        self.open(source, overrides)

    def open(self, source: Source, overrides: Mapping[str, object] | None = None) -> None:
        """Debug another model, from its start. A ModelError leaves everything as it was."""
        model = load(source, overrides)
        training = model.training
        batches = Batches(len(model.data.features), training.batch_size, model.seed, shuffle=training.shuffle)
        timeline = Timeline(plan(model), batches, training.epochs)
        self.model: Model = model
        self.timeline = timeline
        self.step = 0
        self.changed += 1

    # where we are

    @property
    def position(self) -> Position:
        """The step, and what it is called."""
        return self.calendar.position(self.step)

    @property
    def calendar(self) -> Calendar:
        """How the run's steps divide."""
        return self.timeline.calendar

    @property
    def length(self) -> int:
        """Steps in the run."""
        return self.timeline.length

    @property
    def layers(self) -> int:
        """Layers of the network, the input not counted; a graph's equations."""
        return len(self.model.layers) or len(self.model.equations)

    @property
    def tape(self) -> Tape:
        """The instructions of this iteration."""
        return self.tape_at(self.step)

    def tape_at(self, step: int) -> Tape:
        """The instructions of the iteration a step lies in."""
        return self.timeline.tape(self.calendar.split(step)[0])

    @property
    def instruction(self) -> Instruction | None:
        """The instruction just run; None at step 0."""
        return self.timeline.instruction(self.step)

    @property
    def losses(self) -> Matrix:
        """The losses of the iterations finished at this step."""
        return self.timeline.losses(self.step)

    # moving

    def move(self, step: int) -> bool:
        """Go to a step; False if the way there was interrupted.

        An interrupted move forward stays at the end of the last completed iteration, one back where it started.
        """
        start = self.step
        try:
            self._travel(step)
        except Interrupted as stop:
            if step > start:
                self._arrive(max(start, stop.iteration * self.calendar.instructions))
            return False
        finally:
            self.progress = None
            self._interrupt.clear()
        return True

    def interrupt(self) -> None:
        """Stop a running move at the last completed step; from any thread."""
        self._interrupt.set()

    def _travel(self, step: int) -> None:
        target, _ = self.calendar.split(step)

        def go_on(reached: int) -> bool:
            self.progress = reached / max(target, 1)
            return not self._interrupt.is_set()

        self._interrupt.clear()
        self.timeline.enter(target, go_on)
        self._arrive(step)

    def _arrive(self, step: int) -> None:
        self.timeline.enter(self.calendar.split(step)[0])
        self.step = step
        self.changed += 1

    # reading

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that an expression can read: matrices in the order of the tape, parameters, slots, settings."""
        timeline = self.timeline
        return tuple(dict.fromkeys((*self.tape_names, *timeline.parameters, *timeline.slots, *SETTINGS)))

    @property
    def tape_names(self) -> tuple[str, ...]:
        """The matrices that instructions write, in the order of the tape."""
        return tuple(instruction.name for instruction in self.tape)

    def matrix(self, text: str) -> str:
        """The canonical name of a matrix that an instruction writes; CommandError for any other text."""
        name = canonical(text.strip())
        if name not in self.tape:
            raise self._unknown(text.strip())
        return name

    def readable(self, name: str) -> bool:
        """Whether a matrix can be read at this step."""
        return self.timeline.readable(name, self.step)

    def read(self, name: str) -> Matrix:
        """A matrix at this step: a read-only view, valid until the next move."""
        return self.timeline.read(name, self.step)

    def old(self, name: str) -> Matrix:
        """A parameter's or slot's value at this iteration's start."""
        if name not in (*self.timeline.parameters, *self.timeline.slots):
            raise CommandError(f"old(…) takes a parameter's or a slot's name, got {shown(name)}")
        return self.timeline.old(name, self.step)

    def operand(self, name: str) -> Matrix:
        """A matrix as the instruction just run read it: what it updates, before the update."""
        return self.timeline.operand(name, self.step)

    def counter(self, name: str) -> object:
        """The value of epoch, batch, iteration, step, m or losses."""
        if name == "losses":
            return self.losses
        if name == "m":
            return len(self.timeline.rows(self.position.iteration))
        return getattr(self.position, name)

    def written_at(self, name: str) -> int | None:
        """The next step at which a matrix is written."""
        return self.timeline.written_at(name, self.step)

    def expression(self, text: str) -> Expression:
        """Compile an expression over this run's names."""
        try:
            return compile_expression(text, self.names)
        except UnknownNameError as error:
            raise self._unknown(error.word) from error

    def evaluate(self, text: str) -> object:
        """The value of an expression at this step."""
        return self.expression(text).value(self)

    def explain(self, name: str, index: Index, show: Show) -> Explanation:
        """The arithmetic of one cell, its numbers written by `show`."""
        try:
            return explain(self.timeline, name, index, self.step, show)
        finally:
            self.timeline.enter(self.position.iteration)

    def gradient_checker(self) -> GradientChecker:
        """What compares this iteration's gradients with central differences."""
        return self.timeline.gradient_checker(self.position.iteration)

    def findings(self) -> list[Finding]:
        """The faults that the model's graph alone shows."""
        return lint(self.timeline.graph)

    def _unknown(self, word: str) -> CommandError:
        """What to say of a word that is no name here, with the nearest that is."""
        hint = self.nearest(word, [*self.names, *COUNTERS]) or "`info tape` lists the matrices"
        return CommandError(f"no matrix {clipped(shown(canonical(word)))}; {hint}")

    @staticmethod
    def nearest(word: str, known: list[str]) -> str:
        """What of the known names may have been meant; nothing where none is near."""
        word = canonical(word)
        stem = word.partition("[")[0].casefold()
        layered = sorted(
            (name for name in known if name.casefold().startswith(f"{stem}[")), key=lambda name: (len(name), name)
        )
        if layered:
            first, last = shown(layered[0]), shown(layered[-1])
            return f"there is {first}" if first == last else f"there are {first} to {last}"
        caseless = {name.casefold(): name for name in known}
        near = get_close_matches(word.casefold(), caseless, 1)
        return f"did you mean {shown(caseless[near[0]])}?" if near else ""


def as_array(value: object) -> Matrix:
    """A copy that never changes later."""
    copy = np.array(value)
    copy.flags.writeable = False
    return copy

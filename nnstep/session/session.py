"""Session: the one owner of state."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nnstep.engine.cell import Show
from nnstep.engine.names import SETTINGS, canonical, shown
from nnstep.engine.recorder import Matrix
from nnstep.engine.tape import Instruction, Tape
from nnstep.errors import CommandError
from nnstep.model import Model, load
from nnstep.model.batches import Batches
from nnstep.model.plan import plan
from nnstep.model.shelf import Listed, shelf
from nnstep.session.confinement import BrowserConfinement, Confinement
from nnstep.session.earlier import Earlier
from nnstep.session.evaluation import Evaluation
from nnstep.session.explanation import Explanation, Index, explain
from nnstep.session.expression import COUNTERS, Expression, UnknownNameError, clipped, compile_expression
from nnstep.session.health import RULES, Status, examine
from nnstep.session.measures import Measures
from nnstep.session.search import Found
from nnstep.session.snapshot import Snapshot, bring_back, take
from nnstep.session.stopbook import Stopbook
from nnstep.session.stops import Stop
from nnstep.session.whatif import Branches, Place, Travels
from nnstep.timeline import Calendar, GoOn, Interrupted, Position, Timeline, always

if TYPE_CHECKING:
    from nnstep.engine.gradcheck import GradientChecker
    from nnstep.engine.lint import Finding

Source = Any
"""What a model is opened from: a path, a bundled name, or a dict of the same keys."""


class Session:
    """A model, its timeline, and where in it the debugger stands.

    Attributes: model, timeline, step; source and overrides, what the model was opened from; allow_paths, whether model
    files may name data outside their folders; changed, which grows by one at every move, and interrupts, at every
    `interrupt`; scripts, how many are running inside each other; confinement, which
    files it may open, read and write if that is not all; progress, 0 … 1 while a long move runs, else None.
    """

    def __init__(
        self, source: Source, overrides: Mapping[str, object] | None = None, *, allow_paths: bool = False
    ) -> None:
        self.allow_paths = allow_paths
        self.changed = 0
        self.progress: float | None = None
        self._interrupt = threading.Event()
        self._goal = (0, 1)
        self.stops = Stopbook(self)
        self.collecting: Stop | None = None
        self._health: tuple[Timeline, int, list[Status]] | None = None
        self.interrupted = False
        self.interrupts = 0
        self.scripts = 0
        self.confinement: Confinement | None = None
        self.displays: dict[int, Expression] = {}
        self.next_display = 1
        self.open(source, overrides)

    def open(self, source: Source, overrides: Mapping[str, object] | None = None) -> None:
        """Debug another model, from its start. A ModelError leaves everything as it was."""
        if self.confinement is not None:
            source = self.confinement.allowed(source)
        model = load(source, overrides, allow_paths=self.allow_paths)
        training = model.training
        batches = Batches(len(model.data.features), training.batch_size, model.seed, shuffle=training.shuffle)
        timeline = Timeline(plan(model), batches, training.epochs)
        self.model: Model = model
        self.source: Source = source
        self.overrides = dict(overrides or {})
        self.timeline: Timeline = timeline
        self.branches = Branches(self, timeline)
        self.travels = Travels()
        self.earlier = Earlier(self)
        self.evaluation = Evaluation(self)
        self.measures = Measures(self)
        self.stops.clear()
        self.displays.clear()
        self.next_display = 1
        self.step = 0
        self.changed += 1

    def confine(self) -> None:
        """From now on open only bundled models and the one that is open, read no other file and write none."""
        self.confinement = BrowserConfinement(self.source)

    @property
    def openable(self) -> list[Listed]:
        """The models to choose from: the bundled ones, and those of this folder or, where it is confined, its own."""
        return self.confinement.shelf() if self.confinement else shelf(Path.cwd())

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
        self.interrupted = False
        try:
            self._travel(step)
        except Interrupted as stop:
            self.interrupted = True
            if step > start:
                self._arrive(max(start, stop.iteration * self.calendar.instructions))
            return False
        finally:
            self.progress = None
            self._interrupt.clear()
        return True

    def interrupt(self) -> None:
        """Stop a running move at the last completed step; from any thread."""
        self.interrupts += 1
        self._interrupt.set()

    def _travel(self, step: int) -> None:
        target, _ = self.calendar.split(step)
        self._interrupt.clear()
        self._goal = (0, target)
        self.timeline.enter(target, self.go_on)
        self._arrive(step)

    def go_on(self, reached: int) -> bool:
        """Take note of how far a long move has come; whether it may go on."""
        self.progress = reached / max(self._goal[1], 1)
        return not self._interrupt.is_set()

    def find(self, *, forward: bool, skip: int = 0) -> Found | None:
        """Go to the next or previous step that a stop matches, passing over `skip` of them and all to be ignored.

        None at the end (or start) of the run, or where the way was interrupted; `interrupted` tells which.
        """
        self._interrupt.clear()
        self.interrupted = False
        step, goal = self.step, self.length if forward else 0
        self._goal = (0, self.calendar.split(max(step, goal))[0])
        try:
            while True:
                found = self.stops.find(step, forward=forward)
                if found is None:
                    self._arrive(goal)
                    return None
                step = found.step
                stopping = self.stops.arrive(found)
                if stopping and not skip:
                    self.stops.note(stopping, step)
                    self._arrive(step)
                    return Found(step, tuple(stopping))
                skip -= bool(stopping)
        except Interrupted as stop:
            self.interrupted = True
            if forward:
                self._arrive(max(step, stop.iteration * self.calendar.instructions))
            else:
                self._arrive(step)
            return None
        finally:
            self.progress = None
            self._interrupt.clear()

    @contextmanager
    def searching(self, goal: int) -> Iterator[None]:
        """Something long, up to an iteration, that can be interrupted; this step is at hand again afterwards."""
        self._interrupt.clear()
        self._goal = (0, goal)
        self.interrupted = False
        try:
            yield
        except Interrupted:
            self.interrupted = True
            raise
        finally:
            self.progress = None
            self._interrupt.clear()
            self.timeline.enter(self.position.iteration)

    def seek(self, look: Callable[[], int | None], *, forward: bool) -> bool:
        """Go to the step that a search finds, to the end (or start) of the run where it finds none.

        False then, or where the way was interrupted; `interrupted` tells which.
        """
        goal = self.length if forward else 0
        try:
            with self.searching(self.calendar.split(max(self.step, goal))[0]):
                found = look()
        except Interrupted as stop:
            if forward:
                self._arrive(max(self.step, stop.iteration * self.calendar.instructions))
            return False
        self._arrive(goal if found is None else found)
        return found is not None

    def _arrive(self, step: int) -> None:
        self.timeline.enter(self.calendar.split(step)[0])
        if step != self.step:
            self.branches.moved()
        self.step = step
        self.changed += 1

    def snapshot(self) -> Snapshot:
        """All that makes the session what it is now, for `restore`; it costs next to nothing."""
        return take(self)

    def restore(self, snapshot: Snapshot) -> None:
        """Be again, in every respect, what the session was when the snapshot was taken."""
        bring_back(self, snapshot)

    # other timelines

    @property
    def place(self) -> Place:
        """Where the debugger stands, and on which branch."""
        return Place(self.timeline.name, self.step)

    def look_at(self, timeline: Timeline) -> None:
        """Look at another timeline, at the same step."""
        timeline.enter(self.calendar.split(self.step)[0], self.go_on)
        self.timeline = timeline
        self.changed += 1

    def travel(self, place: Place) -> bool:
        """Go to a step of a branch; False if the way was interrupted."""
        if place.branch != self.timeline.name:
            self.look_at(self.branches[place.branch])
        return self.move(place.step)

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
        return self.counter_at(name, self.step)

    def counter_at(self, name: str, step: int) -> object:
        """The same at any step that has been reached."""
        position = self.calendar.position(step)
        if name == "losses":
            return self.timeline.losses(step)
        if name == "m":
            return len(self.timeline.rows(position.iteration))
        return getattr(position, name)

    def written_at(self, name: str) -> int | None:
        """The next step at which a matrix is written."""
        return self.timeline.written_at(name, self.step)

    def expression(self, text: str) -> Expression:
        """Compile an expression over this run's names."""
        try:
            return compile_expression(text, self.names)
        except UnknownNameError as error:
            raise self._unknown(error.word) from error

    def display(self, text: str) -> int:
        """Have an expression shown after every move; its number."""
        self.displays[self.next_display] = self.expression(text)
        self.next_display += 1
        return self.next_display - 1

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
        from nnstep.engine.lint import lint  # loaded only for who asks, as is all that checks gradients

        return lint(self.timeline.graph)

    def health(self, go_on: GoOn = always) -> list[Status]:
        """What every health rule says of this iteration's end; Interrupted if `go_on` says so."""
        known = self.known_health
        if known is None:
            timeline, iteration = self.timeline, self.position.iteration
            known = examine(timeline, [rule() for rule in RULES.values()], iteration, go_on)
            self._health = (timeline, iteration, known)
        return known

    @property
    def known_health(self) -> list[Status] | None:
        """The same where it was asked for already."""
        here = self.timeline, self.position.iteration
        return self._health[2] if self._health is not None and self._health[:2] == here else None

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

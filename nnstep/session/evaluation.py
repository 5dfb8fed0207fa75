"""How well the model does on all training rows and on those kept from training, at the end of every epoch.

Nothing is evaluated until it is asked for; then the epochs that are not known yet are run through once, from the
nearest checkpoint, and each costs a forward pass over the rows. A branch takes what lies before its edit from its
parent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from nnstep.engine.compiler import Probe
from nnstep.engine.machine import Scope
from nnstep.engine.recorder import Matrix
from nnstep.engine.tape import Tape
from nnstep.errors import NnstepError
from nnstep.session.passing import ForwardPass, Output, output_of
from nnstep.timeline import Branch, GoOn, Timeline
from nnstep.values import dataclass

if TYPE_CHECKING:
    from nnstep.session.session import Session


@dataclass(frozen=True)
class Score:
    """The loss over some rows, by the formula of L, and the part of them classified right; None without classes."""

    loss: float
    accuracy: float | None


@dataclass(frozen=True)
class Scores:
    """Both scores with the parameters of a step; holdout is None where no rows are kept from training."""

    epoch: int
    step: int
    training: Score
    holdout: Score | None


class Evaluation:
    """The scores of a session's timelines, kept once they are known."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._passes: WeakKeyDictionary[Timeline, ForwardPass] = WeakKeyDictionary()
        self._known: WeakKeyDictionary[Timeline, dict[int, Scores]] = WeakKeyDictionary()

    @property
    def output(self) -> Output | None:
        """Where the predictions are."""
        return output_of(self._session.timeline.graph)

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes; none where the targets are no classes."""
        data, output = self._session.model.data, self.output
        if data.class_names:
            return data.class_names
        if output is None or not output.classes or not bool(np.isin(data.targets, (0, 1)).all()):
            return ()
        return tuple(str(i) for i in range(max(data.targets.shape[1], 2)))

    def at_hand(self) -> ForwardPass:
        """What passes rows forward with the parameters at the session's step."""
        session = self._session
        forward = self._pass(session.timeline)
        forward.take(session.timeline, session.step)
        return forward

    def here(self) -> Scores:
        """The scores with the parameters at this step."""
        forward = self.at_hand()
        position = self._session.position
        return self._scores(forward, position.epoch, position.step)

    def known(self, timeline: Timeline, epochs: int) -> list[Scores]:
        """What is known already of a timeline's first epochs."""
        found = (self._look_up(timeline, epoch) for epoch in range(1, epochs + 1))
        return [scores for scores in found if scores is not None]

    def count(self, timeline: Timeline) -> int:
        """Epochs of a timeline, apart from its parent's, that are known."""
        return len(self._known.get(timeline, ()))

    def epochs(self, timeline: Timeline | None = None, go_on: GoOn | None = None) -> list[Scores]:
        """The scores at the end of every epoch finished at this step; Interrupted where the way was."""
        session = self._session
        timeline = session.timeline if timeline is None else timeline
        count = session.step // timeline.calendar.span("epoch")
        first = next((epoch for epoch in range(1, count + 1) if self._look_up(timeline, epoch) is None), None)
        if first is not None:
            batches = timeline.calendar.batches
            with session.searching(count * batches):
                watcher = _AtEpochEnds(self, timeline, batches)
                timeline.search([watcher], (first - 1) * batches, count * batches, go_on=go_on or session.go_on)
        return self.known(timeline, count)

    def note(self, timeline: Timeline, epoch: int, state: Matrix) -> None:
        """Evaluate the parameters of a state vector, at an epoch's end."""
        if self._look_up(timeline, epoch) is None:
            forward = self._pass(timeline)
            forward.take_state(state)
            scores = self._scores(forward, epoch, epoch * timeline.calendar.span("epoch"))
            self._known.setdefault(self._owner(timeline, epoch), {})[epoch] = scores

    def confusion(self, *, holdout: bool = False) -> Matrix:
        """How many rows of each class (down) are taken for each class (across), with the parameters at this step."""
        data, output, classes = self._session.model.data, self.output, self.classes
        counts = np.zeros((len(classes), len(classes)), int)
        if output is not None and classes:
            features, targets = (
                (data.holdout_features, data.holdout_targets) if holdout else (data.features, data.targets)
            )
            if len(features):
                chosen = output.chosen(self.at_hand().predictions(output, features))
                np.add.at(counts, (true_classes(targets), chosen), 1)
        return counts

    def _pass(self, timeline: Timeline) -> ForwardPass:
        if timeline not in self._passes:
            self._passes[timeline] = ForwardPass(timeline.plan)
        return self._passes[timeline]

    def _scores(self, forward: ForwardPass, epoch: int, step: int) -> Scores:
        data = self._session.model.data
        training = self._score(forward, data.features, data.targets)
        held = len(data.holdout_features)
        holdout = self._score(forward, data.holdout_features, data.holdout_targets) if held else None
        return Scores(epoch, step, training, holdout)

    def _score(self, forward: ForwardPass, features: Matrix, targets: Matrix) -> Score:
        try:
            arrays = forward.run(features, targets)
        except (NnstepError, ValueError):
            # Equations may fit batches of one size alone.
            return Score(float("nan"), None)
        output = self.output
        accuracy = None
        if output is not None and self.classes:
            accuracy = float(np.mean(output.chosen(arrays[output.name]) == true_classes(targets)))
        return Score(float(arrays[self._session.tape.loss]), accuracy)

    def _look_up(self, timeline: Timeline, epoch: int) -> Scores | None:
        return self._known.get(self._owner(timeline, epoch), {}).get(epoch)

    @staticmethod
    def _owner(timeline: Timeline, epoch: int) -> Timeline:
        """The timeline whose epoch it is: a branch's own ones end at its edit or later."""
        while isinstance(timeline, Branch) and epoch * timeline.calendar.span("epoch") < timeline.step:
            timeline = timeline.parent
        return timeline


class _AtEpochEnds:
    """A watcher that matches nothing and evaluates the parameters at the end of every epoch."""

    def __init__(self, evaluation: Evaluation, timeline: Timeline, batches: int) -> None:
        self._evaluation = evaluation
        self._timeline = timeline
        self._batches = batches

    def bind(self, scope: Scope, tape: Tape) -> tuple[Sequence[int], Probe]:
        """Look after the last instruction."""

        def look(t: int, _k: int) -> int:
            if t % self._batches == 0:
                self._evaluation.note(self._timeline, t // self._batches, scope.current)
            return 0

        return (len(tape),), look


def true_classes(targets: Matrix) -> Matrix:
    """The class of each row of the targets."""
    return targets[:, 0].astype(int) if targets.shape[1] == 1 else np.argmax(targets, axis=1)

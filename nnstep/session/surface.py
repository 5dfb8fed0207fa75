"""The loss over two parameters, all others as they are at this step, with the way that training took."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from nnstep.engine.compiler import Probe
from nnstep.engine.machine import Scope
from nnstep.engine.recorder import Matrix
from nnstep.engine.tape import Tape
from nnstep.errors import NnstepError
from nnstep.timeline import GoOn, Interrupted, Timeline, always
from nnstep.values import dataclass

if TYPE_CHECKING:
    from nnstep.session.session import Session

POINTS = 16
"""Values tried of each parameter."""
LARGEST = 200_000
"""Parameters times rows up to which that is quick enough."""
WALKED = 48
"""Iteration starts looked at for the way."""

Cell = tuple[str, tuple[int, ...]]


@dataclass(frozen=True, eq=False)
class Surface:
    """The loss on all training rows at a grid of two parameters.

    across, down   the parameters and the values tried
    losses         down × across, NaN where it is none
    steps, path    where training was: steps, and for each the values of across and down
    """

    across: tuple[Cell, Matrix]
    down: tuple[Cell, Matrix]
    losses: Matrix
    steps: Matrix
    path: Matrix


_KNOWN: WeakKeyDictionary[Session, tuple[Hashable, Surface | None]] = WeakKeyDictionary()
"""The last surface of each session, with where it was worked out."""


def possible(session: Session) -> bool:
    """Whether a surface can be worked out in reasonable time."""
    size = sum(values.size for values in session.model.parameters.values())
    return size >= 2 and size * len(session.model.data.features) <= LARGEST


def known_surface(session: Session) -> Surface | None:
    """The last one that was worked out."""
    return _KNOWN[session][1] if session in _KNOWN else None


def is_known(session: Session) -> bool:
    """Whether that is the one of this iteration."""
    return session in _KNOWN and _KNOWN[session][0] == _place(session)


def _place(session: Session) -> Hashable:
    return session.timeline.serial, session.position.iteration


def surface(session: Session, go_on: GoOn = always) -> Surface | None:
    """The surface over the two parameters that moved most up to this step; None where it would take too long.

    Interrupted if `go_on` says so.
    """
    found = _worked_out(session, go_on) if possible(session) else None
    _KNOWN[session] = (_place(session), found)
    return found


def _worked_out(session: Session, go_on: GoOn) -> Surface | None:
    timeline = session.timeline
    steps = _steps(session)
    states = _states(timeline, steps, session, go_on)
    cells = _moved_most(session, states)
    if len(cells) < 2:
        return None
    path = np.array([[float(state[name][index]) for name, index in cells] for state in states])
    axes = [_axis(path[:, place]) for place in range(2)]
    losses = _losses(session, cells, axes, go_on)
    return None if losses is None else Surface((cells[0], axes[0]), (cells[1], axes[1]), losses, steps, path)


def _steps(session: Session) -> Matrix:
    """Iteration ends up to this step, at even distances, and this step."""
    span = session.calendar.instructions
    chosen = np.linspace(0, session.step // span, WALKED).round().astype(np.int64) * span
    return np.unique(np.append(chosen, session.step))


def _states(timeline: Timeline, steps: Matrix, session: Session, go_on: GoOn) -> list[dict[str, Matrix]]:
    """The parameters at iterations' ends, and those of this step; its matrices stay at hand."""
    forward = session.evaluation.at_hand()
    found = []
    for step in steps.tolist():
        iteration = step // timeline.calendar.instructions
        if step == session.step:
            forward.take(timeline, step)
        elif step == 0:
            for name in timeline.parameters:
                forward.parameter(name)[...] = session.model.parameters[name]
        else:
            # A search, as it reads with a machine of its own.
            watcher = _Noting()
            timeline.search([watcher], iteration - 1, iteration, go_on=go_on)
            assert watcher.state is not None
            forward.take_state(watcher.state)
        found.append({name: np.array(forward.parameter(name)) for name in timeline.parameters})
    return found


class _Noting:
    """A watcher that matches nothing and notes the state at an iteration's end."""

    def __init__(self) -> None:
        self.state: Matrix | None = None

    def bind(self, scope: Scope, tape: Tape) -> tuple[Sequence[int], Probe]:
        """Look after the last instruction."""

        def look(_t: int, _k: int) -> int:
            self.state = np.array(scope.current)
            return 0

        return (len(tape),), look


def _moved_most(session: Session, states: list[dict[str, Matrix]]) -> list[Cell]:
    """The two cells of the parameters that moved most; the first ones where none did."""
    moves: list[tuple[float, int, Cell]] = []
    for name in session.timeline.parameters:
        values = np.array([state[name] for state in states], np.float64)
        with np.errstate(all="ignore"):
            ranges = np.nan_to_num(values.max(axis=0) - values.min(axis=0), nan=0.0, posinf=0.0)
        moves += [(float(-move), len(moves), (name, index)) for index, move in np.ndenumerate(ranges)]
    return [cell for *_, cell in sorted(moves, key=lambda each: (each[0], each[1]))[:2]]


def _axis(values: Matrix) -> Matrix:
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (-1.0, 1.0)
    margin = max((high - low) / 2, 0.25)
    return np.linspace(low - margin, high + margin, POINTS)


def _losses(session: Session, cells: list[Cell], axes: list[Matrix], go_on: GoOn) -> Matrix | None:
    forward = session.evaluation.at_hand()
    data, loss = session.model.data, session.tape.loss
    (first, first_index), (second, second_index) = cells
    found = np.empty((POINTS, POINTS))
    try:
        for row, down in enumerate(axes[1]):
            if not go_on(row):
                raise Interrupted(session.position.iteration)
            for column, across in enumerate(axes[0]):
                forward.parameter(first)[first_index] = across
                forward.parameter(second)[second_index] = down
                found[row, column] = float(forward.run(data.features, data.targets)[loss])
    except (NnstepError, ValueError):
        return None
    return found

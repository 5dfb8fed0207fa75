"""The loss over two parameters, all others as they are at this step, with the way that training took."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nnstep.engine.recorder import Matrix
from nnstep.errors import NnstepError
from nnstep.timeline import Timeline
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


def surface(session: Session) -> Surface | None:
    """The surface over the two parameters that moved most up to this step; None where it would take too long."""
    timeline = session.timeline
    size = sum(values.size for values in session.model.parameters.values())
    if size < 2 or size * len(session.model.data.features) > LARGEST:
        return None
    steps = _steps(session)
    states = _states(timeline, steps, session)
    cells = _moved_most(session, states)
    if len(cells) < 2:
        return None
    path = np.array([[float(state[name][index]) for name, index in cells] for state in states])
    axes = [_axis(path[:, place]) for place in range(2)]
    losses = _losses(session, cells, axes)
    return None if losses is None else Surface((cells[0], axes[0]), (cells[1], axes[1]), losses, steps, path)


def _steps(session: Session) -> Matrix:
    """Iteration ends up to this step, at even distances, and this step."""
    span = session.calendar.instructions
    chosen = np.linspace(0, session.step // span, WALKED).round().astype(np.int64) * span
    return np.unique(np.append(chosen, session.step))


def _states(timeline: Timeline, steps: Matrix, session: Session) -> list[dict[str, Matrix]]:
    try:
        return [{name: np.array(timeline.read(name, step)) for name in timeline.parameters} for step in steps.tolist()]
    finally:
        timeline.enter(session.position.iteration)


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


def _losses(session: Session, cells: list[Cell], axes: list[Matrix]) -> Matrix | None:
    forward = session.evaluation.at_hand()
    data, loss = session.model.data, session.tape.loss
    (first, first_index), (second, second_index) = cells
    found = np.empty((POINTS, POINTS))
    try:
        for row, down in enumerate(axes[1]):
            for column, across in enumerate(axes[0]):
                forward.parameter(first)[first_index] = across
                forward.parameter(second)[second_index] = down
                found[row, column] = float(forward.run(data.features, data.targets)[loss])
    except (NnstepError, ValueError):
        return None
    return found

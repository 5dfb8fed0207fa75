"""The matrices as they were one iteration earlier, so that what the last batch changed can be seen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from nnstep.engine.names import gradient_of
from nnstep.engine.recorder import Matrix
from nnstep.values import dataclass

if TYPE_CHECKING:
    from nnstep.session.session import Session

OF_THE_BATCH = {"X", "Y", "Z", "A", "E", "dA", "delta"}
"""What has a row for each row of the batch, in a network."""
AT_ONCE = 20_000_000
"""Parameters times rows up to which an iteration is run again to see what was there: a few milliseconds."""


@dataclass(frozen=True)
class Was:
    """What a matrix was one iteration earlier.

    value  the values; None where there are none
    note   why there are none, or none to compare with; `because` says more of it
    step   the step at which they had been written; 0 for initial values
    rows   where the rows of a batch are not the same ones: whether cells can be compared
    """

    value: Matrix | None = None
    note: str = ""
    because: str = ""
    step: int = 0
    comparable: bool = True


FIRST = Was(note="no earlier batch", because="this is the first one")
TOO_LARGE = Was(note="too large to run again", because="the batch before would take too long")


class Earlier:
    """Remembers, of the iteration before this one, the matrices that were asked for."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._key: object = None
        self._kept: dict[str, Matrix] = {}

    def of(self, names: Iterable[str]) -> dict[str, Was]:
        """What each of these matrices was one iteration earlier, at the same instruction.

        A parameter or slot that this iteration has updated was what `old` says. Anything else is what the iteration
        before wrote, for which that one is run again; on a large model it is not.
        """
        session = self._session
        names = list(names)
        updated = {name for name in names if self._updated(name)}
        found = {name: Was(session.old(name), step=self._begun(name)) for name in updated}
        rest = [name for name in names if name not in updated]
        iteration = session.position.iteration
        if not rest or not iteration:
            return found | dict.fromkeys(rest, FIRST)
        size = sum(values.size for values in session.model.parameters.values())
        if size * len(session.timeline.rows(iteration)) > AT_ONCE:
            return found | dict.fromkeys(rest, TOO_LARGE)
        self._keep(rest, iteration)
        return found | {name: self._was(name, iteration) for name in rest}

    def _updated(self, name: str) -> bool:
        session = self._session
        instruction = session.tape.named(name) if name in session.tape else None
        return (
            instruction is not None
            and instruction.phase == "update"
            and instruction.index <= session.position.instruction
        )

    def _begun(self, name: str) -> int:
        """The step at which a parameter had the value that this iteration began with."""
        session, size = self._session, len(self._session.tape)
        iteration = session.position.iteration
        return (iteration - 1) * size + session.tape.named(name).index if iteration else 0

    def _keep(self, names: list[str], iteration: int) -> None:
        """Copy the matrices from the iteration before; this one is at hand again afterwards."""
        session = self._session
        timeline = session.timeline
        key = (timeline, iteration)
        if self._key != key:
            self._key, self._kept = key, {}
        missing = [name for name in names if name not in self._kept]
        if not missing:
            return
        first = (iteration - 1) * len(session.tape)
        end = first + len(session.tape)
        try:
            for name in missing:
                parameter = name in timeline.parameters or name in timeline.slots
                values = timeline.old(name, first + 1) if parameter else timeline.read(name, end)
                self._kept[name] = np.array(values)
        finally:
            timeline.enter(iteration)

    def _was(self, name: str, iteration: int) -> Was:
        session = self._session
        value = self._kept[name]
        size, place = len(session.tape), session.tape.named(name).index if name in session.tape else 0
        if name in session.timeline.parameters or name in session.timeline.slots:
            return Was(value, step=(iteration - 2) * size + place if place and iteration > 1 else 0)
        step = (iteration - 1) * size + place
        rows, before = session.timeline.rows(iteration), session.timeline.rows(iteration - 1)
        if not self._of_the_batch(name) or np.array_equal(rows, before):
            return Was(value, step=step)
        if session.tape.equations or not np.array_equal(np.sort(rows), np.sort(before)):
            return Was(
                value, "other rows before", "the batch before has other rows of the data", step, comparable=False
            )
        # The same rows of the data in another order: as they stand in this batch.
        return Was(value[np.argsort(before)[np.searchsorted(np.sort(before), rows)]], step=step)

    def _of_the_batch(self, name: str) -> bool:
        """Whether a matrix has a row for each of the batch; in a graph, whether it may."""
        session = self._session
        if session.tape.equations:
            gradients = {gradient_of(parameter) for parameter in session.timeline.parameters}
            return name in session.tape and bool(session.tape.named(name).shape) and name not in gradients
        return name.partition("[")[0] in OF_THE_BATCH

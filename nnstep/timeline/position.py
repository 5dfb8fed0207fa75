"""Steps and what they are called: epoch, batch, phase, instruction; and the units that moves count in."""

from __future__ import annotations

from bisect import bisect_right
from typing import Literal, get_args

from nnstep.engine.tape import Phase, Tape
from nnstep.values import dataclass

Unit = Literal["instruction", "layer", "phase", "batch", "epoch"]
UNITS: tuple[Unit, ...] = get_args(Unit)


@dataclass(frozen=True, order=True)
class Position:
    """A step, and what it is called.

    step         instructions run since the start of training, from 0
    epoch        from 1
    batch        in the epoch, from 1
    iteration    from 0
    phase        of the instruction just run
    instruction  the one just run, from 1; 0 only at step 0
    """

    step: int
    epoch: int
    batch: int
    iteration: int
    phase: Phase
    instruction: int


class Calendar:
    """How steps divide into iterations and epochs.

    instructions  on the tape
    batches       in an epoch
    epochs        in the run
    """

    def __init__(self, tape: Tape, batches: int, epochs: int) -> None:
        self.instructions = len(tape)
        self.batches = batches
        self.epochs = epochs
        self.iterations = batches * epochs
        self.length = self.iterations * self.instructions
        self._phases = tuple(instruction.phase for instruction in tape)
        self._ends: dict[Unit, tuple[int, ...]] = {
            "instruction": tuple(range(1, self.instructions + 1)),
            "layer": tape.layer_ends,
            "phase": tape.phase_ends,
            "batch": (self.instructions,),
        }

    def split(self, step: int) -> tuple[int, int]:
        """The iteration a step lies in, and the instruction just run there."""
        iteration = max(step - 1, 0) // self.instructions
        return iteration, step - iteration * self.instructions

    def position(self, step: int) -> Position:
        """What a step is called."""
        iteration, instruction = self.split(step)
        epoch, batch = divmod(iteration, self.batches)
        phase = self._phases[max(instruction, 1) - 1]
        return Position(step, epoch + 1, batch + 1, iteration, phase, instruction)

    def start_of(self, epoch: int, batch: int = 1) -> int:
        """The first step of a batch."""
        return ((epoch - 1) * self.batches + batch - 1) * self.instructions + 1

    def span(self, unit: Unit) -> int:
        """The steps in a batch or an epoch."""
        return self.instructions * (self.batches if unit == "epoch" else 1)

    def after(self, step: int, count: int, unit: Unit) -> int | None:
        """The count-th step behind `step` at which a unit has just been completed; None beyond the end."""
        if unit == "epoch":
            found = (step // self.span("epoch") + count) * self.span("epoch")
        else:
            ends = self._ends[unit]
            rounds, within = divmod(step, self.instructions)
            rounds, place = divmod(rounds * len(ends) + bisect_right(ends, within) + count - 1, len(ends))
            found = rounds * self.instructions + ends[place]
        return found if found <= self.length else None

    def before(self, step: int, count: int, unit: Unit) -> int | None:
        """The count-th such step before `step`, step 0 being the last; None beyond it."""
        if unit == "epoch":
            found = (-(-step // self.span("epoch")) - count) * self.span("epoch")
            return found if found >= 0 else None
        if step == 0:
            return None
        ends = self._ends[unit]
        rounds, within = divmod(step - 1, self.instructions)
        place = rounds * len(ends) + bisect_right(ends, within) - count
        if place < 0:
            return 0 if place == -1 else None
        rounds, place = divmod(place, len(ends))
        return rounds * self.instructions + ends[place]

"""What a run takes: worked out, and refused where it is too much, before anything of it is allocated."""

from __future__ import annotations

import numpy as np

from nnstep.model.arrays import refuse_large

MACHINES = 2
"""A timeline's runner and its inspector have buffers of their own."""
STATES = 5
"""Copies of the state besides: at the start of the iteration on show, and the four checkpoints that are always kept."""


def of_parameters(numbers: int, slots: int) -> int:
    """The numbers that a run holds of so many parameters, with so many optimizer slots for each.

    Their initial values, then the state (parameters and slots) and the gradient of each machine, then the copies.
    """
    state = numbers * (1 + slots)
    return numbers + MACHINES * (state + numbers) + STATES * state


def refuse_large_batches(parameters: int, inputs: int, computed: int, dtype: np.dtype[np.floating]) -> None:
    """Raise ModelError where a run with its batches takes more than the limit.

    parameters  the numbers that it holds of these
    inputs      the numbers in the batches' X and Y: of a full batch, and of a smaller one at the end of an epoch
    computed    the numbers that the tapes compute from them
    """
    # Each machine has the batches as it computes with them, and the runner the rows as it gathers them.
    numbers = parameters + MACHINES * (inputs + computed) + inputs
    refuse_large("training.batch_size: training with such batches", numbers, dtype.itemsize)

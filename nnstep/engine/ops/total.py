"""The sum of a gradient's contributions, where a matrix is used more than once."""

from __future__ import annotations

from functools import cache, reduce
from operator import add

import numpy as np

from nnstep.engine.cell import Cell, Operand
from nnstep.engine.formula import Formula
from nnstep.engine.recorder import Matrix, Recorder
from nnstep.engine.tape import Application


def _total(run: Recorder, *, out: Matrix, **parts: Matrix) -> None:
    first, second, *others = parts.values()
    run(np.add, first, second, out=out)
    for part in others:
        run(np.add, out, part, out=out)


def _total_cell(at: tuple[int, ...], **parts: Operand) -> Cell:
    return reduce(add, (part[at] for part in parts.values()))


@cache
def _formula(count: int) -> Formula:
    return Formula(" + ".join(f"{{part{k}}}" for k in range(count)), _total, _total_cell)


def total_of(names: tuple[str, ...]) -> Application:
    """The elementwise sum of two or more matrices of one shape."""
    return Application(_formula(len(names)), {f"part{k}": name for k, name in enumerate(names)})

"""Applying one formula to plain arrays, outside any tape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from nnstep.engine.cell import Cell, Operand
from nnstep.engine.formula import Formula
from nnstep.engine.recorder import Joints, Recorder

Arrays = Mapping[str, npt.NDArray[Any]]


def compute(
    formula: Formula, shape: tuple[int, ...], arrays: Arrays, attributes: Mapping[str, object], order: str = "C"
) -> npt.NDArray[Any]:
    """The matrix that a formula computes, in the dtype of its operands."""
    dtype = np.result_type(*arrays.values())
    run = Recorder(dtype, Joints())
    out = np.full(shape, np.nan, dtype, order="F" if order == "F" else "C")
    calls = run.instruction()
    formula.compute(run, out=out, **arrays, **attributes)
    for call in calls:
        call()
    return out


def cell(formula: Formula, at: tuple[int, ...], arrays: Arrays, attributes: Mapping[str, object]) -> Cell:
    """The arithmetic of one cell of what a formula computes."""
    operands = {key: Operand(key, array) for key, array in arrays.items() if key not in formula.saved}
    return formula.cell(at, **operands, **attributes)

"""Commands that say something of a matrix as a whole: a summary, and what the last batch changed."""

from __future__ import annotations

import numpy as np

from nnstep.commands.looking import parse_cell
from nnstep.commands.registry import Rest, Result, command, result
from nnstep.engine.names import canonical, shown
from nnstep.errors import CommandError
from nnstep.render.matrix import value_lines
from nnstep.render.survey import moved_line, since_line, survey_line
from nnstep.session import Session
from nnstep.session.explanation import cell_name, check_index
from nnstep.session.survey import Moved, as_rows, changes, finished, survey


@command("summary", usage="EXPR")
def summary(session: Session, expr: Rest) -> Result:
    """Show a matrix in one line: its shape, range, mean and norm, and the classes of its numbers.

    Classes: how many cells are −∞, negative, 0, positive, +∞ and NaN. Min, max, mean and norm are those of the finite
    ones.
    """
    value = np.asarray(session.evaluate(expr))
    text = " ".join(expr.split())
    if value.dtype.kind not in "fiub":
        raise CommandError(f"summary takes a matrix or a number, got {text}")
    if not value.size:
        raise CommandError(f"summary: {text} is empty")
    found = finished(survey(as_rows(value), value.shape))
    return result(survey_line(shown(canonical(text)), found), found)


@command("change", usage="NAME[i,j]")
def change(session: Session, cell: Rest) -> Result:
    """Show what the last batch changed: a matrix or one cell of it, minus what it was one iteration earlier.

    A parameter or slot that this iteration has updated is compared with `old(NAME)`, anything else with what the
    iteration before wrote. Rows of a batch are compared with the same rows of the data, or not at all; in the first
    batch there is nothing earlier.
    """
    name, index = parse_cell(session, cell, "change")
    present = np.asarray(session.read(name))
    if index:
        check_index(name, index, present.shape, "change")
    was = session.earlier.of([name])[name]
    if was.value is None or not was.comparable:
        raise CommandError(f"change: {shown(name)}: {was.note}: {was.because}")
    if index or not present.ndim:
        move = Moved(index, float(was.value[index]), float(present[index]))
        return result(since_line(cell_name(name, index), move, was.step), move.by)
    with np.errstate(all="ignore"):
        gap = np.subtract(present, was.value)
    lines = value_lines(f"{shown(name)} − {shown(name)} at step {was.step}", gap)
    return result([*lines, moved_line(changes(was.value, present))], gap)

"""An update: the parameter before, what moves it, after, and the cells that moved most."""

from __future__ import annotations

import numpy as np

from nnstep.engine.names import shown
from nnstep.engine.recorder import Matrix
from nnstep.errors import CommandError
from nnstep.render.matrix import value_lines
from nnstep.render.survey import moved_line
from nnstep.render.text import Line, Span, line
from nnstep.session import Session
from nnstep.session.survey import changes
from nnstep.session.update import Column, update_columns


def update_lines(session: Session) -> list[Line]:
    """The update just made, or what to do to see one."""
    instruction = session.instruction
    if instruction is None or instruction.phase != "update":
        first = shown(session.timeline.parameters[0])
        raise CommandError(f"info update: the instruction just run is no update; `goto {first}` goes to one")
    lines: list[Line] = [line(Span(instruction.formula, "current"))]
    # As the update read it: an edit may have come since the iteration's start.
    before, after = session.operand(instruction.name), session.read(instruction.name)
    for column in update_columns(session, instruction):
        lines += value_lines(column_title(column), _values(session, column, before))
    return [*lines, moved_line(changes(before, after))]


def _values(session: Session, column: Column, before: Matrix) -> Matrix:
    if column.role == "before":
        return before
    if column.role == "move" and not column.text.startswith("lr*"):
        return before - session.read(column.name)
    return np.asarray(session.evaluate(column.text))


def column_title(column: Column) -> str:
    """`W[1] before`, `dW[1]`, `α·dW[1]`, `W[1] after`; Adam's move, which is no product, is `before − after`."""
    name = shown(column.name)
    if column.role == "move":
        return f"α·{name}" if column.text.startswith("lr*") else "before − after"
    return name if column.role == "operand" else f"{name} {column.role}"

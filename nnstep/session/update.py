"""What an instruction of the update phase does: the parameter before, what moves it and by how much, and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from nnstep.engine.names import SETTINGS, gradient_of
from nnstep.engine.tape import Instruction
from nnstep.values import dataclass

if TYPE_CHECKING:
    from nnstep.session.session import Session

Role = Literal["before", "operand", "move", "after"]


@dataclass(frozen=True)
class Column:
    """One matrix of an update.

    role   what it is to the update; a move is what is subtracted from the parameter
    name   the matrix that it is, or is made from
    text   the expression that gives it at this step
    """

    role: Role
    name: str
    text: str


def update_columns(session: Session, instruction: Instruction) -> list[Column]:
    """The matrices of an update from left to right.

    A slot has no move: of `vW[1]` there are the value before, the gradient, and after. A parameter moves by what the
    learning rate multiplies, `α·dW[1]`, or, under Adam, whose move is no matrix of the tape, by before minus after.
    """
    name = instruction.name
    columns = [Column("before", name, f"old({name})")]
    names = [each for each in instruction.operands if each not in (*SETTINGS, name)]
    gradient = gradient_of(parameter_of(session, name))
    if gradient in session.tape and gradient not in names:
        names.insert(0, gradient)
    columns += [Column("operand", each, each) for each in names]
    if name in session.timeline.parameters:
        moving = [each for each in instruction.operands if each not in (*SETTINGS, name)]
        if len(moving) == 1:
            columns.append(Column("move", moving[0], f"lr*{moving[0]}"))
        else:
            columns.append(Column("move", name, f"(old({name})-{name})"))
    return [*columns, Column("after", name, name)]


def parameter_of(session: Session, name: str) -> str:
    """The parameter that an update's instruction belongs to: W[1] for its slot vW[1]."""
    parameters = session.timeline.parameters
    return name if name in parameters or name[1:] not in parameters else name[1:]

"""The reader's turn: what a lesson returns to after somebody has tried things."""

from __future__ import annotations

from nnstep.session import Session
from nnstep.session.journal import state_of
from nnstep.session.snapshot import Snapshot
from nnstep.tui.view import View
from nnstep.values import dataclass


@dataclass(frozen=True)
class Taken:
    """What the reader who took over returns to.

    state      tells whether anything has changed since
    question   whether a question was waiting
    asked_for  whether the reader said so, rather than simply began
    """

    snapshot: Snapshot
    view: View
    state: object
    question: bool
    asked_for: bool

    def changed(self, session: Session) -> bool:
        """Whether anything is otherwise than it was."""
        return self.snapshot.model is not session.model or state_of(session) != self.state


def taken(session: Session, view: View, *, question: bool, asked_for: bool) -> Taken:
    """How everything stands now."""
    return Taken(session.snapshot(), view.copy(), state_of(session), question, asked_for)

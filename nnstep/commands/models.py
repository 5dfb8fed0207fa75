"""Commands about whole models and the session itself."""

from __future__ import annotations

from nnstep.commands.registry import Rest, Result, command, result
from nnstep.render.models import shelf_lines
from nnstep.render.position import here
from nnstep.render.text import Span, line
from nnstep.session import Session

NOTHING = Rest("")


@command("open")
def open_(session: Session, model: Rest = NOTHING) -> Result:
    """Debug another model: a file, or the name of a bundled one; without MODEL, this one anew.

    Stops, displays, marks and branches belong to the model that was open before, and go with it.
    """
    if model:
        session.open(str(model))
    else:
        session.open(session.source, session.overrides)
    lines = [line(Span(session.model.title, "heading")), line(session.model.summary), here(session)]
    return result(lines, session.position)


@command("models", keys={"ctrl+o": "models"})
def models(session: Session) -> Result:
    """List the models that can be opened: the bundled ones, and the files of this folder.

    In the app they can be looked at, and enter opens one.
    """
    return result(shelf_lines(session.openable))


@command("quit", keys={"q": "quit"})
def quit_(session: Session) -> Result:
    """Leave the debugger."""
    del session
    return result([], leave=True)

"""Displays: expressions shown after every move."""

from __future__ import annotations

import re

from nnstep.commands.registry import Rest, Result, command, result
from nnstep.errors import CommandError
from nnstep.render.displays import display_lines
from nnstep.session import Session

NOTHING = Rest("")


@command("display", usage="[EXPR]", keys={"p": "display "})
def display(session: Session, expr: Rest = NOTHING) -> Result:
    """Show EXPR after every move; without EXPR, show all displays now.

    Where it cannot be read yet, the step at which it will be is shown instead.
    """
    if expr:
        number = session.display(expr)
        return result(display_lines(session, [number]), number)
    return result(display_lines(session, session.displays))


@command("undisplay", usage="[N…]")
def undisplay(session: Session, numbers: Rest = NOTHING) -> Result:
    """Show displays no more, by their numbers; without numbers, none."""
    words = numbers.split()
    chosen = [int(word) for word in words if re.fullmatch(r"\d{1,18}", word)] if words else list(session.displays)
    missing = [word for word in words if not word.isdigit() or int(word) not in session.displays]
    if missing:
        known = ", ".join(str(number) for number in session.displays) or "none"
        raise CommandError(f"no display {missing[0]}; there are {known}")
    for number in chosen:
        session.displays.pop(number, None)
    return result(f"{len(session.displays)} displays left")

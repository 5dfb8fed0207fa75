"""Displays as lines."""

from __future__ import annotations

from collections.abc import Iterable

from nnstep.errors import CommandError, NotComputedError
from nnstep.render.catalogue import word
from nnstep.render.matrix import value_lines
from nnstep.render.text import Line, Span, line
from nnstep.session import Session


def display_lines(session: Session, numbers: Iterable[int]) -> list[Line]:
    """Each display with its number; what cannot be shown says why in one line."""
    lines: list[Line] = []
    for number in numbers:
        expression = session.displays[number]
        label = f"{number}: {expression.text}"
        try:
            lines += value_lines(label, expression.value(session))
        except NotComputedError as error:
            lines.append(line(Span(f"{label}  ", "name"), Span(word("not_yet", step=error.step), "dim")))
        except CommandError as error:
            lines.append(line(Span(f"{label}  ", "name"), Span(str(error), "dim")))
    return lines

"""Where the debugger stands, and the tape around it, as lines."""

from __future__ import annotations

import numpy as np

from nnstep.engine.tape import Instruction
from nnstep.render.numbers import number
from nnstep.render.text import Line, Role, Span, line
from nnstep.session import Session


def size_of(shape: tuple[int, ...]) -> str:
    """`4×2` for a matrix, `1×4` for a vector, nothing for a single number."""
    return "×".join(str(n) for n in (shape if len(shape) != 1 else (1, *shape)))


def here(session: Session) -> Line:
    """One line: step, epoch, batch, phase, and the instruction just run."""
    position = session.position
    place = f"step {position.step}  epoch {position.epoch} batch {position.batch}  "
    instruction = session.instruction
    if instruction is None:
        return line(Span(place, "dim"), "before anything; `step` loads the first batch")
    spans = [Span(f"{place}{position.phase}  ", "dim"), Span(instruction.formula, "current")]
    if instruction.shape:
        spans.append(Span(f"  {size_of(instruction.shape)}", "dim"))
    else:
        spans.append(Span(f" = {number(float(session.read(instruction.name)), 6)}", "number"))
    return tuple(spans)


def where(session: Session) -> list[Line]:
    """All that is known of the position."""
    position, calendar = session.position, session.calendar
    rows = np.sort(session.timeline.rows(position.iteration))
    shown = " ".join(str(row) for row in rows[:16]) + (" …" if len(rows) > 16 else "")
    facts = [
        ("step", f"{position.step} of {session.length}"),
        ("epoch", f"{position.epoch} of {calendar.epochs}"),
        ("batch", f"{position.batch} of {calendar.batches}"),
        ("iteration", f"{position.iteration} of {calendar.iterations}, counted from 0"),
        ("phase", position.phase),
        ("instruction", f"{position.instruction} of {len(session.tape)}"),
        ("rows", shown),
    ]
    lines = [_fact(name, fact) for name, fact in facts]
    return [*lines, here(session)]


def _fact(name: str, fact: str) -> Line:
    return line(Span(f"{name:<12}", "dim"), fact)


def facts(pairs: list[tuple[str, str]]) -> list[Line]:
    """Names and what is to be said of each, in two columns."""
    return [_fact(name, fact) for name, fact in pairs]


def tape_lines(session: Session, first: int, last: int) -> list[Line]:
    """Instructions `first` to `last` under their phases and a graph's equations; ▶ marks the one just run."""
    lines: list[Line] = []
    phase, layer = None, None
    equations = session.tape.equations
    for instruction in session.tape:
        if first <= instruction.index <= last:
            if instruction.phase != phase:
                lines.append(line(Span(instruction.phase, "heading")))
                phase, layer = instruction.phase, None
            if equations and instruction.layer is not None and instruction.layer != layer:
                lines.append(line(Span(f"  {equations[instruction.layer - 1]}", "name")))
                layer = instruction.layer
            lines.append(_tape_line(session, instruction))
    return lines


def _tape_line(session: Session, instruction: Instruction) -> Line:
    at = session.position.instruction
    role: Role = "current" if instruction.index == at else "text" if instruction.index < at else "dim"
    mark = "▶" if instruction.index == at else " "
    left, arrow, right = instruction.formula.split(maxsplit=2)
    width = max(len(each.formula.split()[0]) for each in session.tape)
    return line(
        Span(f" {mark} {instruction.index:>3}  {left:<{width}} {arrow} {right}", role),
        Span(f"  {size_of(instruction.shape)}", "dim"),
    )

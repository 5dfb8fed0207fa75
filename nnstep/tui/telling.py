"""The arithmetic behind the cursor's cell, ready to draw, and the cells that it reads."""

from __future__ import annotations

import re

from nnstep.render.catalogue import said, word
from nnstep.render.numbers import number
from nnstep.render.ops import library_text
from nnstep.render.survey import percent
from nnstep.render.text import show_name
from nnstep.session import Session
from nnstep.session.survey import Moved
from nnstep.tui.content import Content, Index
from nnstep.tui.explained import Told
from nnstep.tui.formula import parts
from nnstep.tui.paint import Line, Role
from nnstep.tui.scene import cell_name, written

Reads = tuple[tuple[str, Index], ...]
EXPLAINED_AT_ONCE = 50_000
"""Parameters up to which an iteration is so short that a cell of the one before is explained at every cursor move."""


def tell(session: Session, content: Content, row: int, column: int) -> tuple[Told, Reads]:
    """The arithmetic behind a cell, and the cells that it reads."""
    if content.array is None:
        return Told(show_name(content.name), (((content.note, "muted"),),)), ()
    index = content.index(row, column)
    name, value = cell_name(content.name, index), number(float(content.array[index]))
    if content.form != "new":
        return _compared(session, content, index, value), ()
    if content.name.startswith("lr*"):
        return _times_rate(session, content, index, value)
    if remark := _remark(session, content):
        return _plain(name, value, remark), ()
    return _arithmetic(session, content, index, name)


def _remark(session: Session, content: Content) -> str:
    """What is said in place of arithmetic; nothing where that is at hand."""
    if content.name.startswith("old("):
        return word("before_update")
    if content.name.startswith("("):
        return word("subtracted")
    step = _too_far_back(session, content)
    return "" if step is None else word("written_at", step=step)


def _arithmetic(session: Session, content: Content, index: Index, name: str) -> tuple[Told, Reads]:
    told = session.explain(content.name, index, number)
    _, sign, right = parts(told.symbols)
    if not sign:
        return _plain(name, told.steps[-1], said(told.symbols.partition(": ")[2])), ()
    operands = tuple({read for read, _ in told.reads})
    *steps, last = told.steps
    lines = (_cells(right, operands), *(((text, "text"),) for text in steps), ((last, "current"),))
    return Told(name, lines, library_text(told.library) if told.library else ""), told.reads


def _plain(name: str, value: str, remark: str) -> Told:
    return Told(name, (((value, "current"), (f"   {remark}", "muted")),))


def _times_rate(session: Session, content: Content, index: Index, value: str) -> tuple[Told, Reads]:
    """A gradient times the learning rate."""
    gradient = content.name.removeprefix("lr*")
    cell = cell_name(gradient, index)
    rate, slope = number(float(session.read("lr"))), number(float(session.read(gradient)[index]))
    slope = f"({slope})" if slope.startswith("-") else slope
    first: Line = (("α · ", "text"), (cell, "operand"))
    return Told(f"α·{cell}", (first, ((f"{rate} · {slope}", "text"),), ((value, "current"),))), ((gradient, index),)


def _compared(session: Session, content: Content, index: Index, value: str) -> Told:
    """A cell of one iteration earlier, or its difference to the present one."""
    name = cell_name(content.name, index)
    if content.form == "old":
        return _plain(f"{name} old", value, content.note)
    was = session.earlier.of([content.name])[content.name]
    assert was.value is not None
    move = Moved(index, float(was.value[index]), float(session.read(content.name)[index]))
    before = number(move.before)
    before = f"({before})" if before.startswith("-") else before
    line: Line = ((f"{number(move.after)} − {before}", "text"),)
    return Told(f"{name} new − old", (line, ((value, "current"), (f"   {percent(move.part)} {content.note}", "muted"))))


def _too_far_back(session: Session, content: Content) -> int | None:
    """The step that wrote a parameter, if that is an iteration ago and to run it again would be felt."""
    size = sum(values.size for values in session.model.parameters.values())
    _, step = written(session, content.name)
    begun = session.position.iteration * len(session.tape)
    return step if 0 < step <= begun and size > EXPLAINED_AT_ONCE else None


def _cells(text: str, operands: tuple[str, ...]) -> Line:
    """The text with every cell of an operand in the operands' colour."""
    if not operands:
        return ((text, "text"),)
    names = "|".join(sorted((re.escape(show_name(name)) for name in operands), key=len, reverse=True))
    pieces: list[tuple[str, Role]] = []
    for place, piece in enumerate(re.split(rf"(?<![A-Za-z0-9_δ])((?:{names})(?:\[[^\]]*\])?)", text)):
        if piece:
            pieces.append((piece, "operand" if place % 2 else "text"))
    return tuple(pieces)

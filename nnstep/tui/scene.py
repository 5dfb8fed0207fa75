"""What there is to see at a step, as values for the widgets: read from the session, drawn by nobody here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from nnstep.engine.names import SETTINGS, gradient_of
from nnstep.engine.tape import PHASES, Instruction
from nnstep.render.catalogue import said, word
from nnstep.render.text import show_name
from nnstep.session import Session
from nnstep.session.earlier import Was
from nnstep.session.update import Column, update_columns
from nnstep.timeline import Timeline
from nnstep.tui.content import Content, Derived, Form, Index, Values
from nnstep.tui.formula import formula_line
from nnstep.tui.paint import Line
from nnstep.tui.signs import whole_run
from nnstep.tui.status import Where

RESULT = "result"
LAYER = "layer "
"""The slots of the layer's matrices: `layer Z`, `layer W` …"""
MOST_PARTS = 8
"""Matrices of an equation up to which the parts are shown as well."""


def where(session: Session, progress: float | None = None) -> Where:
    """The two status lines."""
    model, position = session.model, session.position
    losses = session.losses
    fresh = session.readable("L")
    last = float(losses[-1]) if len(losses) else None
    return Where(
        model=model.name,
        summary=model.summary,
        epoch=position.epoch,
        epochs=model.training.epochs,
        batch=position.batch,
        batches=model.batches,
        step=position.step,
        length=session.length,
        instruction=position.instruction,
        phases=[(phase, *session.tape.phase_span(phase)) for phase in PHASES],
        loss=float(session.read("L")) if fresh else last,
        fresh=fresh,
        losses=losses,
        run=whole_run(session),
        progress=progress,
    )


# Matrices


def step_contents(session: Session) -> list[Content]:
    """Operands and result of the instruction just run; of an update, what moves the parameter and by how much."""
    instruction = session.instruction
    if instruction is None:
        return [_content(session, name, f"start {name}") for name in session.timeline.parameters]
    if instruction.phase == "update":
        return [_column(session, column, place) for place, column in enumerate(update_columns(session, instruction), 1)]
    names = [name for name in instruction.operands if name not in SETTINGS]
    operands = [
        _content(session, name, f"operand {place}", title=((show_name(name), "operand"),))
        for place, name in enumerate(names, start=1)
    ]
    return [*operands, _result(session, instruction.name, source=instruction.name)]


def _result(session: Session, name: str, source: str) -> Content:
    return _content(session, name, RESULT, title=(("→ ", "muted"), (show_name(name), "current")), source=source)


def _column(session: Session, column: Column, place: int) -> Content:
    """One matrix of an update."""
    slot, name = f"operand {place}", column.name
    title: Line = ((show_name(name), "operand"),)
    if column.role == "after":
        return _result(session, name, source="")
    if column.role == "operand":
        return _content(session, name, slot, title=title)
    # As the update read it: an edit may have come since the iteration's start.
    updated = name in session.timeline.parameters or name in session.timeline.slots
    before = session.operand(name) if updated else None
    if column.role == "before" and before is not None:
        title = (*title, (" before", "muted"))
        return Content(slot, column.text, title, before.shape, name, before, version=written(session, name))
    present = session.read(name)
    version: tuple[object, ...] = written(session, name)
    if column.text.startswith("lr*"):
        rate = session.read("lr")
        move, title = Derived(np.multiply, rate, present), (("α·", "muted"), *title)
        version = (*version, float(rate))
    else:
        assert before is not None
        move, title = Derived(np.subtract, before, present), (("before − after", "operand"),)
    return Content(slot, column.text, title, present.shape, name if rate_of(column) else "", move, version=version)


def rate_of(column: Column) -> bool:
    """Whether a column is a gradient times the learning rate."""
    return column.text.startswith("lr*")


def layer_contents(session: Session, layer: int, form: Form = "new", *, slots: bool = False) -> list[Content]:
    """Z, A and δ of a layer, then its parameters with their gradients; of a graph, what an equation's parts write.

    slots  whether the optimizer's slots of each parameter follow
    """
    updating = session.instruction is not None and session.instruction.phase == "update"
    contents = [
        _content(session, name, LAYER + stem, source="" if updating and name in session.timeline.parameters else name)
        for stem, name in layer_names(session, layer, slots=slots)
    ]
    if form == "new":
        return contents
    was = session.earlier.of([content.name for content in contents])
    return [_compared(content, was[content.name], form, session.timeline) for content in contents]


def _compared(content: Content, was: Was, form: Form, timeline: Timeline) -> Content:
    """A matrix as it was one iteration earlier, or its difference to that."""
    note, shape = said(was.note), content.shape
    array: Values | None = None
    since = f"step {was.step}" if was.step else "the start"
    if form == "old" and was.value is not None:
        note, array, shape = f"written at {since}", was.value, was.value.shape
    elif was.value is not None and was.comparable:
        note = content.note
        if content.array is not None:
            note, array = f"since {since}", Derived(np.subtract, content.array, was.value)
    title = (*content.title, (" old" if form == "old" else " − old", "accent"))
    version = (id(timeline), was.step, content.version if form == "difference" else None)
    return replace(content, title=title, shape=shape, source="", array=array, note=note, version=version, form=form)


def contents_of(session: Session, names: Sequence[str], board: str) -> list[Content]:
    """Matrices by their names, each in a place of its own."""
    return [_content(session, name, f"{board} {name}") for name in names]


def layer_names(session: Session, layer: int, *, slots: bool = False) -> list[tuple[str, str]]:
    """The matrices of a layer or equation, each with the place that it keeps from layer to layer."""
    pairs = _layer_names(session, layer)
    if not slots:
        return pairs
    found: list[tuple[str, str]] = []
    for stem, name in pairs:
        found.append((stem, name))
        # After the gradient that moves them.
        of = name[1:] if name[:1] == "d" else ""
        found += [(each.partition("[")[0], each) for each in session.timeline.slots if of and each[1:] == of]
    return found


def _layer_names(session: Session, layer: int) -> list[tuple[str, str]]:
    tape = session.tape
    if tape.equations:
        names = [item.name for item in tape if item.layer == layer and item.phase != "update"]
        # The parts of a long equation have their place on the tape; its own matrices are worth the room here.
        chosen = names if len(names) <= MOST_PARTS else [name for name in names if "." not in name and ":" not in name]
        return [(name, name) for name in _with_parameters(session, layer, chosen)]
    named = ((stem, f"{stem}[{layer}]") for stem in ("Z", "A", "delta", "W", "dW", "b", "db"))
    return [(stem, name) for stem, name in named if name in tape or name in session.timeline.parameters]


def _with_parameters(session: Session, equation: int, names: list[str]) -> list[str]:
    """The matrices of an equation, then the parameters that it reads, each before its gradient."""
    parameters = dict.fromkeys(
        name
        for item in session.tape
        if item.layer == equation and item.phase == "forward"
        for name in item.operands
        if name in session.timeline.parameters
    )
    gradients = {gradient_of(name) for name in parameters}
    pairs = [each for name in parameters for each in (name, gradient_of(name)) if each == name or each in session.tape]
    return [*(name for name in names if name not in gradients), *pairs]


def _content(session: Session, name: str, slot: str, *, title: Line = (), source: str | None = None) -> Content:
    readable = session.readable(name)
    array = session.read(name) if readable else None
    return Content(
        slot=slot,
        name=name,
        title=title or ((show_name(name), "strong" if readable else "faint"),),
        shape=session.tape.named(name).shape if array is None else array.shape,
        source=name if source is None else source,
        array=array,
        note="" if readable else word("not_yet", step=session.written_at(name)),
        version=written(session, name),
    )


def written(session: Session, name: str) -> tuple[int, int]:
    """The timeline, and the step at which the values in sight were written: they are the same wherever this is."""
    timeline = session.timeline.serial
    if name not in session.tape:
        return timeline, 0
    size, position = len(session.tape), session.position
    step = position.iteration * size + session.tape.named(name).index
    return timeline, step if step <= position.step else step - size


# Lines


def formula(session: Session) -> tuple[Line, Line]:
    """The current equation, and the size and step of what it wrote."""
    instruction = session.instruction
    if instruction is None:
        first = session.tape[1].formula
        return (
            ((word("at_the_start"), "current"), (f"   {word('initial_parameters')}", "muted")),
            ((f"{word('next')} ", "muted"), (first, "text")),
        )
    done: Line = ((f"{instruction.phase} ", "muted"), (f"{instruction.index}/{len(session.tape)}", "text"))
    return formula_line(instruction), done


def heading(session: Session, layer: int) -> Line:
    """What the layer is, or the equation."""
    if session.tape.equations:
        return (
            (f"equation {layer}", "strong"),
            (f" of {session.layers} · ", "muted"),
            (session.tape.equations[layer - 1], "text"),
        )
    described = session.model.layers[layer - 1]
    units = f"{described.units} unit{'s' if described.units != 1 else ''}"
    frozen = "" if described.trainable else " · not trained"
    return (
        (f"layer {layer}", "strong"),
        (f" of {session.layers}", "muted"),
        (f" · {described.activation} · {units}{frozen}", "muted"),
    )


def layer_of(session: Session) -> int:
    """The layer that the current instruction belongs to: the first for the data, the last for the loss."""
    instruction = session.instruction
    if instruction is None or instruction.phase == "data":
        return min(1, session.layers)
    return instruction.layer or session.layers


# Cells


def cell_name(name: str, index: Index) -> str:
    """A cell as displays write it."""
    return show_name(name) + (f"[{','.join(map(str, index))}]" if index else "")


def about(content: Content, row: int, column: int) -> str:
    """The line that says most of a cell: its arithmetic, what it was before, or its value alone."""
    cell = cell_name(content.name, content.index(row, column))
    if content.form != "new":
        return f"change {cell}"
    # Old values and what an update makes of a gradient are no matrices of the tape.
    return f"explain {cell}" if re.fullmatch(r"[\w.:]+(?:\[\d+\])?", content.name) else f"print {cell}"


def wanted_shapes(
    session: Session, *, slots: bool = False
) -> tuple[list[list[tuple[str, Index]]], list[list[tuple[str, Index]]]]:
    """Names and shapes of what each instruction's board and each layer's board will show."""
    known = {name: values.shape for name, values in session.model.parameters.items()}
    known |= {instruction.name: instruction.shape for instruction in session.tape}
    steps = [
        [(name, known[name]) for name in _names_of(session, instruction) if name in known]
        for instruction in session.tape
    ]
    layers = [
        [(name, known[name]) for _, name in layer_names(session, layer, slots=slots) if name in known]
        for layer in range(1, session.layers + 1)
    ]
    return steps, layers


def _names_of(session: Session, instruction: Instruction) -> list[str]:
    if instruction.phase == "update":
        return [column.name for column in update_columns(session, instruction)]
    return [*instruction.operands, instruction.name]

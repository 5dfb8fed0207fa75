"""What there is to see at a step, as values for the widgets: read from the session, drawn by nobody here."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from nnstep.engine.names import SETTINGS
from nnstep.engine.tape import PHASES, Instruction
from nnstep.render.catalogue import said, word
from nnstep.render.numbers import number
from nnstep.render.text import show_name
from nnstep.session import Explanation, Session
from nnstep.session.stops import Place, Watch, changes
from nnstep.tui.explained import Told
from nnstep.tui.formula import formula_line, parts
from nnstep.tui.matrix import Content, Index, Marks
from nnstep.tui.paint import Line, Role
from nnstep.tui.status import Where

RESULT = "result"
LAYER = "layer "
"""The slots of the layer's matrices: `layer Z`, `layer W` …"""
MOST_PARTS = 8
"""Matrices of an equation up to which the parts are shown as well."""
EXPLAINED_AT_ONCE = 50_000
"""Parameters up to which an iteration is so short that a cell of the one before is explained at every cursor move."""


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
        progress=progress,
    )


# Matrices


def step_contents(session: Session) -> list[Content]:
    """Operands and result of the instruction just run; parameters before, gradients, and parameters after."""
    instruction = session.instruction
    if instruction is None:
        return [_content(session, name, f"start {name}") for name in session.timeline.parameters]
    result = _content(
        session,
        instruction.name,
        RESULT,
        title=(("→ ", "muted"), (show_name(instruction.name), "current")),
        source="" if instruction.phase == "update" else instruction.name,
    )
    return [*_operands(session, instruction), result]


def _operands(session: Session, instruction: Instruction) -> Iterable[Content]:
    """Everything that the instruction reads, the parameter it updates first and with its old value."""
    names = [name for name in instruction.operands if name not in SETTINGS]
    if instruction.phase == "update":
        gradient = f"d{_parameter(session, instruction.name)}"
        if gradient in session.tape and gradient not in names:
            names.append(gradient)
        names = [instruction.name, *(name for name in names if name != instruction.name)]
    for place, name in enumerate(names, start=1):
        slot = f"operand {place}"
        if name == instruction.name:
            title: Line = ((f"{show_name(name)}", "operand"), (" before", "muted"))
            before = session.old(name)
            yield Content(slot, f"old({name})", title, before.shape, name, before, version=_written(session, name))
        else:
            yield _content(session, name, slot, title=((show_name(name), "operand"),))


def _parameter(session: Session, name: str) -> str:
    """The parameter that an update's instruction belongs to: W[1] for its slot vW[1]."""
    parameters = session.timeline.parameters
    return name if name in parameters or name[1:] not in parameters else name[1:]


def layer_contents(session: Session, layer: int) -> list[Content]:
    """Z, A and δ of a layer, then its parameters with their gradients; of a graph, what an equation's parts write."""
    updating = session.instruction is not None and session.instruction.phase == "update"
    return [
        _content(session, name, LAYER + stem, source="" if updating and name in session.timeline.parameters else name)
        for stem, name in layer_names(session, layer)
    ]


def layer_names(session: Session, layer: int) -> list[tuple[str, str]]:
    """The matrices of a layer or equation, each with the place that it keeps from layer to layer."""
    tape = session.tape
    if tape.equations:
        names = [item.name for item in tape if item.layer == layer and item.phase != "update"]
        # The parts of a long equation have their place on the tape; its own matrices are worth the room here.
        chosen = names if len(names) <= MOST_PARTS else [name for name in names if "." not in name and ":" not in name]
        return [(name, name) for name in chosen]
    named = ((stem, f"{stem}[{layer}]") for stem in ("Z", "A", "delta", "W", "dW", "b", "db"))
    return [(stem, name) for stem, name in named if name in tape or name in session.timeline.parameters]


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
        version=_written(session, name),
    )


def _written(session: Session, name: str) -> tuple[int, int]:
    """The timeline, and the step at which the values in sight were written: they are the same wherever this is."""
    timeline = id(session.timeline)
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


def stop_marks(session: Session) -> dict[int, str]:
    """The instructions at which enabled stops may match: ● for a breakpoint, ◆ for what a watch reads."""
    marks: dict[int, str] = {}
    for stop in session.stops:
        if not stop.enabled:
            continue
        if isinstance(stop.matcher, Watch):
            marks |= dict.fromkeys(changes(stop.matcher.expression, session.tape), "◆")
        elif isinstance(stop.matcher, Place):
            marks |= dict.fromkeys(stop.matcher.indices, "●")
    return marks


# The explained cell


def cell_name(name: str, index: Index) -> str:
    """A cell as displays write it."""
    return show_name(name) + (f"[{','.join(map(str, index))}]" if index else "")


def explain(session: Session, content: Content, row: int, column: int) -> tuple[Told, dict[str, Marks]]:
    """The arithmetic behind a cell, and the cells that it reads."""
    if content.array is None:
        return Told(show_name(content.name), (((content.note, "muted"),),)), {}
    index = content.index(row, column)
    name = cell_name(content.name, index)

    def plainly(value: str, remark: str) -> tuple[Told, dict[str, Marks]]:
        return Told(name, (((value, "current"), (f"   {remark}", "muted")),)), {}

    here = number(float(content.array[index]))
    if content.name.startswith("old("):
        return plainly(here, word("before_update"))
    if (written := _too_far_back(session, content)) is not None:
        return plainly(here, word("written_at", step=written))
    told = session.explain(content.name, index, number)
    _, sign, right = parts(told.symbols)
    if not sign:
        return plainly(here, said(told.symbols.partition(": ")[2]))
    operands = tuple({read for read, _ in told.reads})
    *steps, value = told.steps
    lines = (_cells(right, operands), *(((text, "text"),) for text in steps), ((value, "current"),))
    return Told(name, lines), marks(session, told)


def _too_far_back(session: Session, content: Content) -> int | None:
    """The step that wrote a parameter, if that is an iteration ago and to run it again would be felt."""
    size = sum(values.size for values in session.model.parameters.values())
    _, written = _written(session, content.name)
    begun = session.position.iteration * len(session.tape)
    return written if 0 < written <= begun and size > EXPLAINED_AT_ONCE else None


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


def marks(session: Session, told: Explanation) -> dict[str, Marks]:
    """The cells that an explanation reads, by matrix and row."""
    marked: dict[str, dict[int, set[int]]] = {}
    for name, index in told.reads:
        row, column = _shown_at(session, name, index)
        marked.setdefault(name, {}).setdefault(row, set()).add(column)
    return dict(marked)


def _shown_at(session: Session, name: str, index: Index) -> tuple[int, int]:
    """The row and column at which a board shows a cell: a stack of matrices stands as one above the other."""
    if len(index) < 2:
        return 0, index[-1] if index else 0
    stack = session.tape.named(name).shape[:-1] if name in session.tape else session.read(name).shape[:-1]
    return int(np.ravel_multi_index(index[:-1], stack)), index[-1]


def wanted_shapes(session: Session) -> tuple[list[list[tuple[str, Index]]], list[list[tuple[str, Index]]]]:
    """Names and shapes of what each instruction's board and each layer's board will show."""
    known = {name: values.shape for name, values in session.model.parameters.items()}
    known |= {instruction.name: instruction.shape for instruction in session.tape}
    steps = [[(name, known[name]) for name in (*i.operands, i.name) if name in known] for i in session.tape]
    layers = [
        [(name, known[name]) for _, name in layer_names(session, layer) if name in known]
        for layer in range(1, session.layers + 1)
    ]
    return steps, layers

"""Commands that look and change nothing."""

from __future__ import annotations

import re
from typing import Literal

import numpy as np

from nnstep.commands.registry import Rest, Result, command, result
from nnstep.engine.names import canonical, shown
from nnstep.errors import CommandError
from nnstep.render.branches import branch_lines, mark_lines
from nnstep.render.checks import finding_lines
from nnstep.render.explanation import explanation_lines, show
from nnstep.render.health import at_the_end_of, health_lines
from nnstep.render.matrix import value_lines
from nnstep.render.numbers import number
from nnstep.render.position import facts, size_of, tape_lines, where
from nnstep.render.stops import stop_lines
from nnstep.render.text import Line, Span, line
from nnstep.render.update import update_lines
from nnstep.session import Session
from nnstep.session.expression import clipped
from nnstep.session.session import as_array

AROUND = 5

Topic = Literal[
    "model", "tape", "position", "stops", "branches", "marks", "checkpoints", "health", "update", "evaluation"
]


@command("print", alias="p")
def print_(session: Session, expr: Rest) -> Result:
    """Show the value of an expression: a matrix, a cell `Z[1][2,0]`, a slice `W[1][:, 0]`, arithmetic on them.

    Functions: old abs exp log sqrt sum mean std min max norm argmax isnan isinf isfinite any all zeros shape. Besides
    the matrices there are lr and the other settings, epoch, batch, iteration, step, m (rows of the batch) and losses.
    """
    value = session.evaluate(expr)
    if isinstance(value, np.ndarray):
        value = as_array(value)
    return result(value_lines(_readable(session, expr), value), value)


@command("explain", alias="e", keys={"enter": "explain"}, usage="NAME[i,j]")
def explain(session: Session, cell: Rest) -> Result:
    """Show the arithmetic of one cell: symbols, then numbers, then the result.

    NAME[i,j] names the cell of a matrix, NAME[j] that of a vector, NAME alone a single number such as L.
    """
    name, index = parse_cell(session, cell)
    explanation = session.explain(name, index, show)
    return result(explanation_lines(explanation), explanation.value)


@command("list", alias="l")
def list_(session: Session, n: int = AROUND) -> Result:
    """Show the tape around here, N instructions each way; ▶ marks the one just run."""
    at = session.position.instruction
    return result(tape_lines(session, at - n, at + n))


@command("info", alias="i", keys={"B": "info stops"})
def info(session: Session, what: Topic) -> Result:
    """Show all about the model, the tape, the position, stops, branches, marks and checkpoints, or the run's health.

    update: the parameter before the update just made, its gradient, what the learning rate makes of that, the parameter
    after, and the cells that moved most. evaluation: loss and accuracy over all training rows and over those kept from
    training (`holdout` in [data]), at the end of every epoch and with the parameters of this step.
    """
    return result(_INFO[what](session))


_INDEX = re.compile(r"\s*\[\s*(-?\d{1,18}(?:\s*,\s*-?\d{1,18})*)\s*\]$", re.ASCII)


def parse_cell(session: Session, text: str, command: str = "explain") -> tuple[str, tuple[int, ...]]:
    """The name and the index that `NAME[i,j]` says."""
    text = " ".join(text.split())
    name, at = text, list[int]()
    while canonical(name) not in session.names and (index := _INDEX.search(name)):
        # Of a stack of matrices, K[1][0,2] is K[1,0,2].
        name, at = name[: index.start()], [*(int(i) for i in index.group(1).split(",")), *at]
    if canonical(name) in session.names:
        return canonical(name), tuple(at)
    session.expression(text)  # an unknown name is said to be one
    raise CommandError(f"{command} takes one cell, such as Z[1][0,0], got {clipped(text)}")


def _readable(session: Session, text: str) -> str:
    """The expression as displays write it, when it is a name alone."""
    text = " ".join(text.split())
    name = canonical(text)
    return shown(name) if name in session.names else text


def _model(session: Session) -> list[Line]:
    model = session.model
    data, training = model.data, model.training
    pairs = [
        ("title", model.title),
        ("file", model.path.name if model.path else "none: a dict"),
        ("graph" if model.equations else "network", model.summary),
        (
            "data",
            f"{len(data.features)} rows of {data.features.shape[1]} features, {data.targets.shape[1]} targets",
        ),
        *(("" if place else "equations", text) for place, text in enumerate(model.equations)),
        ("loss", model.loss.name + (f", l2 {number(model.loss.l2)}" if model.loss.l2 else "")),
        (
            "training",
            f"{training.optimizer}, α {number(training.learning_rate)}, batches of {training.batch_size}",
        ),
        ("run", f"{training.epochs} epochs of {session.calendar.batches} batches: {session.length} steps"),
        ("dtype", model.dtype.name),
    ]
    if len(data.holdout_features):
        pairs.insert(4, ("holdout", f"{len(data.holdout_features)} rows kept from training"))
    sizes = ((name, session.timeline.read(name, session.step)) for name in session.timeline.parameters)
    pairs += [(shown(name), f"{size_of(matrix.shape)} parameters") for name, matrix in sizes]
    return facts(pairs)


def _tape(session: Session) -> list[Line]:
    return tape_lines(session, 1, len(session.tape))


def _checkpoints(session: Session) -> list[Line]:
    kept = session.timeline.checkpoints
    iterations = kept.iterations
    count = "1 checkpoint" if len(iterations) == 1 else f"{len(iterations)} checkpoints"
    return [
        line(f"{count}, {kept.nbytes / 2**20:.1f} of {kept.budget / 2**20:.0f} MiB"),
        line(f"one every {kept.spacing} iterations, and up to {kept.most_dense} around the last places visited"),
        line(Span("iterations  ", "dim"), _stretches(iterations)),
    ]


def _stops(session: Session) -> list[Line]:
    return stop_lines(session.stops)


def _health(session: Session) -> list[Line]:
    position = session.position
    about = at_the_end_of(position.epoch, position.batch)
    return [about, *health_lines(session.health()), *finding_lines(session.findings())]


def _evaluation(session: Session) -> list[Line]:
    from nnstep.render.evaluation import evaluation_lines  # few ask for it

    return evaluation_lines(session)


def _stretches(numbers: list[int]) -> str:
    """`0 16 32-40 48`: neighbours as a stretch."""
    stretches: list[list[int]] = []
    for each in numbers:
        if stretches and each == stretches[-1][-1] + 1:
            stretches[-1].append(each)
        else:
            stretches.append([each])
    texts = [str(s[0]) if len(s) == 1 else f"{s[0]}-{s[-1]}" for s in stretches]
    return " ".join(texts if len(texts) <= 24 else [*texts[:12], "…", *texts[-12:]])


_INFO = {
    "model": _model,
    "tape": _tape,
    "position": where,
    "checkpoints": _checkpoints,
    "health": _health,
    "stops": _stops,
    "branches": branch_lines,
    "marks": mark_lines,
    "update": update_lines,
    "evaluation": _evaluation,
}

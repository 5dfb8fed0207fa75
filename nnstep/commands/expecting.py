"""Commands for lessons: what must hold, what must be refused, what is asked, and where to wait."""

from __future__ import annotations

import re

import numpy as np

from nnstep.commands.execute import execute
from nnstep.commands.registry import Rest, Result, command, result
from nnstep.errors import CommandError, ExpectationError
from nnstep.render.explanation import explanation_lines, show
from nnstep.render.numbers import number
from nnstep.render.text import Line, Span, line
from nnstep.session import Session
from nnstep.session.expectation import Finding, examine, label, size_of, split_within, values
from nnstep.session.expression import clipped
from nnstep.session.journal import state_of
from nnstep.values import dataclass

DIGITS = 10
FEW = 4
"""Cells of a value that is said whole."""

_LIST = re.compile(r"[-+\d.eE,;\s]+")
_NAME = re.compile(r"[^\W\d]\w*(\[\d+\])?")
_QUESTION = re.compile(r'"([^"]{1,300})"\s+(.+)')


@command("expect", usage="EXPR | A == B | A ~= B [within T]", words=("within",))
def expect(session: Session, expr: Rest) -> Result:
    """Say that something holds here; where it does not, the line is refused with the values on both sides.

    EXPR must be true; of a matrix of conditions, every cell (`expect A[1] > 0`). `A == B` compares cell by cell and to
    the last bit, `A ~= B` within T, a number or a percentage of B (`within 1%`); without it |A − B| ≤ 1e-8 + 1e-6·|B|.
    A side may be a list: `expect shape(W[1]) == 4, 2` or, by rows, `expect W[1] ~= 0.15, 0.2; 0.25, 0.3`. A single
    number is compared with every cell; of matrices that differ, the worst cell is named.
    """
    finding = examine(session, expr)
    if not finding.holds:
        raise ExpectationError(f"expect {' '.join(expr.split())}: {_failure(finding)}")
    return result(line(Span("✓ ", "good"), " ".join(expr.split()), Span(_found(finding), "dim")), True)


@command("expect-error", usage="LINE")
def expect_error(session: Session, text: Rest) -> Result:
    """Say that a line is refused here and changes nothing."""
    snapshot, before = session.snapshot(), state_of(session)
    try:
        execute(session, text)
    except CommandError as error:
        if session.model is snapshot.model and state_of(session) == before:
            return result(line(Span("✓ ", "good"), "refused: ", Span(str(error), "dim")), str(error))
        session.restore(snapshot)
        raise ExpectationError(f"expect-error {text}: it was refused, but had changed something by then") from error
    session.restore(snapshot)
    raise ExpectationError(f"expect-error {text}: it was carried out, and is undone")


@dataclass(frozen=True)
class Question:
    """What `ask` asks: the words, the expression that answers them, and how near an answer must come."""

    text: str
    expression: str
    within: str


@command("ask", usage='"QUESTION" EXPR [within T]', words=("within",))
def ask(session: Session, question: Rest) -> Result:
    """Ask for a number: in a lesson the learner types one and is told how near it is; elsewhere the answer is shown.

    EXPR is one number. An answer is right within T, a number or a percentage; without T within 1 %, or rounded to two
    digits or more.
    """
    asked = question_of(question)
    answer = answer_of(session, asked)
    return result([asked_line(asked), answer_line(asked, answer)], answer)


@command("pause")
def pause(session: Session) -> Result:
    """Wait, in a lesson, until the reader goes on; elsewhere nothing happens."""
    del session
    return result([])


def question_of(text: str) -> Question:
    """The question that a line of `ask` asks."""
    match = _QUESTION.fullmatch(text.strip())
    if match is None:
        raise CommandError('ask takes "QUESTION" EXPR, such as `ask "What is the loss here?" L within 0.01`')
    expression, within = split_within(match.group(2))
    return Question(match.group(1).strip(), expression, within)


def answer_of(session: Session, asked: Question) -> float:
    """The number that answers a question here."""
    value = values(session, asked.expression)
    if value.size != 1 or value.dtype.kind not in "fiub":
        raise CommandError(f"ask: {clipped(asked.expression)} must be one number, it is {size_of(value)}")
    return float(value.reshape(()))


def asked_line(asked: Question) -> Line:
    """The question as it is shown."""
    return line(Span("? ", "current"), asked.text)


def answer_line(asked: Question, answer: float) -> Line:
    """The answer as it is shown."""
    return line("  ", Span(label(asked.expression), "name"), " = ", Span(number(answer, DIGITS), "number"))


def explained(session: Session, asked: Question) -> list[Line]:
    """The arithmetic behind the answer, where it is a cell."""
    from nnstep.commands.looking import parse_cell  # looking imports what asking needs

    try:
        return explanation_lines(session.explain(*parse_cell(session, asked.expression), show))
    except CommandError:
        return []


def _failure(finding: Finding) -> str:
    """The values that say why an expectation does not hold."""
    gap = finding.gap
    if gap is None or all(value.size <= FEW for value in finding.values):
        said = [f"{label(side)} is {_short(value)}" for side, value in _sides(finding) if not _LIST.fullmatch(side)]
        if len({value.shape for value in finding.values}) > 1 and len(said) == 1 and finding.values[1].size > 1:
            said.append(f"not {_short(finding.values[1])}")
    else:
        at = f"[{','.join(str(i) for i in gap.cell)}]"
        said = [
            f"{_cell_of(side, at, value)} is {number(found, DIGITS)}"
            for (side, value), found in zip(_sides(finding), (gap.left, gap.right), strict=True)
            if not _LIST.fullmatch(side) or value.size > 1
        ]
    text = ", ".join(said) or "it does not hold"
    if gap is None or not gap.most:
        return text
    return f"{text}: {number(gap.apart or 0)} apart, at most {number(gap.most)}"


def _cell_of(side: str, at: str, value: np.ndarray) -> str:
    """What a cell of a side is called; a list has no name."""
    if value.size == 1:
        return label(side)
    if _LIST.fullmatch(side):
        return "what is expected"
    return f"{label(side)}{at}" if _NAME.fullmatch(side) else f"({side}){at}"


def _found(finding: Finding) -> str:
    """What was found where it holds: the number, or how near two matrices are."""
    value = finding.values[0]
    if finding.gap is not None and value.size > 1:
        return f"  all {value.size} cells" + (
            f", at most {number(finding.gap.apart)} apart" if finding.gap.apart else ""
        )
    if value.size == 1 and value.dtype != np.bool_:
        return f"  {number(float(value.reshape(())), DIGITS)}"
    return ""


def _sides(finding: Finding) -> list[tuple[str, np.ndarray]]:
    return list(zip(finding.sides, finding.values, strict=True))


def _short(value: np.ndarray) -> str:
    """A value in a few words."""
    if value.dtype == np.bool_ and value.size > 1:
        return f"false in {value.size - int(value.sum())} of {value.size} cells"
    if value.size == 1:
        single = value.reshape(()).item()
        return str(single) if isinstance(single, bool) else number(single, DIGITS)
    if value.size <= FEW and value.ndim <= 2:
        return "; ".join(", ".join(number(each, 6) for each in row) for row in np.atleast_2d(value))
    with np.errstate(all="ignore"):
        return f"{size_of(value)}, from {number(value.min())} to {number(value.max())}"

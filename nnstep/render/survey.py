"""A matrix as a whole, and the cells that an update moved most, in a line each."""

from __future__ import annotations

from collections.abc import Iterable

from nnstep.render.catalogue import word
from nnstep.render.numbers import number
from nnstep.render.text import Line, Span, line
from nnstep.session.survey import CLASSES, Moved, Survey


def survey_line(name: str, found: Survey) -> Line:
    """`Z[1]  4×4  min -1  max 2  mean 0.3  norm 4.1   −∞ 0  − 7  0 1  + 8  +∞ 0  NaN 0`."""
    size = "×".join(map(str, found.shape)) or "one number"
    return line(Span(name, "name"), f"  {size}  ", *range_spans(found), "   ", *class_spans(found))


def range_spans(found: Survey, *, norm: bool = True) -> list[Span]:
    """The least and the greatest number, the mean and the norm."""
    pairs = [("min", found.low), ("max", found.high), ("mean", found.mean), ("norm", found.norm)]
    return _joined((what, number(value)) for what, value in (pairs if norm else pairs[:3]))


def class_spans(found: Survey) -> list[Span]:
    """How many cells are −∞, negative, zero, positive, +∞ and NaN; an alarm where a number is not finite."""
    return _joined(
        ((what, str(count)) for what, count in zip(CLASSES, found.classes, strict=True)),
        {what for what in ("−∞", "+∞", "NaN") if found.classes[CLASSES.index(what)]},
    )


def _joined(pairs: Iterable[tuple[str, str]], alarms: Iterable[str] = ()) -> list[Span]:
    spans: list[Span] = []
    for what, value in pairs:
        gap = "  " if spans else ""
        spans += [Span(f"{gap}{what} ", "dim"), Span(value, "error" if what in alarms else "number")]
    return spans


def moved_line(moves: tuple[Moved, ...]) -> Line:
    """`moved most: [3,1] by 0.0213 (2.1 %), …`; of one number, `moved by 0.0213 (2.1 %)`."""
    if not moves:
        return line(Span("nothing moved", "dim"))
    parts: list[str | Span] = [Span(word("moved_most") if moves[0].index else "moved", "dim")]
    for place, move in enumerate(moves):
        at = f"[{','.join(map(str, move.index))}]" if move.index else ""
        parts += [", " if place else "", Span(at, "name"), f" by {number(move.by, 3)} ({percent(move.part)})"]
    return line(*parts)


def percent(part: float) -> str:
    """A part in hundredths; from 0 there is no part."""
    return f"{number(100 * part, 2)} %" if part < float("inf") else "from 0" if part > 0 else "NaN"


def since_line(name: str, move: Moved, step: int) -> Line:
    """`W[1][3,1]: 0.2741 → 0.2828, by 0.0087 (3.2 %) since step 17`."""
    return line(
        Span(name, "name"),
        f": {number(move.before)} → {number(move.after)}, by {number(move.by, 3)} ({percent(move.part)}) ",
        Span(f"since step {step}", "dim"),
    )

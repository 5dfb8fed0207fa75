"""LOCATION: the ways to say a step."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from nnstep.errors import CommandError
from nnstep.timeline import UNITS, Unit

if TYPE_CHECKING:
    from nnstep.session.session import Session

FORMS = "a step, +N UNIT, -N UNIT, 50%, start, end, epoch E [batch B] [NAME], or a matrix"

_RELATIVE = re.compile(r"([+-])\s*(\d+)(?:\s+([a-z]+))?")
_EPOCH = re.compile(r"epoch\s+(\d+)(?:\s+batch\s+(\d+))?(?:\s+(\S+))?")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*%")


def unit_of(word: str) -> Unit:
    """The unit a word names, singular or plural."""
    for unit in UNITS:
        if word in (unit, f"{unit}s", f"{unit}es"):
            return unit
    raise CommandError(f"no unit {word!r}: units are {', '.join(UNITS)}")


def resolve(session: Session, text: str) -> int:
    """The step that a LOCATION says, seen from the session's; CommandError outside the run."""
    text = " ".join(text.split())
    for pattern, form in _FORMS:
        match = pattern.fullmatch(text)
        if match:
            return form(session, match)
    return _next_write(session, text)


def relative(session: Session, count: int, unit: Unit) -> int:
    """The step `count` units on (back where negative), clipped to the run: whole tapes for batch and epoch."""
    calendar, step = session.timeline.calendar, session.step
    if unit in ("batch", "epoch"):
        found: int | None = step + count * calendar.span(unit)
    elif count >= 0:
        found = calendar.after(step, count, unit) if count else step
    else:
        found = calendar.before(step, -count, unit)
    if found is None:
        found = calendar.length if count > 0 else 0
    return min(max(found, 0), calendar.length)


def _absolute(session: Session, match: re.Match[str]) -> int:
    step, length = int(match.group()), session.timeline.length
    if step > length:
        raise CommandError(f"step {step} is outside the run, which has steps 0 to {length}")
    return step


def _by_units(session: Session, match: re.Match[str]) -> int:
    sign, count, word = match.groups()
    unit = unit_of(word) if word else "instruction"
    return relative(session, int(count) * (1 if sign == "+" else -1), unit)


def _part(session: Session, match: re.Match[str]) -> int:
    share = float(match.group(1))
    if share > 100:
        raise CommandError(f"{match.group()} is outside the run: at most 100%")
    return round(session.timeline.length * share / 100)


def _epoch(session: Session, match: re.Match[str]) -> int:
    calendar = session.timeline.calendar
    epoch, batch = int(match.group(1)), int(match.group(2) or 1)
    for word, number, most in (("epoch", epoch, calendar.epochs), ("batch", batch, calendar.batches)):
        if not 1 <= number <= most:
            of = "the run has epochs" if word == "epoch" else "an epoch has batches"
            raise CommandError(f"no {word} {number}: {of} 1 to {most}")
    first = calendar.start_of(epoch, batch)
    if match.group(3) is None:
        return first
    name = session.matrix(match.group(3))
    return first - 1 + session.tape_at(first).named(name).index


def _next_write(session: Session, text: str) -> int:
    try:
        name = session.matrix(text)
    except CommandError as error:
        raise CommandError(f"{text or 'nothing'}: no such place; places are {FORMS}") from error
    step = session.timeline.written_at(name, session.step)
    if step is None:
        raise CommandError(f"{name} is not written again before the end of the run")
    return step


_FORMS: tuple[tuple[re.Pattern[str], Callable[[Session, re.Match[str]], int]], ...] = (
    (re.compile(r"\d+"), _absolute),
    (_RELATIVE, _by_units),
    (_PERCENT, _part),
    (re.compile("start"), lambda _session, _match: 0),
    (re.compile("end"), lambda session, _match: session.timeline.length),
    (_EPOCH, _epoch),
)

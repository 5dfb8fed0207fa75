"""Commands that set and manage stops."""

from __future__ import annotations

import re

from nnstep.commands.registry import Rest, Result, command, result
from nnstep.engine.tape import PHASES
from nnstep.errors import CommandError
from nnstep.render.stops import stop_line, stop_lines
from nnstep.session import Session
from nnstep.session.expression import Expression
from nnstep.session.stopbook import PLACES, is_numbered, place
from nnstep.session.stops import Stop, Watch

NOTHING = Rest("")


@command("break", alias="b", keys={"b": "break"}, usage="[WHERE] [if EXPR]")
def break_(session: Session, where: Rest = NOTHING) -> Result:
    """Stop at WHERE: a matrix, a phase, `layer N`, `batch N` or `epoch N`; without WHERE, at the instruction just run.

    `break delta[1]` matches the steps just after delta[1] is written, `break backward` the first step of that phase,
    `break layer 2` the first step in that layer of each phase, `break epoch 3` and `break batch 5` the first step of
    each such epoch or batch. With `if`, only where EXPR holds; a matrix not computed yet there makes it false.
    """
    return _break(session, where, once=False)


@command("tbreak", usage="[WHERE] [if EXPR]")
def tbreak(session: Session, where: Rest = NOTHING) -> Result:
    """Set a breakpoint that goes with its first hit."""
    return _break(session, where, once=True)


@command("watch", usage="EXPR [if EXPR]", keys={"w": "watch "})
def watch(session: Session, expr: Rest) -> Result:
    """Stop when the value of EXPR changes by a single bit, and show old and new.

    It is compared with the last earlier step at which it could be read.
    """
    text, condition = split_condition(expr)
    return _set(session.stops.add("watch", f"watch {text}", Watch(watched(session, text)), condition))


@command("delete", usage="[N…]")
def delete(session: Session, numbers: Rest = NOTHING) -> Result:
    """Take away stops by their numbers; without numbers, all."""
    chosen = _chosen(session, numbers)
    for stop in chosen:
        session.stops.delete(stop.number)
    return result("no stops left" if not len(session.stops) else f"{len(session.stops)} stops left")


@command("enable", usage="[N…]")
def enable(session: Session, numbers: Rest = NOTHING) -> Result:
    """Heed stops again; without numbers, all."""
    return _heed(session, numbers, heed=True)


@command("disable", usage="[N…]")
def disable(session: Session, numbers: Rest = NOTHING) -> Result:
    """Keep stops, but run past them; without numbers, all."""
    return _heed(session, numbers, heed=False)


@command("condition", usage="N [EXPR]")
def condition(session: Session, number: int, expr: Rest = NOTHING) -> Result:
    """Give a stop another condition; without EXPR, none."""
    stop = session.stops[number]
    stop.condition = session.expression(expr) if expr else None
    return _set(stop)


@command("ignore", usage="N COUNT")
def ignore(session: Session, number: int, count: Rest) -> Result:
    """Run past the next COUNT matches of a stop."""
    stop = session.stops[number]
    if not re.fullmatch(r"\d{1,18}", count):
        raise CommandError(f"ignore: COUNT must be a whole number, got {count!r}")
    stop.ignore = int(count)
    return _set(stop)


@command("commands", usage="N")
def commands(session: Session, number: int) -> Result:
    """Take the lines that follow, up to `end`, to be run whenever stop N is reached.

    `silent` as the first of them keeps the stop itself from being shown. No lines at all take the old ones away.
    """
    stop = session.stops[number]
    stop.commands, stop.confinement = [], session.confinement
    session.collecting = stop
    return result(f"lines to run at stop {number}, up to a line `end`:")


@command("end")
def end(session: Session) -> Result:
    """End the lines that `commands` takes."""
    del session
    raise CommandError("end closes the lines of `commands N`; there are none open")


def watched(session: Session, text: str, command: str = "watch") -> Expression:
    """An expression that may change."""
    expression = session.expression(text)
    if not expression.names and not expression.old_names and not expression.counters:
        raise CommandError(f"{command} {text}: it never changes; name a matrix, such as W[1][0,0]")
    return expression


def split_condition(text: str) -> tuple[str, str | None]:
    """A line's part before its last top-level `if`, and the condition behind it."""
    depth, found = 0, None
    for match in re.finditer(r"[()\[\]]|\bif\b", text):
        if match.group() == "if":
            found = match if depth == 0 else found
        else:
            depth += 1 if match.group() in "([" else -1
    if found is None:
        return text.strip(), None
    before, after = text[: found.start()].strip(), text[found.end() :].strip()
    if not after:
        raise CommandError("if: what must hold is missing, as in `break L if L > 1`")
    return before, after


def _break(session: Session, where: str, *, once: bool) -> Result:
    text, condition = split_condition(where)
    if not text:
        instruction = session.instruction
        if instruction is None:
            raise CommandError(f"break takes {PLACES}; before the first instruction it must be said which")
        text = instruction.name
    text = " ".join(text.split())
    if text not in PHASES and not is_numbered(text):
        try:
            text = session.matrix(text)
        except CommandError as error:
            raise CommandError(f"break takes {PLACES}: {error}") from error
    matcher = place(session.tape, session.calendar.batches, text)
    word = "tbreak" if once else "break"
    return _set(session.stops.add("break", f"{word} {text}", matcher, condition, once=once))


def _set(stop: Stop) -> Result:
    return result(stop_line(stop), stop.number)


def _chosen(session: Session, numbers: str) -> list[Stop]:
    words = numbers.split()
    for word in words:
        if not re.fullmatch(r"\d{1,18}", word):
            raise CommandError(f"stops go by number, got {word!r}; `info stops` lists them")
    return [session.stops[int(word)] for word in dict.fromkeys(words)] if words else list(session.stops)


def _heed(session: Session, numbers: str, *, heed: bool) -> Result:
    chosen = _chosen(session, numbers)
    for stop in chosen:
        stop.enabled = heed
    return result(stop_lines(chosen))

"""Reading and running one line."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from difflib import get_close_matches
from typing import Any, get_args

import numpy as np

from nnstep.commands.registry import COMMANDS, Command, Parameter, Rest, Result, result
from nnstep.errors import CommandError, NnstepError
from nnstep.render.displays import display_lines
from nnstep.render.text import Line, text_of
from nnstep.session import Session
from nnstep.session.confinement import Confinement
from nnstep.session.expression import clipped
from nnstep.session.location import unit_of
from nnstep.session.stops import Stop
from nnstep.session.whatif import Place
from nnstep.timeline import Unit

LONGEST_LINE = 10_000
_WHOLE = re.compile(r"[0-9]+")
AGAIN = 1000
"""Times that the commands of stops may come to one step: lines that lead back there would run for ever."""
MOST = 10**18
"""No run has so many of anything."""


# What overflows is shown where it is; NumPy's warnings would be printed over the screen.
@np.errstate(all="ignore")
def execute(session: Session, text: str) -> Result:
    """Run one line of the language, and what a stop that it reaches has to run.

    A bad line raises CommandError, with its cause, and changes nothing.
    """
    before = session.changed
    outcome = _run(session, text)
    if isinstance(outcome.stop, Stop) and outcome.stop.commands:
        outcome = _follow(session, outcome)
    if session.changed != before and session.displays and not outcome.quit and not outcome.told:
        displays = display_lines(session, session.displays)
        lines = (*outcome.lines, *displays)
        outcome = replace(outcome, text=text_of(lines), lines=lines, shown=len(displays))
    return outcome


def _run(session: Session, text: str) -> Result:
    if len(text) > LONGEST_LINE:
        raise CommandError(f"a line must have at most {LONGEST_LINE} characters, got {len(text)}")
    if session.collecting is not None:
        return collect(session, text)
    found = None
    try:
        found, rest = read(text)
        if found is None:
            return result([])
        refuse_files(session, found)
        return found.function(session, *_arguments(found, rest))
    except CommandError:
        raise
    except NnstepError as error:
        raise CommandError(str(error)) from error
    except MemoryError as error:
        raise CommandError(f"{found.name if found else text}: there is not enough memory for it") from error


def refuse_files(session: Session, found: Command) -> None:
    """Raise CommandError for a command that writes a file where none may be written, or reads one where none may be."""
    if session.confinement is not None:
        refusal = session.confinement.refusal(found.name, reads=found.reads, writes=found.writes)
        if refusal is not None:
            raise refusal


def _follow(session: Session, outcome: Result) -> Result:
    """Run the lines of the stop that was reached, and of those that they reach in turn."""
    lines: list[Line] = []
    waiting: list[tuple[str, Confinement | None]] = []
    reached: Counter[Place] = Counter()
    while True:
        stop = outcome.stop
        if isinstance(stop, Stop):
            reached[session.place] += 1
            if reached[session.place] > AGAIN:
                raise CommandError(f"the commands of stop {stop.number} have led to step {session.step} {AGAIN} times")
        fresh = [(text, stop.confinement) for text in stop.commands] if isinstance(stop, Stop) else []
        silent = bool(fresh) and fresh[0][0] == "silent"
        lines += () if silent else outcome.lines
        waiting = [*fresh[silent:], *waiting]
        if not waiting or session.interrupted:
            return replace(outcome, text=text_of(lines), lines=tuple(lines))
        text, confinement = waiting.pop(0)
        before = session.confinement
        session.confinement = confinement or before
        try:
            outcome = _run(session, text)
        except CommandError as error:
            raise CommandError(f"in the commands of a stop: {text}: {error}") from error
        finally:
            session.confinement = before


def collect(session: Session, text: str) -> Result:
    """Take a line for the stop whose `commands` are being said; `end` ends them."""
    stop = session.collecting
    assert stop is not None
    if text.strip() == "end":
        session.collecting = None
        return result(f"{len(stop.commands)} lines at stop {stop.number}")
    if text.strip() != "silent":
        read(text)
    stop.commands.append(text.strip())
    return result([])


def read(text: str) -> tuple[Command | None, str]:
    """The command that a line names, and the rest of the line; None for an empty line or a comment."""
    text = text.strip()
    if not text or text.startswith("#"):
        return None, ""
    word, *rest = text.split(maxsplit=1)
    return named(word), rest[0] if rest else ""


def named(word: str) -> Command:
    """A command by name or alias; CommandError with the nearest name."""
    for each in COMMANDS.values():
        if word == each.name or word in each.alias:
            return each
    near = get_close_matches(word, [*COMMANDS, *(alias for each in COMMANDS.values() for alias in each.alias)], 1)
    hint = f"did you mean {near[0]!r}?" if near else "`help` lists the commands"
    raise CommandError(f"no command {clipped(word)!r}; {hint}")


def _arguments(command: Command, rest: str) -> list[object]:
    """The arguments of a command's function, from the rest of its line."""
    values: list[object] = []
    words = rest.split()
    for parameter in command.parameters:
        if parameter.kind is Rest:
            values.append(_rest(command, parameter, words, rest))
            words = []
        elif words and (value := _value(command, parameter, words[0])) is not None:
            values.append(value)
            del words[0]
        elif parameter.required:
            raise CommandError(f"usage: {usage(command)}")
        else:
            values.append(parameter.default)
    if words:
        raise CommandError(f"{command.name}: {clipped(words[0])!r} is too much; usage: {usage(command)}")
    return values


def check(text: str) -> Command | None:
    """The command that a line names, its arguments looked at as far as that goes without a session."""
    if len(text) > LONGEST_LINE:
        raise CommandError(f"a line must have at most {LONGEST_LINE} characters, got {len(text)}")
    found, rest = read(text)
    if found is not None:
        _arguments(found, rest)
    return found


def usage(command: Command) -> str:
    """The command with what it takes."""
    return f"{command.name} {command.usage}".rstrip()


def _rest(command: Command, parameter: Parameter, words: list[str], rest: str) -> object:
    if not words:
        if parameter.required:
            raise CommandError(f"usage: {usage(command)}")
        return parameter.default
    # Words may have been taken before: what is left of the line starts at the first one left.
    return Rest(rest.split(maxsplit=len(rest.split()) - len(words))[-1] if len(words) < len(rest.split()) else rest)


def _value(command: Command, parameter: Parameter, word: str) -> object | None:
    """A word as an argument; None where it may be left out and belongs to what follows."""
    kind: Any = parameter.kind
    if kind is int:
        return _count(command, parameter, word)
    if kind == Unit:
        return unit_of(word)
    choices = get_args(kind)
    if choices:
        if word not in choices:
            near = get_close_matches(word, choices, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"it takes {', '.join(choices)}"
            raise CommandError(f"{command.name}: no {clipped(word)!r}; {hint}")
        return word
    return word


def _count(command: Command, parameter: Parameter, word: str) -> int | None:
    if word[0].isalpha():
        return None
    # Digits without end are not worth the work of reading them.
    count = (int(word) if len(word) <= 18 else MOST) if _WHOLE.fullmatch(word) else 0
    if count < 1:
        name = parameter.name.upper()
        raise CommandError(f"{command.name}: {name} must be a whole number of at least 1, got {clipped(word)}")
    return count

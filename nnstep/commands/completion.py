"""What a line that is being typed can become: commands, names, stops, marks, branches, models and files."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import get_args, get_origin

from nnstep.commands.execute import named
from nnstep.commands.registry import COMMANDS, Command, Parameter, Rest
from nnstep.engine.names import shown
from nnstep.engine.tape import PHASES
from nnstep.errors import CommandError
from nnstep.render.position import size_of
from nnstep.session import Session
from nnstep.session.operations import FUNCTIONS
from nnstep.values import dataclass

MOST_FILES = 200
"""Files of a folder that are offered."""
_WORD = re.compile(r"[^\s()+\-*/,=<>!~@%|&]*$")
"""The name that an expression ends with."""

_CONDITION = re.compile(r"(^| )if ")
"""From here on a line is an expression."""
_WORDS_ALONE = ("copy", "page", "sort", "compare", "format")
"""Commands whose own words are all that they take."""

Pair = tuple[str, str]
"""What a word can become, and what there is to say of it."""


@dataclass(frozen=True)
class Candidate:
    """One way to go on.

    line   the whole line, as far as it is typed, with its last word completed
    word   that word
    about  what there is to say of it
    """

    line: str
    word: str
    about: str = ""


def candidates(session: Session, text: str) -> list[Candidate]:
    """The lines that `text` can become by completing its last word, nearest first."""
    word, space, rest = text.partition(" ")
    if not space:
        return [Candidate(name, name, each.summary) for name, each in COMMANDS.items() if name.startswith(word)]
    try:
        command = named(word)
    except CommandError:
        return []
    if command.name == "lesson" and rest.startswith("answer "):
        # A number is to be typed, and what is asked must stay in sight.
        return []
    found: dict[str, Candidate] = {}
    sources = [source for parameter in command.parameters if (source := _source(command, parameter)) is not None]
    for source in [_values] if sources and _CONDITION.search(rest) else sources:
        head = rest[: len(rest) - len(_last(source, rest))]
        last = rest[len(head) :]
        for name, about in source(session, last):
            if name.startswith(last):
                found.setdefault(name, Candidate(f"{word} {head}{name}", name, about))
    head, _, last = rest.rpartition(" ")
    for name in command.words:
        if name.startswith(last):
            found.setdefault(name, Candidate(f"{word} {f'{head} ' if head else ''}{name}", name))
    return list(found.values())


def complete(session: Session, text: str) -> list[str]:
    """The same as lines."""
    return [each.line for each in candidates(session, text)]


def usage_of(text: str) -> Command | None:
    """The command that a line being typed calls, once its name is complete."""
    word, space, rest = text.partition(" ")
    try:
        command = named(word) if space else None
    except CommandError:
        return None
    # What is asked must stay in sight, and says what is to be typed.
    return None if command is not None and command.name == "lesson" and rest.startswith("answer ") else command


Source = Callable[[Session, str], Iterable[Pair]]


def _last(source: Source, rest: str) -> str:
    """The part of a line that is completed: a path may hold blanks, an expression is cut at its operators."""
    if source in (_files, _models, _terms):
        return rest
    if source in (_values, _cells, _until):
        found = _WORD.search(rest)
        assert found is not None
        return found.group()
    return rest.rpartition(" ")[2]


def _source(command: Command, parameter: Parameter) -> Source | None:
    """What can stand for a parameter."""
    if get_origin(parameter.kind) is not None:
        choices = [(str(choice), "") for choice in get_args(parameter.kind)]
        return lambda _session, _last: choices
    if parameter.name in ("number", "numbers"):
        return _displays if command.name == "undisplay" else _stops
    if parameter.name != "file" and (parameter.kind is not Rest or command.name in _WORDS_ALONE):
        return None
    by_command = _BY_COMMAND.get(command.name)
    return by_command or _BY_PARAMETER.get(parameter.name)


def _matrices(session: Session, _: str) -> Iterator[Pair]:
    for name in session.names:
        # A Greek name can be typed either way.
        about = _shape(session, name)
        yield name, about
        if shown(name) != name:
            yield shown(name), about


def _shape(session: Session, name: str) -> str:
    if name in session.tape:
        instruction = session.tape.named(name)
        return f"{size_of(instruction.shape) or '1':<7}  {instruction.formula}"
    return ""


def _cells(session: Session, last: str) -> Iterable[Pair]:
    return _matrices(session, last)


def _values(session: Session, last: str) -> Iterator[Pair]:
    yield from _matrices(session, last)
    if last:
        yield from ((f"{name}(", "function") for name in ("old", *FUNCTIONS))


def _places(session: Session, last: str) -> Iterator[Pair]:
    """For a breakpoint."""
    yield from _written(session, last)
    yield from ((phase, "its first step") for phase in PHASES)
    yield from (("layer ", "layer N"), ("batch ", "batch N of each epoch"), ("epoch ", "epoch N"))


def _written(session: Session, last: str) -> Iterator[Pair]:
    """What instructions write: a setting has no step of its own."""
    written = {shown(name) for name in session.tape_names}
    return (pair for pair in _matrices(session, last) if shown(pair[0]) in written)


def _locations(session: Session, last: str) -> Iterator[Pair]:
    yield from _written(session, last)
    yield from (("start", ""), ("end", ""), ("epoch ", "epoch E [batch B] [NAME]"))
    yield from _marks(session, last)


def _until(session: Session, last: str) -> Iterator[Pair]:
    """A place, or an expression that holds there."""
    yield from _locations(session, last)
    yield from _values(session, last)


def _layers(session: Session, _: str) -> Iterator[Pair]:
    yield from (("up", "towards the output"), ("down", "towards the input"))
    yield from ((str(layer), "") for layer in range(1, session.layers + 1))


def _marks(session: Session, _: str) -> Iterator[Pair]:
    if session.travels.marks:
        yield "mark ", "a step with a name"
    for name, place in session.travels.marks.items():
        yield name, f"step {place.step}"


def _stops(session: Session, _: str) -> Iterator[Pair]:
    return ((str(stop.number), stop.text) for stop in session.stops)


def _displays(session: Session, _: str) -> Iterator[Pair]:
    return ((str(number), expression.text) for number, expression in session.displays.items())


def _branches(session: Session, _: str) -> Iterator[Pair]:
    return ((branch.name, "") for branch in session.branches)


def _parameters(session: Session, _: str) -> Iterator[Pair]:
    return ((name, "") for name in session.timeline.parameters)


def _helped(_: Session, __: str) -> Iterator[Pair]:
    from nnstep.engine.ops import OPS, OPTIMIZERS  # loaded already by whoever has a session

    yield from ((name, command.summary) for name, command in COMMANDS.items())
    yield "ops", "all that equations and layers are made of"
    yield from ((name, "op") for name in (*OPS, *OPTIMIZERS))


def _terms(_: Session, last: str) -> Iterator[Pair]:
    from nnstep.render.glossary import terms  # the words are read only when someone completes one

    for term in terms().values():
        # By its names in the other languages as well, once one is begun.
        others = term.others if last else ()
        for name in (term.symbol.partition("[")[0], *term.names, *others):
            if name:
                yield name, term.others[0] if name in term.names else term.names[0]


def _models(session: Session, last: str) -> Iterator[Pair]:
    from nnstep.model import bundled  # the folder is looked up only when someone completes

    if session.confinement is not None:
        yield from ((each.source, "bundled" if each.bundled else "") for each in session.openable)
        return
    yield from ((name, "bundled") for name in bundled())
    yield from (pair for pair in _files(session, last) if pair[0].endswith((".toml", os.sep)))


def _files(session: Session, last: str) -> Iterator[Pair]:
    """The files that a path can become; hidden ones only where the dot is typed."""
    if session.confinement is not None:
        return
    folder, _sep, start = last.rpartition(os.sep)
    stem = f"{folder}{os.sep}" if folder or last.startswith(os.sep) else ""
    try:
        with os.scandir(Path(stem or ".").expanduser()) as entries:
            found = sorted((entry.name, entry.is_dir()) for entry in entries if entry.name.startswith(start))
    except OSError:
        return
    visible = [(name, is_dir) for name, is_dir in found if start.startswith(".") or not name.startswith(".")]
    for name, is_dir in visible[:MOST_FILES]:
        if name.isprintable():
            yield f"{stem}{name}{os.sep if is_dir else ''}", ""


_BY_COMMAND: dict[str, Source] = {
    "until": _until,
    "reverse-until": _until,
    "layer": _layers,
    "break": _places,
    "tbreak": _places,
    "switch": _branches,
    "diff": _branches,
    "gradcheck": _parameters,
}
_BY_PARAMETER: dict[str, Source] = {
    "expr": _values,
    "edit": _values,
    "where": _locations,
    "location": _locations,
    "cell": _cells,
    "what": _values,
    "which": _cells,
    "options": _cells,
    "question": _values,
    "command": _helped,
    "term": _terms,
    "model": _models,
    "file": _files,
}
"""By the parameter's name, where the command has nothing of its own. A `name` that is made up anew has none."""

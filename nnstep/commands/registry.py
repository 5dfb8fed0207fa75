"""What a command is, and the table of them. Keys, aliases, usage and help all derive from the declaration."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, NewType, get_args, get_origin, get_type_hints

from nnstep.errors import harmless, has_control
from nnstep.render.text import Line, line, text_of
from nnstep.values import dataclass

Rest = NewType("Rest", str)
"""An argument that takes the whole rest of the line."""


@dataclass(frozen=True)
class Result:
    """What a line did.

    text   what it printed, plain
    value  what it worked out: an array, a number, a Position …
    stop   the stop it reached, if it reached one
    lines  the text as lines of spans, for whoever shows it in colour
    quit   whether the debugger should be left
    told   whether the displays are among its lines already
    shown  how many of its lines, at the end, are displays
    """

    text: str
    value: object = None
    stop: object = None
    lines: tuple[Line, ...] = ()
    quit: bool = False
    told: bool = False
    shown: int = 0


def result(lines: list[Line] | Line | str, value: object = None, *, leave: bool = False) -> Result:
    """A Result from lines, one line, or plain text."""
    if isinstance(lines, str):
        lines = [line(text) for text in lines.splitlines()]
    elif isinstance(lines, tuple):
        lines = [lines]
    text = text_of(lines)
    if has_control(text.replace("\n", "")):
        # A file's name may say anything.
        lines = [tuple(span._replace(text=harmless(span.text)) for span in each) for each in lines]
        text = text_of(lines)
    return Result(text, value, None, tuple(lines), leave)


@dataclass(frozen=True)
class Parameter:
    """An argument of a command, from the function's signature."""

    name: str
    kind: Any
    required: bool
    default: object


@dataclass(frozen=True)
class Command:
    """A command of the language.

    keys      Textual key → the line it types
    shown     what is written behind the name, where its parameters do not say it
    app_only  it changes the view alone, so the app runs it and headless it does nothing
    words     what completion offers besides its arguments
    writes    it writes a file, so that a lesson may use it only where that is allowed
    reads     it reads a file other than a model, which a session that is confined may not
    """

    name: str
    function: Callable[..., Result]
    alias: tuple[str, ...]
    keys: Mapping[str, str]
    summary: str
    details: str
    app_only: bool = False
    shown: str = ""
    words: tuple[str, ...] = ()
    writes: bool = False
    reads: bool = False

    # Worked out when they are first asked for: the app has its keys without.

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """What its function takes behind the session."""
        kinds = get_type_hints(self.function)
        _session, *rest = inspect.signature(self.function).parameters.values()
        return tuple(Parameter(p.name, kinds[p.name], p.default is p.empty, p.default) for p in rest)

    @cached_property
    def usage(self) -> str:
        """What is written behind the name."""
        return self.shown or " ".join(_usage(parameter) for parameter in self.parameters)


COMMANDS: dict[str, Command] = {}


def command(  # noqa: PLR0913  # a declaration says all that there is to say
    name: str,
    *,
    alias: str = "",
    keys: Mapping[str, str] | None = None,
    usage: str = "",
    app_only: bool = False,
    details: str = "",
    words: tuple[str, ...] = (),
    writes: bool = False,
    reads: bool = False,
) -> Callable[[Callable[..., Result]], Callable[..., Result]]:
    """Declare a command; its docstring, then `details`, are its help, its signature what it takes."""

    def declare(function: Callable[..., Result]) -> Callable[..., Result]:
        assert name not in COMMANDS, name
        assert function.__doc__, name
        summary, _, more = inspect.cleandoc(function.__doc__).partition("\n\n")
        COMMANDS[name] = Command(
            name,
            function,
            tuple(alias.split()),
            keys or {},
            " ".join(summary.split()),
            f"{more}\n{details}".strip("\n"),
            app_only,
            usage,
            words,
            writes,
            reads,
        )
        return function

    return declare


def _usage(parameter: Parameter) -> str:
    word = parameter.name.upper()
    if get_origin(parameter.kind) is not None:
        word = "|".join(get_args(parameter.kind))
    return word if parameter.required else f"[{word}]"

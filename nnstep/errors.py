"""What a user can do wrong.

NnstepError
├── ModelError          a model file or its data: names file, key and remedy
├── CommandError        a line that is not a command, or one that cannot be carried out
│   └── ExpectationError    what a lesson or a script expects does not hold
├── LessonError         a lesson that cannot be read: names file, line and remedy
├── SettingsError       a settings file that says what is not known: names file, key and remedy
├── ServeError          what keeps the browser's door from opening: a library or a port
├── NotComputedError    a matrix read at a step before it is written
└── DivergenceError     a replay that does not reproduce a checkpoint

Everything else that nnstep raises is a bug.
"""

from __future__ import annotations

import re

# C0, C1 and bidirectional controls, line separators and lone surrogates: what could speak to a terminal.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def has_control(text: str) -> bool:
    """Whether the text carries control characters."""
    return _CONTROL.search(text) is not None


def harmless(text: str) -> str:
    """The text with its control characters written as escapes, for a place that cannot refuse them."""
    return _CONTROL.sub(lambda found: ascii(found.group())[1:-1], text)


def harmless_json(text: str) -> str:
    """JSON with the control characters that it may hold as they are written as its own escapes."""
    return _CONTROL.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


class NnstepError(Exception):
    """The root of all errors that a user can cause; what its message quotes cannot speak to a terminal."""

    def __init__(self, message: str) -> None:
        super().__init__(harmless(message))


class ModelError(NnstepError):
    """A model, or the data it names, is not what it must be."""


class CommandError(NnstepError):
    """A line that cannot be carried out; nothing has changed."""


class ExpectationError(CommandError):
    """What was expected does not hold."""


class LessonError(NnstepError):
    """A lesson, or the language that one is asked for in, is not what it must be."""


class SettingsError(NnstepError):
    """A settings file that cannot be followed; the defaults hold."""


class ServeError(NnstepError):
    """The app cannot be served to a browser."""


class NotComputedError(NnstepError):
    """A matrix that is not readable at this step.

    Attributes: name, the matrix; step, the step at which it is written next.
    """

    def __init__(self, name: str, step: int, now: int) -> None:
        super().__init__(f"{name} is not computed yet at step {now}: it is written at step {step}")
        self.name = name
        self.step = step


class DivergenceError(NnstepError):
    """A replay met a checkpoint and was not equal to it, byte for byte."""

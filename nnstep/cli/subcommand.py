"""What a subcommand is: a parser, from which help and shell completion derive, and what runs what it has parsed."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from typing import NoReturn

from nnstep.errors import harmless
from nnstep.render.language import choose
from nnstep.settings import load
from nnstep.tui import splash
from nnstep.values import dataclass

INTERRUPTED = 130
"""The exit code after Ctrl+C, as shells have it."""


class Parser(ArgumentParser):
    """A parser whose messages quote arguments so that they cannot speak to the terminal."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and leave."""
        splash.clear()
        super().error(harmless(message))


@dataclass(frozen=True)
class Subcommand:
    """One word behind `nnstep`; the app itself has none.

    parser  makes the parser; its metavars MODEL, FILE … say what the shell completes
    run     does it, with the parser to report what cannot be combined; the exit code
    """

    name: str
    parser: Callable[[], ArgumentParser]
    run: Callable[[ArgumentParser, Namespace], int]

    def __call__(self, arguments: Sequence[str]) -> int:
        """Parse the arguments and run."""
        parser = self.parser()
        # Options may stand between the lines of `run`.
        options = parser.parse_intermixed_args(arguments)
        choose(getattr(options, "lang", None) or load().settings.language)
        return self.run(parser, options)

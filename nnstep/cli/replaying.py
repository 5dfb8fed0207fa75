"""nnstep replay: lessons."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable

from nnstep.cli.options import add_ascii, add_language
from nnstep.cli.subcommand import Subcommand
from nnstep.render.text import Line, plain


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="nnstep replay", description="Replay a lesson beside the debugger.")
    parser.add_argument(
        "lesson", metavar="LESSON", help="a Markdown file or a bundled name; `nnstep lessons` lists them"
    )
    parser.add_argument("--headless", action="store_true", help="print it; exit 1 if an expectation fails")
    parser.add_argument("--allow-write", action="store_true", help="let its commands write files")
    add_language(parser)
    add_ascii(parser)
    return parser


def _replay(_: ArgumentParser, options: Namespace) -> int:
    from nnstep import lesson

    path = lesson.locate(options.lesson)
    if not options.headless:
        from nnstep import tui  # the terminal's libraries are loaded only for the app

        return tui.replay(path, writing=options.allow_write, ascii_only=options.ascii)
    found = lesson.read(path, writing=options.allow_write)
    from nnstep.lesson.transcript import transcribe

    good = transcribe(found, _print_line(), _complain, writing=options.allow_write)
    return 0 if good else 1


def _print_line() -> Callable[[Line], object]:
    """What prints one line, in colour on a terminal."""
    if sys.stdout.isatty():
        from nnstep.render.terminal import print_lines  # rich is loaded only where there are colours

        return lambda spans: print_lines([spans])
    return lambda spans: print(plain(spans), flush=True)


def _complain(text: str) -> None:
    print(f"nnstep: {text}", file=sys.stderr, flush=True)


SUBCOMMAND = Subcommand("replay", _parser, _replay)

"""nnstep replay: lessons."""

from __future__ import annotations

import re
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable
from pathlib import Path

from nnstep.cli.options import add_ascii, add_language
from nnstep.cli.subcommand import Parser, Subcommand
from nnstep.render.text import Line, plain


def _parser() -> ArgumentParser:
    parser = Parser(prog="nnstep replay", description="Replay a lesson beside the debugger.")
    parser.add_argument(
        "lesson", metavar="LESSON", help="a Markdown file or a bundled name; `nnstep lessons` lists them"
    )
    parser.add_argument("--headless", action="store_true", help="print it; exit 1 if an expectation fails")
    parser.add_argument(
        "--cast", metavar="FILE", type=Path, help="write a recording of the app, an asciicast of version 2"
    )
    parser.add_argument("--svg", metavar="DIR", type=Path, help="write a picture of the app for each beat")
    parser.add_argument("--size", metavar="WxH", type=_size, help="the size of what is recorded (default: 120x40)")
    parser.add_argument("--allow-write", action="store_true", help="let its commands write files")
    add_language(parser)
    add_ascii(parser)
    return parser


def _size(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{1,4})[x×](\d{1,4})", text)
    size = (int(found[1]), int(found[2])) if found else (0, 0)
    if not (40 <= size[0] <= 400 and 12 <= size[1] <= 200):
        raise ArgumentTypeError(f"must be from 40x12 to 400x200, got {text!r}")
    return size


def _replay(parser: ArgumentParser, options: Namespace) -> int:
    recording = options.cast is not None or options.svg is not None
    if recording and options.headless:
        parser.error("--headless prints a lesson; --cast and --svg record the app")
    if options.size and not recording:
        parser.error("--size goes with --cast or --svg")
    from nnstep import lesson

    path = lesson.locate(options.lesson)
    if recording:
        from nnstep.tui.recording import SIZE, record  # the terminal's libraries are loaded only for the app

        replay = lesson.Replay(lesson.read(path, writing=options.allow_write), writing=options.allow_write)
        failed = record(replay, options.cast, options.svg, options.size or SIZE)
        for ran in failed:
            _complain(f"{replay.lesson.place}:{ran.typed.line}: {ran.error}")
        return 1 if failed else 0
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

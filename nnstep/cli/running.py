"""nnstep run: lines of the debugger's language without a screen."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np

import nnstep
from nnstep.api import Debugger, resume
from nnstep.cli.options import add_ascii, add_language, add_overrides, add_paths, add_resume, overrides, refuse_mixed
from nnstep.cli.subcommand import INTERRUPTED, Parser, Subcommand
from nnstep.commands.registry import Result
from nnstep.errors import CommandError, harmless, harmless_json
from nnstep.render.stream import AsciiStream


def _parser() -> ArgumentParser:
    parser = Parser(prog="nnstep run", description="Run lines of the debugger's language headless.")
    parser.add_argument("model", metavar="MODEL", help="a model file or a bundled name")
    parser.add_argument("lines", metavar="LINE", nargs="*", help="a command such as 'step 3' or 'print Z[1]'")
    parser.add_argument("-x", dest="file", metavar="FILE", help="read lines from a file first; - for standard input")
    parser.add_argument("--json", action="store_true", help="print an object a line")
    parser.add_argument("--journal", action="store_true", help="keep what --resume needs, as the app always does")
    add_overrides(parser)
    add_paths(parser)
    add_resume(parser, "the latest session of MODEL that has ended")
    add_language(parser)
    add_ascii(parser)
    return parser


def _run(parser: ArgumentParser, options: Namespace) -> int:
    refuse_mixed(parser, options)
    with closing(_opened(options)) as debugger:
        return _execute(debugger, _lines(options.file, options.lines), as_json=options.json)


def _execute(debugger: Debugger, lines: Iterable[tuple[str, str]], *, as_json: bool) -> int:
    """Run lines and report each, up to the first that is bad."""
    report = _report_json if as_json else _report_plain
    for place, line in lines:
        try:
            outcome: Result | CommandError = debugger.execute(line)
        except CommandError as error:
            outcome = error
        report(debugger, place, line, outcome)
        if isinstance(outcome, CommandError):
            return 1
        if debugger.session.interrupted:
            return INTERRUPTED
        if outcome.quit:
            break
    return 0


def _opened(options: Namespace) -> Debugger:
    """The model that `run` is given, or the session of it that is resumed."""
    if options.resume:
        debugger, said = resume(
            options.model, force=options.force, journal=options.journal, allow_paths=options.allow_paths
        )
        print(*said, sep="\n", file=sys.stderr)
        return debugger
    debugger = nnstep.open(options.model, overrides(options.set), allow_paths=options.allow_paths)
    if options.journal:
        debugger.keep_journal()
    return debugger


def _lines(file: str | None, lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Every line to run, with the place to name when it is bad."""
    if file is not None:
        try:
            # Lines of standard input are run as they come.
            source = sys.stdin if file == "-" else Path(file).read_text(encoding="utf-8-sig").splitlines()
            yield from ((f"{file}:{number}: ", line) for number, line in enumerate(source, start=1))
        except OSError as error:
            raise CommandError(f"{file}: cannot be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise CommandError(f"{file}: cannot be read: it is not UTF-8") from error
    yield from (("", line) for line in lines)


def _report_plain(debugger: Debugger, place: str, line: str, outcome: Result | CommandError) -> None:
    del debugger, line
    if isinstance(outcome, CommandError):
        print(harmless(f"nnstep: {place}{outcome}"), file=sys.stderr)
    elif outcome.text:
        if sys.stdout.isatty():
            from nnstep.render.terminal import print_lines  # rich is loaded only where there are colours

            print_lines(outcome.lines)
        else:
            # Whoever reads along may act on a line: it must not wait for others.
            print(outcome.text, flush=True)


def _report_json(debugger: Debugger, place: str, line: str, outcome: Result | CommandError) -> None:
    row: dict[str, object] = {"line": line.rstrip("\n")}
    if isinstance(outcome, CommandError):
        row |= {"text": "", "value": None, "stop": None}
    else:
        row |= {"text": outcome.text, "value": _jsonable(outcome.value), "stop": _jsonable(outcome.stop)}
    row["step"] = debugger.position.step
    row["error"] = f"{place}{outcome}" if isinstance(outcome, CommandError) else None
    # Where there is ASCII alone, JSON has its own for it.
    text = json.dumps(row, ensure_ascii=isinstance(sys.stdout, AsciiStream), allow_nan=False)
    print(harmless_json(text), flush=True)


def _jsonable(value: object) -> object:
    """A value as JSON has it; NaN and ±∞, which it lacks, as strings."""
    if isinstance(value, np.ndarray):
        return _jsonable(value.tolist())
    if isinstance(value, np.generic):
        return _jsonable(value.item())
    if isinstance(value, list | tuple):
        return [_jsonable(each) for each in value]
    if isinstance(value, float) and not np.isfinite(value):
        return "NaN" if np.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return {key: _jsonable(each) for key, each in vars(value).items()}


SUBCOMMAND = Subcommand("run", _parser, _run)

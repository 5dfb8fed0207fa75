"""nnstep [MODEL], run, replay, check, models, lessons: the shell's door."""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

import nnstep
from nnstep.api import Debugger, resume
from nnstep.commands.registry import Result
from nnstep.errors import CommandError, ModelError, NnstepError
from nnstep.model import bundled, load
from nnstep.render.text import Line, plain

FIRST_MODEL = "xor"
INTERRUPTED = 130
"""The exit code after Ctrl+C, as shells have it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; 0, 1 for a user's mistake, 2 for wrong usage, 130 after Ctrl+C."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    try:
        # What the terminal's encoding lacks is escaped rather than a crash.
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        subcommand = _SUBCOMMANDS.get(arguments[0]) if arguments else None
        code = subcommand(arguments[1:]) if subcommand else _app(arguments)
        sys.stdout.flush()
    except NnstepError as error:
        print(f"nnstep: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough; what is left in the buffer goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def _app(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="nnstep",
        description="A time-travel debugger for neural networks: opens MODEL in the terminal.",
        epilog="Also: nnstep run MODEL LINE…, nnstep replay LESSON, nnstep check PATH…, nnstep models, nnstep "
        "lessons; each has --help.",
    )
    parser.add_argument("model", nargs="?", help=f"a model file or a bundled name (default: {FIRST_MODEL})")
    _add_overrides(parser)
    _add_resume(parser, "the latest session that has ended, of MODEL if it is given, killed or not")
    parser.add_argument("--version", action="version", version=f"nnstep {nnstep.__version__}")
    options = parser.parse_args(arguments)
    _refuse_mixed(parser, options)
    from nnstep import tui  # the terminal's libraries are loaded only for the app

    if options.resume:
        return tui.run(options.model, resumed=True, force=options.force)
    return tui.run(options.model or FIRST_MODEL, _overrides(options.set))


def _run(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="nnstep run", description="Run lines of the debugger's language headless.")
    parser.add_argument("model", metavar="MODEL", help="a model file or a bundled name")
    parser.add_argument("lines", metavar="LINE", nargs="*", help="a command such as 'step 3' or 'print Z[1]'")
    parser.add_argument("-x", dest="file", metavar="FILE", help="read lines from a file first; - for standard input")
    parser.add_argument("--json", action="store_true", help="print an object a line")
    parser.add_argument("--journal", action="store_true", help="keep what --resume needs, as the app always does")
    _add_overrides(parser)
    _add_resume(parser, "the latest session of MODEL that has ended")
    options = parser.parse_intermixed_args(arguments)
    _refuse_mixed(parser, options)
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


def _opened(options: argparse.Namespace) -> Debugger:
    """The model that `run` is given, or the session of it that is resumed."""
    if options.resume:
        debugger, said = resume(options.model, force=options.force, journal=options.journal)
        print(*said, sep="\n", file=sys.stderr)
        return debugger
    debugger = nnstep.open(options.model, _overrides(options.set))
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
        print(f"nnstep: {place}{outcome}", file=sys.stderr)
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
    print(json.dumps(row, ensure_ascii=False, allow_nan=False), flush=True)


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


def _replay(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="nnstep replay", description="Replay a lesson beside the debugger.")
    parser.add_argument(
        "lesson", metavar="LESSON", help="a Markdown file or a bundled name; `nnstep lessons` lists them"
    )
    parser.add_argument("--headless", action="store_true", help="print it; exit 1 if an expectation fails")
    parser.add_argument("--lang", metavar="LANG", help="en or ja (default: the locale's, else en)")
    parser.add_argument("--allow-write", action="store_true", help="let its commands write files")
    options = parser.parse_args(arguments)
    from nnstep import lesson

    found = lesson.read(lesson.locate(options.lesson, options.lang), writing=options.allow_write)
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


def _check(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="nnstep check", description="Validate models and lessons, and look for faults in what models compute."
    )
    parser.add_argument("paths", metavar="PATH", nargs="+", help="a model, a lesson, or a folder of them")
    options = parser.parse_args(arguments)
    failed = False
    for path in _model_files(options.paths):
        try:
            if path.endswith(".md"):
                print(f"{path}: {_checked_lesson(path)}")
                continue
            session = nnstep.open(path).session
            print(f"{path}: {session.model.summary}")
            for finding in session.findings():
                print(f"{path}: {finding.rule}: {finding.message}")
        except NnstepError as error:
            print(f"nnstep: {error}", file=sys.stderr)
            failed = True
    return int(failed)


def _checked_lesson(path: str) -> str:
    """What there is to be said of a lesson that can be read and whose model can be opened."""
    from nnstep import lesson

    found = lesson.read(Path(path), writing=True)
    lesson.Replay(found)
    return f"{found.title}: {len(found.beats)} beats, {sum(len(beat.commands) for beat in found.beats)} commands"


def _model_files(paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        if Path(path).is_dir():
            files = [file for file in sorted(Path(path).iterdir()) if _is_checked(file)]
            if not files:
                raise ModelError(f"{path}: no .toml file and no lesson in this folder")
            yield from (str(file) for file in files)
        else:
            yield path


def _is_checked(file: Path) -> bool:
    """Whether a file of a folder is a model, or a lesson: any Markdown file that has a block of commands."""
    if file.suffix == ".md":
        return "```nnstep\n" in file.read_text(encoding="utf-8", errors="replace")
    return file.suffix == ".toml"


def _models(arguments: Sequence[str]) -> int:
    argparse.ArgumentParser(prog="nnstep models", description="List the bundled models.").parse_args(arguments)
    models = {name: load(path) for name, path in bundled().items()}
    width = max(len(name) for name in models)
    for name, model in models.items():
        print(f"{name:<{width}}  {model.title}")
    return 0


def _add_overrides(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="override a key, e.g. training.epochs=20",
    )


def _add_resume(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument("--resume", action="store_true", help=f"go on with {what}")
    parser.add_argument("--force", action="store_true", help="resume even if the model's files have changed")


def _refuse_mixed(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    if options.resume and options.set:
        parser.error("--set does not go with --resume: the session keeps its own settings")
    if options.force and not options.resume:
        parser.error("--force goes with --resume")


def _overrides(settings: Iterable[str]) -> Mapping[str, object]:
    """`key=value` settings; a value is TOML where it can be, else text."""
    import tomllib  # only a run with --set needs it

    overrides: dict[str, object] = {}
    for setting in settings:
        key, equals, text = setting.partition("=")
        if not equals or not key.strip():
            raise CommandError(f"--set takes KEY=VALUE, such as training.epochs=20, got {setting!r}")
        try:
            overrides[key.strip()] = tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            overrides[key.strip()] = text.strip()
    return overrides


def _bench(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="nnstep bench", description="Measure nnstep beside hand-written NumPy, PyTorch and jax, in one run."
    )
    parser.add_argument("--quick", action="store_true", help="the small networks alone, in about a minute")
    options = parser.parse_args(arguments)
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":
        # One thread for all who are compared; NumPy reads this when it is loaded, so it takes a fresh process.
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        again = [sys.executable, "-m", "nnstep", "bench", *arguments]
        return subprocess.run(again, env=environment, check=False).returncode  # noqa: S603  # ourselves
    from nnstep.bench import bench  # the table's libraries are loaded only for the table

    bench(quick=options.quick)
    return 0


_SUBCOMMANDS = {"bench": _bench, "run": _run, "check": _check, "models": _models, "replay": _replay}

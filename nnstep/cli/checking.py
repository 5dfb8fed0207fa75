"""nnstep check: validates files."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator
from pathlib import Path

import nnstep
from nnstep.cli.options import add_ascii, add_paths
from nnstep.cli.subcommand import Parser, Subcommand
from nnstep.errors import ModelError, NnstepError, harmless


def _parser() -> ArgumentParser:
    parser = Parser(
        prog="nnstep check", description="Validate models and lessons, and look for faults in what models compute."
    )
    parser.add_argument(
        "paths", metavar="PATH", nargs="*", help="a model or a lesson, a folder of them, or a bundled name"
    )
    parser.add_argument(
        "--self", action="store_true", help="try nnstep's own promises on this machine, for about two minutes"
    )
    add_paths(parser)
    add_ascii(parser)
    return parser


def _check(parser: ArgumentParser, options: Namespace) -> int:
    if options.self:
        return _check_self()
    if not options.paths:
        parser.error("a PATH is needed, or --self")
    failed = False
    for path in _files(options.paths):
        place = harmless(path)
        try:
            if path.endswith(".md"):
                print(f"{place}: {_checked_lesson(path)}")
                continue
            session = nnstep.open(path, allow_paths=options.allow_paths).session
            print(f"{place}: {session.model.summary}")
            for finding in session.findings():
                print(f"{place}: {finding.rule}: {finding.message}")
        except NnstepError as error:
            print(f"nnstep: {error}", file=sys.stderr)
            failed = True
    return int(failed)


def _check_self() -> int:
    from nnstep.selfcheck.report import check  # what it tries is loaded only to be tried

    failed = False
    for fact in check():
        print(f"{' ' if fact.good else '✗'} {fact.name:<24} {fact.text}", flush=True)
        failed |= not fact.good
    return int(failed)


def _checked_lesson(path: str) -> str:
    """What there is to be said of a lesson that can be read and whose model can be opened."""
    from nnstep import lesson

    found = lesson.read(Path(path), writing=True)
    lesson.Replay(found)
    return f"{found.title}: {len(found.beats)} beats, {sum(len(beat.commands) for beat in found.beats)} commands"


def _files(paths: Iterable[str]) -> Iterator[str]:
    """The models and lessons that are meant: files, those of a folder, or bundled ones by their name."""
    for path in paths:
        if Path(path).is_dir():
            files = [file for file in sorted(Path(path).iterdir()) if _is_checked(file)]
            if not files:
                raise ModelError(f"{path}: no .toml file and no lesson in this folder")
            yield from (str(file) for file in files)
            continue
        known = [] if Path(path).suffix or Path(path).exists() else _bundled(path)
        yield from known or [path]


def _bundled(name: str) -> list[str]:
    """The model and the lesson of a name, as some names have both; nothing where it is a name of neither."""
    from nnstep.lesson.catalogue import bundled
    from nnstep.model.loader import bundled as models
    from nnstep.render.language import language

    lesson = bundled(language()).get(name)
    return [*([name] if name in models() else []), *([str(lesson)] if lesson else [])]


def _is_checked(file: Path) -> bool:
    """Whether a file of a folder is a model, or a lesson: any Markdown file that has a block of commands."""
    if file.suffix == ".md":
        with file.open(encoding="utf-8", errors="replace") as lines:
            return any(line == "```nnstep\n" for line in lines)
    return file.suffix == ".toml"


SUBCOMMAND = Subcommand("check", _parser, _check)

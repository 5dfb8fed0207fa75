"""Commands that write a session as a script, and that run one."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from nnstep.commands.execute import execute
from nnstep.commands.registry import Rest, Result, command, result
from nnstep.errors import CommandError
from nnstep.render.text import Line, Span, line, text_of
from nnstep.session import Session
from nnstep.session.script import SIGN, script, summary

LARGEST = 1 << 20
"""Bytes of a script."""

DEEPEST = 10
"""Scripts that may run inside each other."""


@command("save", usage="FILE", writes=True)
def save(session: Session, file: Rest) -> Result:
    """Write a script that recreates stops, displays, marks, branches and the place in the run.

    `source FILE` runs it. Hit counts are in it as comments. Only a file that `save` wrote is written over.
    """
    path = Path(file).expanduser()
    _refuse_others(path, file)
    try:
        _write(path, script(session))
    except (OSError, ValueError) as error:
        raise CommandError(f"{file}: cannot be written: {_reason(error)}") from error
    return result(f"{file}: {summary(session)}; `source {file}` goes on from here", str(path))


@command("source", usage="FILE", reads=True)
def source(session: Session, file: Rest) -> Result:
    """Run the lines of a file; the first bad one ends it, and is named with its place: FILE:LINE."""
    lines = read_script(file)
    if session.scripts >= DEEPEST:
        raise CommandError(f"{file}: {DEEPEST} scripts are running inside each other; does one run itself?")
    session.scripts += 1
    try:
        return _run(session, file, lines)
    finally:
        session.scripts -= 1


def read_script(file: str) -> list[str]:
    """The lines of a script; CommandError for what is none."""
    try:
        with _opened(Path(file).expanduser()) as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                raise CommandError(f"{file}: is not a file; a script is a text of commands")
            raw = stream.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        raise CommandError(f"{file}: cannot be read: {_reason(error)}") from error
    if len(raw) > LARGEST:
        raise CommandError(f"{file}: must have at most {LARGEST >> 20} MiB; a script is a text of commands")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CommandError(f"{file}: cannot be read: it is not UTF-8") from error
    if "\0" in text:
        raise CommandError(f"{file}: is not a text; a script is a text of commands")
    # A line ends where an editor ends it; the last one may have no end.
    return text.removesuffix("\n").split("\n")


def _run(session: Session, file: str, lines: list[str]) -> Result:
    out: list[Line] = []
    outcome = result([])
    interrupts = session.interrupts
    try:
        for number, text in enumerate(lines, start=1):
            outcome = _execute(session, f"{file}:{number}", text)
            out += outcome.lines
            if outcome.quit:
                break
            if session.interrupts != interrupts:
                out.append(line(Span(f"interrupted after {file}:{number}", "dim")))
                break
        else:
            if session.collecting is not None:
                raise CommandError(
                    f"{file}:{len(lines)}: the lines of `commands {session.collecting.number}` have no `end`"
                )
    finally:
        # What the user types next is none of the script's lines.
        session.collecting = None
    return Result(text_of(out), outcome.value, None, tuple(out), outcome.quit, told=True)


def _execute(session: Session, place: str, text: str) -> Result:
    try:
        return execute(session, text)
    except CommandError as error:
        raise CommandError(f"{place}: {error}") from error


def _refuse_others(path: Path, file: str) -> None:
    """Raise CommandError for a file that is there and that `save` has not written."""
    try:
        with _opened(path) as stream:
            ours = stream.read(len(SIGN)) == SIGN.encode()
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise CommandError(f"{file}: cannot be written: {_reason(error)}") from error
    if not ours:
        raise CommandError(f"{file}: is there already and is no script of `save`; choose another name, or remove it")


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    # Through a link, the file it leads to is written.
    path = path.resolve()
    temporary = path.with_name(f".{path.name[:50]}.{os.getpid()}.tmp")
    try:
        with temporary.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        with suppress(FileNotFoundError):
            temporary.chmod(stat.S_IMODE(path.stat().st_mode))
        temporary.replace(path)
    except BaseException as error:
        if not isinstance(error, FileExistsError):
            temporary.unlink(missing_ok=True)
        raise


def _opened(path: Path) -> BinaryIO:
    """A file to be read; a pipe that nobody writes to is not waited for."""
    return open(path, "rb", opener=lambda name, flags: os.open(name, flags | getattr(os, "O_NONBLOCK", 0)))


def _reason(error: OSError | ValueError) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)

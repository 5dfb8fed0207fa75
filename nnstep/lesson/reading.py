"""From a Markdown file to a Lesson; whatever is wrong with it is said with its place, and nothing has run by then."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from nnstep.commands.execute import check
from nnstep.commands.expecting import question_of
from nnstep.errors import CommandError, LessonError, harmless, has_control
from nnstep.lesson.lesson import Beat, Lesson, Typed
from nnstep.session.confinement import LessonConfinement

LARGEST = 256 << 10
"""Bytes of a lesson."""
MOST_BEATS, MOST_COMMANDS = 200, 100
"""Beats of a lesson, commands of a block."""
LONGEST = 4000
"""Characters of a line."""
WORD = "nnstep"

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})[ \t]*(.*?)[ \t]*")
_HIDDEN = re.compile(r"[\s>*+\-\d.)]+(`{3,}|~{3,})\s*nnstep\b.*", re.IGNORECASE)
_TITLE = re.compile(r"#[ \t]+(.*?)[ \t#]*")
_SECTION = re.compile(r"##[ \t]+(.*?)[ \t#]*")
FORBIDDEN = ("quit", "lesson")
"""Commands that would leave the lesson or begin another one."""


def read(path: Path, *, writing: bool = False) -> Lesson:
    """The lesson of a file; writing: its commands may write files. LessonError names file, line and remedy."""
    place = harmless(str(path))
    try:
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)
        with open(path, "rb", opener=lambda name, _flags: os.open(name, flags)) as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                raise LessonError(f"{place}: is not a file; a lesson is a Markdown file")
            raw = stream.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        raise LessonError(f"{place}: cannot be read: {reason}") from error
    if len(raw) > LARGEST:
        raise LessonError(f"{place}: must have at most {LARGEST >> 10} KiB; a lesson is prose and commands")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise LessonError(f"{place}:{line}: is not UTF-8 text: {error.reason}") from error
    return parse(text, path, writing=writing)


def parse(text: str, path: Path, *, writing: bool = False) -> Lesson:
    """The lesson of a text; the path names it in messages."""
    return _Reader(text, path, writing=writing).lesson()


class _Reader:
    """Goes through the lines once."""

    def __init__(self, text: str, path: Path, *, writing: bool) -> None:
        self._path = path
        self._place = harmless(str(path))
        self._confinement = LessonConfinement(path.parent, writing=writing)
        self._lines = text.replace("\r\n", "\n").split("\n")
        self._title: str | None = None
        self._sections: list[str] = []
        self._beats: list[Beat] = []
        self._prose: list[str] = []
        self._began = 1

    def lesson(self) -> Lesson:
        self._refuse_controls()
        lines = enumerate(self._lines, start=1)
        for number, text in lines:
            fence = _FENCE.fullmatch(text)
            if fence:
                self._fence(number, text, fence, lines)
            elif _HIDDEN.fullmatch(text):
                raise self._wrong(number, "a block begins at the line's start: ```nnstep")
            else:
                self._heading(number, text)
        self._end(len(self._lines))
        first = self._beats[0].commands[0]
        return Lesson(
            self._title or "",
            self._path,
            self._place,
            first.text.split(maxsplit=1)[1],
            tuple(self._sections),
            tuple(self._beats),
        )

    def _wrong(self, line: int, text: str) -> LessonError:
        return LessonError(f"{self._place}:{line}: {text}")

    def _refuse_controls(self) -> None:
        for number, text in enumerate(self._lines, start=1):
            if has_control(text.replace("\t", "")):
                raise self._wrong(number, "a lesson is a text without control characters")
            if len(text) > LONGEST:
                raise self._wrong(number, f"a line must have at most {LONGEST} characters, got {len(text)}")

    def _heading(self, number: int, text: str) -> None:
        title, section = _TITLE.fullmatch(text), _SECTION.fullmatch(text)
        if self._title is None and text.strip():
            if not title or not title.group(1):
                raise self._wrong(number, "a lesson begins with its title: # Title")
            self._title = title.group(1)
            return
        if title:
            raise self._wrong(number, "a lesson has one title; sections begin with ##")
        if section:
            self._sections.append(section.group(1))
        self._say(number, text)

    def _say(self, number: int, text: str) -> None:
        if text.strip() and not any(line.strip() for line in self._prose):
            self._prose, self._began = [], number
        self._prose.append(text.expandtabs(4).rstrip())

    def _fence(self, number: int, text: str, fence: re.Match[str], lines: Iterator[tuple[int, str]]) -> None:
        marks, info = fence.groups()
        word = info.split()[0] if info.split() else ""
        if word.lower() == WORD and (text != f"```{WORD}" and text.strip() != f"{marks}{WORD}"):
            raise self._wrong(
                number, f"the fence of a block is ```nnstep and nothing else, got {harmless(text.strip())}"
            )
        if self._title is None:
            raise self._wrong(number, "a lesson begins with its title: # Title")
        inside = list(self._until_closed(number, marks, lines))
        if word == WORD:
            self._block(number, inside)
            return
        self._say(number, text)
        for line, each in inside:
            self._say(line, each)
        self._say(number, marks)

    def _until_closed(self, number: int, marks: str, lines: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
        for line, text in lines:
            end = _FENCE.fullmatch(text)
            if end and not end.group(2) and end.group(1).startswith(marks):
                return
            if end and end.group(2).lower() == WORD:
                break
            yield line, text
        raise self._wrong(number, f"this block is not closed: {marks} alone on a line ends it")

    def _block(self, number: int, inside: list[tuple[int, str]]) -> None:
        commands = tuple(self._commands(inside))
        if not commands:
            raise self._wrong(number, "there is nothing to run in this block")
        if len(commands) > MOST_COMMANDS:
            raise self._wrong(number, f"a block must have at most {MOST_COMMANDS} commands, got {len(commands)}")
        if len(self._beats) >= MOST_BEATS:
            raise self._wrong(number, f"a lesson must have at most {MOST_BEATS} blocks")
        first = commands[0].text.split()
        if not self._beats and (first[0] != "open" or len(first) < 2):
            raise self._wrong(commands[0].line, "a lesson opens its model first: open NAME")
        self._close(number, commands)

    def _close(self, number: int, commands: tuple[Typed, ...]) -> None:
        while self._prose and not self._prose[-1].strip():
            self._prose.pop()
        began = self._began if self._prose else number
        self._beats.append(Beat(tuple(self._prose), commands, len(self._sections) - 1, began))
        self._prose = []

    def _commands(self, inside: list[tuple[int, str]]) -> Iterator[Typed]:
        """The commands of a block; those between `commands N` and `end` are looked at in the same way."""
        taking: int | None = None
        for number, raw in inside:
            text = raw.strip()
            if not text or text.startswith("#"):
                continue
            try:
                if taking is None or text not in ("end", "silent"):
                    self._look(text)
            except CommandError as error:
                raise self._wrong(number, str(error)) from error
            if text.split()[0] == "commands":
                taking = number
            elif text == "end":
                taking = None
            yield Typed(number, text)
        if taking is not None:
            raise self._wrong(taking, "the lines of `commands` have no `end` in this block")

    def _look(self, text: str) -> None:
        command = check(text)
        if command is None:
            return
        rest = text.split(maxsplit=1)[1] if len(text.split()) > 1 else ""
        if command.name in FORBIDDEN:
            raise CommandError(f"{command.name} is not for lessons")
        if refusal := self._confinement.refusal(command.name, reads=command.reads, writes=command.writes):
            raise refusal
        if command.name == "ask":
            question_of(rest)
        if command.name == "expect-error" and not rest:
            raise CommandError("expect-error takes a LINE that is to be refused")

    def _end(self, last: int) -> None:
        if self._title is None:
            raise self._wrong(1, "a lesson begins with its title: # Title")
        if not self._beats:
            raise self._wrong(last, "there is nothing to run: a lesson has blocks of commands, ```nnstep")
        if any(text.strip() for text in self._prose):
            self._close(last, ())

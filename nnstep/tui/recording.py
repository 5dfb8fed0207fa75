"""A lesson recorded from the app's own screen: a cast for terminals, a picture for each beat.

Time is worked out, not measured: the same lesson gives the same bytes.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment

from nnstep.errors import LessonError
from nnstep.lesson.replay import Ran, Replay
from nnstep.settings import Settings
from nnstep.tui.app import NnstepApp
from nnstep.tui.course import Course
from nnstep.tui.picture import svg

SIZE = (120, 40)
FIRST, COMMAND, LAST = 1.0, 0.9, 3.0
"""Seconds from the beginning to the first beat, for each command, and at the end."""
PAGE = 6.0
"""Seconds for each further screen of prose that is too long for the panel."""
COLOURS = ColorSystem.TRUECOLOR

Shot = Callable[["Recorded", str, float], object]
"""Takes the app once its screen stands: the label of a section that begins there, and how long the screen stays."""


class Recorded(NnstepApp):
    """The app with the colours and settings of a recording, wherever it is made."""

    def __init__(self, replay: Replay) -> None:
        super().__init__(replay.debugger, settings=Settings())
        self.console = Console(color_system="truecolor", file=self.console.file, legacy_windows=False, _environ={})
        self.begun: Course = Course(self, replay)

    def begin(self, replay: Replay | None = None) -> None:
        """Nothing begins by itself: whoever records says when."""


@dataclass
class Cast:
    """An asciicast of version 2 on its way: what has to be drawn anew of each screen, and when."""

    size: tuple[int, int]
    title: str
    events: list[tuple[float, str, str]] = field(default_factory=list)
    now: float = 0.0
    _drawn: list[str] = field(default_factory=list)

    def show(self, app: NnstepApp, section: str, seconds: float) -> None:
        """Add a screen, which stays for some time."""
        if section:
            self.events.append((self.now, "m", section))
        lines = [_coloured(line) for line in _screen(app)]
        changed = [
            f"\x1b[{place + 1};1H{line}\x1b[0m"
            for place, line in enumerate(lines)
            if place >= len(self._drawn) or line != self._drawn[place]
        ]
        begin = "" if self._drawn else "\x1b[?25l\x1b[2J"
        if changed:
            self.events.append((self.now, "o", begin + "".join(changed)))
        self._drawn = lines
        self.now += seconds

    def text(self) -> str:
        """The file."""
        width, height = self.size
        head = {"version": 2, "width": width, "height": height, "title": self.title}
        ended = [*self.events, (self.now, "o", f"\x1b[{height};1H\x1b[?25h")]
        rows = [head, *([round(at, 3), kind, data] for at, kind, data in ended)]
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def record(replay: Replay, cast: Path | None, pictures: Path | None, size: tuple[int, int] = SIZE) -> list[Ran]:
    """Write a cast of a lesson, pictures of its beats, or both; the commands that have failed.

    LessonError where that cannot be written.
    """
    lesson = replay.lesson
    made = Cast(size, lesson.title)
    count = len(str(len(lesson.beats)))

    def beat(app: Recorded) -> None:
        if pictures is not None:
            number = f"{replay.at + 1:0{count}}"
            _write(pictures / f"{lesson.name}-{number}.svg", svg(app, title=f"{lesson.title} · {number}"))

    if pictures is not None:
        try:
            pictures.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LessonError(f"{pictures}: cannot be made: {error.strerror or error}") from error
    with _colours():
        asyncio.run(_go_through(replay, size, made.show, beat))
    if cast is not None:
        _write(cast, made.text())
    return [ran for ran in replay.history if ran.error is not None]


@contextmanager
def _colours() -> Iterator[None]:
    """Have an app show colours, whatever the terminal says in which it is recorded."""
    kept = os.environ.pop("NO_COLOR", None)
    try:
        yield
    finally:
        if kept is not None:
            os.environ["NO_COLOR"] = kept


async def _go_through(replay: Replay, size: tuple[int, int], shoot: Shot, beat: Callable[[Recorded], object]) -> None:
    app = Recorded(replay)
    course = app.begun
    sections = replay.lesson.sections
    section = -1
    async with app.run_test(size=size) as pilot:

        async def stand() -> None:
            course.show()
            await pilot.pause()
            app.main.finish()
            await pilot.pause()

        app.course = course
        app.main.lesson = "open"
        app.main.place()
        await pilot.pause()
        while not replay.ended:
            course.enter()
            begins = replay.beat.section
            await stand()
            label = sections[begins] if begins != section else ""
            section = begins
            shoot(app, label, course.seconds())
            while app.main.prose.on_further():
                await stand()
                shoot(app, "", PAGE)
            while replay.left:
                course.run_one()
                await stand()
                # What it has said is the end of the page.
                app.main.prose.to_end()
                await stand()
                shoot(app, "", COMMAND)
            beat(app)
        shoot(app, "", LAST)


def _screen(app: NnstepApp) -> list[list[Segment]]:
    """The lines that stand on the screen."""
    compositor = app.screen._compositor  # noqa: SLF001  # Textual shows its screen nowhere else
    return [list(strip) for strip in compositor.render_strips()]


def _coloured(line: list[Segment]) -> str:
    """A line with the escapes of its colours."""
    return "".join(
        segment.style.render(segment.text, color_system=COLOURS) if segment.style else segment.text for segment in line
    )


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except (OSError, ValueError) as error:
        reason = error.strerror or str(error) if isinstance(error, OSError) else str(error)
        raise LessonError(f"{path}: cannot be written: {reason}") from error

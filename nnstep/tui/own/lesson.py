"""`lesson`: going through a lesson."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from nnstep.commands.completion import Candidate
from nnstep.errors import CommandError, NnstepError
from nnstep.tui.own.registry import own

if TYPE_CHECKING:
    from nnstep.tui.app import NnstepApp
    from nnstep.tui.course import Course

FASTER = 1.5
OPENING = "lesson open "

DOES: dict[str, Callable[[Course], None]] = {
    "next": lambda course: course.next(),
    "previous": lambda course: course.previous(),
    "section next": lambda course: course.section(1),
    "section previous": lambda course: course.section(-1),
    "play": lambda course: course.play(),
    "faster": lambda course: course.faster(FASTER),
    "slower": lambda course: course.faster(1 / FASTER),
    "take-over": lambda course: course.take_over(),
    "return": lambda course: course.give_back(),
}


@own("lesson")
def lesson(app: NnstepApp, what: str) -> str | None:
    """Go on or back in the lesson, or begin one."""
    word, _, rest = what.strip().partition(" ")
    if word == "open":
        return _open(app, rest.strip())
    course = app.course
    if course is None:
        raise CommandError("no lesson is open: `lesson open NAME` begins one")
    if word == "answer":
        course.answer(rest.strip())
    elif (does := DOES.get(" ".join(what.split()))) is not None:
        does(course)
    else:
        raise CommandError(f"lesson: must be {', '.join(DOES)}, answer [NUMBER] or open NAME, got {what[:40]!r}")
    return None


def opened(text: str) -> list[Candidate]:
    """What a line that opens a lesson can become: the names of the bundled ones, with their titles."""
    from nnstep.lesson.catalogue import titles  # only a lesson needs them

    found = [(f"{OPENING}{name}", name, title) for name, title in titles().items()]
    return [Candidate(*each) for each in found if each[0].startswith(text)]


def _open(app: NnstepApp, name: str) -> str | None:
    """Begin a lesson in place of what is open."""
    from nnstep.lesson import Replay, locate, read  # only a lesson needs them

    if not name:
        raise CommandError("lesson open takes the name of a lesson, or its file")
    try:
        path = locate(name, files=app.debugger.session.confinement is None)
        replay = Replay(read(path), app.debugger)
    except NnstepError as error:
        raise CommandError(str(error)) from error
    app.begin(replay)
    return None

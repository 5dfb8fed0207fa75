"""A lesson without the app: its prose, its commands, and what they said."""

from __future__ import annotations

from collections.abc import Callable

from nnstep.lesson.lesson import Lesson
from nnstep.lesson.replay import CLAIMS, Ran, Replay
from nnstep.render.text import Line, Span, line

Show = Callable[[Line], object]


def transcribe(lesson: Lesson, show: Show, fail: Callable[[str], object], *, writing: bool = False) -> bool:
    """Run a lesson, handing out every line of it; whether all expectations were met.

    An expectation that fails is told to `fail` with its place and the lesson goes on, as nothing has changed; a command
    that fails ends it.
    """
    replay = Replay(lesson, writing=writing)
    good = True
    show(line(Span(f"# {lesson.title}", "heading")))
    while not replay.ended:
        replay.enter()
        show(line(""))
        for text in replay.beat.prose:
            show(line(Span(text, "heading")) if text.startswith("#") else line(text))
        if replay.beat.prose and replay.beat.commands:
            show(line(""))
        for ran in replay.run():
            for each in ran_lines(ran):
                show(each)
            if ran.error is not None:
                good = False
                fail(f"{lesson.place}:{ran.typed.line}: {ran.error}")
                if ran.name not in CLAIMS:
                    return False
            if replay.debugger.session.interrupted:
                raise KeyboardInterrupt
    return good


def ran_lines(ran: Ran) -> list[Line]:
    """A command as it was typed, and what it said."""
    lines = [line(Span("> ", "dim"), Span(ran.typed.text, "name"))]
    if ran.error is not None:
        lines += [
            line("  ", Span(f"✗ {text}" if not place else text, "error"))
            for place, text in enumerate(str(ran.error).splitlines())
        ]
    elif ran.result is not None:
        lines += [(Span("  "), *spans) for spans in ran.result.lines]
    return lines

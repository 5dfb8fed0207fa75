"""The command of lessons: the app carries it out; headless, `nnstep replay LESSON --headless` runs one."""

from __future__ import annotations

from nnstep.commands.registry import Rest, Result, command, result
from nnstep.session import Session


@command(
    "lesson",
    usage="ACTION",
    keys={
        "space": "lesson next",
        "backspace": "lesson previous",
        "a": "lesson play",
        "plus": "lesson faster",
        "minus": "lesson slower",
        "i": "lesson take-over",
    },
    app_only=True,
    words=("next", "previous", "section", "play", "faster", "slower", "take-over", "return", "answer", "open"),
)
def lesson(session: Session, action: Rest) -> Result:
    """Go through a lesson, one beat at a time.

    ACTION is next, previous, section next, section previous, play, faster, slower, take-over, return, answer [NUMBER]
    or open NAME. A beat is some prose and the commands that follow it; going back brings the debugger back exactly.
    `take-over` lets you try things, `return` goes back to where the lesson was; `answer NUMBER` answers a question,
    `answer` alone shows the answer. Page down and page up go by sections. `open NAME` begins another lesson, a bundled
    one or a file; `lessons` lists them.
    """
    del session, action
    return result([])


@command("lessons", app_only=True)
def lessons(session: Session) -> Result:
    """List the lessons, and how far each has been read; enter begins one. `nnstep lessons` prints them."""
    del session
    return result([])

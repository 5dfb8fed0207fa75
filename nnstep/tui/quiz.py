"""The questions of a lesson's beat: the one that waits, and what was said of answers."""

from __future__ import annotations

from collections.abc import Sequence

from nnstep.commands.expecting import Question, answer_of, asked_line, explained, question_of
from nnstep.errors import CommandError
from nnstep.lesson.grading import grade, number_of
from nnstep.lesson.replay import Ran
from nnstep.render.catalogue import word
from nnstep.session import Session
from nnstep.session.expectation import values
from nnstep.tui.paint import Line
from nnstep.tui.said import told

TRIES = 2
"""Answers before the right one is shown."""


class Quiz:
    """What is asked in a beat. Attributes: question, the one that waits for an answer."""

    def __init__(self) -> None:
        self.question: Question | None = None
        self._tries = 0
        # By the place of the question's command in its beat.
        self._remarks: dict[int, list[Line]] = {}

    def forget(self) -> None:
        """Begin anew, with another beat."""
        self.question = None
        self._tries = 0
        self._remarks = {}

    def ask(self, session: Session, argument: str) -> None:
        """Have a question wait; CommandError where its answer is no number."""
        asked = question_of(argument)
        answer_of(session, asked)
        self.question, self._tries = asked, 0

    def answer(self, session: Session, text: str, place: int) -> bool:
        """Take an answer, or none to be shown it: remark on it, and say whether the question is done with."""
        asked = self.question
        if asked is None:
            raise CommandError("lesson answer: no question is waiting")
        answer = answer_of(session, asked)
        if text and number_of(text) is None:
            raise CommandError(f"lesson answer takes a number, got {text[:40]!r}; nothing at all shows the answer")
        found = grade(text, answer, _within(session, asked, answer)) if text else "wrong"
        self._tries += 1
        if found != "right" and text and self._tries < TRIES:
            again = word("lesson_again", text=text, hint=word(f"lesson_{found}"))
            self._remarks[place] = [(("✗ ", "bad"), (again, "text"))]
            return False
        mark: Line = (("→ ", "accent"), (word("lesson_answer"), "text"))
        if found == "right":
            mark = (("✓ ", "good"), (word("lesson_right", text=text), "good"))
        self.question = None
        self._remarks[place] = [mark, *explained(session, asked)]
        return True

    def told(self, ran: Sequence[Ran]) -> tuple[Line, ...]:
        """What the beat's commands have said, with the remarks on answers, and the question that waits."""
        said: list[Line] = []
        for place, each in enumerate(ran):
            said += [*told(each), *self._remarks.get(place, ())]
        if self.question:
            said += [asked_line(self.question), *self._remarks.get(len(ran), ())]
        return tuple(said)


def _within(session: Session, asked: Question, answer: float) -> float | None:
    """How near an answer must come; None where the question leaves it to the digits that are given."""
    if not asked.within:
        return None
    number = float(values(session, asked.within.removesuffix("%")))
    return abs(answer) * number / 100 if asked.within.endswith("%") else number

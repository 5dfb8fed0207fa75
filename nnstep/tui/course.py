"""A lesson in the app: beats, questions, playing by itself, and the reader who takes over and comes back."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING

from nnstep.commands.execute import named, refuse_files
from nnstep.commands.registry import result
from nnstep.errors import CommandError
from nnstep.lesson import progress
from nnstep.lesson.catalogue import following, key_of
from nnstep.lesson.lesson import Lesson, Typed
from nnstep.lesson.replay import Ran, Replay
from nnstep.tui.keys import command_of
from nnstep.tui.lectern import Mode
from nnstep.tui.own.registry import OWN
from nnstep.tui.pace import Pace
from nnstep.tui.page import page_of
from nnstep.tui.paint import Line
from nnstep.tui.prose import Page
from nnstep.tui.quiz import Quiz
from nnstep.tui.scene import RESULT
from nnstep.tui.turn import Taken, taken
from nnstep.tui.view import View

if TYPE_CHECKING:
    from nnstep.tui.app import NnstepApp


class Course:
    """Goes through a replay for the app, which shows where it stands.

    Attributes: replay; quiz, its questions; pace, at which it plays by itself; taken, what the reader who took over
    returns to.
    """

    def __init__(self, app: NnstepApp, replay: Replay) -> None:
        self.replay = replay
        self.quiz = Quiz()
        self.pace = Pace(app, self._tick)
        self.taken: Taken | None = None
        self._app = app
        self._views: list[View] = []
        self._goal = -1

    @property
    def lesson(self) -> Lesson:
        """The lesson."""
        return self.replay.lesson

    @property
    def mode(self) -> Mode:
        """How much room the prose has."""
        return "folded" if self.taken else "open"

    # Going on and back

    def next(self) -> None:
        """Go on: to an answer, over a pause, down a long page, to the next beat, to the next lesson."""
        self._refuse_taken()
        if self.quiz.question:
            self._app.main.prose.on_further()
            self._await_answer()
        elif self.replay.left:
            self._go_on()
        elif self.replay.at >= 0 and self._app.main.prose.on_further():
            self._play_on()
        elif not self.replay.ended:
            self.enter()
            self._go_on()
        elif (name := following(self.lesson.path)) is not None:
            self._app.run_line(f"lesson open {name}")
        else:
            raise CommandError("this is the end of the lesson")

    def previous(self) -> None:
        """Go back to the end of the beat before, with the debugger as it was there."""
        self._refuse_taken()
        self.stop()
        if not self._back():
            raise CommandError("this is the first beat")
        self.show()

    def section(self, by: int) -> None:
        """Go to the first beat of the next section, or of this one, or of the one before."""
        self._refuse_taken()
        beats, at = self.lesson.beats, self.replay.at
        if by > 0:
            ahead = (i for i in range(at + 1, len(beats)) if beats[i].section != beats[at].section)
            self._goal = next(ahead, -1)
            if self._goal < 0:
                raise CommandError("this is the last section")
            self._go_on()
            return
        self.stop()
        to = at if at > 0 and beats[at - 1].section == beats[at].section else at - 1
        while to > 0 and beats[to - 1].section == beats[to].section:
            to -= 1
        if to < 0:
            raise CommandError("this is the first section")
        while self.replay.at > to:
            self._back()
        self.show()

    def enter(self) -> None:
        """Go on to the next beat, before its commands.

        It begins with each step's result in focus, as its prose speaks of that; what was chosen in the beat before may
        have nothing to do with it.
        """
        view = self._app.main.view
        self._views.append(view.copy())
        view.slot = RESULT
        self.replay.enter()
        self.quiz.forget()

    def _back(self) -> bool:
        if not self.replay.back():
            return False
        self._app.main.view = self._views.pop()
        self.quiz.forget()
        return True

    def _go_on(self) -> None:
        """Run this beat's commands, up to a pause or a question; on the way to a section, over these and more beats."""
        if self.replay.at < 0 or (not self.replay.left and self.replay.at < self._goal):
            self.enter()
        if not self.replay.left:
            self._arrive()
            return
        typed = self.replay.left[0]
        name, argument = command_of(typed.text)
        on_the_way = self.replay.at < self._goal
        if name == "pause":
            self.replay.note(Ran(typed, result([]), None))
            if self.replay.left and not on_the_way:
                self._arrive()
            else:
                self._go_on()
        elif name == "ask" and not on_the_way:
            self._ask(typed, argument)
        elif name in OWN:
            self._run_own(typed, name, argument)
            self._go_on()
        else:
            self._app.carry_out(typed.text, self.replay.run_next, self._came)

    def run_one(self) -> None:
        """Run the next command of this beat at once, as a recording does: a question is answered, no pause is made."""
        typed = self.replay.left[0]
        name, argument = command_of(typed.text)
        if name in OWN:
            self._run_own(typed, name, argument)
        else:
            self.replay.run_next()
        self._answer()

    def _run_own(self, typed: Typed, name: str, argument: str) -> None:
        """Have the app carry out a command of its own.

        What it is about may not be in sight at this size of the terminal: the lesson goes on without, as it does
        headless.
        """
        if self.replay.debugger.session.model is not self._app.main.model:
            # What is chosen is of the model just opened, not of the one still on the screen.
            self._app.settle()
        error: CommandError | None = None
        try:
            with self.replay.limits():
                refuse_files(self.replay.debugger.session, named(name))
                OWN[name](self._app, argument)
        except CommandError as refused:
            error = None if named(name).app_only else refused
        self.replay.note(Ran(typed, result([]) if error is None else None, error))

    def _came(self, _line: str, future: Future[object]) -> None:
        error = future.exception()
        if error is not None:
            raise error
        if self.replay.debugger.session.interrupted:
            self._arrive()
        else:
            self._go_on()

    def _arrive(self) -> None:
        """Show where the lesson has come to."""
        self._goal = -1
        if not self.replay.left:
            progress.note(key_of(self.lesson.path), self.replay.at + 1, len(self.lesson.beats))
        self.show()
        self._answer()
        self._play_on()

    def _answer(self) -> None:
        """Have the prompt show the last command, and what it said, as far as there is room: the page has it all."""
        if not self.replay.ran:
            return
        last, prompt = self.replay.ran[-1], self._app.main.prompt
        lines: list[Line] = (
            [((str(last.error), "bad"),)] if last.error else list(last.result.lines if last.result else ())
        )
        command, said = last.typed.text, lines[0] if lines else ()
        if not prompt.fits(command, "".join(text for text, _ in said)):
            said = ()
        prompt.answer(command if prompt.fits(command, "") else "", said)

    # Questions

    def _ask(self, typed: Typed, argument: str) -> None:
        try:
            self.quiz.ask(self.replay.debugger.session, argument)
        except CommandError as error:
            self.replay.note(Ran(typed, None, error))
            self._go_on()
            return
        self._goal = -1
        self.show()
        self._await_answer()

    def _await_answer(self) -> None:
        """Open the prompt, once the question has come into sight."""
        if not self._app.main.prose.more:
            self._app.main.prompt.open("lesson answer ")

    def answer(self, text: str) -> None:
        """Grade an answer: right, or once more, or shown; without one, show it."""
        self._refuse_taken()
        asking = self.quiz.question is not None
        done = False
        try:
            done = self.quiz.answer(self.replay.debugger.session, text, len(self.replay.ran))
        finally:
            if asking and not done:
                self._app.main.prompt.open("lesson answer ")
        if done:
            self.replay.run_next()
            self.show()
            # What is said of the answer comes into sight, below the question.
            self._app.main.prose.on_further()
            self._go_on()
        else:
            self.show()
            self._app.main.prose.to_end()

    # The reader's turn

    def take_over(self) -> None:
        """Let the reader try things, from here."""
        if self.taken:
            raise CommandError("it is your turn already; esc returns to the lesson")
        self.touch(asked_for=True)
        self.show()

    def touch(self, *, asked_for: bool = False) -> None:
        """Somebody types a command that is none of the lesson's: that is taking over."""
        if not self.taken:
            self.stop()
            session, view = self.replay.debugger.session, self._app.main.view
            self.taken = taken(session, view, question=bool(self.quiz.question), asked_for=asked_for)

    def touched(self) -> None:
        """It has run; where it has changed nothing, the lesson can simply go on."""
        if self.taken and not self.taken.asked_for and not self.taken.changed(self.replay.debugger.session):
            self.taken = None
        self.show()

    def give_back(self) -> None:
        """Return to where the lesson was, exactly."""
        if not self.taken:
            raise CommandError("lesson return: the lesson is where it was")
        self.replay.debugger.session.restore(self.taken.snapshot)
        self._app.main.view = self.taken.view
        asked = self.taken.question
        self.taken = None
        self.show()
        if asked:
            self._await_answer()

    def _refuse_taken(self) -> None:
        if self.taken:
            raise CommandError("it is your turn: esc returns to where the lesson was")

    # Playing by itself

    def play(self) -> None:
        """Go on by itself, or stop doing so."""
        self._refuse_taken()
        if self.pace.playing:
            self.stop()
            self.show()
            return
        self.pace.playing = True
        self.show()
        self._play_on()

    def faster(self, factor: float) -> None:
        """Play faster, or slower."""
        self.pace.faster(factor)
        self.show()
        self._play_on()

    def stop(self) -> None:
        """Play no longer."""
        self.pace.stop()

    def _play_on(self) -> None:
        self.pace.rest()
        if not self.pace.playing or self.quiz.question:
            return
        if self.replay.ended:
            self.pace.playing = False
            self.show()
        else:
            self.pace.wait(self.seconds() / self._app.main.prose.screens)

    def _tick(self) -> None:
        if self._app.main.prompt.typing or self._app.main.chooser.display:
            # Nothing goes on behind somebody who types or chooses.
            self._play_on()
        elif self.pace.playing and not self.quiz.question and not self.taken:
            self._app.run_line("lesson next")

    def seconds(self) -> float:
        """How long this beat is to stay, at this speed."""
        return self.pace.seconds(self.replay.beat.prose)

    # What is shown

    def show(self) -> None:
        """Show the page, and the debugger where it stands."""
        self._app.show_lesson()

    def page(self) -> Page:
        """The page of this beat."""
        return page_of(self)

"""The app: keys type commands, the session carries them out, the screen shows where it stands."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from itertools import groupby
from typing import TYPE_CHECKING, Any

from textual import events
from textual.app import App
from textual.driver import Driver
from textual.message import Message
from textual.timer import Timer

from nnstep.api import Debugger
from nnstep.commands import Result
from nnstep.commands.completion import Candidate, candidates
from nnstep.commands.execute import named, refuse_files
from nnstep.commands.rekeying import checked
from nnstep.errors import CommandError, NnstepError
from nnstep.session.past import Past
from nnstep.settings import Settings
from nnstep.tui.arrange import Size
from nnstep.tui.bindings import bind
from nnstep.tui.checkup import Checkup
from nnstep.tui.chooser import Chooser
from nnstep.tui.keys import SECTION_KEYS, command_of
from nnstep.tui.moves import Mover
from nnstep.tui.own import OWN, Own
from nnstep.tui.own.lesson import OPENING, opened
from nnstep.tui.palette import PALETTES, theme
from nnstep.tui.posted import Posted
from nnstep.tui.prompt import Prompt, wrong_part
from nnstep.tui.recall import Recall
from nnstep.tui.screen import MainScreen
from nnstep.tui.sheet import Sheet
from nnstep.tui.stage import Stage, set_stage
from nnstep.tui.text import wrap
from nnstep.tui.typed import Typed

if TYPE_CHECKING:
    from nnstep.lesson.replay import Replay
    from nnstep.tui.course import Course

RATE = 1 / 15
"""Seconds between two looks at a long move's progress."""
FAR = 1_000_000
"""Lines: to the end of any answer."""
ENDINGS = (signal.SIGTERM, signal.SIGHUP)


Then = Callable[[str, Future[Any]], None]
"""Takes a line that is done, and what came of it."""


class Arrived(Message):
    """A line that took its time is done."""

    def __init__(self, line: str, future: Future[Any], then: Then) -> None:
        super().__init__()
        self.line = line
        self.future = future
        self.then = then


class NnstepApp(Posted, App[None]):
    """Everything a key does, a line does: both end in `run_line`.

    said      what is to be said of the session when the app opens, where the stage has not been set already
    settings  what the user prefers; its keys must be in the table of commands already
    lesson    a lesson to begin with
    past      the lines typed in earlier sessions, to be remembered in later ones
    main      what is on the main screen; made here unless it was painted already
    """

    TITLE = "nnstep"
    CSS_PATH = "nnstep.tcss"
    AUTO_FOCUS = None
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False

    def __init__(  # noqa: PLR0913  # each is told apart above
        self,
        debugger: Debugger,
        said: Sequence[str] = (),
        settings: Settings | None = None,
        *,
        lesson: Replay | None = None,
        past: Past | None = None,
        main: Stage | None = None,
    ) -> None:
        # Without colour the terminal's own are kept, where Textual would else turn its own into greys.
        super().__init__(ansi_color="NO_COLOR" in os.environ)
        self.settings = settings or Settings()
        self.ascii = self.settings.ascii
        # A picture has more than a terminal may have.
        self.all_colours = False
        bind(self._bindings, [key for key, line in checked(self.settings.keys).items() if not line])
        self.debugger = debugger
        self.main = main or set_stage(debugger, said, self.settings)
        self.main.prompt.complete = self._completed
        self.main.prompt.run = self.run_line
        self.course: Course | None = None
        self._lesson = lesson
        self._past = past
        self.mover: Mover[Any] = Mover()
        self.checkup = Checkup(self.mover, self._checked)
        self._watch: Timer | None = None
        self._stale = False
        self._typed = Typed(self.mover, self.call_later)
        for palette in PALETTES.values():
            self.register_theme(theme(palette))
        self.theme = self.settings.theme
        self._variables: dict[str, dict[str, str]] = {}
        self.stylesheet = Sheet(variables=self.get_css_variables())

    def get_css_variables(self) -> dict[str, str]:
        """A theme's variables, worked out once; those of Textual's own theme, for which it asks first, are not used."""
        if self.theme not in PALETTES:
            return {}
        if self.theme not in self._variables:
            self._variables[self.theme] = super().get_css_variables()
        return self._variables[self.theme]

    def get_driver_class(self) -> type[Driver]:
        """Our own where the system has terminals as Unix has them, unless Textual's environment says otherwise."""
        if "TEXTUAL_DRIVER" in os.environ or os.name != "posix":
            return super().get_driver_class()
        from nnstep.tui.driver import TerminalDriver  # Windows has no termios

        return TerminalDriver

    @property
    def main_screen(self) -> MainScreen:
        """The screen that shows it."""
        screen = self.screen_stack[0]
        assert isinstance(screen, MainScreen)
        return screen

    def get_default_screen(self) -> MainScreen:
        """The main screen."""
        return MainScreen(self.main)

    def on_load(self) -> None:
        """Leave the terminal sane on every way out: before the driver takes it."""
        loop = asyncio.get_running_loop()
        for number in ENDINGS:
            loop.add_signal_handler(number, self.end, 128 + number)

    def on_mount(self) -> None:
        """Begin with what stands on the screen already; what takes longer comes after the first painting."""
        # The terminal comes back blank from ctrl+z.
        self.app_resume_signal.subscribe(self, lambda _: self.refresh(layout=True))
        self._watch = self.set_interval(RATE, self._look, pause=True)
        self.main.placed = self.show_soon
        self.main.prompt.recall = Recall(line for line, _ in groupby(self.debugger.history))
        if self._past is not None:
            self.main.prompt.entered = self._past.add
            # What is on the screen comes first.
            self.call_after_refresh(self._remember, self._past)
        self.call_after_refresh(_freeze_all)
        self.call_after_refresh(self.show_soon)
        if self._lesson is not None:
            self.main.lesson = "open"
            self._take_up(self._lesson)
            self.call_after_refresh(self.begin)

    def _remember(self, past: Past) -> None:
        """Have the lines of earlier sessions at hand, before those of the session that was resumed."""
        recall = self.main.prompt.recall
        recall.lines = [*past.read(), *recall.lines]
        recall.begin()

    def _completed(self, text: str) -> Sequence[Candidate]:
        """What a line can become; while a move runs, its names are not there to be read."""
        if text.startswith(OPENING):
            return opened(text)
        return () if self.mover.busy else candidates(self.debugger.session, text)

    # Lines

    def run_line(self, line: str) -> None:
        """Carry out one line and show what comes of it; none that comes while the app ends."""
        if self.mover.closed:
            return
        self.checkup.stop()
        self.mover.clear()
        name, argument = command_of(line)
        if self._typed.put_off(lambda: self.run_line(line)):
            return
        if self.mover.busy and name != "quit":
            self._say(line, f"{self.mover.line} is running: ctrl+c interrupts it", "bad")
        elif own := OWN.get(name):
            self._run_own(own, line, argument)
        else:
            if self.course:
                self.course.touch()
            self.carry_out(line, lambda: self.debugger.execute(line), self._arrived)

    def carry_out(self, line: str, work: Callable[[], object], then: Then) -> None:
        """Have work done off the screen's thread, then what comes of it taken; a line names it meanwhile."""
        future = self.mover.run(line, work)
        if future.done():
            then(line, future)
        else:
            self._wait(line, future, then)

    def show_soon(self) -> None:
        """Draw once all keys are carried out that have come by now: those of a burst share one drawing."""
        if not self._stale:
            self._stale = True
            self.call_later(self._show)

    def _show(self) -> None:
        self._stale = False
        if not self.mover.busy and not self.mover.closed:
            self.mover.clear()
            self.main.show()
            self.checkup.ask(self.main.errands())

    @property
    def caught_up(self) -> bool:
        """Whether all that was typed is carried out and shown."""
        return not (self._typed or self._stale or self.mover.busy)

    @property
    def settled(self) -> bool:
        """Whether that is so, and all is known and shown that is worked out while the app is at rest."""
        placed = self.main.size == Size(*self.main_screen.size)
        rests = self.caught_up and placed and self.main.settled and self.checkup.resting
        return rests and all(errand.known() for errand in self.main.errands())

    def _checked(self) -> None:
        """Show what is known now, unless the app has ended meanwhile."""
        if self.screen_stack and not self.mover.busy:
            self.main.show_side()
            self.main.show_picture()

    def _wait(self, line: str, future: Future[Any], then: Then) -> None:
        """Keep the screen alive while a move is on its way."""
        self.main.hold()
        self._say(line, "running: ctrl+c interrupts", "muted")
        if self._watch is not None:
            self._watch.resume()
        future.add_done_callback(lambda done: self.post_message(Arrived(line, done, then)))

    def _look(self) -> None:
        if self.mover.busy:
            self.main.show_progress(self.debugger.session.progress)

    def on_arrived(self, message: Arrived) -> None:
        """Show the end of a long move."""
        if self._watch is not None:
            self._watch.pause()
        self.main.release()
        message.then(message.line, message.future)

    def _arrived(self, line: str, future: Future[Result]) -> None:
        error = future.exception()
        if error is not None and not isinstance(error, NnstepError):
            raise error
        self.settle()
        if self.course:
            self.course.touched()
        if error is not None:
            self._refuse(line, str(error))
        else:
            self._answer(line, future.result())
        self._typed.go_on()

    def settle(self) -> None:
        """Show what a line has come to."""
        main = self.main
        main.close_output()
        if self.debugger.session.model is not main.model:
            main.take()
            self.call_after_refresh(_freeze)
        else:
            self.show_soon()

    def _answer(self, line: str, result: Result) -> None:
        lines = list(result.lines)
        if result.shown and self.main.side.display:
            # The side panel has them.
            lines = lines[: -result.shown]
        elif result.shown and len(lines) == result.shown + 1:
            # What is left is where the session stands, which is always in sight.
            lines = lines[1:]
        if len(lines) > 1:
            self.main.tell(line, lines)
            self.main.prompt.answer(line, ())
        else:
            self.main.prompt.answer(line, lines[0] if lines else ())

    def _refuse(self, line: str, text: str) -> None:
        """Say what is wrong, in place; on a small screen above it, if there is no room."""
        self.main.prompt.answer(line, ((text.replace("\n", " "), "bad"),), wrong_part(line, text))
        if not self.main.prompt.fits(line, text):
            self.main.tell(line, wrap(((text, "text"),), self.size.width - 6))

    def _say(self, line: str, text: str, role: str) -> None:
        self.main.prompt.answer(line, ((text.replace("\n", " "), role),))

    # Lessons

    def begin(self, replay: Replay | None = None) -> None:
        """Begin a lesson in the debugger that is open; or the one that is taken up, unless a key has begun it."""
        if replay is not None:
            self._take_up(replay)
        if self.course and self.course.replay.at < 0:
            self.course.next()

    def _take_up(self, replay: Replay) -> None:
        if self.course:
            self.course.stop()
        from nnstep.tui.course import Course  # only those who ask for a lesson wait for it

        self.course = Course(self, replay)

    def show_lesson(self) -> None:
        """Show where the lesson stands."""
        course, main = self.course, self.main
        if course is None:
            return
        self.settle()
        main.show_prose(course.page(), course.mode)
        self._typed.go_on()

    # Commands of the app

    def _run_own(self, own: Own, line: str, argument: str) -> None:
        self.main.close_output()
        # Before it is carried out: what it has to say of itself stays.
        self.main.prompt.answer(line, ())
        try:
            refuse_files(self.debugger.session, named(command_of(line)[0]))
            said = own(self, argument)
        except CommandError as error:
            self._refuse(line, str(error))
        else:
            if said:
                self.main.prompt.answer(line, ((said, "text"),))
            self.show_soon()

    def end(self, code: int) -> None:
        """Leave, with an exit code; a move that runs is interrupted."""
        self.debugger.session.interrupt()
        self.checkup.close()
        self.mover.close()
        self.exit(return_code=code)

    # Keys

    async def on_event(self, event: events.Event) -> None:
        """Give an open prompt or list every key at once.

        As all bindings have priority, keys are then carried out in the order in which they come, even if many come
        in one read: a key that travels to a widget and back would be overtaken by the next.
        """
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded and (typed := self._typed_into):
            if isinstance(event, events.Paste):
                typed.paste(event.text)
                return
            if typed.press(event):
                return
        if isinstance(event, events.Resize):
            self.mover.clear()
        await super().on_event(event)

    @property
    def _typed_into(self) -> Chooser | Prompt | None:
        """What takes every key now: an open list, else an open prompt."""
        stack = self.screen_stack
        if not stack or stack[-1] is not stack[0]:
            return None
        main = self.main
        return main.chooser if main.chooser.display else main.prompt if main.prompt.typing else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Keys belong to the main screen; over another one, only leaving and interrupting go on."""
        return self.screen is self.screen_stack[0] or action in ("interrupt", "suspend_process", "quit")

    def action_run(self, line: str) -> None:
        """Run a key's line, or what it becomes where the keyboard is; one that ends in a blank waits in the prompt."""
        # A prompt opens at once: the keys that follow are meant for it.
        if not line.endswith(" ") and self._typed.put_off(lambda: self.action_run(line)):
            return
        self.mover.clear()
        self.main.freshen()
        full = self.main.area.instead(line)
        if line.endswith(" "):
            self.main.prompt.open(full)
        else:
            self.run_line(full)

    def action_prompt(self) -> None:
        """Start typing a command."""
        self.main.prompt.open()

    def action_escape(self) -> None:
        """Close what lies over the screen; else give the keyboard back, end a search, or go back to the lesson left."""
        if self.main.close_output():
            return
        if self.main.attending != "matrices":
            self.run_line("focus matrices")
        elif self.main.view.wanted is not None:
            self.run_line("find none")
        elif self.main.view.chosen_in_picture:
            self.run_line("select none")
        elif self.course and self.course.taken:
            self.run_line("lesson return")

    def action_interrupt(self) -> None:
        """Stop a move at the last completed step; copy the cursor's cell where none runs."""
        self._typed.clear()
        if self.mover.busy:
            self.debugger.session.interrupt()
        else:
            self.run_line("copy cell")

    def action_cell(self, key: str) -> None:
        """Run what a cursor key, enter or delete types where the keyboard is; an output over it is scrolled."""
        main = self.main
        page = max(main.output.size.height - 2, 1)
        jumps = {"up": -1, "down": 1, "pageup": -page, "pagedown": page, "home": -FAR, "end": FAR}
        if main.output.display and key in jumps:
            main.output.scroll_by(jumps[key])
        elif key in SECTION_KEYS and self.course and not self.course.taken:
            self.run_line(SECTION_KEYS[key])
        elif self._typed.put_off(lambda: self.action_cell(key)):
            pass
        elif self.mover.busy:
            self._say("", f"{self.mover.line} is running: ctrl+c interrupts it", "bad")
        else:
            self.mover.clear()
            main.freshen()
            if line := main.area.key(key):
                self.run_line(line)


def _freeze_all() -> None:
    """The same for what the start has made, of which little is garbage: to look for it would delay the first key."""
    gc.freeze()
    gc.enable()


def _freeze() -> None:
    """Keep what lives as long as the app out of collections, which would else take longer than a frame."""
    gc.collect()
    gc.freeze()
    gc.enable()

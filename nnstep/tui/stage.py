"""What is on the main screen: every part in its place, and one way to show a step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING, Protocol

from nnstep.session import Session
from nnstep.tui import scene
from nnstep.tui.areas import Area, Cells, SideArea, TapeArea
from nnstep.tui.arrange import NOWHERE, Place, Size, Wish, arrange
from nnstep.tui.aside import sections
from nnstep.tui.board import Board
from nnstep.tui.candidates import Candidates, Offer
from nnstep.tui.checkup import Errand, health
from nnstep.tui.chooser import Chooser
from nnstep.tui.content import Index
from nnstep.tui.explained import Explained
from nnstep.tui.format import Extents, Numbers
from nnstep.tui.formula import Formula
from nnstep.tui.frame import Needs, frame, side_lines
from nnstep.tui.keys import Keys, lesson_help
from nnstep.tui.lectern import Mode, around
from nnstep.tui.matrix import HEAD
from nnstep.tui.output import Output
from nnstep.tui.paint import Line
from nnstep.tui.panel import Panel
from nnstep.tui.prompt import Prompt
from nnstep.tui.prose import Page, Prose
from nnstep.tui.rule import Rule
from nnstep.tui.side import Side
from nnstep.tui.signs import stop_marks
from nnstep.tui.stats import Stats
from nnstep.tui.status import Phases, Summary, Where
from nnstep.tui.tape import TapePanel
from nnstep.tui.view import View
from nnstep.tui.views import VIEWS

if TYPE_CHECKING:
    from nnstep.api import Debugger
    from nnstep.settings import Settings

REST, SLICE = 0.1, 0.008
"""Seconds without a key before large matrices are measured, and for how long at a time."""
FEW = 10
"""Lines of a board below which only one of a layer's matrices is worth showing."""
STEP_PITCH, LAYER_PITCH = 8, 6
"""Cells of a usual number with its gap on each board, to plan with before there are values."""


class Timer(Protocol):
    """What will be done later, unless it is stopped."""

    def stop(self) -> None:
        """Do it no more."""


class Stage:
    """Places its parts by itself, and only when the size changes: a step asks for no layout.

    It needs nothing of Textual, and can be painted before that is loaded; then a screen shows its panels.

    Attributes: panels, by their ids, from the bottom to the top; placed, called once everything stands somewhere else
    and other parts may be in sight; later, which has something done in so many seconds.
    """

    def __init__(self, session: Session, numbers: Numbers | None = None) -> None:
        self.session = session
        self.model = session.model
        self.view = View(session)
        # Shared: a matrix is often on both boards.
        self.extents = Extents()
        self.summary = Summary(id="summary")
        self.phases = Phases(id="phases")
        self.tape = TapePanel(id="tape")
        self.formula = Formula(id="formula")
        self.step_board = Board(self.extents, least_precision=2, id="step")
        self.stats = Stats(id="stats")
        self.explained = Explained(id="explained")
        self.heading = Rule(id="heading")
        self.layer_board = Board(self.extents, least_precision=2, id="layer")
        # Those of the views that draw more than matrices.
        self.pictures = {kind.name: kind.panel() for kind in VIEWS.values() if kind.panel is not None}
        self.side = Side(id="side")
        self.tape_area = TapeArea(session, self.tape)
        self.areas: dict[str, Area] = {
            "matrices": Cells(self),
            "tape": self.tape_area,
            "side": SideArea(self.side),
        }
        self.attending: str = "matrices"
        self.output = Output(id="output")
        self.chooser = Chooser(id="chooser")
        self.prose = Prose(id="prose")
        self.lesson: Mode = ""
        self.prompt = Prompt(id="prompt")
        self.candidates = Candidates(id="candidates")
        self.key_line = Keys(id="keys")
        self.prompt.offered = self._put_candidates
        self.chooser.turned = self._show_keys
        self.top_rule = Rule("┬", id="top-rule")
        self.bottom_rule = Rule("┴", id="bottom-rule")
        self._where: Where | None = None
        self._held = False
        self._resting: Timer | None = None
        self._parts: tuple[str, ...] = ()
        self.size = Size(0, 0)
        self.placed: Callable[[], None] = lambda: None
        self.later: Callable[[float, Callable[[], None]], Timer | None] = lambda _seconds, _work: None
        for board in self.boards:
            board.write(numbers or Numbers())
        self.panels = {panel.id: panel for panel in self._from_the_bottom()}

    def _from_the_bottom(self) -> Iterator[Panel]:
        """All panels, what lies over others last."""
        yield from (self.summary, self.phases, self.top_rule, self.prose, self.tape, Rule(id="tape-rule"))
        yield from (self.formula, self.step_board, self.stats, self.explained, self.heading, self.layer_board)
        yield from (*self.pictures.values(), self.side, self.bottom_rule, self.prompt, self.key_line)
        yield from (self.output, self.candidates, self.chooser)

    @property
    def boards(self) -> tuple[Board, Board]:
        """The step's and the layer's."""
        return self.step_board, self.layer_board

    # Where everything stands

    def fit(self, size: Size) -> None:
        """Place everything on a screen of this size, if it was of another one."""
        if size != self.size:
            self.size = size
            self.place()

    def take(self) -> None:
        """Show another model, which the session has opened."""
        self.model, self.view = self.session.model, View(self.session)
        self.extents.clear()
        self.tape.forget()
        self.place()

    def place(self) -> None:
        """Give every part its rectangle, and show the step in it."""
        if self.size:
            self._place(self.size)
            self.show()
            self.placed()

    def _place(self, size: Size) -> None:
        self._show_tape()
        self.side.show(sections(self.session))
        places = dict.fromkeys(self.pictures, NOWHERE) | around(self._frame, self.lesson, size.width, size.height)
        for name, place in places.items():
            self._put(self.panels[name], place)
        beside = places["tape-rule"] == NOWHERE
        self.tape.framed = beside
        self.prose.beside = places["prose"].width < size.width
        if places["prose"] != NOWHERE:
            edge = places["prose"].width - 1 if self.prose.beside else -1
        else:
            edge = places["tape"].width - 1 if beside else -1
        self.top_rule.join(edge)
        self.bottom_rule.join(edge)
        self._show_keys()
        self._put_output()
        self._put_chooser()
        self._put_candidates(self.candidates.offer)

    def _show_keys(self) -> None:
        """Name the keys of whatever takes them now."""
        if self.chooser.opened:
            self.key_line.show(Chooser.KEYS)
        elif self.prompt.typing:
            self.key_line.show(Prompt.KEYS)
        elif self.lesson and self.attending == "matrices":
            self.key_line.show(lesson_help(self.lesson))
        else:
            self.key_line.show(self.area.keys)

    def _frame(self, width: int, height: int) -> dict[str, Place]:
        zoomed, parts = self.view.zoomed, self.view.kind.parts
        self._parts = parts
        focused = self.attending == "side"
        side = side_lines(width, height, self.side.wanted(width), focused=focused, zoomed=zoomed)
        layers = height if self.session.layers else 0
        needs = Needs(self.tape.natural, height, layers, side, self.attending == "tape")
        first = frame(width, height, needs, zoomed=zoomed, parts=parts)
        if zoomed or "layer" not in parts:
            return first
        alone = "step" not in parts
        steps, layered = scene.wanted_shapes(self.session, slots=alone)
        board = first["layer" if alone else "step"]
        step = max((_lines(shapes, board.width, height, STEP_PITCH) for shapes in steps), default=0)
        layer = max(
            (_lines(shapes, board.width, height, STEP_PITCH if alone else LAYER_PITCH) for shapes in layered), default=0
        )
        return frame(width, height, replace(needs, step=step, layer=layer), parts=parts)

    @staticmethod
    def _put(panel: Panel, place: Place) -> None:
        panel.display = place.height > 0
        panel.place = place
        if panel.display:
            panel.put(place)

    def _put_output(self) -> None:
        width, height = self.size
        lines = min(self.output.fit(width), max(height - 5, 3))
        self.output.put(Place(0, height - 2 - lines, width, lines))

    def _put_chooser(self) -> None:
        """Over everything but where we are and the prompt; on a very small screen, over everything."""
        width, height = self.size
        top, bottom = (2, 2) if height >= 12 else (0, 0)
        self.chooser.put(Place(0, top, width, height - top - bottom))

    def _put_candidates(self, offer: Offer) -> None:
        """Above the prompt, as large as they are; a layout is asked for only when that changes."""
        self._show_keys()
        panel, (width, height) = self.candidates, self.size
        rows = min(offer.height, max(height - 6, 0))
        panel.show(offer)
        wide = panel.width_for(offer, width - 4)
        place = Place(2, height - 2 - rows, wide, rows) if rows else NOWHERE
        if place != panel.place:
            self._put(panel, place)

    # What has the keyboard

    @property
    def area(self) -> Area:
        """What has the keyboard."""
        return self.areas[self.attending]

    def attend(self, name: str) -> None:
        """Give the keyboard to an area; where it needs room for that, it gets it."""
        if name == self.attending:
            return
        moving = "side" in (name, self.attending) or not self.tape.framed
        self.area.attend(here=False)
        self.attending = name
        self.freshen()
        self.area.attend(here=True)
        self._show_keys()
        if moving:
            self.place()

    # What is shown

    def show(self) -> None:
        """Show the step on which the session stands."""
        if self._held:
            return
        picture = self.view.picture()
        self._where = scene.where(self.session)
        self.summary.show(self._where)
        self.phases.show(self._where)
        self._show_tape()
        self.show_side()
        self.formula.show(*picture.formula)
        step, layer = picture.step, picture.layer
        kind = self.view.kind
        if kind.panel is not None:
            # The cursor moves over what is drawn.
            step, layer = [], []
        slot = "" if picture.cursor is None else picture.cursor.slot
        if self.view.zoomed and slot and kind.panel is None:
            step = [c for c in (*step, *layer) if c.slot == slot]
            step, layer = (step, []) if "step" in kind.parts else ([], step)
        elif "step" in kind.parts and not self.layer_board.display and slot in {content.slot for content in layer}:
            # One thing at a time: the cursor has moved on from the step's matrices to the layer's, of which few lines
            # show only the focused one.
            few = self.step_board.size.height < FEW
            step, layer = [content for content in layer if content.slot == slot or not few], []
        wanted = self.view.wanted
        test = None if wanted is None else wanted.test
        self.step_board.show(step, picture.cursor, picture.marks, test)
        self.layer_board.show(layer, picture.cursor, picture.marks, test)
        self.heading.show(picture.heading)
        self.stats.show(*picture.stats)
        self._rest()
        self.explained.show(picture.told)
        self.show_picture()

    def show_picture(self) -> None:
        """Show the view's own panel, if it has one, where the session stands."""
        kind = self.view.kind
        if kind.show is not None and not self._held:
            kind.show(self.pictures[kind.name], self.view)

    def errands(self) -> list[Errand]:
        """What is to be worked out while no key comes, for what is in sight."""
        health_first = [health(self.session)] if self.side.display else []
        return [*health_first, *self.view.kind.errands(self.session)]

    def show_prose(self, page: Page, mode: Mode) -> None:
        """Show a lesson's page, in as much room as it has now."""
        self.prose.show(page)
        if mode != self.lesson or self.view.kind.parts != self._parts:
            self.lesson = mode
            self.place()

    def freshen(self) -> None:
        """Have the tape or the side panel show what is so now, before a key is read by its lines."""
        if self.attending != "matrices" and not self._held:
            self._show_tape()
            self.show_side()

    def _show_tape(self) -> None:
        session = self.session
        self.tape.show(session.tape, session.position.instruction, stop_marks(session), session.step)

    def show_side(self) -> None:
        """Show what the side panel has to say, where it is in sight."""
        if self.side.display:
            self.side.show(sections(self.session))

    def _rest(self) -> None:
        """Work out what takes longer once no key has come for a while."""
        if self._resting is not None:
            self._resting.stop()
            self._resting = None
        if self.view.slowly.waiting:
            self._resting = self.later(REST, self._work)

    def finish(self) -> None:
        """Work it out now, however long it takes."""
        while self.view.slowly.waiting:
            self.view.slowly.work(SLICE)
        self.show()

    @property
    def settled(self) -> bool:
        """Whether everything is worked out."""
        return not self._held and not self.view.slowly.waiting

    def _work(self) -> None:
        if self._held:
            return
        if self.view.slowly.work(SLICE):
            self.show()
        elif self.view.slowly.waiting:
            self._resting = self.later(REST / 10, self._work)

    def show_progress(self, progress: float | None) -> None:
        """Show how far a long move is; touch nothing that it is changing."""
        if self._where is not None and progress is not None:
            self.phases.show(replace(self._where, progress=progress))

    def hold(self) -> None:
        """Read no values until `release`: another thread writes them."""
        self._held = self.view.held = True
        self.view.slowly.drop()
        self.step_board.hold()
        self.layer_board.hold()

    def release(self) -> None:
        """Values can be read again."""
        self._held = self.view.held = False

    def tell(self, title: str, lines: Sequence[Line]) -> None:
        """Lay an answer of several lines over the screen."""
        self.output.show(title, lines)
        self._put_output()

    def close_output(self) -> bool:
        """Close it, and a list to choose from; whether there was one of them."""
        was = self.chooser.close() or bool(self.output.display)
        self.output.display = False
        return was


def _lines(shapes: list[tuple[str, Index]], width: int, height: int, pitch: int) -> int:
    """The height that a board of such matrices makes use of."""
    wishes = []
    for name, shape in shapes:
        columns, rows = shape[-1] if shape else 1, prod(shape[:-1])
        label, title = len(str(rows)), len(f"{name}  {rows}×{columns}")
        wishes.append(Wish(max(label + columns * pitch, title), rows + HEAD, title, label, pitch, columns))
    _, places = arrange(tuple(wishes), width, height)
    return max((place.y + place.height for place in places), default=0)


def set_stage(debugger: Debugger, said: Sequence[str], settings: Settings) -> Stage:
    """The stage of a session, with what is to be said of it when it opens; the settings say how numbers are written."""
    stage = Stage(debugger.session, Numbers(settings.number_format, settings.precision))
    stage.prompt.answer("", ((" · ".join(said) or debugger.session.model.title, "muted"),))
    return stage

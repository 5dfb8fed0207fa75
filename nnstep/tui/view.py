"""What the user looks at: the layer, the chosen cell and the zoom, which commands of the app change."""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import replace
from typing import get_args

from nnstep.engine.names import canonical
from nnstep.errors import CommandError
from nnstep.render.text import show_name
from nnstep.session import Session
from nnstep.tui import scene
from nnstep.tui.board import Cursor
from nnstep.tui.content import Content, Form, Index, Marks
from nnstep.tui.explained import Told
from nnstep.tui.finding import Condition, Matches, Spot, condition, count
from nnstep.tui.look import Look
from nnstep.tui.overview import Wordings, found_wordings, key_of, moved_wordings, survey_wordings
from nnstep.tui.paint import Line
from nnstep.tui.slowly import Slowly
from nnstep.tui.sorting import Sorting
from nnstep.tui.telling import Reads, tell
from nnstep.tui.views import VIEWS
from nnstep.values import dataclass


@dataclass(frozen=True, eq=False)
class Picture:
    """Everything on the screen below the status lines, ready to draw; the marks by slot."""

    formula: tuple[Line, Line]
    step: list[Content]
    layer: list[Content]
    heading: Line
    told: Told | None
    cursor: Cursor | None
    marks: dict[str, Marks]
    stats: tuple[tuple[Wordings, ...], ...]


class View:
    """Follows the session: the result of each step is in focus until the user chooses another place."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.slot = scene.RESULT
        self.row = self.column = 0
        self.zoomed = False
        self.kind = VIEWS["step"]
        self.look = Look()
        self.form: Form = "new"
        self.wanted: Condition | None = None
        self.slowly = Slowly()
        self._sorting: Sorting | None = None
        self._pages: dict[Index, int] = {}
        self.held = False
        self._layer = 0
        self._chosen_at = 0
        self._contents: tuple[Hashable, tuple[list[Content], list[Content]]] | None = None

    def copy(self) -> View:
        """The same look, as one that goes on by itself."""
        copied = View(self.session)
        vars(copied).update(vars(self))
        copied.slowly = Slowly()
        copied._pages = dict(self._pages)
        return copied

    # What is shown

    @property
    def layer(self) -> int:
        """The layer in sight: the user's choice until the tape enters another layer."""
        here = scene.layer_of(self.session)
        if here != self._chosen_at:
            self._layer = 0
        return self._layer or here

    def contents(self) -> tuple[list[Content], list[Content]]:
        """The matrices of the step's board and of the layer's; the same lists as long as nothing else is looked at.

        While another thread moves, they are those last seen: to look for earlier values would move under its feet.
        """
        session = self.session
        if self.held and self._contents is not None:
            return self._contents[1]
        key = (session.timeline.serial, session.step, session.changed, self.kind.name, self.layer, self.form)
        more = (self._sorting is None, *self._pages.items())
        # A cursor key asks for them three times.
        if self._contents is None or self._contents[0] != (key, more):
            step, layer = self.kind.contents(self)
            found = [self._turned(content) for content in step], [self._turned(content) for content in layer]
            self._contents = ((key, more), found)
        return self._contents[1]

    def _turned(self, content: Content) -> Content:
        """With the page that is in sight, and its units sorted."""
        if content.stack:
            return replace(content, page=min(self._pages.get(content.stack, 0), content.pages - 1))
        if self._sorting is None or (order := self._sorting.order(content)) is None:
            return content
        return replace(content, order=order)

    def picture(self) -> Picture:
        """What to draw now."""
        self.slowly.drop()
        step, layer = self.contents()
        if not any(content.slot == self.slot for content in (*step, *layer)):
            self.slot = scene.RESULT
        content = self._focused(step, layer)
        told: Told | None = None
        reads: Reads = ()
        cursor: Cursor | None = None
        stats: tuple[tuple[Wordings, ...], ...] = ()
        if content is not None:
            row, column = self._clamped(content)
            told, reads = tell(self.session, content, row, column)
            cursor = Cursor(content.slot, row, column)
            stats = self._stats(content, row, column)
        heading = self._heading() if layer else ()
        marks = _marks([*step, *layer], reads)
        return Picture(scene.formula(self.session), step, layer, heading, told, cursor, marks, stats)

    def _stats(self, content: Content, row: int, column: int) -> tuple[tuple[Wordings, ...], ...]:
        """What is said of the focused matrix, and of the update just made."""
        spot = Spot(content.page, row, column)
        found = found_wordings(self.slowly, content, self.wanted, spot)
        return (found, survey_wordings(self.slowly, content)), (moved_wordings(self.slowly, self.session),)

    def _heading(self) -> Line:
        """What the layer is, and how it is looked at."""
        heading = scene.heading(self.session, self.layer)
        if self.form != "new":
            heading = (*heading, (" · ", "muted"), ("old" if self.form == "old" else "new − old", "accent"))
        if self._sorting is not None:
            heading = (*heading, (" · ", "muted"), ("units sorted by gradient", "accent"))
        return heading

    def focused(self) -> Content | None:
        """The matrix with the cursor."""
        return self._focused(*self.contents())

    def _focused(self, step: list[Content], layer: list[Content]) -> Content | None:
        both = [*step, *layer]
        chosen = next((content for content in both if content.slot == self.slot), None)
        if chosen is None and both:
            # Not the parameter as it was before: its new value comes after it.
            result = "" if self.session.instruction is None else self.session.instruction.name
            chosen = next((content for content in reversed(both) if content.name == result), both[0])
        return chosen

    def _clamped(self, content: Content) -> tuple[int, int]:
        """Where the chosen cell is shown: the user's row and column are the matrix's own, however it is sorted."""
        row, column = min(self.row, content.rows - 1), min(self.column, content.columns - 1)
        return content.place((row, column))

    @property
    def cell(self) -> tuple[Content, int, int] | None:
        """The chosen matrix, row and column."""
        content = self.focused()
        return (content, *self._clamped(content)) if content is not None else None

    # Commands

    def turn_to(self, name: str, words: str = "") -> None:
        """Show another view; of the training, the plots that words say, of a heat map, the matrix."""
        if name not in VIEWS:
            names = [*VIEWS]
            raise CommandError(f"view: must be {', '.join(names[:-1])} or {names[-1]}, got {name!r}")
        if words and name not in ("training", "matrix"):
            raise CommandError(f"view {name}: {words[:40]!r} is too much")
        if name == "training" and words:
            self.plot(words)
        elif name == "matrix":
            if words:
                self.session.evaluate(words)
            self.look = replace(self.look, matrix=words)
        chosen = self.focused() if self.slot != scene.RESULT else None
        self.kind = VIEWS[name]
        if chosen is not None:
            # The same matrix, where it is here.
            step, layer = self.contents()
            same = (content.slot for content in [*layer, *step] if content.name == chosen.name)
            self.slot = next(same, scene.RESULT)

    @property
    def chosen_in_picture(self) -> bool:
        """Whether the cursor stands in a picture where the user put it, rather than on what the step computed."""
        return self.kind.panel is not None and self.slot != scene.RESULT and self.slot.startswith(self.kind.name)

    @property
    def here(self) -> Hashable:
        """What a picture of this step depends on."""
        session = self.session
        return session.timeline.serial, session.step, session.changed

    @property
    def parameters(self) -> Hashable:
        """What a picture of this iteration's rows and this step's parameters depends on."""
        session = self.session
        size, (first, _) = len(session.tape), session.tape.phase_span("update")
        index = session.position.instruction
        last = session.step if index >= first else session.position.iteration * size
        return session.timeline.serial, session.position.iteration, last

    @property
    def batch_row(self) -> int:
        """The row of the batch that pictures show; of their mean, the first."""
        return self.look.row or 0

    def choose_row(self, text: str) -> str:
        """Show another row of the batch in the pictures, or the mean over all."""
        rows = len(self.session.timeline.rows(self.session.position.iteration))
        here = self.look.row
        if text in ("next", "previous"):
            # The mean stands between the last one and the first.
            places = [*range(rows), None]
            at = places.index(here if here is None else min(here, rows - 1))
            row = places[(at + (1 if text == "next" else -1)) % len(places)]
        elif text == "mean":
            row = None
        elif text.isdecimal() and len(text) < 10 and int(text) < rows:
            row = int(text)
        else:
            raise CommandError(f"row: must be next, previous, mean or a number from 0 to {rows - 1}, got {text[:40]!r}")
        self.look = replace(self.look, row=row)
        if row is not None:
            self.row = row
        return f"mean of {rows} rows" if row is None else f"row {row} of {rows}"

    def plot(self, text: str) -> str:
        """Choose plots of the training, their scale, and whether they are smoothed."""
        from nnstep.render.training import SCALES, chosen, panels_of  # only who looks at a picture waits for it

        names, look = ["", *(panel.name for panel in panels_of(self.session))], self.look
        if text in ("next", "previous"):
            at = names.index(look.plot) if look.plot in names else 0
            self.look = replace(look, plot=names[(at + (1 if text == "next" else -1)) % len(names)])
        elif text == "scale":
            scales = ["", *SCALES]
            self.look = replace(look, scale=scales[(scales.index(look.scale) + 1) % len(scales)])
        elif text == "all":
            self.look = replace(look, plot="", scale="", lines="")
        else:
            choice = chosen(self.session, text)
            self.look = replace(
                look, plot=choice.panel or look.plot, scale=choice.scale or look.scale, lines=choice.lines or look.lines
            )
        return self.look.words or "all plots"

    def select(self, text: str) -> None:
        """Choose a cell: `delta[1][2,0]`, or a whole matrix; `none` follows the result of each step again."""
        if text.strip() == "none":
            self.slot = scene.RESULT
            return
        content, index = self._parsed(text)
        self.slot = content.slot
        # A heat map of something else gives way to the one with the cursor.
        self.look = replace(self.look, matrix="")
        if index is not None:
            self._choose(content, index)

    def _choose(self, content: Content, index: Index) -> None:
        self.row, self.column = (0, 0, *index)[-2:]
        if self.kind.panel is not None and self.look.row is not None and self._of_rows(content):
            self.look = replace(self.look, row=self.row)
        if content.stack:
            self._pages[content.stack] = content.page_of(index)

    def _of_rows(self, content: Content) -> bool:
        """Whether a matrix has a row for each of the batch's."""
        stem = content.name.partition("[")[0]
        return stem in ("X", "Y", "Z", "A", "delta", "dA") and len(content.shape) > 1

    def _parsed(self, text: str) -> tuple[Content, Index | None]:
        """A matrix in sight, and the cell that is named if one is."""
        wanted = canonical(text.replace(" ", ""))
        step, layer = self.contents()
        both = [*step, *layer]
        focused = self._focused(step, layer)
        # The focused one first: a matrix may be on both boards.
        for content in ([focused] if focused else []) + both[::-1]:
            if not wanted.startswith(content.name):
                continue
            rest = wanted[len(content.name) :]
            found = re.fullmatch(r"\[([0-9]{1,9}(?:,[0-9]{1,9})*)\]", rest)
            if rest and not found:
                continue
            index = tuple(int(part) for part in found[1].split(",")) if found else ()
            if found and not _inside(index, content.shape):
                size = "×".join(map(str, content.shape)) or "one number"
                raise CommandError(f"select: {content.name} is {size}, it has no cell [{found[1]}]")
            return content, index if found else None
        names = ", ".join(dict.fromkeys(content.name for content in both))
        raise CommandError(f"select: no matrix {text!r} in sight; there are {names}")

    def focus(self, text: str) -> None:
        """Move on to the next or previous matrix, or to a named one."""
        step, layer = self.contents()
        both = [*step, *layer]
        if text not in ("next", "previous"):
            self.select(text)
            return
        if not both:
            return
        focused = self._focused(step, layer)
        place = next(i for i, content in enumerate(both) if content is focused)
        # From the result, which is last of its board, the way leads on to the layer's matrices.
        self.slot = both[(place + (1 if text == "next" else -1)) % len(both)].slot

    def compare(self, text: str) -> str:
        """Show the layer's matrices as they are, as they were one iteration earlier, or the difference."""
        forms: tuple[Form, ...] = get_args(Form)
        if text and text not in forms:
            raise CommandError(f"compare: must be {', '.join(forms)} or nothing for the next of them, got {text!r}")
        self.form = next((form for form in forms if form == text), forms[(forms.index(self.form) + 1) % len(forms)])
        return {"new": "as they are", "old": "one iteration earlier", "difference": "new − old"}[self.form]

    def sort(self, text: str) -> str:
        """Sort the units by the size of their gradient, or not; without a word, the other of the two."""
        if text not in ("", "gradient", "none"):
            raise CommandError(f"sort: must be gradient or none, got {text!r}")
        on = text == "gradient" if text else self._sorting is None
        self._sorting = (self._sorting or Sorting(self.session)) if on else None
        content = self.focused()
        if self._sorting is None or content is None:
            return "" if on else "units in their own order"
        by, _ = self._sorting.gradient(content)
        if not by:
            return f"{show_name(content.name)} has no units to sort"
        return f"units by the size of {show_name(by)}" if content.order else f"as soon as there is a {show_name(by)}"

    def page(self, text: str) -> str:
        """Look at another matrix of a stack: `next`, `previous`, or its number along the leading axes."""
        content = self.focused()
        if content is None or not content.stack:
            raise CommandError("page: the focused matrix is no stack; it has two axes at most")
        if text in ("next", "previous"):
            wanted = (content.page + (1 if text == "next" else -1)) % content.pages
        elif text in map(str, range(content.pages)):
            wanted = int(text)
        else:
            raise CommandError(f"page: must be next, previous or a number from 0 to {content.pages - 1}, got {text!r}")
        self._pages[content.stack] = wanted
        return f"{wanted + 1} of {content.pages}"

    def find(self, text: str) -> str:
        """Look for values in the focused matrix: a condition, `next`, `previous`, or `none`."""
        if text == "none":
            self.wanted = None
            return "nothing is looked for"
        content = self.focused()
        if content is None or content.array is None:
            raise CommandError("find: the focused matrix is not computed yet" if content else "find: nothing in sight")
        again = text in ("next", "previous")
        if again and self.wanted is None:
            raise CommandError("find: say what first, such as nan, > 1, == 0 or abs > 1")
        what = self.wanted if again and self.wanted is not None else condition(self.session, text)
        counts = self.slowly.ask(key_of(content, f"find {what.text}"), 0, lambda: count(content, what))
        assert counts is not None
        self.wanted = what
        matches = Matches(content, what, counts)
        here = Spot(content.page, *self._clamped(content))
        spot = here if not again and matches.number(here) else matches.beyond(here, forward=text != "previous")
        if spot is None:
            return f"no {what.text} in {show_name(content.name)}"
        self.slot = content.slot
        self._choose(content, replace(content, page=spot.page).index(spot.row, spot.column))
        return f"{what.text}: {matches.number(spot)} of {matches.total} in {show_name(content.name)}"

    def turn(self, text: str) -> None:
        """Look at another layer: its number, `up` towards the output or `down` towards the input."""
        count = self.session.layers
        if not count:
            raise CommandError("layer: this model has no layers")
        if text in ("up", "down"):
            wanted = max(1, min(self.layer + (1 if text == "up" else -1), count))
        elif text in map(str, range(1, count + 1)):
            wanted = int(text)
        else:
            raise CommandError(f"layer: must be up, down or a number from 1 to {count}, got {text!r}")
        self._layer, self._chosen_at = wanted, scene.layer_of(self.session)


def _marks(contents: list[Content], reads: Reads) -> dict[str, Marks]:
    """Where the cells are shown that were read."""
    cells: dict[str, list[Index]] = {}
    for name, index in reads:
        cells.setdefault(name, []).append(index)
    return {content.slot: content.mark(cells[content.source]) for content in contents if content.source in cells}


def _inside(index: Index, shape: Index) -> bool:
    return len(index) == len(shape) and all(i < n for i, n in zip(index, shape, strict=True))

"""What the user looks at: the layer, the chosen cell and the zoom, which commands of the app change."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import prod

from nnstep.engine.names import canonical
from nnstep.errors import CommandError
from nnstep.session import Session
from nnstep.tui import scene
from nnstep.tui.board import Cursor
from nnstep.tui.explained import Told
from nnstep.tui.matrix import Content, Index, Marks
from nnstep.tui.paint import Line
from nnstep.tui.views import VIEWS


@dataclass(frozen=True, eq=False)
class Picture:
    """Everything on the screen below the status lines, ready to draw."""

    formula: tuple[Line, Line]
    step: list[Content]
    layer: list[Content]
    heading: Line
    told: Told | None
    cursor: Cursor | None
    marks: dict[str, Marks]


class View:
    """Follows the session: the result of each step is in focus until the user chooses another place."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.slot = scene.RESULT
        self.row = self.column = 0
        self.zoomed = False
        self.kind = VIEWS["step"]
        self._layer = 0
        self._chosen_at = 0

    # What is shown

    @property
    def layer(self) -> int:
        """The layer in sight: the user's choice until the tape enters another layer."""
        here = scene.layer_of(self.session)
        if here != self._chosen_at:
            self._layer = 0
        return self._layer or here

    def contents(self) -> tuple[list[Content], list[Content]]:
        """The matrices of the step's board and of the layer's."""
        return self.kind.contents(self)

    def picture(self) -> Picture:
        """What to draw now."""
        step, layer = self.contents()
        if not any(content.slot == self.slot for content in (*step, *layer)):
            self.slot = scene.RESULT
        content = self._focused(step, layer)
        told: Told | None = None
        marks: dict[str, Marks] = {}
        cursor: Cursor | None = None
        if content is not None:
            row, column = self._clamped(content)
            told, marks = scene.explain(self.session, content, row, column)
            cursor = Cursor(content.slot, row, column)
        heading = scene.heading(self.session, self.layer) if layer else ()
        return Picture(scene.formula(self.session), step, layer, heading, told, cursor, marks)

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
        shape = content.shape
        return min(self.row, prod(shape[:-1]) - 1), min(self.column, (shape[-1] if shape else 1) - 1)

    @property
    def cell(self) -> tuple[Content, int, int] | None:
        """The chosen matrix, row and column."""
        content = self.focused()
        return (content, *self._clamped(content)) if content is not None else None

    # Commands

    def look(self, name: str) -> None:
        """Show another view."""
        if name not in VIEWS:
            raise CommandError(f"view: must be {' or '.join(VIEWS)}, got {name!r}")
        self.kind = VIEWS[name]

    def select(self, text: str) -> None:
        """Choose a cell: `delta[1][2,0]`, or a whole matrix."""
        row, column, content = self._parsed(text)
        self.slot, self.row, self.column = content.slot, row, column

    def _parsed(self, text: str) -> tuple[int, int, Content]:
        """A cell in sight."""
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
            row, column = content.place(index) if found else self._clamped(content)
            return row, column, content
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


def _inside(index: Index, shape: Index) -> bool:
    return len(index) == len(shape) and all(i < n for i, n in zip(index, shape, strict=True))

"""The network as textbooks draw it: circles and edges, data at the left, one neuron a pair of z and a.

Forward, values fill the neurons from left to right; backward, δ fills them from right to left and the edges turn from
W to dW. What is not computed at this step is blank; what the instruction just wrote is current, what it read operand.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import field
from functools import cached_property
from itertools import pairwise
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from nnstep.engine.names import shown
from nnstep.render.canvas import Area, Canvas, Picture
from nnstep.render.fitting import fitted
from nnstep.render.scale import MIDDLE, colours, largest_of, legible
from nnstep.render.text import Role, Span, line
from nnstep.session import Session
from nnstep.values import dataclass

Matrix = npt.NDArray[Any]

NUMBER = 6
"""Cells of a number in a neuron, and of a weight on its edge."""
BOX, PAIR = 2 * NUMBER + 7, 2 * NUMBER + 6
LONGEST = 9
"""Cells of a feature's name that is written out."""
LOSS = 5 + NUMBER
GAP = 10
"""Cells between two layers, at least, for edges that can be told apart and carry a number."""
LEAST_GAP = 6
FAINTEST = 6
MANY_EDGES = 40
"""Up to so many between two layers, each may carry its number."""
MANY = 100_000
"""Weights up to which it is quick to see whether they are the same."""
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True)
class Unit:
    """A neuron, or a feature, where it is drawn: its layer (0 for the input) and place there, its row of cells."""

    layer: int
    index: int
    y: int


@dataclass
class Column:
    """A layer as it is drawn.

    more  units that there is no room for
    """

    layer: int
    left: int = 0
    width: int = 0
    tall: bool = False
    units: list[Unit] = field(default_factory=list)
    more: int = 0

    @property
    def right(self) -> int:
        """The first cell behind it."""
        return self.left + self.width


def network_picture(
    session: Session,
    width: int,
    height: int,
    *,
    row: int | None = 0,
    selected: tuple[int, int] | None = None,
) -> Picture:
    """The network at this step, at most width × height cells.

    row: of the batch; None for the mean over it. selected: a layer and one of its units; its edges carry their numbers,
    and it is shown whatever else has to be left out.
    """
    if not session.model.layers:
        return Picture((line(Span("this model is a graph of equations: `view graph` draws it", "dim")),))
    return _Drawing(session, width, height, row, selected).draw()


_EDGES: WeakKeyDictionary[Session, tuple[Hashable, Canvas, bool]] = WeakKeyDictionary()
"""The last edges drawn for each session, with what they were drawn from, and whether some were left out."""


class _Drawing:
    def __init__(
        self, session: Session, width: int, height: int, row: int | None, selected: tuple[int, int] | None
    ) -> None:
        self.session = session
        self.canvas = Canvas(width, height)
        self.rows = len(session.timeline.rows(session.position.iteration))
        self.row = None if row is None else min(max(row, 0), self.rows - 1)
        self.selected = selected
        self.areas: list[Area] = []
        self.instruction = session.instruction
        self.with_loss = True
        self.left_out = False

    def draw(self) -> Picture:
        columns = self._columns()
        for column in columns:
            self._place(column)
        self._all_edges(columns)
        for column in columns:
            for unit in column.units:
                self._feature(column, unit) if not unit.layer else self._neuron(column, unit)
            if column.more:
                text = f"… {column.more} more"
                self.canvas.put(
                    column.left + 1, min(column.units[-1].y + 2 + column.tall, self.canvas.height - 2), text, "dim"
                )
        for left, right in pairwise(columns):
            self._weights(left, right)
        self._titles(columns)
        self._loss(columns[-1])
        return Picture(self.canvas.lines(), tuple(self.areas))

    # what is known at this step

    def value(self, name: str, index: int) -> float | None:
        """A unit's number in the row, or its mean; None where it is not computed."""
        if not self.session.readable(name):
            return None
        if name.startswith(("b[", "db[")):
            return float(self.session.read(name)[index])
        matrix = self.session.read(name)
        with np.errstate(all="ignore"):
            return float(matrix[:, index].mean() if self.row is None else matrix[self.row, index])

    def role(self, name: str, value: float | None) -> Role:
        """How a matrix's numbers are shown."""
        if value is None:
            return "dim"
        if self.instruction is not None:
            if self.instruction.name == name:
                return "current"
            if name in self.instruction.operands:
                return "operand"
        return "number"

    @cached_property
    def names(self) -> list[str]:
        """The features' names, where they are short; else x with a number."""
        known = self.session.model.data.feature_names or ()
        count = self.session.model.data.features.shape[1]
        if known and all(name.isascii() and len(name) <= LONGEST for name in known):
            return list(known)
        return [f"x{place + 1}".translate(SUBSCRIPTS) for place in range(count)]

    @property
    def input(self) -> int:
        """The width of the input's column."""
        return max(len(name) for name in self.names) + NUMBER + 4

    @cached_property
    def focus(self) -> int:
        """The layer that must be in sight."""
        if self.selected is not None:
            return self.selected[0]
        at = self.instruction
        if at is None or at.phase == "data":
            return 1
        return at.layer or len(self.session.model.layers)

    def edge_name(self, layer: int) -> str:
        """What the edges into a layer show: dW once it is computed, and until its update, else W."""
        gradient, weights = f"dW[{layer}]", f"W[{layer}]"
        updated = self.session.tape.named(weights).index if weights in self.session.tape else 0
        done = updated and updated <= self.session.position.instruction
        return gradient if self.session.readable(gradient) and not done else weights

    # where everything is

    def _columns(self) -> list[Column]:
        """The layers in sight, from left to right, and where they stand."""
        layers = [Column(n) for n in range(len(self.session.model.layers) + 1)]
        for with_loss, pair, gap in (
            (True, BOX, GAP),
            (True, PAIR, GAP),
            (True, PAIR, LEAST_GAP),
            (False, PAIR, LEAST_GAP),
        ):
            shown_layers, self.with_loss = layers, with_loss
            if self._fits(shown_layers, pair, gap):
                break
        while len(shown_layers) > 2 and not self._fits(shown_layers, pair, gap):
            # The layer in focus stays, with the one before it.
            first, last = shown_layers[0].layer, shown_layers[-1].layer
            shown_layers = shown_layers[1:] if self.focus - first > last - self.focus + 1 else shown_layers[:-1]
        for column in shown_layers:
            column.width = pair if column.layer else self.input
        loss = LOSS if self.with_loss and shown_layers[-1].layer == len(layers) - 1 else 0
        self.with_loss = bool(loss)
        spare = self.canvas.width - sum(column.width for column in shown_layers) - loss
        gaps = max(len(shown_layers) - 1, 1)
        between = min(max(spare // gaps, 1), 32)
        left = max((spare - between * gaps) // 2, 0)
        for column in shown_layers:
            column.left = left
            left = column.right + between
        return shown_layers

    def _fits(self, columns: Sequence[Column], pair: int, gap: int) -> bool:
        widths = sum(pair if column.layer else self.input for column in columns)
        return widths + gap * (len(columns) - 1) + self.with_loss * LOSS <= self.canvas.width

    def _count(self, layer: int) -> int:
        model = self.session.model
        return model.layers[layer - 1].units if layer else model.data.features.shape[1]

    def _place(self, column: Column) -> None:
        """The rows of a layer's units; of too many, the first ones and the selected one."""
        count, room = self._count(column.layer), self.canvas.height - 3
        least = 2 if column.layer else 1
        column.tall = bool(column.layer) and column.width == BOX and count * 3 <= room
        each = 3 if column.tall else least
        most = room // each
        units = list(range(count))
        if count > most:
            most = max((room - 1) // each, 1)
            units = units[:most]
            column.more = count - most
            if self.selected is not None and self.selected[0] == column.layer and self.selected[1] >= most:
                units[-1] = min(self.selected[1], count - 1)
        pitch = min(max(room // len(units), each), each + 3)
        top = 2 + max((room - pitch * len(units) - bool(column.more)) // 2, 0)
        column.units = [
            Unit(column.layer, index, top + pitch * place + column.tall) for place, index in enumerate(units)
        ]

    # drawing

    def _all_edges(self, columns: Sequence[Column]) -> None:
        """The edges, which only a few of an iteration's steps change: those drawn last are used again."""
        weights = [self.session.read(self.edge_name(column.layer)) for column in columns[1:]]
        drawn = [(c.left, c.width, c.tall, tuple((unit.index, unit.y) for unit in c.units)) for c in columns]
        few = sum(each.size for each in weights) < MANY
        values = tuple(each.tobytes() for each in weights) if few else None
        key = (self.canvas.width, self.canvas.height, self.selected, tuple(drawn), values)
        known = _EDGES.get(self.session)
        if known is None or known[0] != key or values is None:
            for left, right in pairwise(columns):
                self._edges(left, right)
            _EDGES[self.session] = (key, self.canvas.copy(), self.left_out)
        else:
            self.canvas, self.left_out = known[1].copy(), known[2]

    def _edges(self, left: Column, right: Column) -> None:
        name = self.edge_name(right.layer)
        weights = self.session.read(name)
        places = self._places(weights, left, right)
        chosen = self._selected_of(right) or self._selected_of(left)
        pairs = [(a, b) for b in right.units for a in left.units]
        if chosen is not None and len(pairs) > MANY_EDGES:
            pairs = [pair for pair in pairs if chosen in pair]
        elif len(pairs) > MANY_EDGES:
            self.left_out = True
            pairs = sorted(pairs, key=lambda pair: -abs(int(places[pair[1].index, pair[0].index]) - MIDDLE))[
                :MANY_EDGES
            ]
        for a, b in pairs:
            place = int(places[b.index, a.index])
            marked = chosen is not None and chosen in (a, b)
            size = abs(place - MIDDLE) + (100 if marked else 0)
            start, end = (2 * left.right, 4 * a.y + 2), (2 * right.left - 1, 4 * b.y + 2)
            # The weakest edge is still seen.
            faint = MIDDLE + (FAINTEST if place > MIDDLE else -FAINTEST)
            weak = 0 < abs(place - MIDDLE) < FAINTEST or (chosen is not None and not marked and place != MIDDLE)
            self.canvas.line(start, end, faint if weak else place, size)

    @staticmethod
    def _places(weights: Matrix, left: Column, right: Column) -> Mapping[tuple[int, int], int]:
        """The colours of the weights between units in sight, on a scale that is that of all."""
        rows, columns = [unit.index for unit in right.units], [unit.index for unit in left.units]
        places = colours(weights[np.ix_(rows, columns)], largest_of(weights)).tolist()
        return {
            (b, a): place for b, line in zip(rows, places, strict=True) for a, place in zip(columns, line, strict=True)
        }

    def _selected_of(self, column: Column) -> Unit | None:
        if self.selected is None or self.selected[0] != column.layer:
            return None
        return next((unit for unit in column.units if unit.index == self.selected[1]), None)

    def _weights(self, left: Column, right: Column) -> None:
        """Numbers on the edges: of the selected unit, else on all where few enough do not meet one another."""
        weights = self.session.read(self.edge_name(right.layer))
        places = self._places(weights, left, right)
        chosen = self._selected_of(right) or self._selected_of(left)
        pairs = [(a, b) for b in right.units for a in left.units if chosen is None or chosen in (a, b)]
        if chosen is None and (self.selected is not None or len(pairs) > MANY_EDGES):
            return
        labels = self._labels(left, right, pairs, weights)
        if chosen is None and len(labels) < len(pairs):
            return
        for (x, y, text), (a, b) in labels.items():
            self.canvas.put(x, y, text, legible(int(places[b.index, a.index])))

    def _labels(
        self, left: Column, right: Column, pairs: Sequence[tuple[Unit, Unit]], weights: Matrix
    ) -> Mapping[tuple[int, int, str], tuple[Unit, Unit]]:
        """Where each number goes on its edge: the first place of some that no other one has taken."""
        gap = right.left - left.right
        taken: set[tuple[int, int]] = set()
        labels: dict[tuple[int, int, str], tuple[Unit, Unit]] = {}
        for a, b in pairs:
            text = fitted(float(weights[b.index, a.index]), NUMBER)
            for share in (0.3, 0.2, 0.4, 0.5, 0.6, 0.1, 0.7, 0.8):
                x = left.right + max(min(round(share * gap) - len(text) // 2, gap - len(text) - 1), 1)
                y = a.y + round((b.y - a.y) * (x + len(text) / 2 - left.right) / gap)
                cells = {(place, y) for place in range(x - 1, x + len(text) + 1)}
                if len(text) + 2 <= gap and not cells & taken:
                    taken |= cells
                    labels[x, y, text] = (a, b)
                    break
        return labels

    def _feature(self, column: Column, unit: Unit) -> None:
        name = self.names[unit.index]
        value = self.value("X", unit.index)
        text = "" if value is None else fitted(value, NUMBER)
        left = column.right - NUMBER - 3 - len(name)
        role = self.role("X", value)
        self.canvas.put(left, unit.y, f"{name} ", "name")
        self.canvas.put(left + len(name) + 1, unit.y, f"{text:>{NUMBER}}", role)
        self.canvas.put(column.right - 2, unit.y, " ○", "dim" if value is None else "text")
        self.areas.append(Area(unit.y, unit.y + 1, left, column.right, f"select X[{self.row or 0},{unit.index}]"))

    def _neuron(self, column: Column, unit: Unit) -> None:
        layer = column.layer
        z, a = self.value(f"Z[{layer}]", unit.index), self.value(f"A[{layer}]", unit.index)
        delta = self.value(f"delta[{layer}]", unit.index)
        off = self.session.model.layers[layer - 1].activation == "relu" and a == 0
        pieces = [
            (f"Z[{layer}]", z, 2),
            (f"A[{layer}]", a, column.width - 2 - NUMBER),
        ]
        frame: Role = "current" if self.selected == (layer, unit.index) else "dim" if off or z is None else "text"
        if column.tall:
            self.canvas.box(column.left, unit.y - 1, (column.width, 3), frame)
        else:
            self.canvas.put(column.left, unit.y, "(" + " " * (column.width - 2) + ")", frame)
        self.canvas.put(column.left + column.width // 2, unit.y, "┊" if off else "│", frame)
        for name, value, x in pieces:
            text = "·" if value is None else fitted(value, NUMBER)
            role = self.role(name, value)
            role = "dim" if off and role == "number" else role
            self.canvas.put(column.left + x, unit.y, f"{text:^{NUMBER}}", role)
        self._below(column, unit, delta, off=off)
        middle = column.left + column.width // 2
        for name, left, right in (("Z", column.left, middle), ("A", middle, column.right)):
            command = f"select {name}[{layer}][{self.row or 0},{unit.index}]"
            self.areas.append(Area(unit.y - column.tall, unit.y + 2, left, right, command))

    def _below(self, column: Column, unit: Unit, delta: float | None, *, off: bool) -> None:
        """The bias inside the neuron, and δ under the pair: on the frame, or in the row below."""
        layer, left = column.layer, column.left
        names = [(f"b[{layer}]", "b"), (f"db[{layer}]", "db")]
        gradient = self.edge_name(layer).startswith("d") and self.session.readable(f"db[{layer}]")
        name, label = names[gradient]
        bias = self.value(name, unit.index) if self.session.model.layers[layer - 1].bias else None
        if column.tall:
            below = [
                (left + 1, unit.y - 1, f" {label} ", bias, name),
                (left + 1, unit.y + 1, " δ ", delta, f"delta[{layer}]"),
            ]
            mark, x = " off ", column.right - 6
        else:
            # Both halves of the pair have their number below: a digit less for the bias makes room for its name.
            middle = left + column.width // 2
            below = [(left, unit.y + 1, f"{label} ", bias, name), (middle, unit.y + 1, "δ ", delta, f"delta[{layer}]")]
            mark, x = "off", column.right - 3
        for at, y, what, value, matrix in below:
            if value is not None:
                text = fitted(value, NUMBER - (len(what) == 3 and not column.tall))
                self.canvas.put(at, y, f"{what}{text}" + " " * column.tall, self.role(matrix, value))
        if off:
            self.canvas.put(x, unit.y + 1, mark, "dim")

    def _titles(self, columns: Sequence[Column]) -> None:
        model, canvas = self.session.model, self.canvas
        for column in columns:
            text = "input" if not column.layer else f"{column.layer} {model.layers[column.layer - 1].activation}"
            if column.layer and len(text) + 6 <= column.width:
                text = f"layer {text}"
            role: Role = "heading" if column.layer == self.focus else "text"
            canvas.put(column.left + max((column.width - len(text)) // 2, 0), 0, text, role)
        for left, right in pairwise(columns):
            name = self.edge_name(right.layer)
            at = left.right + (right.left - left.right - len(shown(name))) // 2
            canvas.put(at, 0, shown(name), self.role(name, 0.0))
        first, last, layers = columns[0].layer, columns[-1].layer, len(model.layers)
        row = f"mean of {self.rows} rows" if self.row is None else f"row {self.row} of {self.rows}"
        notes = [row, "z │ a"]
        if self.left_out:
            notes.insert(1, f"the {MANY_EDGES} largest weights of a layer")
        if first > 0 or last < layers:
            notes.insert(1, f"layers {max(first, 1)} to {last} of {layers}")
        text = notes.pop(0)
        # The loss may stand in the same line.
        room = canvas.width - (LOSS + 2 if last == layers and not self.with_loss else 0)
        while notes and len(text) + 3 + len(notes[0]) <= room:
            text += f" · {notes.pop(0)}"
        canvas.put(0, canvas.height - 1, text, "dim")

    def _loss(self, last: Column) -> None:
        if last.layer < len(self.session.model.layers):
            return
        loss = self.session.tape.loss
        value = float(self.session.read(loss)) if self.session.readable(loss) else None
        text = f"{loss} {'·' if value is None else fitted(value, NUMBER)}"
        role = self.role(loss, value)
        if self.with_loss:
            unit = last.units[len(last.units) // 2]
            self.canvas.put(last.right + 1, unit.y, f"→ {text}", role)
        else:
            self.canvas.put(self.canvas.width - len(text) - 1, self.canvas.height - 1, text, role)

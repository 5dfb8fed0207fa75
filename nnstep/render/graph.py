"""The computation graph: ops as boxes in ranks, values on the way forward, gradients on the way back.

Where single numbers meet, each edge carries its local derivative: the factor by which the chain rule multiplies there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from weakref import WeakKeyDictionary

import numpy as np

from nnstep.engine.cell import Everywhere, Operand
from nnstep.engine.formula import size_text
from nnstep.engine.graph import Constant, Node, Term
from nnstep.engine.names import gradient_of, shown
from nnstep.render.canvas import Area, Canvas, Picture
from nnstep.render.fitting import fitted
from nnstep.render.numbers import number
from nnstep.render.ranks import Box, Edge, Layout, layout
from nnstep.render.text import Line, Role, Span
from nnstep.session import Session
from nnstep.timeline import Timeline
from nnstep.values import dataclass

UP, DOWN, LEFT, RIGHT = 1, 2, 4, 8
LINES = {
    3: "│", 12: "─", 10: "╭", 6: "╮", 9: "╰", 5: "╯", 11: "├", 7: "┤", 14: "┬", 13: "┴", 15: "┼",
    1: "│", 2: "│", 4: "─", 8: "─",
}  # fmt: skip
NUMBER = 9
TITLE = 22
"""Cells of a formula in a box's title; of a longer one the op's name is said."""
HEIGHT = 4
LABEL = 7
"""Cells of a local derivative on its edge."""
Window = tuple[int, int, int, int]
"""What is seen: its left column, its top row, its width and height."""


def graph_picture(
    session: Session, width: int, height: int, *, chosen: str = "", scroll: tuple[int, int] = (0, 0)
) -> Picture:
    """What can be seen of the graph in width × height cells, the current instruction in the middle of it.

    chosen: a matrix whose node and edges are lit. scroll: so many cells to the right of the middle, and below it.
    """
    return _Drawing(session, chosen, scroll).draw(width, height)


def local_derivative(session: Session, node: Node, term: Term, key: str) -> float | None:
    """∂result/∂operand where both are single numbers; None where they are not, or not computed yet."""
    graph = session.timeline.graph
    shapes = graph.shapes()
    names = [name for name in (*term.operands.values(), node.name) if isinstance(name, str)]
    if key not in term.op.gradients or any(shapes[name] for name in names) or not session.readable(node.name):
        return None
    values = {name: _forward_value(session, name) for name in names}
    sizes = {each: shapes[name] if isinstance(name, str) else () for each, name in term.operands.items()}
    attributes = {**term.op.measures(**sizes, **term.attributes), **term.attributes}
    formula = term.op.gradients[key].worded({**sizes, "g": (), "value": ()}, attributes)
    bound: dict[str, Everywhere | Operand] = {"g": Everywhere(1.0, "1"), "value": Operand(node.name, values[node.name])}
    for each, operand in term.operands.items():
        bound[each] = (
            Everywhere(operand.value, operand.text)
            if isinstance(operand, Constant)
            else Operand(operand, values[operand])
        )
    with np.errstate(all="ignore"):
        return float(formula.cell((), **{each: bound[each] for each in formula.operands}, **attributes).value)


def _forward_value(session: Session, name: str) -> np.ndarray:
    """A number as the forward phase read it: a parameter before its update."""
    known = (*session.timeline.parameters, *session.timeline.slots)
    return np.asarray(session.old(name) if name in known else session.read(name))


def current_node(session: Session) -> str:
    """The node that the instruction just run computed, or whose gradient it did; nothing at step 0."""
    at = session.instruction
    if at is None:
        return ""
    graph = session.timeline.graph
    names = graph.shapes()
    if at.name in names:
        return at.name
    gradients = {gradient_of(name): name for name in names}
    stem = at.name.partition(":")[0]
    slots = (name for name in names if at.name.endswith(name))
    return gradients.get(stem, "") or next(slots, "")


def extent(session: Session) -> tuple[int, int]:
    """The width and the height of the whole graph."""
    found = _plan_of(session).layout
    return found.width, found.height


@dataclass(frozen=True)
class _Plan:
    """Where everything is; it is the same at every step of a timeline."""

    edges: Mapping[Edge, tuple[Node, Term, str]]
    boxes: Mapping[str, Box]
    layout: Layout


_PLANS: WeakKeyDictionary[Timeline, _Plan] = WeakKeyDictionary()


def _plan_of(session: Session) -> _Plan:
    if session.timeline not in _PLANS:
        _PLANS[session.timeline] = _Drawing(session, "", (0, 0)).plan()
    return _PLANS[session.timeline]


class _Drawing:
    def __init__(self, session: Session, chosen: str, scroll: tuple[int, int]) -> None:
        self.session = session
        self.scroll = scroll
        self.graph = session.timeline.graph
        self.shapes = self.graph.shapes()
        self.current = current_node(session)
        self.nodes = {node.name: node for node in self.graph.nodes}
        gradients = {gradient_of(name): name for name in self.shapes}
        self.chosen = chosen if chosen in self.shapes else gradients.get(chosen.partition(":")[0], "")

    def draw(self, width: int, height: int) -> Picture:
        plan = _plan_of(self.session)
        found = plan.layout
        height -= 1
        window = (*self._corner(plan, width, height), width, height)
        left, top = window[:2]
        canvas = Canvas(found.width, found.height)
        self._lines(canvas, plan, window)
        areas = []
        for name, box in plan.boxes.items():
            x, y = found.places[name]
            self._box(canvas, box, (x, y), whole=_inside(window, x, y, box.width, box.height))
            bottom, right = min(y + box.height - top, height), min(x + box.width - left, width)
            areas.append(Area(max(y - top, 0), bottom, max(x - left, 0), right, f"select {name}"))
        lines = [_cropped(line, left, width) for line in canvas.lines(top, top + height)]
        lines += [()] * (height - len(lines))
        lines.append(self._status(found, window))
        return Picture(tuple(lines), tuple(each for each in areas if each.top < each.bottom and each.left < each.right))

    def plan(self) -> _Plan:
        """Where everything is."""
        edges: dict[Edge, tuple[Node, Term, str]] = {}
        for node in self.graph.nodes:
            place = 0
            for term in node.terms:
                for key, operand in term.operands.items():
                    if isinstance(operand, str) and operand in self.shapes:
                        scalar = not any((self.shapes[operand], self.shapes[node.name])) and key in term.op.gradients
                        edges[Edge(operand, node.name, place, LABEL if scalar else 0)] = (node, term, key)
                        place += 1
        used = {name for edge in edges for name in (edge.source, edge.target)}
        names = [name for name in self.shapes if name in used]
        arriving = Counter(edge.target for edge in edges)
        boxes = {name: Box(name, self._width(name), max(HEIGHT, arriving[name] + 2)) for name in names}
        return _Plan(edges, boxes, layout([*boxes.values()], [*edges]))

    def _width(self, name: str) -> int:
        shape = self.shapes[name]
        return max(len(self._title(name)) + 4, NUMBER + 4 + (len(size_text(shape)) + 3 if shape else 0))

    def _title(self, name: str) -> str:
        node = self.nodes.get(name)
        if node is None:
            return shown(name)
        text = f"{shown(name)} = {self.session.tape.named(name).right}"
        op = " + ".join(term.op.name for term in node.terms)
        return text if len(text) <= TITLE else f"{shown(name)}: {op}"

    def _texts(self, name: str) -> list[tuple[str, Role]]:
        """The value and the gradient, as far as they are computed."""
        return [self._text(name, ""), self._text(gradient_of(name), "∂ ")]

    def _text(self, name: str, mark: str) -> tuple[str, Role]:
        session, at = self.session, self.session.instruction
        if not session.readable(name):
            return (f"{mark}·" if name in session.tape or not mark else "", "dim")
        value = session.read(name)
        text = number(float(value)) if not value.shape else f"{size_text(value.shape)} ‖{number(_norm(value), 3)}‖"
        role: Role = "number"
        if at is not None and name == at.name:
            role = "current"
        elif at is not None and name in at.operands:
            role = "operand"
        return mark + text, role

    def _lines(self, canvas: Canvas, plan: _Plan, window: Window) -> None:
        masks: dict[tuple[int, int], int] = {}
        at = self.session.instruction
        lit, about = set[tuple[int, int]](), set[tuple[int, int]]()
        for edge, route in plan.layout.routes.items():
            mine = self._masks(route, masks)
            forward = at is not None and at.phase == "forward" and edge.target == at.name
            backward = at is not None and at.phase == "backward" and edge.source == self.current
            if forward or backward:
                lit |= mine
            if self.chosen in (edge.source, edge.target):
                about |= mine
        for (x, y), mask in masks.items():
            role: Role = "current" if (x, y) in lit else "operand" if (x, y) in about else "dim"
            canvas.put(x, y, LINES.get(mask, "─"), role)
        for edge, route in plan.layout.routes.items():
            x, y = route[-1]
            canvas.put(x, y, "▶", "current" if (x, y) in lit else "operand" if (x, y) in about else "dim")
            if edge.label and _inside(window, x - LABEL, y, LABEL, 1):
                factor = local_derivative(self.session, *plan.edges[edge])
                text = "×·" if factor is None else f"×{fitted(factor, LABEL - 1)}"
                canvas.put(x - len(text), y, text, "dim" if factor is None else "name")

    @staticmethod
    def _masks(route: list[tuple[int, int]], masks: dict[tuple[int, int], int]) -> set[tuple[int, int]]:
        """Add a line's cells to those that go up, down, left or right."""
        mine = set()
        for (x0, y0), (x1, y1) in pairwise(route):
            dx, dy = np.sign(x1 - x0), np.sign(y1 - y0)
            x, y = x0, y0
            ahead = RIGHT if dx > 0 else LEFT if dx < 0 else DOWN if dy > 0 else UP
            behind = {RIGHT: LEFT, LEFT: RIGHT, UP: DOWN, DOWN: UP}[ahead]
            while (x, y) != (x1, y1):
                masks[x, y] = masks.get((x, y), 0) | ahead
                mine.add((x, y))
                x, y = x + int(dx), y + int(dy)
                masks[x, y] = masks.get((x, y), 0) | behind
                mine.add((x, y))
        return mine

    def _box(self, canvas: Canvas, box: Box, place: tuple[int, int], *, whole: bool) -> None:
        """A node. One that is not wholly in sight has a frame alone: half a number would be a wrong one."""
        left, top = place
        name = box.name
        here = name == self.current
        frame: Role = "current" if here else "text" if name in self.nodes else "dim"
        frame = "operand" if name == self.chosen else frame
        canvas.box(left, top, (box.width, box.height), frame)
        if whole:
            canvas.put(left + 1, top, f" {self._title(name)} ", "current" if here else "name")
            for row, (text, role) in enumerate(self._texts(name), start=1):
                canvas.put(left + 2, top + row, text, role)

    def _corner(self, plan: _Plan, width: int, height: int) -> tuple[int, int]:
        """The upper left corner of what is seen: the current node in the middle."""
        found = plan.layout
        left, top = 0, max((found.height - height) // 2, 0)
        if self.current in found.places:
            x, y = found.places[self.current]
            box = plan.boxes[self.current]
            left, top = x + box.width // 2 - width // 2, y + box.height // 2 - height // 2
        ends = found.width - width, found.height - height
        # Within the graph before it is scrolled as well: else the first keys would do nothing.
        left, top = (min(max(at, 0), max(end, 0)) for at, end in zip((left, top), ends, strict=True))
        return tuple(  # type: ignore[return-value]  # two of them
            min(max(at + by, 0), max(end, 0)) for at, by, end in zip((left, top), self.scroll, ends, strict=True)
        )

    @staticmethod
    def _status(found: Layout, window: Window) -> Line:
        left, top, width, height = window
        ends = ((left > 0, "‹"), (left + width < found.width, "›"), (top > 0, "↑"), (top + height < found.height, "↓"))
        more = " ".join(sign for there, sign in ends if there)
        text = "value, then ∂L of it · ×: local derivative"
        return (Span(f"{text} · more: {more}" if more else text, "dim"),)


def _inside(window: Window, x: int, y: int, width: int, height: int) -> bool:
    left, top, across, down = window
    return left <= x and x + width <= left + across and top <= y and y + height <= top + down


def _norm(value: np.ndarray) -> float:
    with np.errstate(all="ignore"):
        return float(np.linalg.norm(np.asarray(value, np.float64)))


def _cropped(line: Line, left: int, width: int) -> Line:
    spans, x = [], 0
    for span in line:
        text = span.text[max(left - x, 0) : max(left + width - x, 0)]
        if text:
            spans.append(Span(text, span.role))
        x += len(span.text)
    return tuple(spans)

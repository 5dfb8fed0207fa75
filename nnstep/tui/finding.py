"""Values looked for in a matrix: what they must be, how many there are, and where the next one is."""

from __future__ import annotations

import re
from dataclasses import field

import numpy as np
from numpy.typing import NDArray

from nnstep.errors import CommandError
from nnstep.session import Session
from nnstep.session.survey import Steps, stretches
from nnstep.tui.content import Array, Content
from nnstep.tui.matrix import Test
from nnstep.values import dataclass

OPERATORS = {
    ">=": np.greater_equal,
    "<=": np.less_equal,
    "==": np.equal,
    "!=": np.not_equal,
    ">": np.greater,
    "<": np.less,
}
_CONDITION = re.compile(r"(?P<abs>abs\b)?\s*(?P<operator>>=|<=|==|!=|>|<)\s*(?P<value>.+)")


@dataclass(frozen=True)
class Condition:
    """What the values must be that are looked for."""

    text: str
    test: Test = field(compare=False)


def condition(session: Session, text: str) -> Condition:
    """`nan`, `inf`, `> 1`, `== 0`, `abs > 1`; the right-hand side is an expression, whose value is taken once."""
    text = " ".join(text.split())
    if text in ("nan", "inf"):
        return Condition(text, np.isnan if text == "nan" else np.isinf)
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise CommandError(f"find: must be nan, inf, or a condition such as > 1, == 0 or abs > 1, got {text!r}")
    value = np.asarray(session.evaluate(found["value"]))
    if value.size != 1 or value.dtype.kind not in "fiub":
        raise CommandError(f"find: one number must stand on the right, {found['value']} is none")
    number, compare = float(value.reshape(())), OPERATORS[found["operator"]]

    def test(block: Array) -> NDArray[np.bool_]:
        with np.errstate(invalid="ignore"):
            passed: NDArray[np.bool_] = compare(np.abs(block) if found["abs"] else block, number)
        return passed

    return Condition(f"{'abs ' if found['abs'] else ''}{found['operator']} {found['value']}", test)


def count(content: Content, what: Condition) -> Steps[NDArray[np.int64]]:
    """How many values of each row match, a stack's matrices under one another."""
    rows = content.all_rows()
    assert rows is not None
    counts = np.zeros(rows.shape[0], dtype=np.int64)
    for start, block in stretches(rows):
        yield
        counts[start : start + len(block)] = np.count_nonzero(what.test(block), axis=1)
    return counts


@dataclass(frozen=True)
class Spot:
    """A cell in sight or on another page, by page, row and column as they are shown."""

    page: int
    row: int
    column: int


class Matches:
    """The matches in a matrix, in the order in which they are shown."""

    def __init__(self, content: Content, what: Condition, counts: NDArray[np.int64]) -> None:
        self._content, self._what = content, what
        order = content.order
        rows = order.units if order is not None and order.axis == "rows" else np.arange(content.rows)
        # The place of each row in sight among the matrix's own, page by page.
        self._rows = (np.arange(content.pages)[:, None] * content.rows + rows).ravel()
        self._counts = counts[self._rows]
        self.total = int(counts.sum())

    def number(self, at: Spot) -> int:
        """Which match this cell is, counted from 1; 0 where it is none."""
        row = at.page * self._content.rows + at.row
        columns = self._columns(row)
        place = int(np.searchsorted(columns, at.column))
        if place == len(columns) or columns[place] != at.column:
            return 0
        return int(self._counts[:row].sum()) + place + 1

    def beyond(self, at: Spot, *, forward: bool) -> Spot | None:
        """The next or previous match; from the last one on, the first again. None where nothing matches."""
        start, rows = at.page * self._content.rows + at.row, self._content.rows
        here = self._columns(start)
        ahead = here[here > at.column] if forward else here[here < at.column]
        if len(ahead):
            return Spot(at.page, at.row, int(ahead[0 if forward else -1]))
        others = np.flatnonzero(self._counts)
        if not len(others):
            return None
        # Past the ends the way leads on from the other one, and so back to this row.
        place = int(np.searchsorted(others, start, side="right" if forward else "left"))
        row = int(others[place % len(others) if forward else place - 1])
        return Spot(row // rows, row % rows, int(self._columns(row)[0 if forward else -1]))

    def _columns(self, row: int) -> NDArray[np.intp]:
        """The columns, as they are shown, of the matches in a row."""
        values, order = self._content.all_rows(), self._content.order
        assert values is not None
        inside = self._what.test(values[int(self._rows[row]) : int(self._rows[row]) + 1])[0]
        if order is not None and order.axis == "columns":
            inside = inside[order.units]
        return np.flatnonzero(inside)

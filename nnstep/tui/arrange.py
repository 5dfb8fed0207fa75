"""Where the matrices of a board stand: the arrangement that shows most of them, in reading order."""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations, pairwise
from typing import NamedTuple

from nnstep.values import dataclass

GAP = 3
"""Columns between neighbours."""
LEAST_HEIGHT = 3
"""A title, the column numbers and one row."""
MOST_ROWS = 4
MANY = 8
"""Matrices beyond which fewer rows of them are tried: a step has no time for all."""
MORE = 2
"""Columns of the sign that there are more."""
ROW_COST = 0.01
"""What one more row of matrices must gain: side by side reads best."""


@dataclass(frozen=True)
class Wish:
    """What a matrix would like.

    width, height  the size that shows all of it
    title          the width of its first line
    label          cells of a row's number
    pitch          cells from one column to the next
    head           lines above the numbers
    """

    width: int
    height: int
    title: int
    label: int
    pitch: int
    columns: int
    head: int = 2

    @property
    def least(self) -> int:
        """The width below which nothing useful is left."""
        return min(self.width, max(self.label + min(self.columns, 2) * self.pitch + MORE, self.title))

    def fits(self, width: int) -> int:
        """Whole columns that a width has room for: all, or some and the sign that there are more."""
        if width - self.label >= self.columns * self.pitch:
            return self.columns
        return max(0, min(self.columns, (width - self.label - MORE) // self.pitch))

    def needs(self, columns: int) -> int:
        """The width that shows so many columns."""
        if columns == self.columns:
            return self.width
        return max(self.title, self.label + columns * self.pitch + MORE)

    def cells(self, width: int, height: int) -> int:
        """Numbers in sight at a size."""
        return self.fits(width) * max(0, min(height, self.height) - self.head)


class Size(NamedTuple):
    """Columns and lines; false where there are none of them."""

    width: int
    height: int

    def __bool__(self) -> bool:
        return self.width > 0 and self.height > 0


@dataclass(frozen=True)
class Place:
    """A rectangle, of the screen or of a board."""

    x: int
    y: int
    width: int
    height: int

    def holds(self, x: int, y: int) -> bool:
        """Whether a point lies inside."""
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height


NOWHERE = Place(0, 0, 0, 0)


@lru_cache(maxsize=512)
def arrange(wishes: tuple[Wish, ...], width: int, height: int) -> tuple[float, tuple[Place, ...]]:
    """A place for each wish, and how good the best arrangement is: just below 1 where everything is in sight."""
    if not wishes or width <= 0 or height <= 0:
        return 1.0, (Place(0, 0, 0, 0),) * len(wishes)
    best: tuple[float, tuple[Place, ...]] = (-1e9, ())
    for rows in _rows(len(wishes)):
        # With everything in sight, rows more only cost: what follows has as many at least.
        if best[0] >= 1.0 - ROW_COST * len(rows):
            break
        places = _laid(wishes, rows, width, height)
        score = _score(wishes, places, width, height) - ROW_COST * len(rows)
        if score > best[0]:
            best = (score, places)
    return best


@lru_cache(maxsize=16)
def _rows(count: int) -> tuple[tuple[range, ...], ...]:
    """Every way to break the matrices into rows, in order; of those that show as much, the most even comes first."""
    ways: list[tuple[range, ...]] = []
    most = MOST_ROWS if count <= MANY else MOST_ROWS - 1
    for breaks in range(min(count, most)):
        edges = [(0, *where, count) for where in combinations(range(1, count), breaks)]
        rows = [tuple(range(start, end) for start, end in pairwise(each)) for each in edges]
        ways += sorted(rows, key=lambda way: max(map(len, way)) - min(map(len, way)))
    return tuple(ways)


def _laid(wishes: tuple[Wish, ...], rows: tuple[range, ...], width: int, height: int) -> tuple[Place, ...]:
    heights = shares([max(wishes[i].height for i in row) for row in rows], height - (len(rows) - 1))
    places: list[Place] = []
    y = 0
    for row, tall in zip(rows, heights, strict=True):
        widths = _whole_columns([wishes[i] for i in row], width - GAP * (len(row) - 1))
        x = 0
        for i, wide in zip(row, widths, strict=True):
            places.append(Place(x, y, wide, min(tall, wishes[i].height)))
            x += wide + GAP
        y += tall + 1
    return tuple(places)


def _whole_columns(row: list[Wish], room: int) -> list[int]:
    """Widths for matrices side by side: what a column does not fill goes to a neighbour that it makes one of."""
    given = shares([wish.width for wish in row], room)
    counts = [wish.fits(wide) for wish, wide in zip(row, given, strict=True)]
    used = [min(wish.needs(count), wide) for wish, count, wide in zip(row, counts, given, strict=True)]
    spare = room - sum(used)
    while True:
        growing = [
            (counts[i] / wish.columns, i)
            for i, wish in enumerate(row)
            if counts[i] < wish.columns and wish.needs(counts[i] + 1) - used[i] <= spare
        ]
        if not growing:
            return used
        _, i = min(growing)
        counts[i] += 1
        spare -= row[i].needs(counts[i]) - used[i]
        used[i] = row[i].needs(counts[i])


def shares(wanted: list[int], room: int) -> list[int]:
    """Divide the room: who wants less than an equal share gets it all, the others share the rest equally."""
    given = [0] * len(wanted)
    left = max(room, 0)
    order = sorted(range(len(wanted)), key=wanted.__getitem__)
    for place, i in enumerate(order):
        given[i] = min(wanted[i], left // (len(order) - place))
        left -= given[i]
    return given


def _score(wishes: tuple[Wish, ...], places: tuple[Place, ...], width: int, height: int) -> float:
    """The mean part of a matrix that is in sight, of what the board could show of it if it stood alone."""
    total = 0.0
    for wish, place in zip(wishes, places, strict=True):
        if place.height < min(wish.height, LEAST_HEIGHT) or place.width < wish.least:
            total -= 1
            continue
        alone = wish.cells(width, height)
        total += (wish.cells(place.width, place.height) / alone) ** 0.5 if alone else 1.0
    return total / len(wishes)

"""A layered layout: nodes in ranks by the longest way to them, few edges that cross, edges in straight pieces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from itertools import pairwise
from statistics import fmean

from nnstep.values import dataclass

SWEEPS = 6


@dataclass(frozen=True)
class Edge:
    """From a node to one that reads it; `place` counts the target's operands, `label` the cells of what it carries."""

    source: str
    target: str
    place: int
    label: int = 0


@dataclass(frozen=True)
class Box:
    """A node and the cells it takes."""

    name: str
    width: int
    height: int


@dataclass
class Layout:
    """Where boxes are (left, top), and the corners of the lines between them.

    routes  of every edge, from the source's right side to the target's left side
    """

    places: dict[str, tuple[int, int]] = field(default_factory=dict)
    routes: dict[Edge, list[tuple[int, int]]] = field(default_factory=dict)
    width: int = 0
    height: int = 0


def ranks_of(names: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    """The rank of each node: one more than the last it reads; what reads parameters alone stands before its reader.

    names: in an order in which every node comes behind those it reads.
    """
    ranks: dict[str, int] = {}
    for name in names:
        ranks[name] = max((ranks[edge.source] + 1 for edge in edges if edge.target == name), default=0)
    readers = {name: [edge.target for edge in edges if edge.source == name] for name in names}
    sources = {name: [edge.source for edge in edges if edge.target == name] for name in names}
    # What is made of parameters alone (a transposed weight matrix) may come as late as they.
    loose: set[str] = set()
    for name in names:
        if all(source in loose and len(readers[source]) == 1 for source in sources[name]):
            loose.add(name)
    for name in reversed(names):
        if name in loose and readers[name]:
            ranks[name] = max(min(ranks[reader] for reader in readers[name]) - 1, 0)
    return ranks


def crossings(upper: Sequence[str], lower: Sequence[str], pairs: Sequence[tuple[str, str]]) -> int:
    """How many of the edges between two ranks cross."""
    first = {name: place for place, name in enumerate(upper)}
    second = {name: place for place, name in enumerate(lower)}
    ends = [(first[a], second[b]) for a, b in pairs]
    return sum((a[0] - b[0]) * (a[1] - b[1]) < 0 for place, a in enumerate(ends) for b in ends[place + 1 :])


class _Ranks:
    """The ranks with a stand-in wherever an edge passes one by."""

    def __init__(self, boxes: Sequence[Box], edges: Sequence[Edge]) -> None:
        names = [box.name for box in boxes]
        self.boxes = {box.name: box for box in boxes}
        self.rank = ranks_of(names, edges)
        self.chains: dict[Edge, list[str]] = {}
        for edge in edges:
            between = range(self.rank[edge.source] + 1, self.rank[edge.target])
            stand_ins = [f"{edge.source}>{edge.target}>{edge.place}>{rank}" for rank in between]
            for name, rank in zip(stand_ins, between, strict=True):
                self.boxes[name] = Box(name, 1, 1)
                self.rank[name] = rank
            self.chains[edge] = [edge.source, *stand_ins, edge.target]
        self.pairs = list(dict.fromkeys(pair for chain in self.chains.values() for pair in pairwise(chain)))
        count = max(self.rank.values(), default=0) + 1
        self.ranks = [[name for name in self.boxes if self.rank[name] == rank] for rank in range(count)]

    def order(self) -> None:
        """Sort each rank by the middle of its neighbours, forward and back; the order with fewest crossings stays."""
        best, fewest = [list(rank) for rank in self.ranks], self._crossings()
        for sweep in range(SWEEPS):
            forward = sweep % 2 == 0
            ranks = range(1, len(self.ranks)) if forward else range(len(self.ranks) - 2, -1, -1)
            for rank in ranks:
                self._sort(rank, self.ranks[rank - 1 if forward else rank + 1])
            count = self._crossings()
            if count < fewest:
                best, fewest = [list(rank) for rank in self.ranks], count
        self.ranks = best

    def _sort(self, rank: int, beside: Sequence[str]) -> None:
        place = {name: position for position, name in enumerate(beside)}
        middle = {
            name: position * len(beside) / max(len(self.ranks[rank]), 1)
            for position, name in enumerate(self.ranks[rank])
        }
        for name in self.ranks[rank]:
            near = [
                place[a if b == name else b]
                for a, b in self.pairs
                if name in (a, b) and (a if b == name else b) in place
            ]
            if near:
                middle[name] = fmean(near)
        self.ranks[rank].sort(key=lambda name: middle[name])

    def _crossings(self) -> int:
        total = 0
        for rank, (upper, lower) in enumerate(pairwise(self.ranks)):
            total += crossings(upper, lower, [pair for pair in self.pairs if self.rank[pair[0]] == rank])
        return total

    def tops(self) -> dict[str, int]:
        """The first row of each box: near the middle of its neighbours, none over another."""
        tops: dict[str, float] = {}
        for rank in self.ranks:
            y = 0
            for name in rank:
                tops[name] = y
                y += self.boxes[name].height + 1
        for sweep in range(2 * SWEEPS):
            for rank in self.ranks if sweep % 2 == 0 else reversed(self.ranks):
                self._settle(rank, tops)
        lowest = min(tops.values(), default=0)
        return {name: round(top - lowest) for name, top in tops.items()}

    def _settle(self, rank: Sequence[str], tops: dict[str, float]) -> None:
        middle = {name: tops[name] + self.boxes[name].height / 2 for name in tops}
        wanted = {}
        for name in rank:
            near = [middle[a if b == name else b] for a, b in self.pairs if name in (a, b)]
            wanted[name] = round((fmean(near) if near else middle[name]) - self.boxes[name].height / 2)
        # Pushed down where one would lie over the one above it, then all up by half of what that moved them.
        y = None
        for name in rank:
            y = wanted[name] if y is None else max(wanted[name], y)
            tops[name] = y
            y += self.boxes[name].height + 1
        shift = round(fmean(tops[name] - wanted[name] for name in rank) / 2)
        for name in rank:
            tops[name] -= shift


def layout(boxes: Sequence[Box], edges: Sequence[Edge]) -> Layout:
    """Boxes from left to right, in an order in which each comes behind those it reads."""
    ranks = _Ranks(boxes, edges)
    ranks.order()
    tops = ranks.tops()
    found = Layout()
    left = 0
    points: dict[tuple[str, str, Edge], list[tuple[int, int]]] = {}
    lefts: dict[str, int] = {}
    for rank, names in enumerate(ranks.ranks):
        width = max((ranks.boxes[name].width for name in names), default=1)
        for name in names:
            lefts[name] = left + (width - ranks.boxes[name].width) // 2
        right = left + width
        passing = [
            (edge, pair)
            for edge, chain in ranks.chains.items()
            for pair in pairwise(chain)
            if ranks.rank[pair[0]] == rank
        ]
        tracks = _tracks(passing, ranks, tops)
        count = max(tracks.values(), default=-1) + 1
        label = max((edge.label for edge, pair in passing if pair[1] == edge.target), default=0)
        left = right + 2 + count + (label + 1 if label else 0) + 2
        for edge, pair in passing:
            points[*pair, edge] = [(right + 1 + tracks[edge, pair], _out(pair[0], ranks, tops))]
    for name in ranks.boxes:
        if ">" not in name:
            found.places[name] = (lefts[name], tops[name])
            found.width = max(found.width, lefts[name] + ranks.boxes[name].width)
            found.height = max(found.height, tops[name] + ranks.boxes[name].height)
    for edge, chain in ranks.chains.items():
        route = [(lefts[edge.source] + ranks.boxes[edge.source].width, _out(edge.source, ranks, tops))]
        for a, b in pairwise(chain):
            [(track, y)] = points[a, b, edge]
            route += [(track, y), (track, _in(edge, b, ranks, tops))]
        route.append((lefts[edge.target] - 1, route[-1][1]))
        found.routes[edge] = route
        found.height = max(found.height, *(y + 1 for _, y in route))
    return found


def _out(name: str, ranks: _Ranks, tops: Mapping[str, int]) -> int:
    return tops[name] + ranks.boxes[name].height // 2


def _in(edge: Edge, name: str, ranks: _Ranks, tops: Mapping[str, int]) -> int:
    """The row at which an edge arrives: operands of one node one under the other, in the order of their rows."""
    if name != edge.target:
        return tops[name]
    arriving = [
        (_out(chain[-2], ranks, tops), other.place, other)
        for other, chain in ranks.chains.items()
        if other.target == name
    ]
    height = ranks.boxes[name].height
    place = [other for *_, other in sorted(arriving, key=lambda each: each[:2])].index(edge)
    first = 1 + (height - 1 - len(arriving)) // 2
    return tops[name] + min(max(first + place, 0), height - 1)


def _tracks(
    passing: Sequence[tuple[Edge, tuple[str, str]]], ranks: _Ranks, tops: Mapping[str, int]
) -> dict[tuple[Edge, tuple[str, str]], int]:
    """The column between two ranks in which each edge goes up or down; lines from one node share it.

    Where one edge leaves in the row in which another arrives, it turns first: else they would lie over one another.
    """
    rows = [(_out(pair[0], ranks, tops), _in(edge, pair[1], ranks, tops)) for edge, pair in passing]
    before = {
        here: [
            other
            for other in range(len(passing))
            if rows[other][0] == rows[here][1] and passing[other][0].source != passing[here][0].source
        ]
        for here in range(len(passing))
    }
    taken: list[list[tuple[int, int, str]]] = []
    found: dict[int, int] = {}
    left = [*range(len(passing))]
    while left:
        # In a circle, which only crossing lines make, one has to be the first.
        here = next((each for each in left if not any(other in left for other in before[each])), left[0])
        left.remove(here)
        low, high = sorted(rows[here])
        source = passing[here][0].source
        track = max((found[other] + 1 for other in before[here] if other in found), default=0)
        while track < len(taken) and any(name != source and low <= b and a <= high for a, b, name in taken[track]):
            track += 1
        taken += [[] for _ in range(track + 1 - len(taken))]
        taken[track].append((low, high, source))
        found[here] = track
    return {passing[here]: track for here, track in found.items()}

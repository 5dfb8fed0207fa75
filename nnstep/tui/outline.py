"""The tape's lines: its phases, layers and instructions, without what is folded."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from nnstep.engine.tape import PHASES, Instruction, Tape
from nnstep.errors import CommandError
from nnstep.render.text import show_name
from nnstep.values import dataclass

USAGE = "all, a phase, layer N, or a phase and layer N"


@dataclass(frozen=True)
class Group:
    """What can be folded: a phase, or what of a layer or equation is in it.

    layer        None for the phase as a whole
    text         a graph's equation
    first, last  the instructions in it
    """

    phase: str
    layer: int | None
    text: str
    first: int
    last: int

    @property
    def key(self) -> tuple[str, int | None]:
        """By which it is remembered that it is folded, whatever the batch size."""
        return self.phase, self.layer

    @property
    def words(self) -> str:
        """By which commands name it."""
        return self.phase if self.layer is None else f"{self.phase} layer {self.layer}"


@dataclass(frozen=True)
class Row:
    """One line: an instruction, or a group's heading."""

    instruction: Instruction | None = None
    group: Group | None = None
    folded: bool = False

    @property
    def first(self) -> int:
        """The instruction, or the group's first."""
        if self.instruction is not None:
            return self.instruction.index
        assert self.group is not None
        return self.group.first

    @property
    def last(self) -> int:
        """The instruction, or the last that the line stands for."""
        if self.instruction is not None:
            return self.instruction.index
        assert self.group is not None
        return self.group.last if self.folded else self.group.first - 1


class Outline:
    """A tape's groups and lines. A network's layer has a heading only where it is folded: its names tell the layer."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.groups = tuple(_groups(tape))
        self._inner = {index: group for group in self.groups for index in range(group.first, group.last + 1)}
        self._starting: dict[int, list[Group]] = {}
        for group in self.groups:
            self._starting.setdefault(group.first, []).append(group)

    def around(self, index: int) -> Group | None:
        """The smallest group that an instruction is in."""
        return self._inner.get(index)

    def phase(self, name: str) -> Group:
        """A phase as a group."""
        return next(group for group in self.groups if group.key == (name, None))

    def chosen(self, text: str) -> list[Group]:
        """The groups that a command names; CommandError where there are none."""
        words = text.split()
        if words == ["all"]:
            return [group for group in self.groups if group.layer is None]
        phase = words.pop(0) if words and words[0] in PHASES else ""
        if not words and phase:
            return [self.phase(phase)]
        layer = int(words[1]) if len(words) == 2 and words[0] == "layer" and words[1].isdecimal() else None
        found = [g for g in self.groups if layer is not None and g.layer == layer and phase in ("", g.phase)]
        if not found:
            raise CommandError(f"must be {USAGE}; nothing on this tape is {text!r}")
        return found

    def rows(self, folded: frozenset[tuple[str, int | None]], *, headings: bool) -> list[Row]:
        """The lines; without headings only what is folded has one."""
        equations = bool(self.tape.equations)
        lines: list[Row] = []
        hidden = 0
        for instruction in self.tape:
            if instruction.index <= hidden:
                continue
            for group in self._starting.get(instruction.index, ()):
                shut = group.key in folded
                if shut or (headings and (group.layer is None or equations)):
                    lines.append(Row(None, group, shut))
                if shut:
                    hidden = group.last
                    break
            if instruction.index > hidden:
                lines.append(Row(instruction))
        return lines


def _groups(tape: Tape) -> Iterator[Group]:
    """Every phase, each followed by the layers in it."""
    for phase, members in groupby(tape, key=lambda instruction: instruction.phase):
        items = list(members)
        yield Group(phase, None, "", items[0].index, items[-1].index)
        for layer, run in groupby(items, key=lambda instruction: instruction.layer):
            part = list(run)
            if layer is not None:
                text = tape.equations[layer - 1] if tape.equations else ""
                yield Group(phase, layer, text, part[0].index, part[-1].index)


def named(group: Group, tape: Tape) -> str:
    """The matrices that a folded group's instructions write."""
    return "  ".join(show_name(tape[index].name) for index in range(group.first, group.last + 1))


def places(rows: list[Row], text: str) -> list[int]:
    """The lines of instructions that hold a text, in their names or formulas, in Unicode or ASCII."""
    wanted = text.casefold()
    return [
        place
        for place, row in enumerate(rows)
        if (item := row.instruction) is not None
        and (wanted in item.formula.casefold() or wanted in item.name.casefold())
    ]

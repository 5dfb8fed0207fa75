"""What a lesson is: a title, sections, and beats of prose with the commands that follow it."""

from __future__ import annotations

from pathlib import Path

from nnstep.values import dataclass


@dataclass(frozen=True)
class Typed:
    """One command of a lesson, and the line of the file that it stands on."""

    line: int
    text: str


@dataclass(frozen=True)
class Beat:
    """The prose since the last block, and the commands of the block that ends it.

    prose    lines of Markdown, with the headings in it but for the lesson's title
    section  the place of its section among the lesson's; -1 before the first
    line     where in the file it begins
    """

    prose: tuple[str, ...]
    commands: tuple[Typed, ...]
    section: int
    line: int


@dataclass(frozen=True)
class Lesson:
    """A lesson as its file has it.

    place     the file as messages name it
    model     what its first command opens
    sections  the headings of the second level
    """

    title: str
    path: Path
    place: str
    model: str
    sections: tuple[str, ...]
    beats: tuple[Beat, ...]

    @property
    def name(self) -> str:
        """What to call it: `backpropagation`."""
        return self.path.stem

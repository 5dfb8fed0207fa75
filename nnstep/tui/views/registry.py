"""What a view is, and the table of them: each a file of this folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from nnstep.values import dataclass

if TYPE_CHECKING:
    from nnstep.session import Session
    from nnstep.tui.checkup import Errand
    from nnstep.tui.content import Content
    from nnstep.tui.panel import Panel
    from nnstep.tui.view import View

Contents = tuple[list["Content"], list["Content"]]
"""The matrices of the step's board and of the layer's."""


def _none(_: Session) -> Sequence[Errand]:
    return ()


def _same(line: str) -> str:
    return line


@dataclass(frozen=True)
class Kind:
    """One of the pictures that the screen's body can show.

    name      what `view NAME` says; also the id of its own panel, if it has one
    parts     the ids of the panels that the body shows, from top to bottom. Those of `frame.HEIGHTS` have their lines,
              what is left goes to the others: the boards `step` and `layer`, and the view's own panel
    contents  the matrices that the cursor moves over
    panel     makes its own panel, once; None where the boards show it all
    show      gives the panel what it shows, at every step while it is in sight
    errands   what it shows more of once it is worked out, which takes longer than a step
    key       the line that a cursor key types over its panel; None where it moves from cell to cell
    instead   what the line of any other key becomes there
    move      carries out `cursor WAY`
    """

    name: str
    parts: tuple[str, ...]
    contents: Callable[[View], Contents]
    panel: Callable[[], Panel] | None = None
    show: Callable[[Panel, View], None] | None = None
    errands: Callable[[Session], Sequence[Errand]] = _none
    key: Callable[[View, str], str] | None = None
    instead: Callable[[str], str] = _same
    move: Callable[[View, str], None] | None = None


VIEWS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Add a view; its name must be new."""
    assert kind.name not in VIEWS, kind.name
    VIEWS[kind.name] = kind
    return kind

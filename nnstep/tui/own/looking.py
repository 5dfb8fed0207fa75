"""Choosing what is on the screen, and its colours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, get_args

from nnstep.commands.picturing import SIZE
from nnstep.errors import CommandError
from nnstep.settings import MOST_DIGITS, NumberFormat
from nnstep.tui.format import Numbers
from nnstep.tui.own.registry import own
from nnstep.tui.palette import PALETTES

if TYPE_CHECKING:
    from nnstep.tui.app import NnstepApp

KINDS: tuple[str, ...] = get_args(NumberFormat)


@own("select")
def select(app: NnstepApp, cell: str) -> None:
    """Put the cursor on a cell."""
    app.main.view.select(cell)
    app.main.attend("matrices")


@own("view")
def view(app: NnstepApp, name: str) -> str:
    """Show another view; one of a size that is said is printed."""
    which, _, words = " ".join(name.split()).partition(" ")
    if words and SIZE.fullmatch(words.split()[-1]):
        app.main.tell(f"view {name}", list(app.debugger.execute(f"view {name}").lines))
        return ""
    app.main.view.turn_to(which, words)
    app.main.place()
    return ""


@own("plot")
def plot(app: NnstepApp, what: str) -> str:
    """Choose plots of the training."""
    said = app.main.view.plot(" ".join(what.split()))
    if app.main.view.kind.name != "training":
        app.main.view.turn_to("training")
        app.main.place()
    return said


@own("row")
def row(app: NnstepApp, which: str) -> str:
    """Show another row of the batch in the pictures."""
    return app.main.view.choose_row(which.strip())


@own("compare")
def compare(app: NnstepApp, form: str) -> str:
    """Show the layer's matrices new, old, or their difference."""
    said = app.main.view.compare(form)
    return said if app.main.layer_board.display else f"{said}; `view layer` shows it"


@own("sort")
def sort(app: NnstepApp, by: str) -> str:
    """Sort the units, or not."""
    return app.main.view.sort(by)


@own("page")
def page(app: NnstepApp, which: str) -> str:
    """Look at another matrix of a stack."""
    return app.main.view.page(which)


@own("layer")
def layer(app: NnstepApp, which: str) -> None:
    """Look at another layer."""
    app.main.view.turn(which)


@own("zoom")
def zoom(app: NnstepApp, _: str) -> None:
    """Give one matrix the screen, or take it back."""
    app.main.view.zoomed = not app.main.view.zoomed
    app.main.place()


@own("theme")
def theme(app: NnstepApp, name: str) -> str:
    """Choose the colours: without a name, the next ones."""
    names = [*PALETTES]
    name = name or names[(names.index(app.theme) + 1) % len(names)]
    if name not in names:
        raise CommandError(f"theme: must be {', '.join(names[:-1])} or {names[-1]}, got {name!r}")
    app.theme = name
    return name


@own("format")
def format_(app: NnstepApp, how: str) -> str:
    """Choose how numbers are written."""
    numbers = parsed_format(how)
    for board in app.main.boards:
        board.write(numbers)
    return f"{numbers.kind}{'' if numbers.precision is None else f', {numbers.precision} digits after the point'}"


def parsed_format(how: str) -> Numbers:
    """What `format` takes: a kind, a precision, or both."""
    kind, *rest = how.split() or ["auto"]
    if kind.isdecimal():
        kind, rest = "auto", [kind, *rest]
    if kind not in KINDS:
        raise CommandError(f"format: must be {', '.join(KINDS[:-1])} or {KINDS[-1]}, got {kind!r}")
    if not rest:
        return Numbers(kind)
    if len(rest) > 1 or not re.fullmatch(r"[0-9]{1,2}", rest[0]) or not 1 <= int(rest[0]) <= MOST_DIGITS:
        raise CommandError(f"format: PRECISION must be a number from 1 to {MOST_DIGITS}, got {' '.join(rest)!r}")
    return Numbers(kind, int(rest[0]))

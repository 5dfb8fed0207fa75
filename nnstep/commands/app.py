"""Commands that change the app's view alone. The app runs them; headless they do nothing."""

from __future__ import annotations

from nnstep.commands.registry import Rest, Result, command, result
from nnstep.session import Session

_NEXT = Rest("next")

NOTHING = Rest("")


@command("select", usage="NAME[i,j]", app_only=True)
def select(session: Session, cell: Rest) -> Result:
    """Put the cell cursor on a cell of a matrix on the screen."""
    return _nothing(session, cell)


@command("view", usage="step|layer", keys={"1": "view step", "2": "view layer"}, words=("step", "layer"), app_only=True)
def view(session: Session, name: Rest) -> Result:
    """Show another view.

    step: the formula, its operands and its result, and the layer they belong to; layer: all matrices of one layer.
    """
    return _nothing(session, name)


@command(
    "find",
    usage="TEXT|CONDITION|next|previous|none",
    keys={"slash": "find ", "full_stop": "find next", "comma": "find previous"},
    words=("nan", "inf", "next", "previous", "none"),
    app_only=True,
)
def find(session: Session, what: Rest = _NEXT) -> Result:
    """Find values in the focused matrix, or a text in the tape while the keyboard is there.

    Values: `find nan`, `find inf`, `find > 1`, `find == 0`, `find abs > 1`, with any expression on the right. All that
    match are marked and counted, here and at every step that follows, and `find next` and `find previous` (. and ,) go
    from one to the other; `find none` ends it. In the tape: the lines that hold the text, in names or formulas.
    Headless, `print sum(Z[1] > 1)` counts.
    """
    return _nothing(session, what)


@command("layer", usage="N|up|down", keys={"u": "layer up", "d": "layer down"}, app_only=True)
def layer(session: Session, which: Rest) -> Result:
    """Show another layer's matrices."""
    return _nothing(session, which)


@command(
    "focus",
    usage="NAME|next|previous",
    keys={"tab": "focus next", "shift+tab": "focus previous"},
    app_only=True,
)
def focus(session: Session, which: Rest) -> Result:
    """Move the keyboard to a matrix on the screen."""
    return _nothing(session, which)


@command("zoom", keys={"z": "zoom"}, app_only=True)
def zoom(session: Session) -> Result:
    """Give the focused matrix the whole screen, or take it back."""
    return _nothing(session)


@command("theme", usage="[NAME]", keys={"T": "theme"}, words=("dark", "light", "contrast"), app_only=True)
def theme(session: Session, name: Rest = NOTHING) -> Result:
    """Choose the colours: dark, light or contrast; without a name, the next ones."""
    return _nothing(session, name)


@command("format", usage="[auto|fixed|scientific] [PRECISION]", words=("auto", "fixed", "scientific"), app_only=True)
def format_(session: Session, how: Rest = NOTHING) -> Result:
    """Choose how the matrices' numbers are written; without an argument, as they fit.

    PRECISION is the digits after the point, from 1 to 16; without it, as many as there is room for.
    """
    return _nothing(session, how)


@command("copy", usage="[cell|matrix]", keys={"Y": "copy matrix"}, words=("cell", "matrix"), app_only=True)
def copy(session: Session, what: Rest = NOTHING) -> Result:
    """Copy the cursor's cell, or its matrix as tab-separated text, to the terminal's clipboard.

    ctrl+c copies the cell while nothing runs. Not every terminal takes it (OSC 52): `export` writes a file instead.
    """
    return _nothing(session, what)


def _nothing(_session: Session, _argument: str = "") -> Result:
    return result([])

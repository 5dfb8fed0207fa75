"""Commands that change the app's view alone. The app runs them; headless they do nothing."""

from __future__ import annotations

from nnstep.commands.registry import Rest, Result, command, result
from nnstep.engine.tape import PHASES
from nnstep.session import Session

_NEXT = Rest("next")
NOTHING = Rest("")

PLOTS = ("loss", "boundary", "fit", "accuracy", "gradients", "updates", "zeros", "confusion", "surface")
FOLDED = ("all", *PHASES, "layer")


@command("select", usage="NAME[i,j]", keys={"at": "select "}, app_only=True)
def select(session: Session, cell: Rest) -> Result:
    """Put the cell cursor on a cell of a matrix on the screen, or on a matrix; in a picture, light it up.

    `select none` (escape) has it follow the result of each step again.
    """
    return _nothing(session, cell)


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


@command(
    "compare", usage="[new|old|difference]", keys={"o": "compare"}, words=("new", "old", "difference"), app_only=True
)
def compare(session: Session, form: Rest = NOTHING) -> Result:
    """Show the layer's matrices as they are, as they were one iteration earlier, or the difference.

    So it can be seen what the last batch changed. Without a word, the next of the three. What is compared with what is
    said by `change`, which prints it.
    """
    return _nothing(session, form)


@command("sort", usage="[gradient|none]", keys={"x": "sort"}, words=("gradient", "none"), app_only=True)
def sort(session: Session, by: Rest = NOTHING) -> Result:
    """Sort the units by the size of their gradient, the largest first, or show them in their own order again.

    Units are the rows of W, dW and the optimizer's slots, the columns of Z, A and δ, and the numbers of b and db; they
    keep their own indices. The gradient is dW of this iteration, or of the one before until that is computed. In a
    graph each parameter's rows are sorted by its own gradient. Without a word, the other of the two.
    """
    return _nothing(session, by)


@command(
    "page",
    usage="next|previous|N",
    keys={"right_parenthesis": "page next", "left_parenthesis": "page previous"},
    words=("next", "previous"),
    app_only=True,
)
def page(session: Session, which: Rest) -> Result:
    """Show another matrix of a stack: of more than two axes, the last two are in sight, the others are paged through.

    N counts along the leading axes, from 0. Headless, `print K[1]` shows one and `print K` all.
    """
    return _nothing(session, which)


@command("layer", usage="N|up|down", keys={"u": "layer up", "d": "layer down"}, app_only=True)
def layer(session: Session, which: Rest) -> Result:
    """Show another layer's matrices."""
    return _nothing(session, which)


@command(
    "focus",
    usage="NAME|next|previous|tape|side|matrices",
    keys={"tab": "focus next", "shift+tab": "focus previous", "t": "focus tape", "j": "focus side"},
    words=("next", "previous", "tape", "side", "matrices"),
    app_only=True,
)
def focus(session: Session, which: Rest) -> Result:
    """Move the keyboard to a matrix on the screen, to the tape, or to the side panel.

    In the tape, enter goes to the instruction under the cursor, b sets a stop there or takes it away, left and right
    fold and unfold, / searches. In the side panel (stops, displays, health, branches, marks), enter goes to where the
    line is about, delete takes it away. Escape gives the keyboard back to the matrices.
    """
    return _nothing(session, which)


@command("cursor", usage="up|down|left|right|first|last|+N|-N", words=("up", "down", "first", "last"), app_only=True)
def cursor(session: Session, way: Rest) -> Result:
    """Move the cursor of the tape or of the side panel, whichever has the keyboard; else scroll the graph."""
    return _nothing(session, way)


@command("fold", usage="[all|PHASE|layer N|PHASE layer N]", words=FOLDED, app_only=True)
def fold(session: Session, what: Rest = NOTHING) -> Result:
    """Fold a phase of the tape, or a layer (of a graph, an equation), into one line; without WHAT, where the cursor is.

    `fold all` folds every phase, `fold layer 2` that layer in each phase, `fold backward layer 2` in one.
    """
    return _nothing(session, what)


@command("unfold", usage="[all|PHASE|layer N|PHASE layer N]", words=FOLDED, app_only=True)
def unfold(session: Session, what: Rest = NOTHING) -> Result:
    """Unfold what `fold` folded; without WHAT, where the cursor is."""
    return _nothing(session, what)


@command("zoom", keys={"z": "zoom"}, app_only=True)
def zoom(session: Session) -> Result:
    """Give the focused matrix, or the picture, the whole screen, or take it back."""
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


@command("edit", app_only=True, writes=True)
def edit(session: Session) -> Result:
    """Open the model's file in $VISUAL or $EDITOR, and debug what it has become.

    Where the file has become bad, that is said, and the session goes on as it was.
    """
    return _nothing(session)


@command(
    "plot",
    usage="[PLOT|all|next|previous|scale] [log|linear] [smooth|raw]",
    words=("all", "next", "previous", "scale", "log", "linear", "smooth", "raw", *PLOTS),
    app_only=True,
)
def plot(session: Session, what: Rest = _NEXT) -> Result:
    """Choose a plot of the training view, its scale, and whether losses are averaged over a window.

    PLOT alone has the whole view: loss, boundary, fit, accuracy, gradients, updates, zeros, confusion or surface, as
    far as the model has them; `all` shows as many as fit. In the view, the arrows and tab go from one to the next and
    enter changes the scale: log, linear, what is clearer. A click on a plot goes to that step.
    """
    return _nothing(session, what)


@command(
    "row", usage="[next|previous|mean|N]", keys={"r": "row next"}, words=("next", "previous", "mean"), app_only=True
)
def row(session: Session, which: Rest = _NEXT) -> Result:
    """Show another row of the batch in the network and the data, or in the network the mean over all rows.

    After the last row comes the mean, then the first one again.
    """
    return _nothing(session, which)


@command("palette", keys={"ctrl+p": "palette"}, app_only=True)
def palette(session: Session, text: Rest = NOTHING) -> Result:
    """Find a command, a key or a model by a few letters; enter runs it, or asks for what it needs."""
    return _nothing(session, text)


def _nothing(_session: Session, _argument: str = "") -> Result:
    return result([])

"""The keyboard's place: its cursor in the tape and the side panel, folding, and finding in the tape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnstep.engine.names import canonical
from nnstep.errors import CommandError
from nnstep.render.text import show_name
from nnstep.tui.outline import Group
from nnstep.tui.own.finding import finds
from nnstep.tui.own.registry import own
from nnstep.tui.tape import TapePanel

if TYPE_CHECKING:
    from nnstep.tui.app import NnstepApp

AREAS = ("matrices", "tape", "side")


@own("focus")
def focus(app: NnstepApp, which: str) -> str | None:
    """Move the keyboard."""
    main = app.main
    if which in AREAS:
        main.attend(which)
        return main.area.hint
    if main.attending != "matrices" and which in ("next", "previous"):
        # Back to the matrix that had the cursor.
        main.attend("matrices")
        return None
    main.view.focus(which)
    main.attend("matrices")
    return None


@own("cursor")
def cursor(app: NnstepApp, way: str) -> None:
    """Move the cursor of what has the keyboard."""
    app.main.area.move(way)


@own("fold")
def fold(app: NnstepApp, what: str) -> None:
    """Fold a part of the tape."""
    tape = app.main.tape
    tape.fold(_groups(tape, what, "fold"), shut=True)


@own("unfold")
def unfold(app: NnstepApp, what: str) -> None:
    """Unfold a part of the tape."""
    tape = app.main.tape
    tape.fold(_groups(tape, what, "unfold"), shut=False)


def _groups(tape: TapePanel, what: str, command: str) -> list[Group]:
    """What the command names, or what the cursor is in."""
    outline = tape.outline
    assert outline is not None
    if what:
        try:
            return outline.chosen(what)
        except CommandError as error:
            raise CommandError(f"{command}: {error}") from error
    row = tape.row
    group = row.group or outline.around(row.first)
    return [group or next(each for each in outline.groups if each.first <= row.first <= each.last)]


@finds(lambda app: app.main.attending == "tape")
def find(app: NnstepApp, what: str) -> str:
    """Go to the next line of the tape that holds a text, and mark all that do."""
    tape = app.main.tape
    if what == "none":
        tape.look_for("")
        return ""
    fresh = what not in ("next", "previous")
    text = what if fresh else tape.wanted
    if not text:
        raise CommandError("find: a text is needed first, such as `find dW`")
    # Formulas write δ where a keyboard has delta.
    found = tape.look_for(show_name(canonical(text))) or tape.look_for(text)
    if not found:
        tape.look_for("")
        raise CommandError(f"find: no line of the tape has {text!r}")
    here = tape.row.first
    if what == "previous":
        index = next((each for each in reversed(found) if each < here), found[-1])
    else:
        index = next((each for each in found if each > here or (fresh and each == here)), found[0])
    tape.reveal(index)
    return f"{tape.wanted}: {found.index(index) + 1} of {len(found)} lines · , previous . next"

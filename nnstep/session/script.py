"""The lines that recreate a session: branches with their edits, marks, stops, displays, and the place in the run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from nnstep.session.fingerprint import fingerprint
from nnstep.session.whatif import MAIN, Place
from nnstep.timeline import Branch

if TYPE_CHECKING:
    from nnstep.session.session import Session
    from nnstep.session.stops import Stop

SIGN = "# nnstep script"
"""How every script that `save` writes begins."""


def script(session: Session) -> str:
    """A whole script: with a model freshly opened, its lines make the session as it stands."""
    import shlex  # only when a session is saved

    title = session.model.name if session.model.path is not None else "a model without a file"
    settings = "".join(f" --set {shlex.quote(f'{key}={_toml(value)}')}" for key, value in session.overrides.items())
    lines = [f"{SIGN}: a session on {title}"]
    if session.model.path is not None:
        lines.append(f"# Go on with it by `source FILE`, or by `nnstep run {title}{settings} -x FILE`.")
    lines.append(f"# Made with {', '.join(f'{name} {value}' for name, value in fingerprint().items())}.")
    # A model opened anew gives the numbers of stops and the names of branches from the first one on.
    lines += ["", "# the model anew", "open"]
    walk = Walk()
    for heading, part in (
        ("branches", walk.branches(session)),
        ("marks", walk.marks(session)),
        ("stops", stops(session, hits=True)),
        ("displays", displays(session)),
        ("where it stands", walk.to(session.place)),
    ):
        found = list(part)
        lines += ["", f"# {heading}", *found] if found else []
    return "\n".join(lines) + "\n"


def summary(session: Session) -> str:
    """What there is to be recreated, in a few words."""
    kinds = (
        (len(session.stops), "stop", "stops"),
        (len(session.displays), "display", "displays"),
        (len(session.travels.marks), "mark", "marks"),
        (len(session.branches) - 1, "branch", "branches"),
    )
    counts = [f"{count} {one if count == 1 else many}" for count, one, many in kinds if count]
    return ", ".join([*counts, f"step {session.step} of {session.timeline.name}"])


class Walk:
    """Lines that go from place to place in a model freshly opened, and where they have come.

    fresh: the branch that another edit would join, as nothing has moved since it was made.
    """

    def __init__(self) -> None:
        self._here = Place(MAIN, 0)
        self._fresh = ""

    def to(self, place: Place) -> Iterator[str]:
        """Go to a place, crossing to another branch at the earlier of both steps, which costs least."""
        switch = [f"switch {place.branch}"] if place.branch != self._here.branch else []
        later = place.step > self._here.step
        if later:
            yield from switch
        if place.step != self._here.step:
            self._fresh = ""
            yield f"goto {place.step}"
        if not later:
            yield from switch
        self._here = place

    def branches(self, session: Session) -> Iterator[str]:
        """Make all branches again, by the edits that made them."""
        for branch in session.branches:
            if not isinstance(branch, Branch):
                continue
            yield from self.to(Place(branch.parent.name, branch.step))
            if self._fresh == branch.parent.name:
                # Without a move the edit would join the parent's own.
                yield f"goto {'-1' if branch.step else '+1'}"
                yield f"goto {branch.step}"
            yield from (f"set {one_line(edit.text)}" for edit in branch.edits)
            self._here = Place(branch.name, branch.step)
            self._fresh = branch.name

    def marks(self, session: Session) -> Iterator[str]:
        """Set all marks again."""
        for name, place in session.travels.marks.items():
            yield from self.to(place)
            yield f"mark {name}"


def stops(session: Session, *, hits: bool = False) -> Iterator[str]:
    """Set all stops again, each under its number; their hits as comments."""
    following = 1
    for stop in session.stops:
        yield from _skipped("break epoch 1", "delete", range(following, stop.number))
        if hits and stop.hits:
            yield f"# stop {stop.number} had {stop.hits} {'hit' if stop.hits == 1 else 'hits'}"
        yield from _stop(stop)
        following = stop.number + 1


def displays(session: Session) -> Iterator[str]:
    """Set all displays again, each under its number."""
    following = 1
    for number, expression in session.displays.items():
        yield from _skipped("display step", "undisplay", range(following, number))
        yield f"display {one_line(expression.text)}"
        following = number + 1


def one_line(text: str) -> str:
    """A text as one line with single blanks, which mean the same in the language."""
    return " ".join(text.split())


def _stop(stop: Stop) -> Iterator[str]:
    yield one_line(str(stop))
    if stop.ignore:
        yield f"ignore {stop.number} {stop.ignore}"
    if not stop.enabled:
        yield f"disable {stop.number}"
    if stop.commands:
        yield from (f"commands {stop.number}", *(one_line(text) for text in stop.commands), "end")


def _skipped(make: str, take: str, numbers: range) -> Iterable[str]:
    """Use up numbers that are given no more, so that those after them stay as they are."""
    if not numbers:
        return ()
    gone = f"{take} {' '.join(str(number) for number in numbers)}"
    return ("# what had these numbers is gone; the others keep theirs", *[make] * len(numbers), gone)


def _toml(value: object) -> str:
    """A value of --set."""
    return str(value).lower() if isinstance(value, bool) else str(value)

"""Where a health rule fired: the last step up to this iteration's end at which it became true."""

from __future__ import annotations

from nnstep.errors import CommandError
from nnstep.session.expression import clipped
from nnstep.session.health import RULES, Catch
from nnstep.session.search import Searcher
from nnstep.session.session import Session
from nnstep.session.stops import Stop


def firing(session: Session, name: str = "") -> str:
    """A rule that fires at this iteration's end, by default the first; CommandError where it does not."""
    rules = [status.rule for status in session.health() if status.state == "fires"]
    if name in rules or (rules and not name):
        return name or rules[0]
    if name and name not in RULES:
        raise CommandError(f"no health rule {clipped(name)!r}; there are {', '.join(RULES)}")
    here = "fires at the end of this iteration"
    if not name:
        raise CommandError(f"no health rule {here}")
    others = f"; what does: {', '.join(rules)}" if rules else ""
    raise CommandError(f"{name} {here.replace('fires', 'does not fire')}{others}")


def to_fired(session: Session, name: str) -> bool:
    """Go to where a rule that fires here became true; False if the way there was interrupted."""
    stop = Stop(0, "catch", f"catch {name}", Catch(RULES[name]()))
    end = (session.position.iteration + 1) * session.calendar.instructions

    def look() -> int | None:
        searcher = Searcher(session.timeline, [stop], lambda _stop, _step: True, session.go_on)
        found = searcher.behind(end + 1)
        return None if found is None else found.step

    return session.seek(look, forward=False)

"""Commands that ask what would have happened, and that go from place to place."""

from __future__ import annotations

import re

from nnstep.commands.registry import Rest, Result, command, result
from nnstep.errors import CommandError
from nnstep.render.branches import branch_lines, comparison_lines, edited_line
from nnstep.render.position import here
from nnstep.render.text import Span, line
from nnstep.session import Session
from nnstep.session.whatif import Place, compare

_ASSIGNMENT = re.compile(r"(?<![=<>!])=(?!=)")


@command("set", usage="NAME[i,j] = EXPR")
def set_(session: Session, edit: Rest) -> Result:
    """Change a value here and see what would have happened: a branch forks at this step.

    NAME may be a cell or a slice of any matrix that can be read here, a whole one (`set W[1] = 0`), or a setting: lr,
    momentum, beta1, beta2, epsilon, l2. The new value holds from this step on; everything earlier is the parent's. A
    second `set` before any move joins the first.
    """
    parts = _ASSIGNMENT.split(edit, maxsplit=1)
    if len(parts) != 2 or not all(part.strip() for part in parts):
        raise CommandError("set takes NAME = EXPR, such as `set W[1][0,0] = 0.5` or `set lr = 0.01`")
    branch = session.branches.edit(*(part.strip() for part in parts))
    return result([edited_line(branch), here(session)], branch.name)


@command("branches")
def branches(session: Session) -> Result:
    """List the branches: where each left which other one, and by what edit; ▶ marks the one looked at."""
    return result(branch_lines(session), [branch.name for branch in session.branches])


@command("switch", usage="NAME")
def switch(session: Session, name: Rest) -> Result:
    """Look at another branch, at the same step; the first timeline is `main`."""
    start = session.place
    session.look_at(session.branches[name])
    session.travels.jumped(start)
    return result([line("on ", Span(session.timeline.name, "current")), here(session)], session.position)


@command("diff", usage="NAME")
def diff(session: Session, name: Rest) -> Result:
    """Compare this branch with another: where they part, their losses, and the largest differences at this step."""
    other = session.branches[name]
    if other is session.timeline:
        raise CommandError(f"this is {name}; `branches` lists the others")
    iteration = session.position.iteration
    other.enter(iteration, session.go_on)
    session.timeline.enter(iteration, session.go_on)
    comparison = compare(session.timeline, other, session.step)
    return result(comparison_lines(session, other, comparison), comparison.first)


@command("mark", usage="NAME", keys={"m": "mark "})
def mark(session: Session, name: Rest) -> Result:
    """Name this step, to come back with `goto mark NAME`."""
    session.travels.mark(name, session.place)
    return result(f"{name}: step {session.step} of {session.timeline.name}")


@command("back", keys={"less_than_sign": "back"})
def back(session: Session) -> Result:
    """Undo the last jump: any move but a plain step."""
    return _travel(session, session.travels.back(session.place))


@command("forward", keys={"greater_than_sign": "forward"})
def forward(session: Session) -> Result:
    """Redo the jump that `back` undid."""
    return _travel(session, session.travels.forward(session.place))


def _travel(session: Session, place: Place) -> Result:
    session.travel(place)
    return result(here(session), session.position)

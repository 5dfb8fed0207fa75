"""Branches and how they compare, as lines."""

from __future__ import annotations

import numpy as np

from nnstep.engine.names import shown
from nnstep.render.numbers import number
from nnstep.render.text import Line, Span, line
from nnstep.session import Session
from nnstep.session.whatif import Comparison, Difference, Place
from nnstep.timeline import Branch, Timeline

MOST = 8
"""Matrices whose differences are shown."""

SAMPLES = 8
"""Losses shown of each timeline."""


def edited_line(branch: Branch) -> Line:
    """The branch that an edit has made."""
    edits = ", ".join(edit.text for edit in branch.edits)
    return line(
        "on branch ",
        Span(branch.name, "current"),
        f", which leaves {branch.parent.name} at step {branch.step}: {edits}",
    )


def branch_lines(session: Session) -> list[Line]:
    """A line a branch."""
    return [branch_line(session, timeline) for timeline in session.branches]


def branch_line(session: Session, timeline: Timeline) -> Line:
    """A branch: where it leaves which other one, and by what edit; ▶ on the one looked at."""
    here = timeline is session.timeline
    mark = "▶" if here else " "
    name = Span(f" {mark} {timeline.name:<6}", "current" if here else "name")
    if not isinstance(timeline, Branch):
        return line(name, "the first timeline")
    edits = ", ".join(edit.text for edit in timeline.edits)
    return line(name, f"leaves {timeline.parent.name} at step {timeline.step}: {edits}")


def mark_lines(session: Session) -> list[Line]:
    """A line a mark."""
    marks = session.travels.marks.items()
    return [mark_line(session, name, place) for name, place in marks] or [line(Span("no marks", "dim"))]


def mark_line(session: Session, name: str, place: Place) -> Line:
    """A mark and its step, with the branch where that is another one than is looked at."""
    elsewhere = "" if place.branch == session.timeline.name else f" of {place.branch}"
    return line(Span(f" {name:<6}", "name"), f" step {place.step}{elsewhere}")


def comparison_lines(session: Session, other: Timeline, comparison: Comparison) -> list[Line]:
    """Where two timelines part, their losses side by side, and what differs most at this step."""
    here = session.timeline
    if comparison.first is None:
        return [line(f"{here.name} and {other.name} are the same, bit for bit, up to step {session.step}")]
    position = session.calendar.position(comparison.first)
    lines = [
        line(
            f"{here.name} and {other.name} part at ",
            Span(f"step {comparison.first}", "current"),
            f" (epoch {position.epoch} batch {position.batch})",
        ),
        *_losses(session, other, position.iteration),
    ]
    if comparison.largest:
        lines.append(line(Span(f"largest differences at step {session.step}", "heading")))
        lines += [_difference(each, here.name, other.name) for each in comparison.largest[:MOST]]
    if len(comparison.largest) > MOST:
        lines.append(line(Span(f"  … and {len(comparison.largest) - MOST} more matrices", "dim")))
    return lines


def _losses(session: Session, other: Timeline, parted: int) -> list[Line]:
    """The losses of both from where they part to here, at even distances."""
    here, there = session.timeline.losses(session.step), other.losses(session.step)
    if len(here) <= parted:
        return []
    chosen = np.unique(np.linspace(parted, len(here) - 1, SAMPLES).round().astype(int))
    rows = [("iteration", [str(i) for i in chosen])]
    for name, losses in ((session.timeline.name, here), (other.name, there)):
        rows.append((name, [number(x) for x in losses[chosen]]))
    width = max(len(text) for _, texts in rows for text in texts)
    first, *others = (
        line(Span(f"  {name:<10}", "dim"), "  ".join(text.rjust(width) for text in texts)) for name, texts in rows
    )
    return [line(Span("losses", "heading")), first, *others]


def _difference(each: Difference, here: str, there: str) -> Line:
    index = f"[{','.join(str(i) for i in each.index)}]" if each.index else ""
    cell = shown(each.name) + index
    return line(
        Span(f"  {cell:<16}", "name"),
        Span(f"{number(each.size):>10}", "number"),
        Span(f"   {here} {number(each.here)}, {there} {number(each.there)}", "dim"),
    )

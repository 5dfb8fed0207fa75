"""What there is to say of the focused matrix as a whole, in wordings for every width."""

from __future__ import annotations

from collections.abc import Hashable

from nnstep.engine.names import shown
from nnstep.render.catalogue import word
from nnstep.render.survey import class_spans, moved_line, range_spans
from nnstep.session import Session
from nnstep.session.survey import Moved, as_rows, in_shape, moved_most, survey
from nnstep.tui.content import Content
from nnstep.tui.finding import Condition, Matches, Spot, count
from nnstep.tui.paint import Line
from nnstep.tui.slowly import Slowly

Wordings = list[Line]
"""The same said in ever fewer words."""


def key_of(content: Content, what: str) -> Hashable:
    """Under which an answer about a matrix's values is kept."""
    return (what, content.name, content.form, content.version, content.shape)


def survey_wordings(slowly: Slowly, content: Content) -> Wordings:
    """The summary of a matrix."""
    rows = content.all_rows()
    if rows is None or content.array is None:
        return []
    found = slowly.ask(key_of(content, "survey"), content.array.size, lambda: survey(rows, content.shape))
    if found is None:
        return [((f" {word('measuring')}", "faint"),)]
    classes = (("   ", "text"), *class_spans(found))
    name = shown(content.name) if content.form == "new" else f"{shown(content.name)} {content.form}"
    size = "×".join(map(str, found.shape)) or "one number"
    ranges, shorter = range_spans(found), range_spans(found, norm=False)
    return [
        ((f" {name}", "name"), (f"  {size}  ", "dim"), *ranges, *classes),
        ((" ", "text"), *ranges, *classes),
        ((" ", "text"), *shorter, *classes),
        ((" ", "text"), *shorter[:4], *classes),
        ((" ", "text"), *class_spans(found)),
    ]


def found_wordings(slowly: Slowly, content: Content, what: Condition | None, at: Spot) -> Wordings:
    """How many values match what is looked for, and which of them is under the cursor."""
    if what is None or content.array is None:
        return []
    counts = slowly.ask(key_of(content, f"find {what.text}"), content.array.size, lambda: count(content, what))
    if counts is None:
        return [((f" find {what.text}: counting …", "faint"),)]
    matches = Matches(content, what, counts)
    here = matches.number(at)
    said = f"{here} of {matches.total}" if here else str(matches.total)
    return [((f" find {what.text}: ", "dim"), (said, "found"))]


def moved_wordings(slowly: Slowly, session: Session) -> Wordings:
    """The cells that the update just made moved most."""
    instruction = session.instruction
    if instruction is None or instruction.phase != "update":
        return []
    before, after = session.operand(instruction.name), session.read(instruction.name)
    key = ("moved", session.timeline, session.step)
    found = slowly.ask(key, after.size, lambda: moved_most(as_rows(before), as_rows(after)))
    if found is None:
        return [((f" {word('moved_most')}{word('measuring')}", "faint"),)]
    moves = [Moved(in_shape(each.index, after.shape), each.before, each.after) for each in found]
    return [((" ", "text"), *moved_line(tuple(moves[:most]))) for most in range(max(len(moves), 1), 0, -1)] or []

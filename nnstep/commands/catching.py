"""catch: stops at which a health rule fires."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from nnstep.commands.registry import Rest, Result, command, result
from nnstep.commands.stopping import split_condition
from nnstep.errors import CommandError
from nnstep.render.health import rules_text
from nnstep.render.position import here
from nnstep.render.stops import stop_line
from nnstep.render.text import Span
from nnstep.session import Session
from nnstep.session.expression import clipped
from nnstep.session.fired import firing, to_fired
from nnstep.session.health import RULES, Catch, Rule

if TYPE_CHECKING:
    RuleName = str
else:
    RuleName = Literal[tuple(RULES)]

NOTHING = Rest("")
WORDS = tuple(dict.fromkeys(limit.word for rule in RULES.values() for limit in rule.limits))


@command(
    "catch",
    usage="RULE [above X|below X] [if EXPR]",
    details=rules_text(RULES.values()),
    words=(*WORDS, "if"),
)
def catch(session: Session, rule: RuleName, options: Rest = NOTHING) -> Result:
    """Stop where a health rule fires: `catch nan`, `catch dead-relu`, `catch update-ratio above 0.05`.

    A rule is looked at when an iteration ends, and caught where it becomes true; nan at its first bad write. A
    threshold given stands alone: `update-ratio above 0.05` has no lower one, `exploding-gradient above 100` no ratio.
    The rules, each with its formula, the defaults of its thresholds, and its source:
    """
    text, condition = split_condition(options)
    made = RULES[rule](_chosen(RULES[rule], text.split()))
    absent = made.absent(session.tape)
    if absent:
        raise CommandError(f"catch {rule}: it would never fire; {absent}")
    stop = session.stops.add("catch", " ".join(["catch", rule, *text.split()]), Catch(made), condition)
    return result(stop_line(stop), stop.number)


@command("fired", usage="[RULE]", keys={"exclamation_mark": "fired"}, words=tuple(RULES))
def fired(session: Session, rule: Rest = NOTHING) -> Result:
    """Go back to where a health rule fired that fires at this iteration's end: to the step at which it became true.

    For nan that is the first bad write of the last iteration that had one. Without RULE, the first of those that
    `info health` lists as firing. `why` then leads from a bad cell to where it came from.
    """
    name = firing(session, rule)
    status = next(each for each in session.health() if each.rule == name)
    start = session.place
    found = to_fired(session, name)
    if session.place != start:
        session.travels.jumped(start)
    note = (Span(f"{name}: ", "error"), Span(f"{status.text}  ")) if found else (Span("interrupted  ", "dim"),)
    return result((*note, *here(session)), session.position)


def _chosen(rule: type[Rule], words: list[str]) -> dict[str, float]:
    """The thresholds that pairs of words set."""
    chosen: dict[str, float] = {}
    known = [limit.word for limit in rule.limits]
    for word, value in zip(words[::2], [*words[1::2], ""], strict=False):
        if word not in known or word in chosen:
            takes = " and ".join(f"{each} X" for each in known) or "no threshold"
            raise CommandError(f"catch {rule.name} takes {takes}, then if EXPR; got {clipped(word)!r}")
        chosen[word] = _number(f"catch {rule.name} {word}", value)
    return chosen


def _number(place: str, text: str) -> float:
    try:
        value = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise CommandError(f"{place} takes a number of at least 0, got {clipped(text) or 'nothing'}")
    return value

"""What the health rules say, and what they are, as lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from nnstep.render.numbers import number
from nnstep.render.text import Line, Role, Span, line
from nnstep.session.health import Rule, Status

MARKS: Mapping[str, tuple[str, Role]] = {"fine": ("●", "good"), "fires": ("▲", "error"), "idle": ("○", "dim")}
"""How a rule stands, by its state."""


def health_lines(statuses: Sequence[Status]) -> list[Line]:
    """A line a rule: how it stands, what was found and where, the number measured and the threshold."""
    width = max(len(status.rule) for status in statuses)
    return [_status_line(status, width) for status in statuses]


def _status_line(status: Status, width: int) -> Line:
    mark, role = MARKS[status.state]
    measured = "" if status.value is None else number(status.value)
    parts = [Span(f"{mark} {status.state:<5}  ", role), Span(f"{status.rule:<{width}}  ", "name")]
    parts.append(Span(status.template.format(measured), "dim" if status.state == "idle" else "text"))
    if status.limit and status.state != "idle":
        alone = "" if "{}" in status.template else f"{measured}, "
        parts.append(Span(f"   ({alone}fires {status.limit})", "dim"))
    return tuple(parts)


def at_the_end_of(epoch: int, batch: int) -> Line:
    """What the lines below are about."""
    return line(Span(f"at the end of epoch {epoch} batch {batch}", "dim"))


def rules_text(rules: Iterable[type[Rule]]) -> str:
    """All rules: meaning, formula, thresholds with their defaults, source."""
    lines: list[str] = []
    for rule in rules:
        options = [f"{limit.word} {number(limit.default)} ({limit.of})" for limit in rule.limits]
        lines += ["", rule.name]
        lines += [f"    {text}" for text in (rule.meaning, rule.formula, ", ".join(options), rule.source) if text]
    return "\n".join(lines)

"""What gradcheck and the linter found, as lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nnstep.engine.names import shown
from nnstep.render.numbers import number
from nnstep.render.text import Line, Role, Span, line

if TYPE_CHECKING:
    from nnstep.engine.gradcheck import Check
    from nnstep.engine.lint import Finding

DIGITS = 8


def check_lines(checks: Sequence[Check]) -> list[Line]:
    """One line a gradient: verdict, relative error, cells compared, and the worst cell where it is not good."""
    width = max((len(shown(check.name)) for check in checks), default=0)
    return [_check_line(check, width) for check in checks]


def _check_line(check: Check, width: int) -> Line:
    role: Role = "good" if check.verdict in ("good", "fair") else "error"
    cells = f"{check.cells} of {check.size} cells" if check.cells + check.kinks < check.size else f"{check.cells} cells"
    kinks = f", {check.kinks} more at a kink" if check.kinks else ""
    spans = [
        Span(f"{shown(check.name):<{width}}  ", "name"),
        Span(f"{check.verdict:<8}", role),
        Span(f"  {number(check.error, 2):>8}  ", "number"),
        Span(cells + kinks, "dim"),
    ]
    if check.verdict not in ("good", "at kinks"):
        index = f"[{','.join(str(i) for i in check.worst)}]" if check.worst else ""
        spans.append(
            Span(f"  worst {index}: {number(check.analytic, DIGITS)}, by differences {number(check.numeric, DIGITS)}")
        )
    return tuple(spans)


def finding_lines(findings: Sequence[Finding]) -> list[Line]:
    """What the linter found, a line each."""
    if not findings:
        return [line(Span("the tape shows no fault", "good"))]
    return [line(Span(f"{finding.rule}  ", "error"), finding.message) for finding in findings]

"""A chain of causes as lines: every cell with the step that `goto` takes, the last marked as where it began."""

from __future__ import annotations

from nnstep.render.catalogue import said
from nnstep.render.explanation import show
from nnstep.render.text import Line, Span, line
from nnstep.session.culprit import kind_of
from nnstep.session.why import Chain, Link
from nnstep.timeline import Calendar

ENDS = 12
"""Links shown at each end of a chain that is too long to show whole."""
WIDEST = 30
"""Columns that a formula may push what follows it to the right."""


def why_lines(chain: Chain, step: int, calendar: Calendar) -> list[Line]:
    """The chain of a cell that was asked about at a step."""
    first, origin = chain.links[0], chain.origin
    position = calendar.position(step)
    place = f"at epoch {position.epoch} batch {position.batch}, step {step}"
    lines = [line(Span(f"{first.cell} is {show(first.value)}", "heading"), Span(f"  {place}", "dim"))]
    cut = len(chain.links) > 2 * ENDS + 1
    links = [*chain.links[:ENDS], *chain.links[-ENDS:]] if cut else list(chain.links)
    widths = _widths(links)
    for number, link in enumerate(links):
        if cut and number == ENDS:
            between = len(chain.links) - 2 * ENDS
            lines.append(line(Span(f"  … {between} more on the way", "dim")))
        lines.append(_link_line(link, widths, last=link is origin and chain.complete))
        if link is origin and link.work and link.work != show(link.value):
            lines.append(line(" " * (widths[0] + widths[1] + 6), Span(f"= {link.work}", "number")))
    return [*lines, _ending(chain, calendar)]


def _widths(links: list[Link]) -> tuple[int, int, int, int]:
    steps = max(len(str(link.step)) for link in links)
    cells = max(len(link.cell) for link in links)
    values = max(len(show(link.value)) for link in links)
    formulas = min(max(len(link.formula) for link in links), WIDEST)
    return steps, cells, values, formulas


def _link_line(link: Link, widths: tuple[int, int, int, int], *, last: bool) -> Line:
    steps, cells, values, formulas = widths
    formula = f"= {link.formula}" if link.formula else ""
    return line(
        Span("▶ " if last else "  ", "current"),
        Span(f"{link.step:>{steps}}  ", "dim"),
        Span(f"{link.cell:<{cells}}  ", "current" if last else "name"),
        Span(f"{show(link.value):<{values}}  ", "number"),
        Span(f"{formula:<{formulas + 2}}  ", "dim"),
        said(link.because),
    )


def _ending(chain: Chain, calendar: Calendar) -> Line:
    origin = chain.origin
    position = calendar.position(origin.step)
    place = f"epoch {position.epoch} batch {position.batch}" if origin.step else "the start"
    if not chain.complete:
        far = f"followed over {len(chain.links)} cells and no further: "
        return line(far, Span(f"goto {origin.step}", "current"), f"  {place}, and `why {origin.cell}` goes on")
    ordinary = kind_of(chain.links[0].value) == "ordinary"
    return line("from here: " if ordinary else "here it began: ", Span(f"goto {origin.step}", "current"), f"  {place}")

"""Styles for terminals of sixteen colours, where a rounded shade would be lost in its ground."""

from __future__ import annotations

from rich.color import Color
from rich.style import Style

from nnstep.render.palette import Sixteen

Role = str | int | tuple[int, int]
STRONG = 0.5
"""The part of the scale from where a value has the brighter colour."""


def roles(colours: Sixteen) -> dict[Role, Style]:
    """What is marked by a shade elsewhere is marked by reverse, bold and underline here."""

    def style(colour: int, *, bold: bool | None = None, reverse: bool | None = None) -> Style:
        ground = Color.from_ansi(colours.ground)
        return Style(color=Color.from_ansi(colour), bgcolor=ground, bold=bold, reverse=reverse)

    text, muted, accent = style(colours.text), style(colours.muted), style(colours.accent)
    strong, bright = style(colours.text, bold=True), style(colours.accent, bold=True)
    turned = style(colours.accent, bold=True, reverse=True)
    return {
        "text": text,
        "strong": strong,
        "emphasis": text + Style(italic=True),
        "muted": muted,
        "faint": style(colours.faint),
        "dim": muted,
        "heading": strong,
        "name": accent,
        "number": text,
        "rule": style(colours.rule),
        "accent": accent,
        "current": bright,
        "current-ground": turned,
        "operand": style(colours.operand),
        "operand-ground": Style(underline=True),
        "cursor-ground": Style(reverse=True),
        "found": Style(bold=True, underline=True),
        "badge": turned,
        "key": bright,
        "caret": turned,
        "output-muted": muted,
        "output-strong": bright,
        "marked": style(colours.operand),
        "alarm": style(colours.alarm, bold=True, reverse=True),
        "good": accent,
        "bad": style(colours.bad),
        "error": style(colours.bad, bold=True),
        "output": text,
    }


def values(colours: Sixteen, scale: int) -> list[Style]:
    """Two colours for each sign, then zero, NaN and infinity."""
    half = scale // 2
    ground = Color.from_ansi(colours.ground)

    def style(step: int) -> Style:
        ends = colours.negatives if step < half else colours.positives
        number = colours.muted if step == half else ends[abs(step - half) > STRONG * half]
        return Style(color=Color.from_ansi(number), bgcolor=ground)

    alarm = Style(color=Color.from_ansi(colours.alarm), bgcolor=ground, bold=True, reverse=True)
    infinite = Style(color=Color.from_ansi(colours.bad), bgcolor=ground, bold=True, reverse=True)
    return [*map(style, range(scale)), Style(color=Color.from_ansi(colours.faint), bgcolor=ground), alarm, infinite]

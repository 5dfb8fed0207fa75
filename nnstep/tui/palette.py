"""The palettes as Textual's themes."""

from __future__ import annotations

from textual.theme import Theme

from nnstep.render.palette import DARK, PALETTES, Palette, Sixteen

__all__ = ["DARK", "PALETTES", "Palette", "Sixteen", "theme"]


def theme(palette: Palette) -> Theme:
    """The palette as Textual's widgets know it."""
    return Theme(
        name=palette.name,
        primary=palette.accent,
        secondary=palette.operand,
        accent=palette.accent,
        foreground=palette.text,
        background=palette.background,
        surface=palette.surface,
        panel=palette.surface,
        success=palette.good,
        warning=palette.infinite,
        error=palette.bad,
        dark=palette.dark,
        variables={"rule": palette.rule, "muted": palette.muted},
    )

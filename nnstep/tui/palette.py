"""The colours of each theme, by what they mean."""

from __future__ import annotations

from dataclasses import dataclass

from textual.theme import Theme


@dataclass(frozen=True)
class Palette:
    """A theme's colours. A ramp's 256-colour half goes from the weakest to the strongest value."""

    name: str
    dark: bool
    background: str
    surface: str  # what lies on top: the prompt's output
    rule: str
    text: str
    muted: str
    faint: str  # not computed yet
    accent: str  # the current instruction and its result
    accent_ground: str
    cursor_ground: str
    operand: str  # what it was computed from
    operand_ground: str
    positive: str
    negative: str
    middle: str  # values near zero
    positives: tuple[int, ...]
    negatives: tuple[int, ...]
    grey: int
    alarm: str  # NaN
    alarm_ground: str
    infinite: str
    infinite_ground: str
    good: str
    bad: str


DARK = Palette(
    name="dark",
    dark=True,
    background="#12141b",
    surface="#1b1f2a",
    rule="#2c3140",
    text="#ccd1dc",
    muted="#828a9b",
    faint="#4e5567",
    accent="#62d8b4",
    accent_ground="#17453a",
    cursor_ground="#22695a",
    operand="#e3b65c",
    operand_ground="#3d3116",
    positive="#5cb0ff",
    negative="#ff6f86",
    middle="#8f95a3",
    positives=(109, 110, 74, 75, 39),
    negatives=(138, 174, 168, 204, 203),
    grey=245,
    alarm="#ff6be0",
    alarm_ground="#4b1444",
    infinite="#ffb838",
    infinite_ground="#4a2f00",
    good="#62d8b4",
    bad="#ff6f86",
)

LIGHT = Palette(
    name="light",
    dark=False,
    background="#fbfbf8",
    surface="#efefea",
    rule="#d5d6d2",
    text="#2a2f3a",
    muted="#6d7482",
    faint="#b1b5bd",
    accent="#00795c",
    accent_ground="#c5eadf",
    cursor_ground="#a3dccb",
    operand="#8f5f00",
    operand_ground="#f6e5b9",
    positive="#0059c9",
    negative="#cf1238",
    middle="#7f848f",
    positives=(67, 68, 26, 26, 20),
    negatives=(95, 131, 125, 161, 160),
    grey=243,
    alarm="#a00080",
    alarm_ground="#f7d3ef",
    infinite="#9a4d00",
    infinite_ground="#fbdfbd",
    good="#00795c",
    bad="#cf1238",
)

PALETTES = {palette.name: palette for palette in (DARK, LIGHT)}


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

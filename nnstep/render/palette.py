"""The colours of each theme, by what they mean: the app, figures and whatever else is drawn take them from here."""

from __future__ import annotations

from typing import NamedTuple

from nnstep.values import dataclass


class Sixteen(NamedTuple):
    """Numbers of a terminal's first sixteen colours."""

    ground: int
    text: int
    muted: int
    faint: int
    rule: int
    accent: int
    operand: int
    negatives: tuple[int, int]
    positives: tuple[int, int]
    alarm: int
    bad: int


ON_BLACK = Sixteen(0, 15, 7, 8, 8, 10, 13, (3, 11), (6, 14), 5, 9)
ON_WHITE = Sixteen(15, 0, 8, 7, 7, 2, 5, (3, 1), (6, 4), 5, 1)


@dataclass(frozen=True)
class Palette:
    """A theme's colours. A ramp's 256-colour half goes from the weakest to the strongest value.

    Values run from orange over grey to blue: those who do not tell red from green tell these apart. The operands are
    violet, so that they are neither. `sixteen` is for terminals that have no more colours than that: the numbers of
    the ground, text, muted, faint, accent, operand, weak and strong negative and positive values, and the two alarms.
    """

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
    sixteen: Sixteen


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
    operand="#c8a2ff",
    operand_ground="#3a2a5c",
    positive="#5cb0ff",
    negative="#ff9a3c",
    middle="#9a9a9a",
    positives=(109, 110, 74, 75, 39),
    negatives=(144, 180, 179, 215, 208),
    grey=245,
    alarm="#ff6be0",
    alarm_ground="#4b1444",
    infinite="#ffe74a",
    infinite_ground="#4d4400",
    good="#62d8b4",
    bad="#ff6f86",
    sixteen=ON_BLACK,
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
    operand="#6b2fb3",
    operand_ground="#e4d7fa",
    positive="#0059c9",
    negative="#b34a00",
    middle="#7d7d7d",
    positives=(67, 68, 26, 26, 20),
    negatives=(101, 137, 136, 130, 166),
    grey=243,
    alarm="#a00080",
    alarm_ground="#f7d3ef",
    infinite="#6e5c00",
    infinite_ground="#f5e79b",
    good="#00795c",
    bad="#cf1238",
    sixteen=ON_WHITE,
)

CONTRAST = Palette(
    name="contrast",
    dark=True,
    background="#000000",
    surface="#1c1c1c",
    rule="#808080",
    text="#ffffff",
    muted="#d0d0d0",
    faint="#949494",
    accent="#00ff00",
    accent_ground="#005f00",
    cursor_ground="#008700",
    operand="#ff87ff",
    operand_ground="#5f005f",
    positive="#00afff",
    negative="#ffaf00",
    middle="#c6c6c6",
    positives=(152, 117, 75, 39, 33),
    negatives=(187, 222, 221, 214, 208),
    grey=251,
    alarm="#000000",
    alarm_ground="#ff00ff",
    infinite="#000000",
    infinite_ground="#ffff00",
    good="#00ff00",
    bad="#ff5f5f",
    sixteen=ON_BLACK,
)

PALETTES = {palette.name: palette for palette in (DARK, LIGHT, CONTRAST)}

"""Every character that is drawn, in ASCII: for terminals, fonts and people that have no other.

A form of the same width leaves everything in its place. A longer one, such as `sum` for Σ, takes the cells it needs
from the blanks that follow, so that what stands in columns stays there.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import TypeVar

R = TypeVar("R")

FORMS = {
    # signs
    "−": "-",
    "–": "-",
    "…": "~",
    "·": "*",
    "×": "x",
    "′": "'",
    "‖": "|",
    "∂": "d",
    "±": "+-",
    "½": "1/2",
    "√": "sqrt",
    "⊙": ".*",
    "⊗": "(x)",
    "Σ": "sum",
    "∑": "sum",
    "∞": "inf",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "≈": "~=",
    "§": "S",
    "←": "<-",
    "→": "->",
    "↑": "^",
    "↓": "v",
    "‹": "<",
    "›": ">",
    "↵": "enter",
    "∈": "in",
    "∇": "grad",
    # marks
    "▶": ">",
    "◀": "<",
    "●": "*",
    "○": "o",
    "◆": "#",
    "◇": "+",
    "✓": "v",
    "✗": "x",
    "▲": "^",
    "▼": "v",
    "▸": "+",
    # letters; α is called as commands call it
    "δ": "delta",
    "Δ": "D",
    "α": "lr",
    "β": "beta",
    "ε": "epsilon",
    "μ": "momentum",
    "π": "pi",
    "σ": "sigma",
    "θ": "theta",
    "λ": "lambda",
    "η": "eta",
    "γ": "gamma",
    "ρ": "rho",
    "φ": "phi",
    "Φ": "Phi",
    "ŷ": "y",
    "ᵀ": ".T",
    # lines, bars and shades
    **dict.fromkeys("─╌┄╴╶", "-"),
    **dict.fromkeys("━═", "="),
    **dict.fromkeys("│┃┆┊╎║", "|"),
    **dict(zip("▁▂▃▄▅▆▇█", "_.:-=+*#", strict=True)),
    "░": ".",
    "▒": ":",
    "▓": "#",
    "▀": "'",
    "▌": "|",
    "▐": "|",
    "▬": "-",
    "▏": "|",
    "▕": "|",
}
"""What is not here is a corner (+), a superscript (^2), a subscript (_k), braille dots, an accented letter, or ?."""

SUPER = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿˣᵗᵇ", "0123456789+-nxtb", strict=True))
SUB = dict(zip("ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "aehijklmnoprstuvx", strict=True))
DIGITS = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))
DOTS = " .:!#"
"""Braille cells, by a quarter of the dots that are set."""


def lacks(encoding: str | None) -> bool:
    """Whether an encoding cannot say what nnstep draws."""
    try:
        "δ│▶∞ᵀ".encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return True
    return False


def ascii_text(text: str) -> str:
    """A text of one or more lines in ASCII."""
    if text.isascii():
        return text
    return "\n".join("".join(piece for piece, _ in ascii_pieces(((line, 0),))) for line in text.split("\n"))


def ascii_pieces(line: Iterable[tuple[str, R]]) -> list[tuple[str, R]]:
    """A line of pieces in ASCII, as wide as it was where it has blanks to give."""
    found: list[tuple[str, R]] = []
    debt, last = 0, ""
    for text, role in line:
        if not text.isascii() or debt:
            new, debt = _spelled(text, debt, last)
        else:
            new = text
        last = text[-1:] or last
        found.append((new, role))
    return found


def _spelled(text: str, debt: int, last: str) -> tuple[str, int]:
    """A piece in ASCII, and the cells by which the line is too long after it."""
    out = ""
    for char in text:
        if char == " " and debt and last == " ":
            debt -= 1
            continue
        if char.isascii():
            out += char
        elif char == "∞":
            size = len(out)
            out = _infinite(out)
            debt += len(out) - size - 1
        else:
            form = ("^" if char in SUPER and last not in SUPER else "") + _form(char)
            out += form
            debt += len(form) - _cells(char)
        last = char
    return out, debt


def _infinite(out: str) -> str:
    """With inf at its end: a number stands at the right of its column, so the blanks before it give first."""
    sign = "-" if out.endswith("-") else ""
    before = out.removesuffix(sign) if sign else out
    spare = min(2, max(0, len(before) - len(before.rstrip(" ")) - 1))
    return before[: len(before) - spare] + sign + "inf"


@lru_cache(maxsize=1024)
def _form(char: str) -> str:
    known = FORMS.get(char) or SUPER.get(char) or DIGITS.get(char) or (f"_{SUB[char]}" if char in SUB else "")
    if known:
        return known
    code = ord(char)
    if 0x2500 <= code < 0x2580:
        return "+"
    if 0x2800 <= code < 0x2900:
        return DOTS[((code - 0x2800).bit_count() + 1) // 2]
    plain = "".join(part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part))
    return plain if plain.isascii() and plain else "?" * _cells(char)


def _cells(char: str) -> int:
    """The cells of a character: wide ones take two, combining ones none."""
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1

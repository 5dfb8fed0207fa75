"""A number in so many cells."""

from __future__ import annotations

from unicodedata import east_asian_width

from nnstep.render.numbers import number


def cells_of(text: str) -> int:
    """The cells that a text takes: two for a wide character."""
    return len(text) if text.isascii() else sum(1 + (east_asian_width(each) in "WF") for each in text)


def first_that_fits(cells: int, *texts: str) -> str:
    """The first of some texts that has room; nothing where none has."""
    return next((text for text in texts if cells_of(text) <= cells), "")


def fitted(x: float, cells: int) -> str:
    """A number with as many digits, up to four, as fit; where not even one does, rounded to its power of ten."""
    for digits in (4, 3, 2, 1):
        text = number(x, digits)
        if len(text) <= cells:
            return text
    # 0.00012 in six cells is 1e-4: a plain number would lose all its digits.
    mantissa, _, exponent = f"{x:.0e}".partition("e")
    return f"{mantissa}e{int(exponent)}"

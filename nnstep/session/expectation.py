"""What a lesson or a script expects: `EXPR`, `A == B`, or `A ~= B within T`, looked at on the state of a session.

Besides an expression, a side of `==` or `~=` may be a list of numbers: `4, 2` is a vector (or a shape), and
`1, 2; 3, 4` a matrix by rows.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from nnstep.engine.names import canonical, shown
from nnstep.errors import CommandError
from nnstep.session.expression import clipped
from nnstep.session.operations import truth
from nnstep.values import dataclass

if TYPE_CHECKING:
    from nnstep.session.session import Session

ABSOLUTE, RELATIVE = 1e-8, 1e-6
"""Without `within`, A ~= B where |A − B| ≤ ABSOLUTE + RELATIVE·|B|: seven digits of a number, and rounding near 0."""

Matrix = npt.NDArray[Any]

_TOKEN = re.compile(r"[()\[\]]|~=|==|!=|<=|>=|[<>=,;]|\b(?:and|or|not|within)\b")


@dataclass(frozen=True)
class Gap:
    """The cell of two values where they are furthest from what is expected of them.

    cell         which one; empty for single numbers
    left, right  the two values there
    apart, most  how far apart they are, and how far they may be; None where it is not nearness that is expected
    """

    cell: tuple[int, ...]
    left: float
    right: float
    apart: float | None = None
    most: float | None = None


@dataclass(frozen=True)
class Finding:
    """Whether an expectation holds, and the values that say so.

    sides   the texts of what was compared, or the one of the whole expression; values, theirs
    gap     the worst cell of the two
    """

    holds: bool
    sides: tuple[str, ...]
    values: tuple[Matrix, ...]
    gap: Gap | None = None


def examine(session: Session, text: str) -> Finding:
    """What is to be said of an expectation here; CommandError where it cannot be looked at."""
    marks = _marks(text)
    near = [mark for mark in marks if mark.group() == "~="]
    within = [mark for mark in marks if mark.group() == "within"]
    if any(mark.group() == "=" for mark in marks):
        raise CommandError("expect compares by ==, or by ~= for what is nearly so; = sets")
    if near:
        return _nearly(session, text, near, within)
    if within:
        raise CommandError("within belongs to ~=, as in `expect L ~= 0.25 within 0.01`")
    signs = [mark for mark in marks if mark.group() not in (",", ";")]
    if len(signs) == 1 and signs[0].group() not in ("and", "or", "not"):
        return _compared(session, text, signs[0])
    value = np.asarray(session.evaluate(text))
    return Finding(_everywhere(value), (text.strip(),), (value,))


def near(session: Session, left: Matrix, right: Matrix, within: str) -> Gap:
    """How far two values are apart; `within` is the text of a number, or of a percentage of the right one."""
    left, right = (each.astype(np.float64) for each in _fitted(left, right))
    most = np.broadcast_to(_tolerance(session, within, right), right.shape)
    with np.errstate(all="ignore"):
        # Infinities of one sign are equal; a NaN equals nothing.
        apart = np.where(left == right, 0.0, np.abs(left - right))
        excess = np.where(np.isnan(apart), np.inf, apart - most)
    if not excess.size:
        return Gap((), 0.0, 0.0, 0.0, 0.0)
    at = _cell(int(np.argmax(excess)), excess)
    return Gap(at, float(left[at]), float(right[at]), float(apart[at]), float(most[at]))


def split_within(text: str) -> tuple[str, str]:
    """A text before its last top-level `within`, and what stands behind it; nothing where there is none."""
    found = [mark for mark in _marks(text) if mark.group() == "within"]
    if not found:
        return text.strip(), ""
    before, after = text[: found[-1].start()].strip(), text[found[-1].end() :].strip()
    if not before or not after:
        raise CommandError("within takes a number, as in `L ~= 0.25 within 0.01`, or a percentage: `within 1%`")
    return before, after


def values(session: Session, text: str) -> Matrix:
    """An expression's value; of a list `1, 2; 3, 4` the vector, or the matrix by rows."""
    marks = [mark for mark in _marks(text) if mark.group() in (",", ";")]
    if not marks:
        return np.asarray(session.evaluate(text))
    rows: list[list[float]] = [[]]
    start = 0
    for mark in [*marks, None]:
        cell = np.asarray(session.evaluate(text[start : mark.start() if mark else len(text)]))
        if cell.size != 1:
            raise CommandError(f"{clipped(text.strip())}: a list is made of single numbers")
        rows[-1].append(cell.reshape(()).item())
        if mark is not None:
            start = mark.end()
            if mark.group() == ";":
                rows.append([])
    if len({len(row) for row in rows}) > 1:
        raise CommandError(f"{clipped(text.strip())}: its rows are not of one length")
    return np.array(rows if len(rows) > 1 else rows[0])


def label(text: str) -> str:
    """A side as displays write it."""
    text = " ".join(text.split())
    name = canonical(text)
    return shown(name) if re.fullmatch(r"\w+(\[[\d,\s]+\])*", name) else text


def size_of(matrix: Matrix) -> str:
    """A shape as messages say it."""
    return "×".join(str(n) for n in matrix.shape) or "one number"


def _nearly(session: Session, text: str, near_: list[re.Match[str]], within: list[re.Match[str]]) -> Finding:
    if len(near_) > 1 or len(within) > 1 or (within and within[0].start() < near_[0].start()):
        raise CommandError("expect takes A ~= B, or A ~= B within T")
    end = within[0].start() if within else len(text)
    sides = (text[: near_[0].start()].strip(), text[near_[0].end() : end].strip())
    tolerance = text[within[0].end() :].strip() if within else ""
    if not all(sides) or (within and not tolerance):
        raise CommandError("expect takes A ~= B, or A ~= B within T")
    return _equal(session, sides, tolerance)


def _compared(session: Session, text: str, sign: re.Match[str]) -> Finding:
    sides = (text[: sign.start()].strip(), text[sign.end() :].strip())
    if not all(sides):
        raise CommandError(f"{clipped(text)}: something is missing beside {sign.group()}")
    if sign.group() == "==":
        return _equal(session, sides, "0")
    whole = np.asarray(session.evaluate(text))
    found = tuple(np.asarray(session.evaluate(side)) for side in sides)
    # Two matrices may be meant to differ somewhere or everywhere; all else makes sense only everywhere.
    some = sign.group() == "!=" and all(each.size > 1 for each in found)
    holds = truth(whole) if some else _everywhere(whole)
    if holds or whole.size < 2:
        return Finding(holds, sides, found)
    left, right = (np.broadcast_to(each, whole.shape) for each in found)
    at = _cell(int(np.argmin(whole)), whole)
    return Finding(holds, sides, found, Gap(at, float(left[at]), float(right[at])))


def _equal(session: Session, sides: tuple[str, str], tolerance: str) -> Finding:
    left, right = (values(session, side) for side in sides)
    for side, value in zip(sides, (left, right), strict=True):
        if value.dtype.kind not in "fiub":
            raise CommandError(f"{clipped(side)}: a number or a matrix is needed")
    if not _fit(left, right):
        return Finding(holds=False, sides=sides, values=(left, right))
    gap = near(session, left, right, tolerance)
    assert gap.apart is not None
    assert gap.most is not None
    return Finding(gap.apart <= gap.most, sides, (left, right), gap)


def _fit(left: Matrix, right: Matrix) -> bool:
    """Whether two values can be compared cell by cell: a single number fits all, a vector a matrix of one row."""
    return 1 in (left.size, right.size) or _rows(left) == _rows(right)


def _rows(matrix: Matrix) -> tuple[int, ...]:
    return (1, *matrix.shape) if matrix.ndim == 1 else matrix.shape


def _fitted(left: Matrix, right: Matrix) -> tuple[Matrix, Matrix]:
    """Two values that fit, in one shape: that of the left one, unless it is the single number."""
    shape = right.shape if left.size == 1 else left.shape
    one, other = (each.reshape(() if each.size == 1 else shape) for each in (left, right))
    return np.broadcast_to(one, shape), np.broadcast_to(other, shape)


def _cell(place: int, matrix: Matrix) -> tuple[int, ...]:
    return tuple(int(i) for i in np.unravel_index(place, matrix.shape)) if matrix.shape else ()


def _tolerance(session: Session, text: str, right: Matrix) -> Matrix:
    if not text:
        with np.errstate(all="ignore"):
            return np.where(np.isfinite(right), ABSOLUTE + RELATIVE * np.abs(right), ABSOLUTE)
    percent = text.endswith("%")
    value = np.asarray(session.evaluate(text.removesuffix("%")))
    if value.size != 1 or not np.isfinite(value).all() or value.reshape(()) < 0:
        raise CommandError(f"within takes a number of at least 0, or a percentage, got {clipped(text)}")
    number = float(value.reshape(()))
    return np.abs(right) * number / 100 if percent else np.asarray(number)


def _everywhere(value: Matrix) -> bool:
    """Whether a condition holds; one that is a matrix in all its cells."""
    return bool(value.all()) if value.dtype == np.bool_ and value.size else truth(value)


def _marks(text: str) -> list[re.Match[str]]:
    """The signs and words outside all brackets that say what is compared with what."""
    depth, found = 0, []
    for match in _TOKEN.finditer(text):
        sign = match.group()
        if sign in "([":
            depth += 1
        elif sign in ")]":
            depth -= 1
        elif depth == 0:
            found.append(match)
    return found

"""Recording a formula's computation: the NumPy calls on fixed buffers that the compiler strings together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from nnstep.values import dataclass

Matrix = npt.NDArray[Any]


MOST_COPIED = 1024
"""Numbers that np.dot may copy in less time than np.matmul takes to start."""
TURNED, MOST_TURNED = 1024, 192
"""Rows and columns of a matrix from which OpenBLAS's float64 product with up to so many rows of data is faster when
its result has a row of data a row of memory: by a third for a 2048×2048 matrix and 128 rows."""


@dataclass(frozen=True)
class Call:
    """One NumPy call; `out` is among the arguments or the keywords already."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    keywords: Mapping[str, Any]

    def __call__(self) -> None:
        self.function(*self.arguments, **self.keywords)


class Joints:
    """Which buffers continue one another, so that one product can do the work of two.

    blocks    from W[l] to the matrix of W[l] with b[l] behind it as a last column (dW with db likewise)
    extended  from A[l] to the matrix of A[l] with a column of ones behind it
    """

    def __init__(self) -> None:
        self.blocks: dict[int, Matrix] = {}
        self.extended: dict[int, Matrix] = {}
        self._parts: list[Matrix] = []  # keeps every key's array alive, so that no id is given twice

    def join(self, block: Matrix) -> Matrix:
        """The part of a block before its last column; `block_of` finds the block again."""
        part = block[:, :-1]
        self.blocks[id(part)] = block
        self._parts.append(part)
        return part

    def extend(self, extended: Matrix) -> Matrix:
        """The part of a matrix before its column of ones."""
        part = extended[:, :-1]
        self.extended[id(part)] = extended
        self._parts.append(part)
        return part


class Recorder:
    """What a formula's `compute` is given in place of NumPy: every call is noted, none is made.

    The arrays are real, so views and shapes are worked out here, once; at run time only the calls remain.

    separate: every instruction is to stand for itself, since what it reads may have been edited meanwhile.
    """

    def __init__(self, dtype: np.dtype[Any], joints: Joints, *, separate: bool = False) -> None:
        self.dtype = dtype
        self.separate = separate
        self.joints = joints
        self.calls: list[Call] = []
        self._constants: dict[object, Matrix] = {}
        self._scratch: dict[tuple[object, ...], list[Matrix]] = {}
        self._taken: list[tuple[tuple[object, ...], Matrix]] = []
        self._products: dict[int, tuple[Matrix, Matrix, Matrix]] = {}
        self._kept: dict[tuple[str, int], Matrix] = {}

    def instruction(self) -> list[Call]:
        """Start a new instruction: its calls are the list returned, and scratch space is free again."""
        for key, array in self._taken:
            self._scratch[key].append(array)
        self._taken.clear()
        self.calls = []
        return self.calls

    def __call__(
        self, function: Callable[..., object], *operands: Matrix | float, out: Matrix | None = None, **keywords: object
    ) -> None:
        """Note one call. Plain numbers become 0-d arrays, which NumPy takes twice as fast."""
        arguments = tuple(self.constant(x) if isinstance(x, float) else x for x in operands)
        if out is None:
            self.calls.append(Call(function, arguments, keywords))
        elif isinstance(function, np.ufunc) and function not in (np.maximum, np.minimum):
            self.calls.append(Call(function, (*arguments, out), keywords))
        else:
            self.calls.append(Call(function, arguments, {**keywords, "out": out}))

    def constant(self, value: float) -> Matrix:
        """A number as a 0-d array of the run's dtype."""
        return self._constants.setdefault(value, np.array(value, self.dtype))

    def full(self, count: int, value: float) -> Matrix:
        """A vector of equal numbers, for sums and means as products."""
        return self._constants.setdefault((count, value), np.full(count, value, self.dtype))

    def scratch(self, like: Matrix, dtype: type | None = None) -> Matrix:
        """Space of the shape and memory order of `like`, free for this instruction alone."""
        column_major = like.ndim == 2 and like.flags.f_contiguous and not like.flags.c_contiguous
        order = "F" if column_major else "C"
        wanted = np.dtype(dtype or self.dtype)
        key = (like.shape, order, wanted)
        free = self._scratch.setdefault(key, [])
        array = free.pop() if free else np.zeros(like.shape, wanted, order=order)  # type: ignore[call-overload]  # order is one letter
        self._taken.append((key, array))
        return array

    def dot(self, a: Matrix, b: Matrix, *, out: Matrix) -> None:
        """out = a b, written so that BLAS stores it as it lies in memory, unless turning it afterwards is faster."""
        if out.ndim == 1 and a.ndim == 1 and out.flags.c_contiguous:
            self._product(b.T, a, out)
        elif out.flags.c_contiguous:
            self._product(a, b, out)
        elif out.dtype == np.float64 and min(b.shape) >= TURNED and len(a) <= MOST_TURNED:
            turned = self.scratch(np.empty(out.shape, out.dtype))
            self._product(a, b, turned)
            self(np.copyto, out, turned)
        elif out.flags.f_contiguous:
            self._product(b.T, a.T, out.T)
        else:
            self(np.matmul, a, b, out=out)

    def _product(self, a: Matrix, b: Matrix, out: Matrix) -> None:
        # np.dot starts sooner, but copies an operand with gaps in memory, such as W inside [W | b].
        copied = max((x.size for x in (a, b) if not x.flags.forc), default=0)
        if copied > MOST_COPIED:
            self(np.matmul, a, b, out=out)
        else:
            self.calls.append(Call(np.dot, (a, b, out), {}))

    def keep(self, what: str, of: Matrix, like: Matrix) -> Matrix:
        """Space for a by-product of working on `of` that a later instruction can use again."""
        array: Matrix = np.zeros_like(like)
        if not self.separate:
            self._kept[what, id(of)] = array
        return array

    def kept(self, what: str, of: Matrix) -> Matrix | None:
        """The by-product that an earlier instruction kept, if there is one."""
        return self._kept.get((what, id(of)))

    def block(self, w: Matrix) -> Matrix | None:
        """The matrix of w with its bias behind it, if they lie so."""
        return self.joints.blocks.get(id(w))

    def with_ones(self, x: Matrix) -> Matrix | None:
        """The matrix of x with a column of ones behind it, if one lies there."""
        return self.joints.extended.get(id(x))

    def joint_product(self, a: Matrix, b: Matrix, block: Matrix, *, out: Matrix) -> None:
        """a b fills a block; `out` is its part before the last column, which a later instruction asks for by `filled`.

        Where instructions are separate, each works out the whole block and takes its own part.
        """
        self._products[address(block[:, -1])] = (a, b, block)
        if self.separate:
            space = self.scratch(block)
            self.dot(a, b, out=space)
            self(np.copyto, out, space[:, :-1])
        else:
            self.dot(a, b, out=block)

    def filled(self, out: Matrix) -> bool:
        """Whether an earlier instruction's joint product fills this matrix."""
        product = self._products.get(address(out))
        if product is None:
            return False
        if self.separate:
            a, b, block = product
            space = self.scratch(block)
            self.dot(a, b, out=space)
            self(np.copyto, out, space[:, -1])
        return True


def address(array: Matrix) -> int:
    """Where an array's first element lies in memory."""
    return int(array.__array_interface__["data"][0])

"""Checkpoints: copies of the state at the start of iterations, under a byte budget."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable

import numpy as np

from nnstep.engine.recorder import Matrix
from nnstep.errors import DivergenceError

BUDGET = 256 * 2**20
"""Bytes that the checkpoints of a run may take."""

SPACING = 64
"""Iterations between checkpoints at first: few to run from one to the next, many to pay for a copy to fresh memory."""

DENSE_SHARE = 4
"""One part in so many of the budget keeps the neighbourhood of the cursor."""

MOST_DENSE = 1024
CHUNK = 8 * 2**20
"""Bytes taken from the system in one go; NumPy asks for huge pages from 4 MiB on, which are much faster to touch."""

MOST_ROWS = 2**14
"""Copies in a chunk at most: of the smallest states a whole chunk would hold a million."""


class Checkpoints:
    """States by iteration from `first` on, in a grid over the whole run and a dense neighbourhood of the cursor.

    The grid's spacing doubles when the budget is full; the neighbourhood makes walking back as fast as forward.
    """

    def __init__(self, start: Matrix, budget: int = BUDGET, first: int = 0) -> None:
        self.spacing = SPACING
        self._size = max(start.nbytes, 1)
        self._divide(budget)
        self._pool = _Pool(start)
        self._grid: dict[int, Matrix] = {first: self._pool.keep(start)}
        self._first = self._last = first
        self._dense: dict[int, Matrix] = {}
        self._order: list[int] = []

    def _divide(self, budget: int) -> None:
        self.budget = budget
        self._space = max(2, min(MOST_DENSE, budget // DENSE_SHARE // self._size))
        self._most_grid = max(2, (budget - self._space * self._size) // self._size)

    @property
    def most_dense(self) -> int:
        """States in the neighbourhood at most: of the stretch that one walks back through, and of the one before it.

        More would be of no use, and a copy to fresh memory can cost more than running the iteration anew.
        """
        return min(self._space, 2 * self.spacing)

    def limit(self, budget: int) -> None:
        """Keep to another budget from now on, as other timelines want their share; what is too much is let go."""
        self._divide(budget)
        while len(self._grid) > self._most_grid:
            self._thin()
        while len(self._dense) > self.most_dense:
            self._pool.free(self._dense.pop(self._order.pop(0)))
        if self._pool.nbytes > budget:
            # Space that was used once goes back to the system only with the whole of its chunk.
            pool = _Pool(self._grid[self._first])
            self._grid = {iteration: pool.keep(state) for iteration, state in self._grid.items()}
            self._dense = {iteration: pool.keep(state) for iteration, state in self._dense.items()}
            self._pool = pool

    def __len__(self) -> int:
        return len(self._grid) + len(self._dense)

    @property
    def iterations(self) -> list[int]:
        """The iterations whose start is kept, ascending."""
        return sorted({*self._grid, *self._order})

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self._pool.nbytes

    def nearest(self, iteration: int) -> int:
        """The last iteration up to this one whose start is kept."""
        place = bisect_right(self._order, iteration)
        dense = self._order[place - 1] if place else 0
        # The grid has no holes before its last checkpoint.
        grid = min(iteration // self.spacing * self.spacing, self._last)
        return max(dense, grid, self._first)

    def state(self, iteration: int) -> Matrix:
        """The state at the start of an iteration that is kept."""
        return self._dense[iteration] if iteration in self._dense else self._grid[iteration]

    def next_grid(self, iteration: int) -> int:
        """The next iteration on the grid."""
        return (iteration // self.spacing + 1) * self.spacing

    def meet(self, iteration: int, state: Matrix, *, near: bool) -> None:
        """Come to an iteration's start: check the state against what is kept, or keep it where it is wanted."""
        self.check(iteration, state)
        if iteration % self.spacing == 0 and iteration not in self._grid:
            if len(self._grid) >= self._most_grid:
                self._thin()
            if iteration % self.spacing == 0:
                self._grid[iteration] = self._pool.keep(state)
                self._last = iteration
        if near and iteration not in self._dense:
            self._keep_near(iteration, state)

    def check(self, iteration: int, state: Matrix) -> None:
        """DivergenceError if the start of an iteration is kept and is not this state."""
        # Bits, not numbers: NaN must equal itself here, and −0 must not equal 0.
        bits = np.dtype(f"u{state.itemsize}")
        for kept in (self._grid.get(iteration), self._dense.get(iteration)):
            if kept is not None and not (kept.view(bits) == state.view(bits)).all():
                raise DivergenceError(
                    f"the replay differs from the checkpoint of iteration {iteration}: the numbers shown could be "
                    "wrong, so nnstep stops here; did the number of threads change, or the machine?"
                )

    def _keep_near(self, iteration: int, state: Matrix) -> None:
        """Keep a state of the neighbourhood, in place of one ahead or else the one farthest back when there are many.

        A replay keeps states in ascending order, so those ahead of it lie behind the cursor of someone walking back.
        """
        while len(self._dense) >= self.most_dense:
            place = -1 if self._order[-1] > iteration else 0
            self._pool.free(self._dense.pop(self._order.pop(place)))
        self._dense[iteration] = self._pool.keep(state)
        insort(self._order, iteration)

    def _thin(self) -> None:
        """Let every second checkpoint of the grid go; the spacing doubles."""
        self.spacing *= 2
        for iteration in [each for each in self._grid if each % self.spacing and each != self._first]:
            self._pool.free(self._grid.pop(iteration))
        self._last = max(self._grid)

    def near(self, start: int, target: int) -> Iterable[int]:
        """The iterations between start and target, ascending, whose states make walking back from target cheap.

        All of them where there is space; else half of the space is spread over the stretch, and the replays of
        its parts, as one walks back, use the other half in the same way. What is kept before the stretch's place in
        the grid is of other neighbourhoods, and makes room.
        """
        grid = target - target % self.spacing
        first = max(start + 1, grid)
        free = self.most_dense - (bisect_left(self._order, first) - bisect_left(self._order, grid))
        if target - first < free:
            return range(first, target + 1)
        stride = max(1, -(-(target - first) // max(free // 2, 1)))
        return [*range(first, target, stride), target]


class _Pool:
    """Space for copies of one size, taken in chunks and used again."""

    def __init__(self, like: Matrix) -> None:
        self._like = like
        self._free: list[Matrix] = []
        self.nbytes = 0

    def keep(self, state: Matrix) -> Matrix:
        if not self._free:
            rows = max(1, min(MOST_ROWS, CHUNK // max(state.nbytes, 1)))
            chunk = np.empty((rows, state.size), state.dtype)
            self.nbytes += chunk.nbytes
            self._free.extend(chunk)
        copy = self._free.pop()
        np.copyto(copy, state)
        return copy

    def free(self, copy: Matrix) -> None:
        self._free.append(copy)

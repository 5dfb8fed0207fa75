"""Which rows each iteration trains on: a function of the seed and the epoch alone, so nothing is kept."""

from __future__ import annotations

from functools import lru_cache
from math import ceil

import numpy as np
import numpy.typing as npt

Indices = npt.NDArray[np.intp]

_STREAM = 0x6F72646572
"""Keeps the rows' order apart from the parameters' streams of the same seed."""

_BLOCK = 1 << 18
"""Rows whose order is drawn in one go: drawing epoch by epoch costs more than training xor."""


class Batches:
    """The rows of every batch, in training order.

    size    rows of a full batch; the last batch of an epoch may be smaller
    epoch   batches in an epoch
    """

    def __init__(self, rows: int, size: int, seed: int, *, shuffle: bool) -> None:
        self.rows = rows
        self.size = size
        self.epoch = ceil(rows / size)
        self._seed = seed
        self._shuffle = shuffle
        self._epochs_at_once = max(1, min(64, _BLOCK // rows))
        self._block = lru_cache(maxsize=4)(self._draw)

    def indices(self, iteration: int) -> Indices:
        """The rows of one iteration's batch."""
        epoch, batch = divmod(iteration, self.epoch)
        return self.order(epoch)[batch * self.size : (batch + 1) * self.size]

    def stretch(self, first: int, most: int) -> Indices:
        """The rows of `first` and the iterations after it, (iterations, rows): at most `most`, all of one size."""
        if self.rows % self.size == 0:
            return self._even_stretch(first, most)
        epoch, batch = divmod(first, self.epoch)
        full = self.rows // self.size
        if batch == full:
            return self.indices(first)[None]
        count = min(most, full - batch)
        return self.order(epoch)[batch * self.size : (batch + count) * self.size].reshape(count, self.size)

    def _even_stretch(self, first: int, most: int) -> Indices:
        """Without a smaller last batch, a stretch runs over the ends of epochs, to the end of the block."""
        at_once = self._epochs_at_once * self.epoch
        block, start = divmod(first, at_once)
        batches = self._block(block).reshape(at_once, self.size)
        found: Indices = batches[start : start + most]
        return found

    def order(self, epoch: int) -> Indices:
        """The order of all rows in an epoch."""
        block, place = divmod(epoch, self._epochs_at_once)
        order: Indices = self._block(block)[place]
        return order

    def _draw(self, block: int) -> Indices:
        """The order of the rows in each epoch of a block, (epochs, rows)."""
        order = np.tile(np.arange(self.rows), (self._epochs_at_once, 1))
        if self._shuffle:
            np.random.default_rng([self._seed, _STREAM, block]).permuted(order, axis=1, out=order)
        order.flags.writeable = False
        return order

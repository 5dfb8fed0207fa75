"""Units sorted by the size of their gradient: the rows of a weight matrix, the columns of a layer's outputs."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Hashable

import numpy as np

from nnstep.engine.names import gradient_of
from nnstep.session import Session
from nnstep.tui.content import Array, Content, Order
from nnstep.values import dataclass

MOST_KEPT = 64
_OF_A_LAYER = re.compile(r"(?:^|[(*])(?P<stem>Z|A|delta|dA|[dvms]?[Wb])\[(?P<layer>\d+)\]")


@dataclass(frozen=True, eq=False)
class _Orders:
    rows: Order
    columns: Order


class Sorting:
    """Knows in which order the units of a matrix are to be shown.

    By this iteration's gradient of the layer's weights where it can be read, else by that of the iteration before,
    where there is one: so the order at a step does not depend on how one came there. In a graph each parameter's rows
    are sorted by its own gradient.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._kept: OrderedDict[Hashable, _Orders] = OrderedDict()

    def order(self, content: Content) -> Order | None:
        """The order of a matrix's units; None where it has none of its own."""
        by, axis = self.gradient(content)
        if not by or content.stack:
            return None
        orders = self._orders(by)
        if orders is None:
            return None
        order = orders.rows if axis == "rows" else orders.columns
        count = content.rows if axis == "rows" else content.columns
        return order if len(order.units) == count else None

    def gradient(self, content: Content) -> tuple[str, str]:
        """The gradient that a matrix's units are sorted by, and whether they are its rows or its columns."""
        session = self._session
        if session.tape.equations:
            base = re.sub(r"^(?:old\(|lr\*|\(old\()|\).*$", "", content.name)
            for name in (base, base[1:]):
                gradient = gradient_of(name)
                if name in session.timeline.parameters and gradient in session.tape:
                    return gradient, "rows" if len(content.shape) == 2 else "columns"
            return "", ""
        found = _OF_A_LAYER.search(content.name)
        if found is None or f"dW[{found['layer']}]" not in session.tape:
            return "", ""
        return f"dW[{found['layer']}]", "rows" if found["stem"].endswith("W") else "columns"

    def _orders(self, name: str) -> _Orders | None:
        session = self._session
        iteration = session.position.iteration
        readable = session.readable(name)
        key = (session.timeline, name, iteration if readable else iteration - 1)
        if key in self._kept:
            return self._kept[key]
        values: Array | None = session.read(name) if readable else session.earlier.of([name])[name].value
        if values is None:
            return None
        units = by_size(values)
        orders = self._kept[key] = _Orders(Order("rows", units), Order("columns", units))
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return orders


def by_size(gradient: Array) -> np.ndarray:
    """The rows of a gradient, or the numbers of a vector, from the largest to the smallest; NaN before all."""
    rows = gradient.reshape(len(gradient), -1) if gradient.ndim else gradient.reshape(1, 1)
    with np.errstate(all="ignore"):
        sizes = np.einsum("ij,ij->i", rows, rows)
    return np.argsort(-np.nan_to_num(sizes, nan=np.inf, posinf=np.inf), kind="stable")

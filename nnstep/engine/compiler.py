"""A tape on fixed buffers → one straight-line function over a list of batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, Protocol

import numpy as np

from nnstep.engine.recorder import Call, Matrix, address


class Run(Protocol):
    """The generated function: one iteration per batch, the loss of each appended to `losses`."""

    def __call__(self, batches: Iterable[tuple[Any, ...]], losses: list[float]) -> None: ...


@dataclass(frozen=True)
class View:
    """A view of a batch's buffer, said relative to the buffer's start, so that it can be made for any batch."""

    name: str
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def along(self, stack: Matrix) -> Matrix:
        """The view of each of a stack of batches: the first axis counts the batches."""
        strides = (stack.strides[0], *self.strides)
        return np.ndarray((len(stack), *self.shape), stack.dtype, stack, self.offset, strides)


class Program:
    """The compiled iteration.

    stacks, in `batches`, hold one buffer per batch in the layout of `templates`; every array argument that lies in a
    template becomes a variable of the generated loop.
    """

    def __init__(self, calls: Iterable[Call], templates: Mapping[str, Matrix], loss: Matrix, t: Matrix) -> None:
        self.templates = templates
        self.views: dict[View, str] = {}
        self._names: dict[int, str] = {}
        self._bound: dict[str, object] = {}
        lines = [self._line(call) for call in calls]
        self.source = self._source(lines, counts=any(_reads(call, t) for call in calls))
        namespace: dict[str, Any] = {**self._bound, "loss": loss.item, "tick": t.fill}
        exec(compile(self.source, "<tape>", "exec"), namespace)  # noqa: S102  # our own text: names and calls alone
        self.run: Run = namespace["run"]

    def batches(self, stacks: Mapping[str, Matrix], first: int) -> Iterator[tuple[Any, ...]]:
        """What `run` takes: for each batch its number (from `first`) and the views that the loop uses."""
        return zip(count(first), *(view.along(stacks[view.name]) for view in self.views), strict=False)

    def _source(self, lines: list[str], *, counts: bool) -> str:
        variables = "".join(f", {name}" for name in self.views.values())
        names = "".join(f", {name}={name}" for name in self._bound)
        body = [*(["tick(t)"] if counts else []), *lines, "append(loss())"]
        return "\n".join(
            [
                f"def run(batches, losses, loss=loss, tick=tick{names}):",
                "    append = losses.append",
                f"    for t{variables} in batches:" if variables else "    for t, in batches:",
                *(f"        {line}" for line in body),
            ]
        )

    def _line(self, call: Call) -> str:
        arguments = [self._argument(argument) for argument in call.arguments]
        keywords = [f"{key}={self._argument(value)}" for key, value in call.keywords.items()]
        if call.function is np.dot:
            left, *others = arguments
            variable = left in self.views.values()
            product = f"{left}.dot" if variable else self._name(call.arguments[0].dot, f"{left}_dot")
            return f"{product}({', '.join(others)})"
        function = self._name(call.function, f"f_{getattr(call.function, '__name__', 'call')}")
        return f"{function}({', '.join([*arguments, *keywords])})"

    def _argument(self, value: object) -> str:
        if not isinstance(value, np.ndarray):
            return repr(value)
        for name, template in self.templates.items():
            offset = address(value) - address(template)
            if 0 <= offset < template.nbytes:
                view = View(name, offset, value.shape, value.strides)
                return self.views.setdefault(view, f"{name.lower()}{len(self.views)}")
        return self._name(value, "a")

    def _name(self, value: object, stem: str) -> str:
        """The variable that a fixed array or function goes by."""
        if id(value) not in self._names:
            name = f"{stem}{len(self._names)}"
            self._names[id(value)] = name
            self._bound[name] = value
        return self._names[id(value)]


def _reads(call: Call, array: Matrix) -> bool:
    return any(argument is array for argument in call.arguments)

"""A tape on fixed buffers → one straight-line function over a list of batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from nnstep.engine.recorder import Call, Matrix, address
from nnstep.values import dataclass

Store = Callable[[int, float], object]
"""Takes the loss of an iteration, counted from 1."""

Hit = tuple[int, int, int]
"""The iteration, from 1, the instruction, and the place of the probe that matched there."""

Probe = Callable[[int, int], int]
"""Called with the iteration, from 1, and the instruction just run; the instruction that matches, or 0."""


class Run(Protocol):
    """The generated function: one iteration per batch, the loss of each handed to `store`.

    Where there are probes, what they match is added to `hits`; with `first`, the run ends with the iteration in which
    one has matched.
    """

    def __call__(
        self, batches: Iterable[tuple[Any, ...]], store: Store, hits: list[Hit] | None = None, *, first: bool = False
    ) -> None: ...


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


@dataclass(frozen=True)
class Step:
    """What one instruction does at run time: its calls, then the probes, by place, that look at what it wrote."""

    index: int
    calls: Sequence[Call]
    probes: Sequence[tuple[int, Probe]] = ()


class Program:
    """The compiled iteration.

    stacks, in `batches`, hold one buffer per batch in the layout of `templates`; every array argument that lies in a
    template becomes a variable of the generated loop.
    """

    def __init__(
        self,
        steps: Sequence[Step],
        templates: Mapping[str, Matrix],
        loss: Matrix,
        t: Matrix,
    ) -> None:
        self.templates = templates
        self.views: dict[View, str] = {}
        self._names: dict[int, str] = {}
        self._bound: dict[str, object] = {}
        self._probed = False
        self._own: tuple[Matrix, ...] | None = None
        lines = [line for step in steps for line in self._lines(step, last=step is steps[-1])]
        self.source = self._source(lines, counts=any(_reads(call, t) for step in steps for call in step.calls))
        namespace: dict[str, Any] = {**self._bound, "loss": loss.item, "tick": t.fill}
        exec(compile(self.source, "<tape>", "exec"), namespace)  # noqa: S102  # our own text: names and calls alone
        self.run: Run = namespace["run"]

    def batches(self, stacks: Mapping[str, Matrix], first: int) -> Iterator[tuple[Any, ...]]:
        """What `run` takes: for each batch its number (from `first`) and the views that the loop uses."""
        # Counted by a stack, since a graph need not use the data.
        numbers = range(first, first + len(next(iter(stacks.values()))))
        return zip(numbers, *(view.along(stacks[view.name]) for view in self.views), strict=True)

    def batch(self, t: int) -> list[tuple[Any, ...]]:
        """What `run` takes for the batch that lies in the templates themselves."""
        if self._own is None:
            self._own = tuple(view.along(self.templates[view.name][None])[0] for view in self.views)
        return [(t, *self._own)]

    def _source(self, lines: list[str], *, counts: bool) -> str:
        variables = "".join(f", {name}" for name in self.views.values())
        names = "".join(f", {name}={name}" for name in self._bound)
        body = [*(["tick(t)"] if counts else []), *lines]
        if self._probed:
            body.append("if first and hits: return")
        return "\n".join(
            [
                f"def run(batches, store, hits=None, *, first=False, loss=loss, tick=tick{names}):",
                f"    for t{variables} in batches:" if variables else "    for t, in batches:",
                *(f"        {line}" for line in body),
            ]
        )

    def _lines(self, step: Step, *, last: bool) -> Iterator[str]:
        """The calls of one instruction, then its probes; the last ones find the iteration's loss stored."""
        for call in step.calls:
            yield self._line(call)
        if last:
            yield "store(t, loss())"
        for place, probe in step.probes:
            name = self._name(probe, "probe")
            yield f"match = {name}(t, {step.index})"
            yield f"if match: hits.append((t, match, {place}))"
            self._probed = True

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

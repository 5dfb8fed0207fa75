"""Graph: equations written in Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nnstep.errors import ModelError
from nnstep.model.equations import Equation
from nnstep.model.messages import clipped, nearest
from nnstep.model.naming import check_name
from nnstep.model.value import FUNCTIONS, Name, Value, called, operand
from nnstep.model.written import written


class UnknownNameError(ModelError, AttributeError):
    """A graph has no matrix and no function of this name."""


class Graph:
    """A model's equations, built with Python's operators instead of written as text.

    The keywords are the parameters, as in a model file's [graph.parameters]: values, or a dict of `shape`, `init`,
    `values` and `trainable`. `g.x` and `g.y` are the batch, `g.w` a parameter or the result of an equation, and
    `g["z"] = …` adds the equation of z. Every function of the equations is at hand: `g.sigmoid(…)`, `g.mean(…)`.

        g = nnstep.Graph(w=[[0.5, -0.2]], b=[0.0])
        g["z"] = g.x @ g.w.T + g.b
        g["a"] = g.sigmoid(g.z)
        g["L"] = g.mean((g.a - g.y) ** 2)
        debugger = nnstep.open({"graph": g, "data": {"features": [[1, 2]], "targets": [[1]]}})

    The tape is that of the same equations in a file. A value that is used twice is computed once; give it a name of
    its own, or it goes by that of the equation that uses it first (z.1). ModelError for what is no such name or value.
    """

    def __init__(self, **parameters: object) -> None:
        for name in parameters:
            check_name(name)
        self._parameters = parameters
        self._equations: dict[str, Equation] = {}

    def __setitem__(self, name: str, value: object) -> None:
        """Add the equation that sets a name; each is set once."""
        check_name(name)
        if name in self._parameters or name in self._equations:
            raise ModelError(f"{name} is {'a parameter' if name in self._parameters else 'set'} already")
        made = operand(value)
        self._equations[name] = Equation(name, made, f"{name} = {written(made)}")

    def __getitem__(self, name: str) -> Value:
        """A matrix by its name: x, y, a parameter, or what an equation has set."""
        if name in ("x", "y"):
            return Name(name.upper())
        if name in self._parameters or name in self._equations:
            return Name(name)
        known = ["x", "y", *self._parameters, *self._equations]
        raise UnknownNameError(f"no matrix {clipped(name)}; {nearest(name, known, 'there are')}")

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # a matrix or a function, told apart by the name
        """A matrix, or a function of matrices."""
        if name.startswith("_"):
            raise AttributeError(name)
        return _function(name) if name in FUNCTIONS else self[name]

    def __repr__(self) -> str:
        return "\n".join(["Graph", *(f"    {line.text}" for line in self._equations.values())])

    def tables(self) -> dict[str, object]:
        """What a model file says under [graph], with equations that are built already."""
        return {"equations": list(self._equations.values()), "parameters": dict(self._parameters)}


def _function(name: str) -> Callable[..., Value]:
    def function(*values: object, **options: object) -> Value:
        return called(name, values, options)

    function.__name__ = name
    return function

"""nnstep: a time-travel debugger for neural networks.

debugger = nnstep.open("xor")
debugger.step(3)
debugger.value("Z[1]")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnstep.api import Debugger, open  # the public name is nnstep.open
from nnstep.errors import CommandError, DivergenceError, ModelError, NnstepError, NotComputedError
from nnstep.model import Model

if TYPE_CHECKING:
    from nnstep.model.symbolic import Graph

__version__ = "0.1.0"

__all__ = [
    "CommandError",
    "Debugger",
    "DivergenceError",
    "Graph",
    "Model",
    "ModelError",
    "NnstepError",
    "NotComputedError",
    "__version__",
    "open",
]


def __getattr__(name: str) -> object:
    """`nnstep.Graph`, imported when it is asked for: most models are files, and every program imports nnstep."""
    if name != "Graph":
        raise AttributeError(f"module 'nnstep' has no attribute {name!r}")
    from nnstep.model.symbolic import Graph

    return Graph

"""nnstep: a time-travel debugger for neural networks.

debugger = nnstep.open("xor")
debugger.step(3)
debugger.value("Z[1]")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from nnstep.errors import CommandError, DivergenceError, ModelError, NnstepError, NotComputedError

if TYPE_CHECKING:
    from nnstep.api import Debugger, open  # the public name is nnstep.open
    from nnstep.model import Model
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

_HOMES = {
    "Debugger": "nnstep.api",
    "Graph": "nnstep.model.symbolic",
    "Model": "nnstep.model",
    "open": "nnstep.api",
}


def __getattr__(name: str) -> object:
    """A public name, imported when it is first asked for: programs that only may need nnstep pay little for it."""
    if name not in _HOMES:
        raise AttributeError(f"module 'nnstep' has no attribute {name!r}")
    found: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return [*globals(), *_HOMES]

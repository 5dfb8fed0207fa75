"""nnstep: a time-travel debugger for neural networks.

debugger = nnstep.open("xor")
debugger.step(3)
debugger.value("Z[1]")
"""

from nnstep.api import Debugger, open  # the public name is nnstep.open
from nnstep.errors import CommandError, DivergenceError, ModelError, NnstepError, NotComputedError
from nnstep.model import Model

__version__ = "0.1.0"

__all__ = [
    "CommandError",
    "Debugger",
    "DivergenceError",
    "Model",
    "ModelError",
    "NnstepError",
    "NotComputedError",
    "__version__",
    "open",
]

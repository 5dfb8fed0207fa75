"""Every op, declared once; importing this package fills the registry."""

from nnstep.engine.formula import OPS
from nnstep.engine.ops import activation, arithmetic, arrange, choice, linear, loss, product, reduction
from nnstep.engine.ops.optimizer import OPTIMIZERS, Optimizer

__all__ = [
    "OPS",
    "OPTIMIZERS",
    "Optimizer",
    "activation",
    "arithmetic",
    "arrange",
    "choice",
    "linear",
    "loss",
    "product",
    "reduction",
]

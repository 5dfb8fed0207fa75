"""Every op, declared once; importing this package fills the registry."""

from nnstep.engine.formula import OPS
from nnstep.engine.ops import activation, linear, loss, reduction
from nnstep.engine.ops.optimizer import OPTIMIZERS, Optimizer

__all__ = ["OPS", "OPTIMIZERS", "Optimizer", "activation", "linear", "loss", "reduction"]

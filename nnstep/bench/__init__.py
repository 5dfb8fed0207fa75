"""`nnstep bench`: nnstep's speed beside NumPy written by hand, PyTorch and jax, in one run."""

from nnstep.bench.report import bench

__all__ = ["bench"]

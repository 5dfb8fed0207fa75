"""How many threads BLAS works with: one, unless the user sets another number, as two can differ in the last bit.

One is also the faster choice for small matrices, and beside other work: BLAS's threads wait for each other busily.
"""

from __future__ import annotations

import os
import sys

VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""What BLAS libraries read when they are loaded; a user who sets one has chosen."""

_fixed = False


def before_numpy() -> None:
    """Have NumPy load BLAS with one thread, which also starts sooner; too late once NumPy is there."""
    global _fixed  # noqa: PLW0603  # there is one BLAS in a process
    if not any(name in os.environ for name in VARIABLES) and "numpy" not in sys.modules:
        os.environ.update(dict.fromkeys(VARIABLES, "1"))
        _fixed = True


def fix() -> None:
    """Set the number for this process, before the first matrix product of a run."""
    global _fixed  # noqa: PLW0603  # there is one BLAS in a process
    if _fixed or any(name in os.environ for name in VARIABLES):
        return
    from threadpoolctl import threadpool_limits  # only where NumPy was there first

    threadpool_limits(1, user_api="blas")
    _fixed = True

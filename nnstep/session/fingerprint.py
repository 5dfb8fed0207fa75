"""What the last bit of a result depends on besides the model: NumPy, BLAS, its threads, the processor."""

from __future__ import annotations

import platform
from collections.abc import Mapping

import numpy as np

Fingerprint = Mapping[str, str]


def fingerprint() -> Fingerprint:
    """This process's, a line an item."""
    from threadpoolctl import threadpool_info  # a few milliseconds, for what is asked once in a session

    libraries = [library for library in threadpool_info() if library["user_api"] == "blas"]
    blas = [f"{each['internal_api']} {each['version']} {each.get('architecture', '')}".strip() for each in libraries]
    found = np.show_config(mode="dicts")["SIMD Extensions"]
    return {
        "NumPy": np.__version__,
        "BLAS": ", ".join(blas) or "unknown",
        "BLAS threads": ", ".join(str(each["num_threads"]) for each in libraries) or "unknown",
        "processor": " ".join([platform.machine(), *found["baseline"], *found.get("found", ())]),
    }


def differences(then: Fingerprint, now: Fingerprint) -> list[str]:
    """What is another now than it was then: `BLAS threads was 2, is 1`."""
    return [f"{name} was {then[name]}, is {now.get(name, 'unknown')}" for name in then if then[name] != now.get(name)]

"""nnstep bench: measures nnstep beside others."""

from __future__ import annotations

import os
import subprocess
import sys
from argparse import ArgumentParser, Namespace

from nnstep.cli.subcommand import Parser, Subcommand


def _parser() -> ArgumentParser:
    parser = Parser(
        prog="nnstep bench", description="Measure nnstep beside hand-written NumPy, PyTorch and jax, in one run."
    )
    parser.add_argument("--quick", action="store_true", help="the small networks alone, in about a minute")
    return parser


def _bench(_: ArgumentParser, options: Namespace) -> int:
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":
        # One thread for all who are compared; NumPy reads this when it is loaded, so it takes a fresh process.
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        again = [sys.executable, "-m", "nnstep", "bench", *(["--quick"] if options.quick else [])]
        return subprocess.run(again, env=environment, check=False).returncode  # noqa: S603  # ourselves
    from nnstep.bench import bench  # the table's libraries are loaded only for the table

    bench(quick=options.quick)
    return 0


SUBCOMMAND = Subcommand("bench", _parser, _bench)

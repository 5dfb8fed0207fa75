"""Measuring side by side, and the table of it."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from nnstep.bench.runners import (
    Runner,
    Task,
    jax_runner,
    nnstep_runner,
    peer_runner,
    peers,
    task,
    timeline,
    torch_runner,
)
from nnstep.values import dataclass

DTYPES = ("float64", "float32")
GOTO_ITERATIONS, GOTOS, BACKWARD = 100_000, 60, 1000


@dataclass(frozen=True)
class Effort:
    """How long to measure: rounds, seconds a round and runner, and the shapes to leave out."""

    rounds: int
    seconds: float
    without: tuple[str, ...] = ()


FULL = Effort(rounds=15, seconds=0.4)
QUICK = Effort(rounds=5, seconds=0.1, without=("mnist-size", "wide"))


def bench(*, quick: bool) -> None:
    """Measure everything and print the tables; ratios are of medians over interleaved rounds."""
    effort = QUICK if quick else FULL
    console = Console()
    shapes = [shape for shape in peers().SHAPES if shape.name not in effort.without]
    with Progress(console=console, transient=True) as progress:
        bar = progress.add_task("measuring", total=len(shapes) * len(DTYPES) + 1)
        rows = []
        for shape in shapes:
            for dtype in DTYPES:
                progress.update(bar, description=f"{shape.name} {dtype}")
                rows.append((shape, dtype, _side_by_side(task(shape, dtype), effort)))
                progress.advance(bar)
        progress.update(bar, description="time travel")
        travel = _time_travel(quick=quick)
    console.print(_speed_table(rows))
    console.print(_travel_table(travel))


def _side_by_side(work: Task, effort: Effort) -> Mapping[str, float]:
    """Seconds an iteration for each runner: medians over rounds in which all take turns."""
    makers: Mapping[str, Callable[[Task], Runner | None]] = {
        "hand": peer_runner,
        "nnstep": nnstep_runner,
        "bare": lambda work: nnstep_runner(work, checkpoints=False),
        "torch": torch_runner,
        "jax": jax_runner,
    }
    runners = {name: runner for name, maker in makers.items() if (runner := maker(work)) is not None}
    epochs = {name: _epochs_for(runner, effort.seconds) for name, runner in runners.items()}
    times: dict[str, list[float]] = {name: [] for name in runners}
    for _ in range(effort.rounds):
        for name, runner in runners.items():
            began = perf_counter()
            runner(epochs[name])
            times[name].append((perf_counter() - began) / (epochs[name] * work.batches.epoch))
    return {name: median(values) for name, values in times.items()}


def _epochs_for(runner: Runner, seconds: float) -> int:
    """How many epochs take about so long, after warming up."""
    epochs = 1
    while True:
        began = perf_counter()
        runner(epochs)
        taken = perf_counter() - began
        if taken > seconds / 4:
            return max(1, round(epochs * seconds / taken))
        epochs *= 4


def _time_travel(*, quick: bool) -> Mapping[str, float]:
    """Random gotos and steps back over batch boundaries on digits, in iterations' time."""
    [shape] = [shape for shape in peers().SHAPES if shape.name == "digits"]
    run = timeline(task(shape, "float64"))
    iterations = GOTO_ITERATIONS // 10 if quick else GOTO_ITERATIONS
    began = perf_counter()
    run.enter(iterations)
    each = (perf_counter() - began) / iterations
    choose = random.Random(0)  # noqa: S311  # a seed, not secrecy
    gotos = [_timed(lambda: run.enter(choose.randrange(iterations))) for _ in range(GOTOS)]
    run.enter(iterations // 2)
    began = perf_counter()
    for back in range(1, BACKWARD + 1):
        run.enter(iterations // 2 - back)
    backward = (perf_counter() - began) / BACKWARD
    return {
        "iterations": iterations,
        "goto": median(gotos) / each,
        "backward": backward / each,
        "checkpoints": run.checkpoints.nbytes / 2**20,
        "budget": run.checkpoints.budget / 2**20,
    }


def _timed(move: Callable[[], None]) -> float:
    began = perf_counter()
    move()
    return perf_counter() - began


def _speed_table(rows: list[tuple[Any, str, Mapping[str, float]]]) -> Table:
    table = Table(title="nnstep's iterations per second, and how many times those of others that is")
    for name in ("network", "dtype", "nnstep /s", "× NumPy by hand", "checkpoints cost", "× PyTorch", "× jax.jit"):
        table.add_column(name, justify="left" if name in ("network", "dtype") else "right")
    for shape, dtype, seconds in rows:
        own = seconds["nnstep"]
        against = [f"{seconds[name] / own:.1f}" if name in seconds else "–" for name in ("torch", "jax")]
        table.add_row(
            f"{shape.name} {'-'.join(str(size) for size in shape.sizes)}, batch {shape.batch}",
            dtype,
            f"{1 / own:,.0f}",
            f"{seconds['hand'] / own:.2f}",
            f"{100 * (own / seconds['bare'] - 1):.1f} %",
            *against,
        )
    return table


def _travel_table(travel: Mapping[str, float]) -> Table:
    table = Table(title="time travel on digits, in units of one iteration")
    table.add_column("what")
    table.add_column("iterations", justify="right")
    table.add_row(f"a random goto within {travel['iterations']:,.0f} iterations, median", f"{travel['goto']:.1f}")
    table.add_row(f"a step back over a batch boundary, mean of {BACKWARD}", f"{travel['backward']:.2f}")
    table.add_row("checkpoints held", f"{travel['checkpoints']:.0f} of {travel['budget']:.0f} MiB")
    return table

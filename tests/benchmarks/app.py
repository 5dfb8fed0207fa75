"""Measures the app through a pseudo-terminal, and prints the README's table: `python -m tests.benchmarks.app`.

A key's time is from its bytes written to the last byte of the answer read. All is measured in one run, each line the
best of some rounds, beside a fixed Python loop that says how fast the machine is: compare the ratios.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from tests.tui.terminal import NNSTEP, Terminal

QUIET = 0.06
"""Seconds without a byte after which an answer is over."""
HERE = Path(__file__).parent
READY = "q quit"
RIGHT, LEFT, ESCAPE = "\x1b[C", "\x1b[D", "\x1b"
EPOCHS = 1500
"""Of digits, for the line about training: some seconds of it."""
WIDE = """
[data]
file = "digits.npz"
scale = "minmax"
limit = 256
[[network.layer]]
units = 4096
activation = "relu"
[[network.layer]]
units = 10
activation = "softmax"
[training]
batch_size = 32
learning_rate = 0.01
"""


@dataclass(frozen=True)
class Row:
    """A line of the table: what was measured, its budget and whether it is kept."""

    what: str
    measured: str
    budget: str
    kept: bool


@dataclass(frozen=True)
class Times:
    """Milliseconds of many keys."""

    p50: float
    p95: float

    def __str__(self) -> str:
        return f"{self.p50:.1f} / {self.p95:.1f}"

    def row(self, what: str, p50: float, p95: float | None = None) -> Row:
        """Against a budget for both, or for the median alone."""
        kept = self.p50 <= p50 and (p95 is None or self.p95 <= p95)
        return Row(what, str(self) if p95 else f"{self.p50:.1f}", f"{p50:g} / {p95:g}" if p95 else f"{p50:g}", kept)


def best(measure: Callable[[], Times], rounds: int) -> Times:
    """The round with the least median."""
    return min((measure() for _ in range(rounds)), key=lambda times: times.p50)


def yardstick() -> float:
    """Milliseconds of a fixed Python loop."""
    began = time.perf_counter()
    total = 0
    for number in range(1_000_000):
        total += number * number
    return (time.perf_counter() - began) * 1000


# Reading


def answer(terminal: Terminal, quiet: float = QUIET) -> float:
    """Read until it is quiet; the time of the last byte."""
    last = time.perf_counter()
    while terminal.read(quiet):
        last = time.perf_counter()
    return last


def timed(terminal: Terminal, keys: Sequence[str], quiet: float = QUIET) -> Times:
    """Type keys one after another."""
    taken = []
    for key in keys:
        began = time.perf_counter()
        terminal.type(key)
        taken.append((answer(terminal, quiet) - began) * 1000)
    return Times(median(taken), quantiles(taken, n=20)[-1])


def line(terminal: Terminal, text: str) -> None:
    """Type a command and wait for its answer."""
    terminal.type(f":{text}\r")
    answer(terminal, 0.3)


@contextmanager
def opened(*arguments: str, size: tuple[int, int] = (120, 40), at: str = "goto 50%") -> Iterator[Terminal]:
    """The app in the middle of training."""
    with Terminal([*NNSTEP, *arguments], *size) as terminal:
        terminal.see(READY)
        answer(terminal, 0.3)
        if at:
            line(terminal, at)
        yield terminal


# Keys


def keys(rounds: int, folder: Path) -> Iterator[Row]:
    """Stepping at two sizes, in a wide layer, and all the other keys."""
    with opened("digits") as terminal:
        step = best(lambda: timed(terminal, ["s"] * 60), rounds)
        back = best(lambda: timed(terminal, ["S"] * 60), rounds)
        yield step.row("step, 120×40", 16, 25)
        yield back.row("step back, 120×40", 16, 25)
        yield best(lambda: timed(terminal, [RIGHT, RIGHT, LEFT] * 16), rounds).row("cursor", 5, 10)
        terminal.type(":")
        answer(terminal)
        yield best(lambda: timed(terminal, [*"print W[1]", *["\x7f"] * 10] * 2), rounds).row("typing", 6, 12)
        terminal.type(ESCAPE)
        answer(terminal, 0.3)
        yield best(lambda: timed(terminal, ["\t"] * 20), rounds).row("focus change", 20)
        yield best(lambda: timed(terminal, ["2", "1"] * 6), rounds).row("view switch", 60)
        yield best(lambda: helped(terminal), rounds).row("help", 60)
        yield best(lambda: timed(terminal, ["T"] * 6), rounds).row("theme", 100)
    with opened("digits", size=(200, 60)) as terminal:
        yield best(lambda: timed(terminal, ["s"] * 40), rounds).row("step, 200×60", 22, 35)
    wide = folder / "wide.toml"
    wide.write_text(WIDE)
    (folder / "digits.npz").write_bytes((HERE.parents[1] / "models" / "digits.npz").read_bytes())
    with opened(str(wide)) as terminal:
        stepped = best(lambda: timed(terminal, ["s"] * 40), rounds)
        share = stepped.p50 / step.p50
        yield Row("step, 4096 units", f"{share:.2f} × the step of digits", "1.25 ×", share <= 1.25)
    with Terminal([sys.executable, str(HERE / "datatables.py"), "digits"]) as terminal:
        terminal.see("step ")
        answer(terminal, 0.5)
        slow = best(lambda: timed(terminal, ["s"] * 15, 0.5), rounds)
        ratio = slow.p50 / step.p50
        yield Row("the same six matrices in DataTables", f"{slow}: {ratio:.1f} × slower", "5 × slower", ratio >= 5)


def pictures(rounds: int) -> Iterator[Row]:
    """Stepping with each picture in sight."""
    with opened("digits") as terminal:
        for key, name in zip("3456v", ("network", "graph", "training", "data", "heat map"), strict=True):
            terminal.type(key)
            answer(terminal, 1.0)
            yield best(lambda: timed(terminal, ["s"] * 40), rounds).row(f"step, {name}", 22, 35)


def helped(terminal: Terminal) -> Times:
    """Open the help; closing it is not counted."""
    taken = [_help(terminal) for _ in range(5)]
    return Times(median(taken), max(taken))


def _help(terminal: Terminal) -> float:
    began = time.perf_counter()
    terminal.type("?")
    end = answer(terminal)
    terminal.type(ESCAPE)
    answer(terminal, 0.2)
    return (end - began) * 1000


def held(rounds: int) -> Iterator[Row]:
    """A key held down, and a burst of them."""
    with opened("digits") as terminal:
        frames = max(_frames(terminal) for _ in range(rounds))
        yield Row("key held at 30 Hz", f"{frames} of 60 frames", "58 of 60", frames >= 58)
        line(terminal, "goto 20000")
        began = time.perf_counter()
        terminal.type("s" * 300)
        taken = answer(terminal, 1.0) - began
        right = "step 20300/" in terminal.text
        said = f"{taken:.2f} s, {'the right' if right else 'a WRONG'} screen"
        yield Row("300 steps in one write", said, "0.5 s", right and taken <= 0.5)


def _frames(terminal: Terminal) -> int:
    painted = 0
    due = time.perf_counter()
    for _ in range(60):
        terminal.type("s")
        due += 1 / 30
        seen = False
        while (left := due - time.perf_counter()) > 0:
            seen = bool(terminal.read(left)) or seen
        painted += seen
    answer(terminal)
    return painted


# Starting and ending


STEPPED = re.compile(rb"step (?:\x1b\[[0-9;]*m)*1(?:\x1b\[[0-9;]*m)*/")
"""The first line after one step."""


def starting(rounds: int) -> Iterator[Row]:
    """First sign of life, first full paint, and the end."""
    # In turns: what else the machine does falls on both.
    found = [(_imports(), *_start()) for _ in range(rounds + 5)]
    base, sign, paint, answered, gone = (min(each) for each in zip(*found, strict=True))
    yield Row("something visible", f"{sign * 1000:.0f} ms", "50 ms", sign <= 0.05)
    said = f"{paint * 1000:.0f} ms: {paint / base:.2f} × `import numpy, textual.app`"
    yield Row("first full paint", said, "1.0 ×", paint <= base)
    yield Row("a key typed at once is answered", f"{answered * 1000:.0f} ms", "", kept=True)
    yield Row("gone after q", f"{gone * 1000:.0f} ms", "300 ms", gone <= 0.3)


def _imports() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import numpy, textual.app"], check=True)
    return time.perf_counter() - began


def _start() -> tuple[float, float, float, float]:
    """Seconds to the first byte, to the whole screen, to the answer to a key typed then, and to the end after q."""
    # As a user types it: the script that pip has made.
    script = Path(sys.executable).with_name("nnstep")
    environment = {"NNSTEP_STATE": tempfile.gettempdir()}
    began = time.perf_counter()
    with Terminal([str(script), "xor"], environment=environment, direct=True) as terminal:
        written = b""
        first = 0.0
        paint = 0.0
        while not STEPPED.search(written) and time.perf_counter() - began < 30:
            raw = terminal.read(1)
            now = time.perf_counter() - began
            if raw and not first:
                first = now
                terminal.type("s")
            written += raw
            paint = paint or (now if b"quit" in written else 0.0)
        answered = time.perf_counter() - began
        answer(terminal, 0.3)
        began = time.perf_counter()
        terminal.type("q")
        while terminal.process.poll() is None:
            terminal.read(0.002)
        return first, paint, answered, time.perf_counter() - began


# At rest, and while training


def _cpu(pid: int) -> float:
    """Seconds of processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resting() -> Iterator[Row]:
    """Doing nothing, and how much memory that takes."""
    with opened("xor", at="") as terminal:
        pid = terminal.process.pid
        status = Path(f"/proc/{pid}/status").read_text()
        mebi = int(status.partition("VmRSS:")[2].split()[0]) / 1024
        before, end, count = _cpu(pid), time.perf_counter() + 10, 0
        while (left := end - time.perf_counter()) > 0:
            count += len(terminal.read(left))
        busy = (_cpu(pid) - before) / 10 * 1000
        yield Row("idle", f"{count} bytes, {busy:.1f} ms of CPU a second", "0 bytes, 3 ms", count == 0 and busy <= 3)
        yield Row("resident memory on xor", f"{mebi:.0f} MB", "90 MB", mebi <= 90)


def training(rounds: int) -> Iterator[Row]:
    """The rate beside the screen, and the keys meanwhile."""
    more = ["--set", f"training.epochs={EPOCHS}", "--set", "training.learning_rate=0.001"]
    rates, times = [], []
    for _ in range(rounds):
        alone = _run(*more, "goto end") - _run(*more, "goto 1")
        with opened("digits", *more, at="") as terminal:
            began = time.perf_counter()
            terminal.type(":goto end\r")
            answer(terminal)
            terminal.type(":")
            answer(terminal)
            taken: list[float] = []
            while "100%" not in terminal.text.splitlines()[1]:
                for key in ("p", "\x7f"):
                    pressed = time.perf_counter()
                    terminal.type(key)
                    # The screen shows the progress 15 times a second: the first answer is the key's.
                    terminal.read(1)
                    taken.append((time.perf_counter() - pressed) * 1000)
                    pause = time.perf_counter() + 0.05
                    while (left := pause - time.perf_counter()) > 0:
                        terminal.read(left)
            rates.append(alone / (time.perf_counter() - began))
            times.append(Times(median(taken), quantiles(taken, n=20)[-1]))
    rate, keys_ = max(rates), min(times, key=lambda each: each.p95)
    yield Row("training in the background", f"{rate:.0%} of `nnstep run`", "70 %", rate >= 0.7)
    yield Row("keys meanwhile, p95", f"{keys_.p95:.1f}", "35", keys_.p95 <= 35)


def _run(*arguments: str) -> float:
    began = time.perf_counter()
    subprocess.run([*NNSTEP, "run", "digits", *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


# The table


def main() -> None:
    """Measure and print, a line as it is known."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("only", nargs="*", help="starting, resting, keys, pictures, held or training")
    options = parser.parse_args()
    os.environ |= {"TERM": "xterm-256color", "NNSTEP_CONFIG": "/nowhere/settings.toml"}
    with tempfile.TemporaryDirectory() as name:
        os.environ["NNSTEP_STATE"] = name
        parts: dict[str, Callable[[], Iterator[Row]]] = {
            "starting": lambda: starting(options.rounds),
            "resting": resting,
            "keys": lambda: keys(options.rounds, Path(name)),
            "pictures": lambda: pictures(options.rounds),
            "held": lambda: held(options.rounds),
            "training": lambda: training(options.rounds),
        }
        print("| what | measured | budget | |\n|---|--:|--:|---|")
        for part, measure in parts.items():
            if options.only and part not in options.only:
                continue
            for row in measure():
                print(f"| {row.what} | {row.measured} | {row.budget} | {'✓' if row.kept else 'missed'} |", flush=True)
    print(f"\np50 / p95 in ms; a loop of a million additions takes {min(yardstick() for _ in range(3)):.0f} ms here.")


if __name__ == "__main__":
    main()

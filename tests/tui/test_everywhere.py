"""Terminals that can little, signals at bad moments, and sizes that no one would choose: a usable answer each."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from nnstep.tui import splash
from tests.tui.terminal import NNSTEP, Terminal


@pytest.mark.parametrize(
    ("environment", "size", "colours"),
    [
        ({"LC_ALL": "C", "LANG": "C"}, (80, 24), b"38;2;"),
        ({"TERM": "xterm", "COLORTERM": ""}, (80, 24), b"\x1b[3"),
        ({"TERM": "linux", "COLORTERM": "", "NO_COLOR": "1"}, (80, 24), b""),
        ({}, (40, 12), b"38;2;"),
    ],
    ids=["LANG=C", "16 colours", "NO_COLOR", "40×12"],
)
def test_a_step_can_be_read(environment: dict[str, str], size: tuple[int, int], colours: bytes) -> None:
    with Terminal([*NNSTEP, "xor"], *size, environment=environment) as terminal:
        terminal.see("s S step")
        terminal.type("sss")
        # The instruction, its result with the first two numbers, and one of them explained.
        terminal.see("▶ Z[1]", "→ Z[1]", "-1.0319", "= -0.8171", "epoch 1/500")
        written = terminal.written
        assert colours in written
        assert (b"38;2;" in written) == (colours == b"38;2;")
        assert b"38;5;" not in written
        if "NO_COLOR" in environment:
            assert not any(f"\x1b[{number}m".encode() in written for number in range(30, 50))
        terminal.type("q")
        assert terminal.end() == 0
        assert terminal.sane


def test_a_dumb_terminal_is_told_what_works_there() -> None:
    with Terminal([*NNSTEP, "xor"], environment={"TERM": "dumb"}) as terminal:
        assert terminal.end() == 2
        assert b"\x1b" not in terminal.written
        assert "and TERM is dumb; `nnstep run MODEL LINE…` works without one" in " ".join(terminal.text.split())


@pytest.mark.parametrize(
    "environment", [{"LC_ALL": "C"}, {"TERM": "dumb"}, {"NO_COLOR": "1"}, {"PYTHONIOENCODING": "ascii"}]
)
def test_headless_is_the_same_everywhere(environment: dict[str, str]) -> None:
    done = subprocess.run(
        [*NNSTEP, "run", "xor", "step 3"], env={**os.environ, **environment}, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"step 3  epoch 1 batch 1  forward  Z[1] = X W[1]")
    assert b"\x1b" not in done.stdout


def test_a_storm_of_sizes() -> None:
    sizes = random.Random(0)
    with Terminal([*NNSTEP, "xor"]) as terminal:
        terminal.see("step 0/10000", "q quit")
        for _ in range(40):
            terminal.resize(sizes.choice((1, 2, 7, 40, 300)), sizes.choice((1, 2, 5, 12, 90)))
            terminal.type("s")
            terminal.read(0.01)
        for width, height in ((1, 1), (120, 40)):
            terminal.resize(width, height)
        terminal.see("step 40/10000", "q quit")
        terminal.type("q")
        assert terminal.end() == 0
        assert terminal.sane


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_in_a_long_move_loses_nothing(number: signal.Signals, code: int, tmp_path: Path) -> None:
    environment = {"NNSTEP_STATE": str(tmp_path)}
    with Terminal([*NNSTEP, "digits", "--set", "training.epochs=100000"], environment=environment) as terminal:
        terminal.see("step 0/", "q quit")
        terminal.type(":mark here\r")
        terminal.see("here: step 0")
        terminal.type(":goto end\r")
        terminal.see("running: ctrl+c interrupts")
        terminal.process.send_signal(number)
        assert terminal.end() == code
        assert terminal.sane
    done = subprocess.run(
        [*NNSTEP, "run", "digits", "--resume", "goto mark here"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "resumed digits" in done.stderr


def test_the_first_sign_of_life_speaks_for_nobody(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for stream in (sys.stdin, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: True, raising=False)
    assert splash.show(["\x1b]0;x\x07é"])
    assert capfd.readouterr().err == "\r nnstep  ?]0;x?? ..."
    splash._shown.clear()  # noqa: SLF001
    monkeypatch.setenv("TERM", "dumb")
    assert not splash.show(["xor"])

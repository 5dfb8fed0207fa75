"""The shell's door: run, check, models, --version; what goes to stdout, to stderr, and the exit codes."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import nnstep
from nnstep.cli import main
from nnstep.model import bundled
from nnstep.session import Session

Captured = pytest.CaptureFixture[str]

HAND = """
title = "two by hand"
[data]
features = [[1, 2], [2, -1]]
targets = [[1], [0]]
[[network.layer]]
units = 2
activation = "relu"
weights = [[0.5, 0.25], [-1, 1]]
bias = [0.5, 0]
[[network.layer]]
units = 1
activation = "identity"
weights = [[2, -1]]
bias = [0.5]
[loss]
name = "mean_squared_error"
[training]
learning_rate = 0.125
batch_size = "all"
epochs = 3
shuffle = false
"""
"""The network of tests/worked.py as a file."""


@pytest.fixture
def model(tmp_path: Path) -> str:
    path = tmp_path / "hand.toml"
    path.write_text(HAND)
    return str(path)


def rows(capsys: Captured) -> list[dict[str, Any]]:
    captured = capsys.readouterr()
    assert captured.err == ""
    return [json.loads(line) for line in captured.out.splitlines()]


def test_run_prints_the_text_of_each_line(model: str, capsys: Captured) -> None:
    assert main(["run", model, "step 3", "print Z[1]", "# nothing", "reverse-step", "print X"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert captured.out.splitlines() == [
        "step 3  epoch 1 batch 1  forward  Z[1] = X W[1]ᵀ + b[1]  2×2",
        "Z[1]  2×2",
        "   1.50   1.00",
        "   1.25  -3.00",
        "step 2  epoch 1 batch 1  data  Y ← rows of the targets  2×1",
        "X  2×2",
        "   1   2",
        "   2  -1",
    ]


def test_run_stops_at_the_first_line_that_fails(model: str, capsys: Captured) -> None:
    assert main(["run", model, "step 3", "reverse-step", "print Z[1]", "step"]) == 1
    captured = capsys.readouterr()
    assert captured.out.splitlines()[-1].startswith("step 2 ")
    assert captured.err.startswith("nnstep: Z[1] ")
    assert captured.err.endswith("it is written at step 3\n")
    assert captured.err.count("\n") == 1


def test_run_ends_at_quit(model: str, capsys: Captured) -> None:
    assert main(["run", model, "step", "quit", "nosuch"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_run_reads_lines_from_a_file_first(model: str, tmp_path: Path, capsys: Captured) -> None:
    script = tmp_path / "script.txt"
    script.write_text("\ufeff# go to the activation\n\nstep 4\nprint A[1][0,0]\n", encoding="utf-8")
    assert main(["run", model, "-x", str(script), "print step"]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == ["A[1][0,0] = 1.5", "step = 4"]


def test_a_bad_line_of_a_file_is_named_by_its_place(model: str, tmp_path: Path, capsys: Captured) -> None:
    script = tmp_path / "script.txt"
    script.write_text("step\n\nstp\nstep\n")
    assert main(["run", model, "-x", str(script)]) == 1
    assert capsys.readouterr().err == f"nnstep: {script}:3: no command 'stp'; did you mean 'step'?\n"


def test_run_reads_lines_from_standard_input(model: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("step 3\nprint Z[1][0,1]\nnosuch\n"))
    assert main(["run", model, "-x", "-"]) == 1
    captured = capsys.readouterr()
    assert captured.out.splitlines()[1] == "Z[1][0,1] = 1"
    assert captured.err.startswith("nnstep: -:3: no command 'nosuch'")


@pytest.mark.parametrize(
    ("content", "message"), [(None, "No such file or directory"), (b"step\n\xff\n", "it is not UTF-8")]
)
def test_a_file_that_cannot_be_read(
    model: str, tmp_path: Path, capsys: Captured, content: bytes | None, message: str
) -> None:
    script = tmp_path / "script.txt"
    if content is not None:
        script.write_bytes(content)
    assert main(["run", model, "-x", str(script)]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == f"nnstep: {script}: cannot be read: {message}\n"


def test_json_is_an_object_a_line(model: str, capsys: Captured) -> None:
    lines = ["step 3", "print Z[1]", "print Z[1][1,1]", "print Z[1] > 0", "print shape(X)", "list", ""]
    assert main(["run", model, "--json", *lines]) == 0
    found = rows(capsys)
    assert [row["line"] for row in found] == lines
    for row in found:
        assert list(row) == ["line", "text", "value", "stop", "step", "error"]
        assert (row["stop"], row["step"], row["error"]) == (None, 3, None)
    assert [row["value"] for row in found] == [
        {"step": 3, "epoch": 1, "batch": 1, "iteration": 0, "phase": "forward", "instruction": 3},
        [[1.5, 1.0], [1.25, -3.0]],
        -3.0,
        [[True, True], [True, False]],
        [2, 2],
        None,
        None,
    ]
    assert found[2]["text"] == "Z[1][1,1] = -3"


def test_json_has_what_numbers_it_lacks_as_strings(model: str, capsys: Captured) -> None:
    lines = ["step", "print log(-1)", "print log(0)", "print -log(0)", "print X * exp(1000) * (X - 1)"]
    assert main(["run", "--json", model, *lines]) == 0
    assert [row["value"] for row in rows(capsys)][1:] == [
        "NaN",
        "-Infinity",
        "Infinity",
        [["NaN", "Infinity"], ["Infinity", "Infinity"]],
    ]


def test_json_of_a_line_that_fails(model: str, capsys: Captured) -> None:
    assert main(["run", model, "--json", "step 2", "print Z[1]", "step"]) == 1
    first, second = rows(capsys)
    assert first["error"] is None
    assert (second["text"], second["value"], second["step"]) == ("", None, 2)
    assert second["error"].endswith("it is written at step 3")


def test_set_overrides_keys(model: str, capsys: Captured) -> None:
    settings = ["--set", "training.epochs=7", "--set", "training.optimizer=momentum", "--set", "title = 'Mine'"]
    assert main(["run", model, *settings, "info model"]) == 0
    out = capsys.readouterr().out
    assert "title       Mine" in out
    assert "7 epochs" in out
    assert "momentum" in out


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("training.epochs", "--set takes KEY=VALUE, such as training.epochs=20, got 'training.epochs'"),
        ("=3", "--set takes KEY=VALUE"),
        ("training.epochs=0", "training.epochs must be at least 1, got 0"),
        ("training.epochs=many", "training.epochs"),
        ("training.epoch=3", "epoch"),
    ],
)
def test_a_bad_setting(model: str, capsys: Captured, setting: str, message: str) -> None:
    assert main(["run", model, "--set", setting, "step"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("nnstep: ")
    assert message in captured.err
    assert captured.err.count("\n") == 1


def test_an_unknown_model(capsys: Captured) -> None:
    assert main(["run", "nosuch", "step"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("nnstep: no model 'nosuch'; the bundled models are ")


@pytest.mark.parametrize(
    "arguments", [["run"], ["run", "xor", "--nosuch"], ["xor", "extra"], ["check"], ["models", "x"]]
)
def test_wrong_usage_is_2(arguments: list[str], capsys: Captured) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("usage: nnstep")


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["check", "--help"], ["models", "--help"]])
def test_help_is_0(arguments: list[str], capsys: Captured) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 0
    assert capsys.readouterr().out.startswith("usage: nnstep")


def test_version(capsys: Captured) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"nnstep {nnstep.__version__}\n"


def test_check_says_each_model_that_is_good(model: str, capsys: Captured) -> None:
    assert main(["check", model, "xor"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{model}: 2→2→1 relu, identity")
    assert second.startswith("xor: 2→4→1 tanh, sigmoid")


def test_check_takes_the_name_of_a_lesson_and_of_both(capsys: Captured) -> None:
    assert main(["check", "batches", "mazur"]) == 0
    lesson, model, both = capsys.readouterr().out.splitlines()
    assert "batches.md: 3. Batches: 13 beats" in lesson
    assert model.startswith("mazur: ")
    assert "mazur.md: 8. A famous worked example" in both


def test_check_goes_on_after_a_model_that_is_bad(model: str, tmp_path: Path, capsys: Captured) -> None:
    bad = tmp_path / "a_bad.toml"
    bad.write_text(HAND.replace('"relu"', '"rellu"'))
    assert main(["check", str(tmp_path), "nosuch"]) == 1
    captured = capsys.readouterr()
    assert captured.out.startswith(f"{model}: ")
    first, second = captured.err.splitlines()
    assert first == f"nnstep: {bad}: network.layer[1].activation: no activation 'rellu'; did you mean 'relu'?"
    assert second.startswith("nnstep: no model 'nosuch'")


def test_check_of_a_folder_without_models(tmp_path: Path, capsys: Captured) -> None:
    assert main(["check", str(tmp_path)]) == 1
    assert capsys.readouterr().err == f"nnstep: {tmp_path}: no .toml file and no lesson in this folder\n"


def test_models_lists_the_bundled_ones(capsys: Captured) -> None:
    assert main(["models"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == sorted(bundled())
    assert any(line.endswith("  XOR: 2 inputs, 4 tanh units, 1 sigmoid output") for line in lines)


# What only a process of its own shows.


def nnstep_process(*arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:  # noqa: ANN401
    environment = {**os.environ, **options.pop("environment", {})}
    environment.pop("PYTHONUNBUFFERED", None)
    command = [sys.executable, "-m", "nnstep", *arguments]
    streams: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    run: subprocess.CompletedProcess[bytes] = subprocess.run(
        command, env=environment, check=False, timeout=60, **streams
    )
    return run


def test_a_pipe_gets_plain_text_and_lines_as_they_come(model: str) -> None:
    run = nnstep_process("run", model, "-x", "-", input="step 3\nprint δ[1]\n".encode())
    assert run.returncode == 1
    assert run.stdout.decode() == "step 3  epoch 1 batch 1  forward  Z[1] = X W[1]ᵀ + b[1]  2×2\n"
    assert run.stderr.decode().startswith("nnstep: -:2: delta[1] is not computed yet at step 3")
    assert b"\x1b" not in run.stdout + run.stderr


def test_an_encoding_without_the_signs_is_no_crash(model: str) -> None:
    run = nnstep_process("run", model, "step", "nosuch δ", environment={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert run.returncode == 1
    assert run.stdout.startswith(b"step 1  epoch 1 batch 1  data  X <- rows")
    assert b"Traceback" not in run.stderr


def test_input_that_is_not_utf_8(model: str) -> None:
    run = nnstep_process(
        "run", model, "-x", "-", input=b"step\nprint \xff\n", environment={"PYTHONIOENCODING": "utf-8:strict"}
    )
    assert run.returncode == 1
    assert run.stderr == b"nnstep: -: cannot be read: it is not UTF-8\n"


def test_a_reader_that_has_seen_enough_is_no_error(model: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as closed:
        run = nnstep_process("run", model, "help", stdout=closed)
    assert run.stderr == b""
    assert run.returncode == 0


def test_check_shows_what_the_linter_finds(capsys: Captured) -> None:
    assert main(["check", "linear_collapse", "xor"]) == 0
    collapse, finding, xor = capsys.readouterr().out.splitlines()
    assert collapse.startswith("linear_collapse: ")
    assert finding.startswith("linear_collapse: all-linear: ")
    assert xor == "xor: 2→4→1 tanh, sigmoid · sgd α 0.5"


def test_an_interrupted_move_ends_the_run_as_shells_expect(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    def interrupted(session: Session, _reached: int) -> bool:
        return session.step > 0

    monkeypatch.setattr(Session, "go_on", interrupted)
    assert main(["run", "iris", "goto end", "print L"]) == 130
    text = capsys.readouterr().out
    assert "(interrupted)" in text
    assert "L =" not in text


@pytest.mark.parametrize("command", [["run", "{}", "print X"], ["check", "{}"]], ids=["run", "check"])
def test_data_outside_the_models_folder_takes_a_flag(command: list[str], tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "d.csv").write_text("x,y\n1,2\n")
    model = tmp_path / "model" / "m.toml"
    model.parent.mkdir()
    model.write_text('[data]\nfile = "../d.csv"\ntarget = "y"\n[[network.layer]]\nunits = 1\n')
    line = [part.format(model) for part in command]
    assert main(line) == 1
    assert "leads out of the model's folder" in capsys.readouterr().err
    main([*line, "--allow-paths"])
    assert "leads out" not in capsys.readouterr().err

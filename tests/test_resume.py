"""--resume: what comes back after any end of a session, and what is said where something does not."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import nnstep
from nnstep.api import resume
from nnstep.cli import main
from nnstep.errors import CommandError, ModelError
from nnstep.session.journal import State, state_of
from nnstep.tui.app import NnstepApp
from tests import scripted

Captured = pytest.CaptureFixture[str]

MODEL = """
[data]
file = "rows.csv"
target = "y"
[[network.layer]]
units = 2
activation = "relu"
[[network.layer]]
units = 1
activation = "identity"
[loss]
name = "mean_squared_error"
[training]
optimizer = "momentum"
learning_rate = 0.125
batch_size = 1
epochs = 6
"""
LINES = ("break delta[1]", "tbreak L", "ignore 1 1", "mark here", "continue", "set lr = 0.25", "display L", "step 5")

RUN = """
import sys
from nnstep.cli import main
from nnstep.session.journal import Journal
# Written anew every few commands, so that this is met by kills as well.
Journal.longest = 1500
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NNSTEP_STATE", str(tmp_path / "state"))
    return tmp_path / "state" / "sessions"


@pytest.fixture
def model(tmp_path: Path) -> str:
    return model_in(tmp_path)


def model_in(folder: Path) -> str:
    (folder / "rows.csv").write_text("a,b,y\n1,2,1\n2,-1,0\n")
    path = folder / "small.toml"
    path.write_text(MODEL)
    return str(path)


def ended(model: str, *lines: str) -> nnstep.Debugger:
    """A session that has run lines and has ended, though nobody has ended it."""
    debugger = nnstep.open(model)
    debugger.keep_journal()
    for line in lines:
        debugger.execute(line)
    debugger.close()
    return debugger


# killed


def killed(model: str, script: Path, after: int, delay: float) -> int:
    """Kill a session some time after it has answered so many lines; how many it had answered by then."""
    command = [sys.executable, "-c", RUN, "run", model, "-x", str(script), "--journal", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ)
    assert process.stdout is not None
    answered = 0
    with process.stdout:
        while answered < after and process.stdout.readline():
            answered += 1
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        answered += process.stdout.read().count(b"\n")
    process.wait()
    return answered


def sessions(model: str, script: Path, count: int) -> list[State]:
    """Write a script of good lines; the state after each of them."""
    written = []
    debugger = nnstep.open(model)
    for line in scripted.lines(seed=4, count=count):
        if not line or line.startswith("#"):
            # Among the commands of a stop they change it, but are no commands to be counted.
            continue
        before = state_of(debugger.session)
        found = scripted.run(debugger, [line])
        if found and found[0][0]:
            written.append((line, found[0][1]))
        # A line that fails ends `nnstep run`: it is left out, so it must not have changed anything.
        assert (found and found[0][0]) or state_of(debugger.session) == before
    script.write_text("\n".join(line for line, _ in written))
    return [each for _, each in written]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "kill" in metafunc.fixturenames:
        metafunc.parametrize("kill", range(metafunc.config.getoption("--kills")))


@pytest.fixture(scope="module")
def scripted_session(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path, list[State]]:
    folder = tmp_path_factory.mktemp("scripted")
    model = model_in(folder)
    return model, folder / "script", sessions(model, folder / "script", 380)


def test_a_kill_loses_no_command_that_was_answered(
    scripted_session: tuple[str, Path, list[State]], kill: int, state: Path
) -> None:
    model, script, states = scripted_session
    assert len(states) > 200
    chosen = random.Random(kill)
    answered = killed(model, script, chosen.randint(1, len(states) - 1), chosen.choice([0, 0, 0.002, 0.01]))
    (path,) = state.glob("*.journal")
    debugger, said = resume(model)
    known = len(debugger.history)
    # The line that was being run may be done.
    assert known in (answered, answered + 1)
    assert state_of(debugger.session) == states[known - 1]
    assert len(said) == 1
    # Only a kill while the journal was written anew leaves another file.
    assert set(state.iterdir()) <= {path, path.with_suffix(".tmp")}


def test_what_is_resumed_computes_the_same(model: str, tmp_path: Path) -> None:
    script = tmp_path / "script"
    sessions(model, script, 200)
    debugger = ended(model, *script.read_text().splitlines())
    resumed, _ = resume()
    assert scripted.endings(resumed) == scripted.endings(debugger)


# resumed


def test_a_session_comes_back_and_goes_on(model: str, state: Path) -> None:
    before = ended(model, *LINES)
    debugger, said = resume()
    assert state_of(debugger.session) == state_of(before.session)
    assert debugger.history == list(LINES)
    assert len(said) == 1
    assert said[0].startswith("resumed small of 20")
    assert said[0].endswith(": 1 stop, 1 display, 1 mark, 1 branch, step 13 of b1")
    with pytest.raises(CommandError, match="no jump to go back over"):
        debugger.execute("back")
    debugger.execute("step")
    assert len(list(state.iterdir())) == 1
    with pytest.raises(CommandError, match="no session to resume"):
        resume()


def test_lines_for_a_stop_go_on_being_taken(model: str) -> None:
    ended(model, "break L", "commands 1", "silent")
    debugger, _ = resume()
    debugger.execute("print L")
    debugger.execute("end")
    assert [stop.commands for stop in debugger.session.stops] == [["silent", "print L"]]


def test_settings_of_the_command_line_come_back(model: str, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a,b,y\n1,2,1\n2,-1,0\n3,0,1\n")
    debugger = nnstep.open(model, {"training.epochs": 2, "data.file": "other.csv"})
    debugger.keep_journal()
    debugger.execute("goto end")
    debugger.close()
    resumed, _ = resume(journal=False)
    assert (resumed.session.model.rows, resumed.position) == (3, debugger.position)
    (tmp_path / "other.csv").write_text("a,b,y\n1,2,1\n")
    with pytest.raises(ModelError, match=r"^other\.csv has changed"):
        resume()


def test_the_latest_is_resumed_or_that_of_a_model(model: str) -> None:
    ended(model, "step 2")
    ended("xor", "step 3")
    assert resume(journal=False)[0].session.model.name == "xor"
    assert resume(model, journal=False)[0].position.step == 2
    assert resume("xor", journal=False)[0].position.step == 3
    with pytest.raises(CommandError, match=r"no session of .*iris.toml to resume"):
        resume("iris")
    with pytest.raises(ModelError, match="no model 'nowhere'"):
        resume("nowhere")


def test_reading_alone_leaves_the_journal_as_it_is(model: str, state: Path) -> None:
    ended(model, *LINES)
    (path,) = state.iterdir()
    raw = path.read_bytes()
    debugger, _ = resume(journal=False)
    debugger.execute("step 9")
    assert path.read_bytes() == raw


# what does not come back


@pytest.mark.parametrize("name", ["small.toml", "rows.csv"])
def test_a_changed_model_is_said_and_not_used(model: str, tmp_path: Path, name: str) -> None:
    ended(model, *LINES)
    (tmp_path / name).write_text((tmp_path / name).read_text().replace("0.125", "0.5") + "\n")
    with pytest.raises(ModelError, match=rf"^{name} has changed since the session of .*: add --force to resume it"):
        resume()
    debugger, said = resume(force=True)
    assert f"{name} has changed since; its numbers are those of now" in said
    assert debugger.position.step == 13
    assert resume_error() == "there is no session to resume"


def resume_error() -> str:
    with pytest.raises(CommandError) as caught:
        resume()
    return str(caught.value).partition(";")[0]


def test_what_does_not_fit_a_changed_model_is_said(model: str, tmp_path: Path) -> None:
    ended(
        model, "break Z[1]", "break Z[2]", "ignore 2 4", "display L", "goto 200", "mark far", "goto 100", "set W[2] = 0"
    )
    path = Path(model)
    path.write_text(
        MODEL.replace('[[network.layer]]\nunits = 2\nactivation = "relu"\n', "").replace("epochs = 6", "epochs = 2")
    )
    del tmp_path
    debugger, said = resume(force=True)
    assert [text.partition(",")[0] for text in said[2:]] == [
        "not resumed: goto 100",
        "not resumed: break Z[2]",
        "not resumed: mark far: step 200 is outside the run",
        "not resumed: the place: step 100 is outside the run",
    ]
    assert [str(stop) for stop in debugger.session.stops] == ["break Z[1]"]
    assert len(debugger.session.displays) == 1


def test_a_model_that_is_gone_is_said(model: str) -> None:
    ended(model, "step")
    (Path(model).parent / "rows.csv").unlink()
    with pytest.raises(ModelError, match=r"rows\.csv cannot be read: No such file"):
        resume()
    Path(model).unlink()
    with pytest.raises(ModelError, match="there is no such file"):
        resume()


def test_a_damaged_journal_is_set_aside_and_what_stands_before_it_comes_back(model: str, state: Path) -> None:
    before = ended(model, *LINES)
    (path,) = state.iterdir()
    lines = path.read_bytes().splitlines(keepends=True)
    lines[-2] = lines[-2].replace(b"display", b"dislpay")
    path.write_bytes(b"".join(lines))
    debugger, said = resume()
    assert debugger.history == list(LINES[:-2])
    assert before.position.step == 13
    assert debugger.position.step == 8
    (aside,) = state.glob("*.damaged-20*")
    assert said[1] == f"its journal was damaged at line 7, so what followed is lost; it is set aside: {aside}"
    assert aside.read_bytes() == b"".join(lines)


def test_a_journal_without_its_head_is_set_aside_and_the_one_before_comes_back(model: str, state: Path) -> None:
    ended(model, "step")
    (good,) = state.iterdir()
    os.utime(good, (1, 1))
    (state / "bad.journal").write_text("hello\nhello\n")
    debugger, said = resume()
    (aside,) = state.glob("*.damaged-20*")
    assert said[0] == f"a journal was damaged from its start and is set aside: {aside}"
    assert debugger.position.step == 1
    assert sorted(state.iterdir()) == sorted([good, aside])


def test_another_numpy_is_said(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ended(model, "step")
    before = np.__version__
    monkeypatch.setattr("numpy.__version__", "99.0")
    assert resume()[1][1] == f"the last digits may differ from before: NumPy was {before}, is 99.0"


# the shell


def test_run_resumes_headless(model: str, capsys: Captured, state: Path) -> None:
    assert main(["run", model, "--journal", "--set", "seed=3", "step 5"]) == 0
    (path,) = state.iterdir()
    raw = path.read_bytes()
    capsys.readouterr()
    assert main(["run", model, "--resume", "--json", "step"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["step"] == 6
    assert captured.err.startswith("resumed small of 20")
    assert path.read_bytes() == raw
    assert main(["run", model, "--resume", "--journal", "step"]) == 0
    assert resume()[0].position.step == 6


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--resume", "--set", "seed=1"], "--set does not go with --resume"),
        (["--force"], "--force goes with --resume"),
        (["run", "xor", "--force", "step"], "--force goes with --resume"),
    ],
    ids=" ".join,
)
def test_wrong_usage(arguments: list[str], reason: str, capsys: Captured) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert reason in capsys.readouterr().err


def test_nothing_to_resume_is_one_line(capsys: Captured) -> None:
    assert main(["run", "xor", "--resume", "step"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("nnstep: there is no session of ")
    assert captured.err.count("\n") == 1


# the app


async def test_the_app_says_what_was_resumed_and_remembers_its_commands(model: str) -> None:
    ended(model, "step", "step", "break L")
    app = NnstepApp(*resume())
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert app.main.prompt.recall.lines == ["step", "break L"]
        app.run_line("step 3")
        await pilot.pause()
    app.debugger.execute("mark here")
    assert app.debugger.history[-2:] == ["step 3", "mark here"]

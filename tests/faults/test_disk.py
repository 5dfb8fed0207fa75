"""Disks that are full, folders that cannot be written to or vanish, data that changes underneath, clocks going back."""

from __future__ import annotations

import ctypes
import os
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import nnstep
from nnstep.api import Debugger
from nnstep.cli import main
from nnstep.errors import NnstepError
from nnstep.lesson import progress
from nnstep.session import journals
from nnstep.session.journal import decode
from nnstep.session.past import Past, history_file

MODEL = """
[data]
file = "d.csv"
target = "y"
[[network.layer]]
units = 1
[training]
epochs = 3
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a model and its data, and a state of its own."""
    monkeypatch.setenv("NNSTEP_STATE", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.toml").write_text(MODEL)
    (tmp_path / "d.csv").write_text("x,y\n1,2\n3,4\n")
    return tmp_path


@contextmanager
def full(most: int = 16) -> Iterator[None]:
    """No file may grow beyond so many bytes: the system refuses to write more, as it does where a disk is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


DAC_OVERRIDE = 1 << 1
"""The capability by which root writes where nobody may; as <linux/capability.h> has it."""


@contextmanager
def as_anyone() -> Iterator[None]:
    """What a file's mode forbids is forbidden to root too, in this thread."""
    if os.geteuid() != 0:
        yield
        return
    if sys.platform != "linux":
        pytest.skip("root may write anywhere")
    libc = ctypes.CDLL(None, use_errno=True)
    # Version 3, this thread; then effective, permitted and inheritable sets, in two halves.
    head, sets = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    assert libc.capget(head, sets) == 0
    before, sets[0] = sets[0], sets[0] & ~DAC_OVERRIDE
    assert libc.capset(head, sets) == 0
    sets[0] = before
    try:
        yield
    finally:
        assert libc.capset(head, sets) == 0


def listed(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.mark.parametrize(
    "line", ["save s.nnstep", "export x.csv W[1]", "export x.npy W[1]", "export x.npz", "export x.svg W[1]"]
)
def test_nothing_half_written_is_left_on_a_full_disk(here: Path, line: str) -> None:
    debugger = nnstep.open("m.toml")
    before = listed(here)
    with full(0), pytest.raises(NnstepError):
        debugger.execute(line)
    assert listed(here) == before


def test_a_script_that_is_saved_anew_on_a_full_disk_stays_as_it_was() -> None:
    debugger = nnstep.open("m.toml")
    debugger.execute("save s.nnstep")
    before = Path("s.nnstep").read_bytes()
    debugger.execute("step 2")
    with full(), pytest.raises(NnstepError, match=r"s\.nnstep: cannot be written: File too large"):
        debugger.execute("save s.nnstep")
    assert Path("s.nnstep").read_bytes() == before


def test_a_new_model_is_whole_or_not_there(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = listed(here)
    with full():
        assert main(["new", "mine.toml"]) == 1
    assert "mine.toml: cannot be written" in capsys.readouterr().err
    assert listed(here) == before


def test_the_history_goes_on_after_a_full_disk() -> None:
    past = Past(history_file())
    past.add("step")
    with full(8):
        past.add("continue")
    past.add("goto 1")
    assert past.read() == ["step", "goto 1"]


def test_how_far_a_lesson_was_read_is_kept_on_a_full_disk(here: Path) -> None:
    progress.note("a", 1, 5)
    before = listed(here)
    with full():
        progress.note("a", 2, 5)
    assert progress.remembered()["a"].beat == 1
    assert listed(here) == before


def test_a_journal_on_a_full_disk_is_said_once_and_the_session_goes_on() -> None:
    debugger = nnstep.open("m.toml")
    debugger.keep_journal()
    debugger.execute("step")
    size = next(journals.folder().iterdir()).stat().st_size
    with full(size + 10):
        texts = [debugger.execute("step").text for _ in range(3)]
    assert ["no journal is kept from here on" in text for text in texts] == [True, False, False]
    assert debugger.position.step == 4


def test_a_state_that_cannot_be_written_keeps_nobody_from_working(here: Path) -> None:
    (here / "state").mkdir(mode=0o500)
    with as_anyone():
        with pytest.raises(PermissionError):
            (here / "state" / "x").touch()
        working_without_a_state()
    assert listed(here / "state") == []


@pytest.mark.parametrize("kind", ["file", "gone"])
def test_a_state_that_is_no_folder_keeps_nobody_from_working(
    here: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind == "file":
        (here / "state").write_text("")
    else:
        monkeypatch.setenv("NNSTEP_STATE", "/proc/nothing/state")
    working_without_a_state()


def working_without_a_state() -> None:
    """What needs a state goes on without one."""
    debugger = nnstep.open("m.toml")
    debugger.keep_journal()
    assert "no journal is kept" in debugger.execute("step").text
    past = Past(history_file())
    past.add("step")
    assert past.read() == []
    progress.note("a", 1, 2)
    assert progress.remembered() == {}
    with pytest.raises(NnstepError, match="there is no session to resume"):
        nnstep.api.resume()


def test_a_state_that_vanishes_is_made_anew_for_what_is_no_journal(here: Path) -> None:
    past = Past(history_file())
    past.add("step")
    progress.note("a", 1, 5)
    for path in (history_file(), here / "state" / "lessons.json"):
        path.unlink()
    (here / "state").rmdir()
    past.add("continue")
    progress.note("b", 2, 5)
    assert past.read() == ["continue"]
    assert list(progress.remembered()) == ["b"]


@pytest.mark.parametrize("change", ["x,y\n7,8\n9,9\n5,5\n", "no numbers\n", None])
def test_data_that_changes_underneath(here: Path, change: str | None) -> None:
    debugger = nnstep.open("m.toml")
    debugger.keep_journal()
    debugger.execute("goto 6")
    before = debugger.value("L")
    data = here / "d.csv"
    if change is None:
        data.unlink()
    else:
        data.write_text(change)
    # What is loaded stays, however one moves.
    for line in ("goto end", "goto 6"):
        debugger.execute(line)
    assert debugger.value("L") == before
    debugger.close()
    good = change is not None and change.startswith("x")
    with pytest.raises(NnstepError, match=r"d\.csv has changed since" if change else "cannot be read"):
        nnstep.api.resume()
    if good:
        debugger.execute("open")
        assert debugger.session.model.rows == 3
    else:
        with pytest.raises(NnstepError, match=r"d\.csv"):
            debugger.execute("open")
        assert debugger.value("L") == before


HOUR = 3600 * 10**9


def session(step: int) -> Debugger:
    """A session that stands at a step."""
    debugger = nnstep.open("m.toml")
    debugger.keep_journal()
    debugger.execute(f"goto {step}")
    return debugger


def date(debugger: Debugger, ahead: int) -> None:
    """Date a journal by a clock that is so many hours ahead."""
    assert debugger._journal is not None  # noqa: SLF001  # dates of files are the system's to give
    assert debugger._journal.held is not None  # noqa: SLF001
    now = time.time_ns() + ahead * HOUR
    os.utime(debugger._journal.held.path, ns=(now, now))  # noqa: SLF001


def ended() -> list[int]:
    """The steps of the sessions that have ended, the latest first."""
    steps = []
    for held in journals.ended():
        kept = decode(held.read())
        assert kept is not None
        steps.append(kept.state["place"][1])
        held.release()
    return steps


def test_a_clock_that_has_gone_back_has_no_new_session_thrown_away() -> None:
    before = [session(step) for step in range(1, journals.KEPT + 1)]
    for debugger in before:
        date(debugger, debugger.position.step)
        debugger.close()
    # From here on the clock is right.
    for step in (11, 12):
        session(step).close()
    session(13)
    assert ended() == [12, 11, 10, 9, 8, 7, 6, 5, 4, 3]
    assert nnstep.api.resume("m.toml", journal=False)[0].position.step == 12


def test_a_clock_that_goes_back_in_a_session_leaves_it_the_latest() -> None:
    living, other = session(1), session(2)
    date(living, 2)
    date(other, 3)
    other.close()
    living.execute("goto 3")
    living.close()
    assert ended() == [3, 2]


def test_the_history_asks_no_clock() -> None:
    past = Past(history_file())
    past.add("step")
    os.utime(past.path, ns=(0, time.time_ns() + HOUR))
    past.add("next")
    assert Past(history_file()).read() == ["step", "next"]


def test_two_sessions_keep_all_their_lines() -> None:
    one, two = Past(history_file()), Past(history_file())
    for number in range(5):
        one.add(f"goto {number}")
        two.add(f"step {number + 1}")
    wanted = [line for number in range(5) for line in (f"goto {number}", f"step {number + 1}")]
    assert one.read() == two.read() == wanted

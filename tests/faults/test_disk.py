"""Disks that are full, folders that cannot be written to or vanish, data that changes underneath, clocks going back."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Self

import pytest

import nnstep
from nnstep.cli import main
from nnstep.errors import NnstepError
from nnstep.lesson import progress
from nnstep.session import journals
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


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_state_that_cannot_be_written_keeps_nobody_from_working(here: Path) -> None:
    (here / "state").mkdir(mode=0o500)
    working_without_a_state()


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


def test_a_clock_that_goes_back_loses_no_session(monkeypatch: pytest.MonkeyPatch) -> None:
    for number, year in ((1, 2033), (2, 2001), (3, 1999)):
        monkeypatch.setattr(journals, "datetime", at(year))
        debugger = nnstep.open("m.toml")
        debugger.keep_journal()
        debugger.execute(f"step {number}")
        [journal] = journals.folder().glob(f"{year}-*")
        os.utime(journal, (number, number) if number < 3 else (0, 0))
        debugger.close()
    journals.prune()
    assert len(list(journals.folder().iterdir())) == 3
    # The latest by the clock of the time is first; none is lost, and each is whole.
    assert nnstep.api.resume("m.toml", journal=False)[0].position.step == 2


def at(year: int) -> type[datetime]:
    """A clock that stands in a year."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls(year, 1, 1, tzinfo=tz)

    return Clock


def test_two_sessions_keep_all_their_lines() -> None:
    one, two = Past(history_file()), Past(history_file())
    for number in range(5):
        one.add(f"goto {number}")
        two.add(f"step {number + 1}")
    wanted = [line for number in range(5) for line in (f"goto {number}", f"step {number + 1}")]
    assert one.read() == two.read() == wanted

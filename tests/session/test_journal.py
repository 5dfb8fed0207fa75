"""The journal: what is in it, how it is damaged, and what becomes of its folder."""

from __future__ import annotations

import json
import os
import time
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import nnstep
from nnstep.api import resume
from nnstep.errors import CommandError
from nnstep.session import journals
from nnstep.session.journal import Journal, decode, encode, identity, state_of
from tests.scripted import lines, run

MODEL = """
[data]
features = [[1, 2], [2, -1]]
targets = [[1], [0]]
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


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "state"
    monkeypatch.setenv("NNSTEP_STATE", str(folder))
    return folder / "sessions"


@pytest.fixture
def model(tmp_path: Path) -> str:
    path = tmp_path / "small.toml"
    path.write_text(MODEL)
    return str(path)


def kept(model: str) -> tuple[nnstep.Debugger, Journal]:
    debugger = nnstep.open(model)
    journal = Journal(debugger.session)
    debugger.keep_journal(journal)
    return debugger, journal


def only(state: Path) -> Path:
    (path,) = state.iterdir()
    return path


# what is written


def test_nothing_is_written_before_the_first_command(state: Path, model: str) -> None:
    debugger, _ = kept(model)
    debugger.execute("")
    debugger.execute("# a comment")
    debugger.execute("quit")
    assert not state.exists()


def test_a_record_is_a_checksum_and_what_a_command_has_changed(state: Path, model: str) -> None:
    debugger, _ = kept(model)
    for line in ("break L", "  step 3 ", "print X"):
        debugger.execute(line)
    records = [line.split(b" ", 1) for line in only(state).read_bytes().splitlines()]
    assert all(int(checksum, 16) == zlib.crc32(text) for checksum, text in records)
    head, *others = (json.loads(text) for _, text in records)
    assert head["model"] == {"path": model}
    assert [name for name, _ in head["files"]] == ["small.toml"]
    assert head["history"] == ["break L"]
    assert others == [
        {"n": 1, "line": "step 3", "state": {"place": ["main", 3]}},
        {"n": 2, "line": "print X", "state": {}},
    ]


def test_only_the_user_can_read_it(state: Path, model: str) -> None:
    kept(model)[0].execute("step")
    assert only(state).stat().st_mode & 0o077 == 0
    assert state.stat().st_mode & 0o077 == 0


def test_what_a_failing_line_has_done_before_is_written(state: Path, model: str, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("step 2\nstap\n")
    debugger, _ = kept(model)
    debugger.execute("step")
    with pytest.raises(CommandError):
        debugger.execute(f"source {tmp_path / 'a'}")
    with pytest.raises(CommandError):
        debugger.execute("stap")
    found = decode(only(state).read_bytes())
    assert found is not None
    assert (found.state["place"], found.history) == (["main", 3], ["step"])


def test_another_model_starts_the_journal_anew(state: Path, model: str) -> None:
    debugger, journal = kept(model)
    for line in ("break L", "open xor", "step"):
        debugger.execute(line)
    found = decode(only(state).read_bytes())
    assert found is not None
    assert found.model == {"bundled": "xor"}
    assert found.state == state_of(debugger.session)
    assert found.history == journal.history == ["break L", "open xor", "step"]


def test_a_long_journal_is_written_anew(state: Path, model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Journal, "longest", 2000)
    debugger, journal = kept(model)
    sizes = []
    for n in range(1500):
        debugger.execute(f"step {1 + n % 3}" if n % 2 else "reverse-step 2")
        sizes.append(only(state).stat().st_size)
    assert min(sizes[200:]) < max(sizes) < 100_000
    found = decode(only(state).read_bytes())
    assert found is not None
    assert found.state == state_of(debugger.session)
    assert found.history == journal.history
    assert 500 <= len(found.history) < 1500


@given(st.integers(0, 2**32), st.integers(2, 40))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_wherever_it_is_torn_what_is_whole_comes_back(model: str, seed: int, count: int) -> None:
    debugger, journal = kept(model)
    written = run(debugger, lines(seed, count))
    if journal.held is None:
        return
    raw = journal.held.path.read_bytes()
    journal.held.path.unlink()
    journal.close()
    ends = [end + 1 for end, byte in enumerate(raw) if byte == ord("\n")]
    assert len(ends) == len(written)
    for size in {*range(ends[0], len(raw) + 1, 7), *ends, *(end - 1 for end in ends[1:])}:
        found = decode(raw[:size])
        whole = sum(end <= size for end in ends)
        assert found is not None
        assert not found.damaged
        assert found.history == [line for line, _ in written[:whole] if line]
        assert found.state == written[whole - 1][1]


# how it is damaged


def record(number: int, **more: object) -> bytes:
    head = {"format": 2, "model": {"bundled": "xor"}, "overrides": {}, "files": [], "machine": {}, "history": []}
    return encode({"n": number, **({} if number else head), "state": {"place": ["main", number]}, **more})


@pytest.mark.parametrize(
    ("raw", "place", "damaged"),
    [
        (record(0) + record(1) + record(2), 2, 0),
        (record(0) + record(1) + record(2)[:-1], 1, 0),
        (record(0) + record(1) + record(2)[:5], 1, 0),
        (record(0) + record(1) + b"\0" * 4096, 1, 0),
        (record(0) + record(1) + b"00000000" + record(2)[8:], 1, 0),
        (record(0) + b"00000000" + record(1)[8:] + record(2), 0, 2),
        (record(0) + record(1) + b"\n" + record(2), 1, 3),
        (record(0) + record(2) + record(3), 0, 2),
        (record(0) + record(1) + record(1) + record(2), 1, 3),
        (record(0) + record(1)[9:] + record(2), 0, 2),
    ],
    ids=[
        "whole",
        "torn",
        "started",
        "power-cut",
        "last-bad",
        "damaged",
        "empty-line",
        "missing",
        "twice",
        "no-checksum",
    ],
)
def test_what_stands_before_a_damage_is_read(raw: bytes, place: int, damaged: int) -> None:
    found = decode(raw)
    assert found is not None
    assert found.state["place"] == ["main", place]
    assert found.damaged == damaged


@pytest.mark.parametrize(
    "raw",
    [b"", b"\n", b"hello", record(1), record(0, format=3), b"\xff" * 99, encode([1, 2]), encode({"n": 0})],  # type: ignore[arg-type]
    ids=["empty", "line", "text", "no-head", "newer", "bytes", "list", "no-format"],
)
def test_without_its_head_there_is_nothing(raw: bytes) -> None:
    assert decode(raw) is None


# where it cannot be kept


def said_once(debugger: nnstep.Debugger) -> str:
    texts = [debugger.execute("step").text for _ in range(3)]
    (said,) = [text for text in texts if "no journal is kept from here on" in text]
    assert debugger.position.step >= 3
    return said


def test_without_a_folder_the_session_goes_on(model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NNSTEP_STATE", str(tmp_path / "file"))
    assert "Not a directory" in said_once(kept(model)[0])


def test_a_folder_that_vanishes_is_said(state: Path, model: str) -> None:
    debugger, _ = kept(model)
    debugger.execute("step")
    only(state).unlink()
    state.rmdir()
    assert "the journal is gone" in said_once(debugger)


def test_a_full_disk_is_said(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    debugger, journal = kept(model)
    debugger.execute("step")

    def full(_: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(journal.held, "write", full)
    assert "No space left on device" in said_once(debugger)


def test_a_model_without_a_file_has_no_journal() -> None:
    debugger = nnstep.open({"data": {"generate": "line"}, "network": {"layer": [{"units": 1, "activation": "identity"}]}, "loss": {"name": "mean_squared_error"}})  # fmt: skip  # noqa: E501
    debugger.keep_journal()
    assert "the model has no file" in said_once(debugger)


# the folder


def test_two_sessions_do_not_mix(state: Path, model: str) -> None:
    (one, first), (two, second) = kept(model), kept(model)
    for number in range(3):
        one.execute("step")
        two.execute("step 2" if number else "break L")
    assert len(list(state.iterdir())) == 2
    with pytest.raises(CommandError, match="no session to resume"):
        resume()
    first.close()
    resumed, _ = resume(journal=False)
    assert (resumed.position.step, len(resumed.session.stops)) == (3, 0)
    second.close()
    resumed, _ = resume(journal=False)
    assert (resumed.position.step, len(resumed.session.stops)) == (4, 1)


def test_the_last_ten_are_kept_and_the_living(state: Path, model: str) -> None:
    living, _ = kept(model)
    living.execute("step 11")
    (oldest,) = state.iterdir()
    os.utime(oldest, (1, 1))
    for number in range(journals.KEPT + 3):
        debugger, journal = kept(model)
        debugger.execute(f"step {number + 1}")
        assert journal.held is not None
        os.utime(journal.held.path, (number + 2, number + 2))
        journal.close()
    # One more is made, and with it the others are counted.
    kept(model)[0].execute("step")
    dates = []
    for held in journals.ended():
        dates.append(held.date.timestamp())
        held.release()
    assert dates == list(range(journals.KEPT + 4, 4, -1))
    assert oldest.exists()


def test_files_that_were_never_finished_go_after_a_day(state: Path, model: str) -> None:
    state.mkdir(parents=True)
    (state / "old.tmp").write_text("")
    os.utime(state / "old.tmp", (1, 1))
    (state / "new.tmp").write_text("")
    os.utime(state / "new.tmp", (time.time(), time.time()))
    kept(model)[0].execute("step")
    assert sorted(path.name for path in state.glob("*.tmp")) == ["new.tmp"]


def test_a_bundled_model_is_known_by_its_name(model: str) -> None:
    from nnstep.model import bundled

    assert identity(bundled()["xor"]) == {"bundled": "xor"}
    assert identity(Path(model)) == {"path": model}


def test_the_folder_is_the_systems_where_none_is_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("NNSTEP_STATE")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert tmp_path in journals.folder().parents
    assert journals.folder().parent.name == "nnstep"
